//! How a trace is looked at, as its address says it: what is searched for, what is too light to be shown, which part of the time.

use model::trace::filter::duration::{parse_ns, print_ns};
use model::trace::waterfall::{Extent, Least, Times, Zoom};
use serde::{Deserialize, Serialize};

/// What the address says beside folds and the opened span.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Look {
    /// What is searched for, as it was typed: it may be wrong.
    pub find: Option<String>,
    /// What a span has to weigh to be shown.
    pub least: Least,
    /// The part of the time that is shown: from and to, in nanoseconds after the start of the trace.
    pub zoom: Option<(i64, i64)>,
    /// Which times are shown.
    pub times: Times,
    /// The critical path is not drawn.
    pub no_path: bool,
}

impl Look {
    /// Reads `find`, `min_time`, `min_cost`, `from`, `to`, `skew` and `path`; what cannot be read is as good as not there.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Self {
        let find = get("find").map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        let share = |key| get(key).and_then(|text| text.parse().ok());
        let moment = |key| get(key).and_then(|text| parse_ns(&text));
        let zoom = match (moment("from"), moment("to")) {
            (None, None) => None,
            (from, to) => Some((from.unwrap_or(0), to.unwrap_or(i64::MAX))),
        };
        let is_off = |key| get(key).as_deref() == Some("off");
        let times = if is_off("skew") { Times::AsSent } else { Times::Corrected };
        let least = Least { time: share("min_time"), cost: share("min_cost") };
        Self { find, least, zoom, times, no_path: is_off("path") }
    }

    /// The pairs that read back to this; they still have to be encoded.
    pub fn to_query(&self) -> impl Iterator<Item = (&'static str, String)> {
        let off = |is_off: bool| is_off.then(|| "off".to_owned());
        let pairs = [
            ("find", self.find.clone()),
            ("min_time", self.least.time.map(|share| share.to_string())),
            ("min_cost", self.least.cost.map(|share| share.to_string())),
            ("from", self.zoom.map(|(from, _)| print_ns(from))),
            ("to", self.zoom.filter(|(_, to)| *to < i64::MAX).map(|(_, to)| print_ns(to))),
            ("skew", off(self.times == Times::AsSent)),
            ("path", off(self.no_path)),
        ];
        pairs.into_iter().filter_map(|(key, value)| Some((key, value?)))
    }

    /// The part of a trace's time that is shown.
    pub fn zoom_of(&self, extent: Extent) -> Zoom {
        self.zoom.map_or_else(|| Zoom::whole(extent), |(from, to)| Zoom::within(extent, from, to))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_back(look: &Look) -> Look {
        let query: Vec<_> = look.to_query().collect();
        Look::read(|name| query.iter().find(|(key, _)| *key == name).map(|(_, value)| value.clone()))
    }

    #[test]
    fn a_look_survives_its_address() {
        let look = Look {
            find: Some("cost > 1 \"a b\"".to_owned()),
            least: Least { time: "5".parse().ok(), cost: "0.5".parse().ok() },
            zoom: Some((1_234_567_891, 2_000_000_000)),
            times: Times::AsSent,
            no_path: true,
        };
        assert_eq!(read_back(&look), look);
        assert_eq!(read_back(&Look::default()), Look::default());
        let open = Look { zoom: Some((5, i64::MAX)), ..Look::default() };
        assert_eq!(read_back(&open), open);
    }

    #[test]
    fn what_cannot_be_read_is_not_there() {
        let look = Look::read(|_| Some(" nonsense!".to_owned()));
        assert_eq!(look, Look { find: Some("nonsense!".to_owned()), ..Look::default() });
        assert!(look.zoom_of(Extent::default()).is_whole(Extent::default()));
    }
}
