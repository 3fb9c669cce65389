//! The whole trace in a strip: where its longer spans lie.

use serde::{Deserialize, Serialize};

use super::Waterfall;
use crate::span::Status;

/// One bar of the strip.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MiniBar {
    /// Its row in the unfolded trace.
    pub row: usize,
    /// Service, for the colour.
    pub service: String,
    /// Start, in nanoseconds after the start of the trace.
    pub offset_ns: i64,
    /// Duration in nanoseconds.
    pub duration_ns: i64,
    /// The span failed.
    pub failed: bool,
}

impl Waterfall<'_> {
    /// At most `bars_max` bars by row: failed spans first, then the longest.
    pub fn minimap(&self, bars_max: usize) -> Vec<MiniBar> {
        let spans = self.lines.iter().enumerate().filter_map(|(row, line)| Some((row, self.span_of(line)?)));
        let mut chosen: Vec<_> = spans.collect();
        if chosen.len() > bars_max {
            chosen.sort_by_key(|(row, span)| (span.status != Status::Error, std::cmp::Reverse(span.duration_ns), *row));
            chosen.truncate(bars_max);
            chosen.sort_by_key(|(row, _)| *row);
        }
        let bar = |(row, span): (usize, &crate::trace::Skeleton)| MiniBar {
            row,
            service: span.service.clone(),
            offset_ns: span.start.0.saturating_sub(self.extent.start_ns),
            duration_ns: span.duration_ns,
            failed: span.status == Status::Error,
        };
        chosen.into_iter().map(bar).collect()
    }
}
