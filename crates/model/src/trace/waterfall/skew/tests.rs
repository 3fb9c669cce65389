//! Clocks that are behind are corrected, and nothing else: cases worked out by hand, and laws.

use proptest::prelude::*;

use super::*;
use crate::span::SpanKind;
use crate::trace::Skeleton;
use crate::trace::tree::tests::{a_span, id};
use crate::trace::waste::Calls;
use crate::trace::waterfall::tests::{any_trace, columns};
use crate::trace::waterfall::{Row, RowKind, SpanRow, Waterfall};

fn of(service: &str, span: Skeleton) -> Skeleton {
    Skeleton { service: service.to_owned(), ..span }
}

fn row_of(waterfall: &Waterfall, number: u64) -> SpanRow {
    let row = waterfall.rows(0..waterfall.len()).into_iter().find(|row| row.span_id() == Some(id(number)));
    match row.map(|row: Row| row.kind) {
        Some(RowKind::Span(span)) => *span,
        other => panic!("no row for span {number}: {other:?}"),
    }
}

/// Start and end of a span after the start of its trace, and what is said about its clock.
fn place(waterfall: &Waterfall, number: u64) -> (i64, i64, Option<i64>) {
    let row = row_of(waterfall, number);
    (row.offset_ns, row.offset_ns + row.duration_ns, row.clock_behind_ns)
}

fn shown(spans: &[Skeleton]) -> Waterfall {
    Waterfall::of(columns(spans))
}

#[test]
fn a_child_whose_clock_is_behind_is_moved_to_the_middle_of_its_cause() {
    // The call takes 100, the work in it 60: 20 there and 20 back. It was sent 12 too early, so it is 12 + 20 behind.
    let spans = [a_span(0, None, 1_000, 100), of("bank", a_span(1, Some(0), 988, 60))];
    let waterfall = shown(&spans);
    assert_eq!(place(&waterfall, 0), (0, 100, None));
    assert_eq!(place(&waterfall, 1), (20, 80, Some(32)));
    assert_eq!(waterfall.extent().duration_ns, 100);
    let told = waterfall.overview().skew.unwrap();
    assert_eq!((told.spans, told.max_ns, told.times), (1, 32, Times::Corrected));
    let as_sent = Waterfall::with(columns(&spans), Times::AsSent, &Calls::default());
    assert_eq!(place(&as_sent, 1), (0, 60, None));
    assert_eq!(as_sent.extent().duration_ns, 112);
    assert_eq!(as_sent.overview().skew.map(|skew| skew.times), Some(Times::AsSent));
}

#[test]
fn what_is_below_it_moves_with_its_clock_and_another_clock_is_judged_by_itself() {
    let spans = [
        a_span(0, None, 1_000, 100),
        of("bank", a_span(1, Some(0), 980, 60)),
        // 5 after its parent, by the same clock.
        of("bank", a_span(2, Some(1), 985, 10)),
        // By a clock that is right: 1,050 is after its parent's true start.
        of("vault", a_span(3, Some(2), 1_026, 2)),
    ];
    let waterfall = shown(&spans);
    assert_eq!(place(&waterfall, 1), (20, 80, Some(40)));
    assert_eq!(place(&waterfall, 2), (25, 35, None), "moved, and the clock is told where it was noticed");
    assert_eq!(row_of(&waterfall, 2).shifted_ns, 40);
    assert_eq!(place(&waterfall, 3), (26, 28, None));
}

#[test]
fn a_child_longer_than_its_cause_begins_with_it() {
    let waterfall = shown(&[a_span(0, None, 1_000, 100), of("bank", a_span(1, Some(0), 900, 300))]);
    assert_eq!(place(&waterfall, 1), (0, 300, Some(100)));
}

#[test]
fn spans_without_length_are_moved_like_any_other() {
    let waterfall = shown(&[a_span(0, None, 50, 0), of("bank", a_span(1, Some(0), 40, 0))]);
    assert_eq!((place(&waterfall, 1), waterfall.extent().duration_ns), ((0, 0, Some(10)), 0));
}

#[test]
fn what_begins_after_its_cause_stays_whatever_it_does_then() {
    let spans = [
        a_span(0, None, 0, 100),
        // Side by side.
        of("bank", a_span(1, Some(0), 10, 50)),
        of("bank", a_span(2, Some(0), 10, 50)),
        // Outlasts its parent.
        of("bank", a_span(3, Some(0), 90, 500)),
        // Begins with it.
        of("bank", a_span(4, Some(0), 0, 10)),
    ];
    let waterfall = shown(&spans);
    for (number, place_as_sent) in [(1, (10, 60)), (2, (10, 60)), (3, (90, 590)), (4, (0, 10))] {
        let (from, to, clock) = place(&waterfall, number);
        assert_eq!(((from, to), clock), (place_as_sent, None));
    }
    assert_eq!(waterfall.overview().skew, None);
}

#[test]
fn what_waits_for_nobody_stays_where_it_happened() {
    let kind = |kind, span: Skeleton| Skeleton { kind, ..of("queue", span) };
    let spans = [
        a_span(0, None, 100, 50),
        // Overlapping consumers, one of them before its cause by its own clock.
        kind(SpanKind::Consumer, a_span(1, Some(0), 90, 500)),
        kind(SpanKind::Consumer, a_span(2, Some(0), 300, 500)),
        kind(SpanKind::Producer, a_span(3, Some(0), 95, 10)),
        // Caused by what put a message on the queue.
        of("worker", a_span(4, Some(3), 92, 10)),
    ];
    let waterfall = shown(&spans);
    let places: Vec<_> = (0..5).map(|number| place(&waterfall, number)).collect();
    assert_eq!(places, [(10, 60, None), (0, 500, None), (210, 710, None), (5, 15, None), (2, 12, None)]);
}

#[test]
fn a_span_of_the_same_service_is_of_the_same_clock() {
    let waterfall = shown(&[a_span(0, None, 100, 50), a_span(1, Some(0), 90, 20)]);
    assert_eq!((place(&waterfall, 1), waterfall.overview().skew), ((0, 20, None), None));
}

/// Any trace of three services with clocks of their own.
fn any_clocks() -> impl Strategy<Value = Vec<Skeleton>> {
    any_trace().prop_map(|spans| {
        let service = |number: usize| ["shop", "bank", "vault"][number % 3];
        spans.into_iter().enumerate().map(|(number, span)| of(service(number), span)).collect()
    })
}

proptest! {
    #[test]
    fn correction_changes_neither_durations_nor_costs(spans in any_clocks()) {
        let figures = |waterfall: &Waterfall| {
            let rows = waterfall.rows(0..waterfall.len()).into_iter();
            let mut all: Vec<_> = rows.filter_map(|row| match row.kind {
                RowKind::Span(span) => Some((span.span_id, span.duration_ns, span.cost)),
                RowKind::MissingParent(_) | RowKind::Similar(_) => None,
            }).collect();
            all.sort_unstable();
            all
        };
        let (corrected, as_sent) = (shown(&spans), Waterfall::with(columns(&spans), Times::AsSent, &Calls::default()));
        prop_assert_eq!(figures(&corrected), figures(&as_sent));
        prop_assert_eq!(corrected.sums(), as_sent.sums());
        prop_assert_eq!(corrected.overview().tab.total(), as_sent.overview().tab.total());
    }

    #[test]
    fn whoever_was_waited_for_begins_no_earlier_than_who_waited(spans in any_clocks()) {
        let waterfall = shown(&spans);
        for span in 0..waterfall.spans.len() as u32 {
            for &child in waterfall.children.of_span(span) {
                prop_assert_eq!(behind(&waterfall.spans, span, child, 0), 0);
            }
        }
    }

    #[test]
    fn self_times_on_the_critical_path_add_up_to_a_trace_that_nothing_outlasts(
        children in proptest::collection::vec((1i64..500, 0i64..200, 0usize..3, -100i64..100), 0..20),
    ) {
        // Every child is within the root by a right clock; each service's clock is off by something of its own.
        let mut spans = vec![of("shop", a_span(0, None, 1_000, 700))];
        for (number, (start, duration, service, off)) in (1..).zip(children) {
            let name = ["shop", "bank", "vault"][service];
            let off = if service == 0 { 0 } else { off.min(0) };
            spans.push(of(name, a_span(number, Some(0), 1_000 + start + off, duration)));
        }
        let waterfall = shown(&spans);
        let on_path = |span: u32| waterfall.critical_parts(span).iter().map(|part| part.duration_ns).sum::<i64>();
        let sum: i64 = (0..spans.len() as u32).map(on_path).sum();
        prop_assert_eq!(sum, waterfall.extent().duration_ns);
    }
}
