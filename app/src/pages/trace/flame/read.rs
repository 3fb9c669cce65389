//! The two pictures of an address.

use model::UsdSum;
use model::trace::waterfall::flame::{Flame, Measure};
use model::trace::waterfall::{Layout, RowKey};
use serde::{Deserialize, Serialize};

use crate::islands::waterfall::links::TraceUrl;

/// Where time and money went.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pair {
    /// Where time went.
    pub time: Flame,
    /// Where money went.
    pub cost: Flame,
    /// They show a part of the trace.
    pub is_part: bool,
}

/// The pictures of an address. A selected span that is elsewhere is shown: then it is the whole trace.
pub fn of(layout: &Layout, url: &TraceUrl) -> Pair {
    let waterfall = &layout.waterfall;
    let root = url.option("root").and_then(|key| key.parse::<RowKey>().ok());
    let root = root.filter(|&key| waterfall.is_part(key));
    let root = root.filter(|&key| url.span.is_none_or(|span| waterfall.is_within(span, key)));
    let flame = |measure| waterfall.flame(measure, root, url.span);
    Pair { time: flame(Measure::Time), cost: flame(Measure::Cost), is_part: root.is_some() }
}

/// A width as time; past 292 years there is nothing to tell apart.
pub fn nanos(width: i128) -> i64 {
    i64::try_from(width).unwrap_or(i64::MAX)
}

/// A width as money.
pub fn usd(width: i128) -> UsdSum {
    UsdSum::from_pico(width)
}
