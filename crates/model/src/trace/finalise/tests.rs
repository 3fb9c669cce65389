//! What a finished trace says about itself: depth, orphans, calls between services.

use proptest::prelude::*;

use super::*;
use crate::span::{Category, SpanKind, Status};
use crate::trace::tree::tests::{a_span, any_spans};

/// A span of `service` with a role; the numbers name span and parent.
fn a_call(number: u64, parent: Option<u64>, service: &str, kind: SpanKind) -> Skeleton {
    Skeleton { service: service.to_owned(), kind, ..a_span(number, parent, number as i64 * 10, 10) }
}

fn towards(span: Skeleton, peer: &str, category: Category) -> Skeleton {
    Skeleton { peer: Some(peer.to_owned()), category, ..span }
}

/// `parent -> child by transport xcalls`, one line per edge.
fn edges_of(spans: &[Skeleton]) -> Vec<String> {
    let line = |edge: &crate::trace::EdgeContribution| {
        format!(
            "{} {} -> {} {} by {} x{}",
            edge.parent_kind, edge.parent, edge.child_kind, edge.child, edge.transport, edge.calls
        )
    };
    finalise(spans).edges.iter().map(line).collect()
}

#[test]
fn a_child_of_another_service_is_a_call() {
    let spans = [
        a_call(0, None, "gateway", SpanKind::Server),
        towards(a_call(1, Some(0), "gateway", SpanKind::Client), "orders.internal", Category::Http),
        Skeleton {
            status: Status::Error,
            cost: Some(Usd::from_pico(7)),
            ..a_call(2, Some(1), "orders", SpanKind::Server)
        },
        a_call(3, Some(0), "orders", SpanKind::Server),
    ];
    assert_eq!(edges_of(&spans), ["service gateway -> service orders by call x2"]);
    let edge = &finalise(&spans).edges[0];
    assert_eq!((edge.errors, edge.cost, edge.durations_ns.len()), (1, UsdSum::from_pico(7), 2));
}

#[test]
fn a_named_queue_stands_between_producer_and_consumer() {
    let spans = [
        towards(a_call(0, None, "shop", SpanKind::Producer), "tasks", Category::Queue),
        towards(a_call(1, Some(0), "worker", SpanKind::Consumer), "tasks", Category::Queue),
    ];
    assert_eq!(
        edges_of(&spans),
        ["service shop -> queue tasks by message x1", "queue tasks -> service worker by message x1"]
    );
}

#[test]
fn a_message_without_a_queue_name_goes_straight_to_its_consumer() {
    let spans = [a_call(0, None, "shop", SpanKind::Producer), a_call(1, Some(0), "worker", SpanKind::Consumer)];
    assert_eq!(edges_of(&spans), ["service shop -> service worker by message x1"]);
}

#[test]
fn a_consumer_that_names_its_queue_puts_it_on_the_map_for_its_parent() {
    let spans = [
        a_call(0, None, "shop", SpanKind::Internal),
        towards(a_call(1, Some(0), "worker", SpanKind::Consumer), "tasks", Category::Queue),
    ];
    assert_eq!(
        edges_of(&spans),
        ["service shop -> queue tasks by message x1", "queue tasks -> service worker by message x1"]
    );
}

#[test]
fn silent_providers_databases_and_services_are_inferred_from_the_calls_to_them() {
    let spans = [
        a_call(0, None, "agent", SpanKind::Server),
        towards(a_call(1, Some(0), "agent", SpanKind::Client), "openai", Category::Llm),
        towards(a_call(2, Some(0), "agent", SpanKind::Client), "users", Category::Database),
        towards(a_call(3, Some(0), "agent", SpanKind::Client), "mail.example", Category::Http),
        towards(a_call(4, Some(0), "agent", SpanKind::Internal), "not asked", Category::Other),
    ];
    assert_eq!(
        edges_of(&spans),
        [
            "service agent -> service mail.example by call x1",
            "service agent -> provider openai by model x1",
            "service agent -> database users by database x1",
        ]
    );
}

#[test]
fn the_transport_under_a_model_call_is_not_a_second_call() {
    let spans = [
        towards(a_call(0, None, "agent", SpanKind::Internal), "openai", Category::Llm),
        Skeleton {
            cost: Some(Usd::from_pico(5)),
            ..towards(a_call(1, Some(0), "agent", SpanKind::Client), "openai", Category::Llm)
        },
        towards(a_call(2, Some(1), "agent", SpanKind::Client), "api.openai.com", Category::Http),
    ];
    assert_eq!(edges_of(&spans), ["service agent -> provider openai by model x1"]);
    assert_eq!(finalise(&spans).edges[0].cost, UsdSum::from_pico(5));
}

#[test]
fn a_caller_is_inferred_only_by_name() {
    assert!(edges_of(&[a_call(0, None, "gateway", SpanKind::Server)]).is_empty());
    let named = [towards(a_call(0, None, "gateway", SpanKind::Server), "web", Category::Http)];
    assert_eq!(edges_of(&named), ["client web -> service gateway by call x1"]);
}

#[test]
fn root_tenant_depth_and_orphans_are_found() {
    let spans = [
        Skeleton { tenant: Some("acme".into()), service: "worker".into(), ..a_span(1, Some(77), 5, 10) },
        a_span(2, None, 20, 10),
        a_span(3, Some(2), 21, 2),
        a_span(4, Some(3), 22, 1),
    ];
    let found = finalise(&spans);
    assert_eq!(found.root, Some(("shop".to_owned(), "operation 2".to_owned())));
    assert_eq!(found.tenant.as_deref(), Some("acme"), "the root has no tenant, so the earliest known one is taken");
    assert_eq!((found.max_depth, found.orphans), (3, 1));
    assert_eq!(finalise(&[]), crate::trace::Finalised::default());
}

#[test]
fn the_split_is_dearest_first_and_leaves_out_unknown_costs() {
    let of = |number, service: &str, pico: Option<i64>| Skeleton {
        cost: pico.map(Usd::from_pico),
        service: service.to_owned(),
        ..a_span(number, None, 0, 1)
    };
    let spans = [of(0, "a", Some(1)), of(1, "b", Some(2)), of(2, "a", Some(2)), of(3, "c", None), of(4, "d", Some(0))];
    let named = |service: &str, pico| (service.to_owned(), Usd::from_pico(pico));
    assert_eq!(split(&spans), [named("a", 3), named("b", 2), named("d", 0)]);
}

proptest! {
    #[test]
    fn any_spans_in_any_order_finalise_alike(spans in any_spans(), rotate in 0usize..40) {
        // With one id twice, the first one is the parent: order would matter.
        let mut seen = std::collections::HashSet::new();
        let mut spans: Vec<_> = spans.into_iter().filter(|span| seen.insert(span.span_id)).collect();
        let found = finalise(&spans);
        if !spans.is_empty() {
            let middle = rotate % spans.len();
            spans.rotate_left(middle);
        }
        prop_assert_eq!(finalise(&spans).shape, found.shape.clone());
        prop_assert_eq!(finalise(&spans).root, found.root);
        prop_assert!(found.shape.len() <= 24);
        prop_assert!(found.shape.iter().all(|bar| bar.row <= 2 && bar.width >= 1 && bar.left + bar.width <= 1000));
    }
}

#[test]
fn a_hundred_thousand_spans_in_one_circle_are_finalised() {
    let n = 100_000u64;
    let spans: Vec<_> = (0..n).map(|i| a_span(i, Some((i + 1) % n), i as i64, 10)).collect();
    let found = finalise(&spans);
    assert_eq!((found.max_depth, found.orphans), (100_000, 0));
    assert_eq!(finalise(&[Skeleton { kind: SpanKind::Server, ..a_span(0, Some(0), 0, 1) }]).max_depth, 1);
}
