//! Start and duration out of whatever times were sent.

use model::time::UnixNanos;

use crate::raw::{RawSpan, warn};

/// Start and duration in nanoseconds; what cannot be true is brought to the nearest thing that can, with a warning.
pub fn of_span(raw: &RawSpan, warnings: &mut Vec<String>) -> (UnixNanos, i64) {
    let mut start = point(raw.start_ns, "start", warnings);
    let end = point(raw.end_ns, "end", warnings);
    if start == 0 && end > 0 {
        warn(warnings, "no start time was sent; the end time is taken for it");
        start = end;
    } else if start == 0 {
        warn(warnings, "no times were sent");
    } else if end == 0 {
        warn(warnings, "no end time was sent; the duration is taken to be zero");
    } else if end < start {
        warn(warnings, "the span ends before it starts; the duration is taken to be zero");
    }
    (UnixNanos(start), end.saturating_sub(start).max(0))
}

/// A point in time as the product keeps it, which reaches to the year 2262.
pub fn point(sent: u64, which: &str, warnings: &mut Vec<String>) -> i64 {
    i64::try_from(sent).unwrap_or_else(|_| {
        warn(warnings, format!("the {which} time is after the year 2262 and was brought back to it"));
        i64::MAX
    })
}
