//! Groups add up to the trace, and a list of spans is all of them once, in order, whatever the page.

use std::collections::HashMap;

use proptest::prelude::*;

use super::*;
use crate::span::Status;
use crate::trace::Skeleton;
use crate::trace::tree::tests::{a_span, id};
use crate::trace::waterfall::tests::{any_trace, waterfall_of};
use crate::usd::{Usd, UsdSum};

const ALL: usize = usize::MAX;

fn wanted(by: GroupBy, order: Column) -> Wanted {
    Wanted { by, order, is_reversed: false, limit: ALL }
}

proptest! {
    #[test]
    fn groups_add_up_to_the_trace(spans in any_trace()) {
        let waterfall = waterfall_of(&spans);
        for by in [GroupBy::Service, GroupBy::Operation, GroupBy::Model] {
            let Statistics { groups, groups_total, total } = waterfall.statistics(wanted(by, Column::Cost), &Calls::default());
            prop_assert_eq!((groups.len(), total.spans), (groups_total, spans.len()));
            let sum = |of: fn(&Statistic) -> i128| groups.iter().map(|(_, statistic)| of(statistic)).sum::<i128>();
            for figure in [
                (|sum| sum.spans as i128) as fn(&Statistic) -> i128,
                |sum| sum.failed as i128,
                |sum| sum.unpriced as i128,
                |sum| sum.self_ns,
                |sum| sum.total_ns,
                |sum| sum.cost.map_or(0, UsdSum::pico),
            ] {
                prop_assert_eq!(sum(figure), figure(&total));
            }
            prop_assert_eq!(total.cost.unwrap_or_default(), spans.iter().filter_map(|span| span.cost).sum());
            for (_, group) in &groups {
                prop_assert!(group.p50_ns <= group.p95_ns && group.p95_ns <= group.max_ns && group.max_ns <= total.max_ns);
            }
        }
    }

    #[test]
    fn pages_are_all_spans_once_in_order(spans in any_trace(), count in 1usize..7) {
        let waterfall = waterfall_of(&spans);
        for order in [SpanOrder::SelfTime, SpanOrder::Duration, SpanOrder::Cost, SpanOrder::Start] {
            let whole = waterfall.listed(order, None, &Calls::default(), (0, ALL)).spans;
            prop_assert_eq!(whole.len(), spans.len());
            let pages = (0..spans.len()).step_by(count);
            let paged: Vec<_> =
                pages.flat_map(|first| waterfall.listed(order, None, &Calls::default(), (first, count)).spans).collect();
            prop_assert_eq!(&paged, &whole);
            match order {
                SpanOrder::SelfTime => prop_assert!(whole.is_sorted_by_key(|span| Reverse(span.self_ns))),
                SpanOrder::Duration => prop_assert!(whole.is_sorted_by_key(|span| Reverse(span.duration_ns))),
                SpanOrder::Cost => prop_assert!(whole.is_sorted_by_key(|span| Reverse(span.cost))),
                SpanOrder::Start => prop_assert!(whole.is_sorted_by_key(|span| span.offset_ns)),
            }
        }
    }
}

fn a_few() -> [Skeleton; 4] {
    let costing = |pico, span: Skeleton| Skeleton { cost: Some(Usd::from_pico(pico)), ..span };
    [
        Skeleton { service: "web".into(), ..a_span(0, None, 0, 100) },
        Skeleton { service: "ai".into(), ..costing(5, a_span(1, Some(0), 10, 20)) },
        Skeleton { service: "ai".into(), status: Status::Error, ..costing(9, a_span(2, Some(0), 40, 10)) },
        Skeleton { service: "ai".into(), ..a_span(3, Some(0), 60, 30) },
    ]
}

fn calls() -> Calls {
    let call = |model, tokens| Call { model, tokens_in: Some(tokens), tokens_out: None };
    Calls::new(HashMap::from([(id(1), call(0, 7)), (id(2), call(1, 8))]), vec!["large".into(), "small".into()], false)
}

#[test]
fn a_group_says_what_its_spans_are() {
    let waterfall = waterfall_of(&a_few());
    let statistics = waterfall.statistics(wanted(GroupBy::Service, Column::Cost), &calls());
    let (name, ai) = &statistics.groups[0];
    assert_eq!(name.service, "ai");
    assert_eq!((ai.spans, ai.failed, ai.unpriced), (3, 1, 1));
    assert_eq!((ai.p50_ns, ai.p95_ns, ai.max_ns, ai.total_ns, ai.self_ns), (20, 30, 30, 60, 60));
    assert_eq!((ai.cost, ai.tokens_in, ai.tokens_out), (Some(UsdSum::from_pico(14)), Some(15), None));
    assert_eq!((ai.longest, ai.dearest), (Some(id(3)), Some(id(2))));
    let (_, web) = &statistics.groups[1];
    assert_eq!((web.cost, web.dearest, web.self_ns), (None, None, 40), "unknown is not zero");
}

#[test]
fn groups_stand_in_any_order_and_as_many_as_asked_for() {
    let waterfall = waterfall_of(&a_few());
    let names = |order, is_reversed, limit| -> Vec<String> {
        let wanted = Wanted { by: GroupBy::Model, order, is_reversed, limit };
        waterfall.statistics(wanted, &calls()).groups.into_iter().map(|(name, _)| name.model).collect()
    };
    assert_eq!(names(Column::Name, false, ALL), ["", "large", "small"]);
    assert_eq!(names(Column::Cost, false, ALL), ["small", "large", ""], "unknown comes last");
    assert_eq!(names(Column::Tokens, true, 2), ["", "large"]);
}

#[test]
fn spans_of_one_group_are_listed_alone() {
    let waterfall = waterfall_of(&a_few());
    let like = |span, by| {
        let page = waterfall.listed(SpanOrder::Cost, Some((id(span), by)), &calls(), (0, ALL));
        page.spans.into_iter().map(|span| span.span_id).collect::<Vec<_>>()
    };
    assert_eq!(like(1, GroupBy::Service), [id(2), id(1), id(3)]);
    assert_eq!(like(2, GroupBy::Model), [id(2)]);
    assert_eq!(like(3, GroupBy::Model), [id(0), id(3)], "those that called no model");
    assert_eq!(like(9, GroupBy::Service).len(), 4, "a span that is not there has no group");
    let name = waterfall.group_of(id(2), GroupBy::Model, &calls()).unwrap();
    assert_eq!((name.model.as_str(), name.service.as_str()), ("small", ""));
}
