//! Spans that came late: long after they had ended, and long after others of their trace.
//!
//! The second half keeps traces that are loaded from files as they are: all their spans come long after they ended, together.

use std::mem::size_of_val;

use super::Waterfall;
use crate::id::SpanId;

/// SDKs send what has ended every few seconds; what takes longer than this was held up on its way.
pub const LATE_NS: i64 = 60_000_000_000;

/// Which spans of a trace are late.
#[derive(Debug, Default)]
pub(super) struct Late {
    /// When the first span of all was received, in Unix nanoseconds.
    first: Option<i64>,
    /// Spans that may be, by span.
    spans: Vec<Lag>,
}

#[derive(Debug)]
struct Lag {
    span: u32,
    received: i64,
    after_end_ns: i64,
}

impl Late {
    /// Takes note of the next span.
    pub fn note(&mut self, span: u32, end: i64, received: i64) {
        self.first = Some(self.first.map_or(received, |first| first.min(received)));
        let after_end_ns = received.saturating_sub(end);
        if after_end_ns > LATE_NS {
            self.spans.push(Lag { span, received, after_end_ns });
        }
    }

    /// Forgets those that came with the first, now that all are known.
    pub fn settle(&mut self) {
        let first = self.first.unwrap_or_default();
        self.spans.retain(|lag| lag.received.saturating_sub(first) > LATE_NS);
        self.spans.shrink_to_fit();
    }

    /// How long after its end a span came, if it is late.
    pub fn of(&self, span: u32) -> Option<i64> {
        self.spans.binary_search_by_key(&span, |lag| lag.span).ok().map(|at| self.spans[at].after_end_ns)
    }

    /// Memory it takes.
    pub fn bytes(&self) -> usize {
        size_of_val(self.spans.as_slice())
    }
}

impl Waterfall {
    /// How long after its end a span came, in nanoseconds, if it is late.
    pub fn late_ns(&self, span_id: SpanId) -> Option<i64> {
        self.spans.late_ns(self.spans.find(span_id)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000_000;

    fn late(spans: &[(i64, i64)]) -> Vec<Option<i64>> {
        let mut late = Late::default();
        for (span, (end, received)) in (0..).zip(spans) {
            late.note(span, end * SECOND, received * SECOND);
        }
        late.settle();
        (0..).zip(spans).map(|(span, _)| late.of(span).map(|ns| ns / SECOND)).collect()
    }

    #[test]
    fn a_span_is_late_when_it_comes_a_minute_after_its_end_and_after_others() {
        assert_eq!(late(&[(0, 1800), (0, 5), (1, 61), (0, 61)]), [Some(1800), None, None, None]);
    }

    #[test]
    fn a_step_that_ends_long_after_the_first_one_came_is_not_late() {
        assert_eq!(late(&[(0, 5), (600, 605)]), [None, None]);
    }

    #[test]
    fn a_trace_that_is_loaded_from_a_file_is_not_late_but_what_is_missing_in_it_is() {
        assert_eq!(late(&[(0, 9_000), (0, 9_030), (0, 9_100)]), [None, None, Some(9_100)]);
    }
}
