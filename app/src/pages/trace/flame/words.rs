//! A picture in words: what a box shows, and what became of the spans that have none.

use model::trace::waterfall::flame::{BoxSpans, Drawn, FlameBox, Measure};

use super::read::{nanos, usd};
use crate::format::{duration, money, number};
use crate::islands::waterfall::row::named;

/// A box for who points at it or listens.
pub fn of(spans: &BoxSpans, each: &FlameBox, measure: Measure) -> String {
    let (here, own) = match measure {
        Measure::Time => (duration::nanos(nanos(each.width)), duration::nanos(nanos(each.own))),
        Measure::Cost => (money::amount(usd(each.width)), money::amount(usd(each.own))),
    };
    let who = match spans.count {
        1 => format!("{}, {}", named(&spans.name), spans.service),
        count => format!("{} times {}, {}", number::count(count as i64), named(&spans.name), spans.service),
    };
    let took = match spans.count {
        1 => duration::nanos(spans.duration_ns),
        _ => format!("{} at most", duration::nanos(spans.duration_ns)),
    };
    let cost = match (measure, spans.cost) {
        (Measure::Cost, _) => String::new(),
        (Measure::Time, None) => ", cost unknown".to_owned(),
        (Measure::Time, Some(cost)) => format!(", cost {}", money::amount(cost)),
    };
    let failed = match (spans.failed, spans.count) {
        (0, _) => String::new(),
        (_, 1) => ", failed".to_owned(),
        (failed, _) => format!(", {} failed", number::count(failed as i64)),
    };
    format!("{who}: {here} with all below it, {own} of its own, took {took}{cost}{failed}")
}

/// How many spans have a box, and what became of the others.
pub fn drawn(spans: Drawn, measure: Measure) -> String {
    let Drawn { alone, merged, narrow, deep, empty } = spans;
    let count = |spans: usize| number::count(spans as i64);
    let all = number::counted((alone + merged + narrow + deep + empty) as i64, "span");
    let spent = match measure {
        Measure::Time => "took no time",
        Measure::Cost => "cost nothing that is known",
    };
    let others = [
        (merged, format!("{} share a box with similar ones", count(merged))),
        (narrow, format!("{} are too narrow to be drawn", count(narrow))),
        (deep, format!("{} are deeper than is drawn", count(deep))),
        (empty, format!("{} {spent}", count(empty))),
    ];
    let others: Vec<String> = others.into_iter().filter(|(spans, _)| *spans > 0).map(|(_, words)| words).collect();
    if others.is_empty() {
        format!("{all}, each with a box of its own")
    } else {
        format!("{all}: {} have a box of their own, {}", count(alone), others.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_without_a_box_are_counted_and_nothing_else_is_said() {
        let all = Drawn { alone: 25, ..Drawn::default() };
        assert_eq!(drawn(all, Measure::Time), "25 spans, each with a box of its own");
        let some = Drawn { alone: 20, merged: 1_200, empty: 5, ..Drawn::default() };
        let words = "1,225 spans: 20 have a box of their own, 1,200 share a box with similar ones, 5 cost nothing that is known";
        assert_eq!(drawn(some, Measure::Cost), words);
    }
}
