//! The dependency map.

use chrono::TimeDelta;
use model::dependency::Transport;
use model::trace::{EdgeContribution, Finalised};

use super::*;
use crate::testing::{Telling, a_span, noon, trace_id, usd, write};
use crate::{finalise, outbox};

fn an_edge(parent: (&str, NodeKind), child: (&str, NodeKind), calls: i64) -> EdgeContribution {
    EdgeContribution {
        parent: parent.0.to_owned(),
        parent_kind: parent.1,
        child: child.0.to_owned(),
        child_kind: child.1,
        transport: Transport::Call,
        calls,
        errors: 1,
        durations_ns: vec![2_000_000; calls as usize],
        cost: usd("0.25"),
    }
}

async fn a_map(db: &PgPool, tenant: Option<&str>) -> DependencyMap {
    map(db, TimeRange::last_seconds(3_600, noon() + TimeDelta::minutes(30)), tenant).await.unwrap()
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn services_are_measured_by_their_spans_and_others_by_their_callers(db: PgPool) {
    write(
        &db,
        vec![
            a_span(1, 1).of_service("gateway").for_tenant("acme").costing("0.5").failing(),
            a_span(1, 2).of_service("gateway"),
        ],
    )
    .await;
    let gateway = ("gateway", NodeKind::Service);
    let edges =
        vec![an_edge(("web", NodeKind::Client), gateway, 4), an_edge(gateway, ("openai", NodeKind::Provider), 3)];
    let found = Finalised { tenant: Some("acme".to_owned()), edges, ..Finalised::default() };
    let finding = finalise::Finding { trace_id: trace_id(1), version: 1, found, corrections: Vec::new() };
    finalise::apply(&db, &[finding]).await.unwrap();
    outbox::roll(&db).await.unwrap();

    let map = a_map(&db, None).await;
    let named = |name: &str| map.nodes.iter().find(|node| node.name == name).unwrap();
    assert_eq!(map.nodes.len(), 3);
    let (gateway, openai, web) = (named("gateway"), named("openai"), named("web"));
    assert_eq!((gateway.kind, gateway.calls, gateway.errors, gateway.cost), (NodeKind::Service, 2, 1, usd("0.5")));
    assert!((gateway.p95_ms.unwrap() - 10.0).abs() < 0.21);
    assert_eq!((openai.kind, openai.calls, openai.errors, openai.cost), (NodeKind::Provider, 3, 1, usd("0.25")));
    assert!((openai.p50_ms.unwrap() - 2.0).abs() < 0.05);
    assert_eq!((web.kind, web.calls, web.p95_ms), (NodeKind::Client, 4, None));
    assert_eq!(map.edges.iter().map(|edge| edge.calls).collect::<Vec<_>>(), [4, 3]);

    assert_eq!(a_map(&db, Some("acme")).await.edges.len(), 2);
    assert_eq!(a_map(&db, Some("nobody")).await, DependencyMap::default());
}
