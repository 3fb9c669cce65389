//! Findings are written once, and replaced by difference.

use chrono::TimeDelta;
use model::cost::Verdict;
use model::dependency::{NodeKind, Transport};
use model::trace::{EdgeContribution, Finalised, ShapeBar};
use model::{Usd, UsdSum};

use super::*;
use crate::testing::{Telling, a_span, noon, settle_all, sum, trace_id, usd, write};

fn a_finding(calls: i64, cost: &str) -> Finalised {
    Finalised {
        root: Some(("gateway".to_owned(), "handle".to_owned())),
        tenant: Some("acme".to_owned()),
        max_depth: 3,
        orphans: 1,
        edges: vec![EdgeContribution {
            parent: "gateway".to_owned(),
            parent_kind: NodeKind::Service,
            child: "postgres".to_owned(),
            child_kind: NodeKind::Database,
            transport: Transport::Database,
            calls,
            errors: 1,
            durations_ns: vec![1_000_000; calls as usize],
            cost: usd(cost),
        }],
        shape: vec![ShapeBar { service: "gateway".to_owned(), row: 0, left: 0, width: 1000 }],
        split: vec![("gateway".to_owned(), "0.5".parse().unwrap())],
    }
}

/// What is due when everything up to `time` is quiet.
async fn quiet_at(db: &PgPool, time: DateTime<Utc>, limit: i64) -> Result<Due, StoreError> {
    quiet(db, time, time, limit).await
}

fn found(trace: u64, version: i32, found: Finalised) -> Finding {
    Finding { trace_id: trace_id(trace), version, found, corrections: Vec::new() }
}

/// Cost by user as the outbox has it, and the sums of spans and of traces.
async fn books(db: &PgPool) -> (Vec<(Option<String>, UsdSum)>, UsdSum, UsdSum) {
    let rows: Vec<(Option<String>, String)> = sqlx::query_as(
        "select d.name, sum(u.pico)::text from rollup_outbox o \
          cross join lateral unnest(o.dim, o.key, o.cost_pico) as u(dim, key, pico) left join dim_user d on d.id = u.key \
          where u.dim = 4 group by d.name having sum(u.pico) <> 0 order by d.name",
    )
    .fetch_all(db)
    .await
    .unwrap();
    let by_user = rows.into_iter().map(|(name, sum)| (name, UsdSum::from_pico(sum.parse().unwrap()))).collect();
    let spans = sum(db, "select coalesce(sum(cost_pico), 0)::text from span").await;
    (by_user, spans, sum(db, "select coalesce(sum(cost_pico), 0)::text from traces").await)
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn the_cost_of_a_child_moves_to_the_user_of_a_parent_that_comes_later(db: PgPool) {
    write(&db, vec![a_span(1, 2).under(1).starting(1).costing("0.25")]).await;
    settle_all(&db).await;
    assert_eq!(books(&db).await, (vec![(None, usd("0.25"))], usd("0.25"), usd("0.25")));
    for _ in 0..2 {
        write(&db, vec![a_span(1, 1).for_user("user_123").costing("0.5")]).await;
        settle_all(&db).await;
        let all = usd("0.75");
        assert_eq!(books(&db).await, (vec![(Some("user_123".to_owned()), all)], all, all));
    }
    let child = crate::spans::one(&db, trace_id(1), crate::testing::span_id(2)).await.unwrap().unwrap();
    assert_eq!((child.user.as_deref(), child.known.user.inherited), (Some("user_123"), true));
    let above = crate::spans::named_above(&db, trace_id(1), crate::testing::span_id(2)).await.unwrap();
    assert_eq!((above.user.as_deref(), above.tenant), (Some("work"), None));
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn a_cost_that_turns_out_to_be_the_sum_of_later_ones_is_taken_back_with_its_reason(db: PgPool) {
    write(&db, vec![a_span(1, 1).costing("0.3").for_user("u")]).await;
    settle_all(&db).await;
    assert_eq!(books(&db).await.1, usd("0.3"));
    write(&db, vec![a_span(1, 2).under(1).costing("0.1"), a_span(1, 3).under(1).costing("0.2")]).await;
    settle_all(&db).await;
    assert_eq!(books(&db).await, (vec![(Some("u".to_owned()), usd("0.3"))], usd("0.3"), usd("0.3")));
    let parent = crate::spans::one(&db, trace_id(1), crate::testing::span_id(1)).await.unwrap().unwrap();
    assert_eq!(
        (parent.cost.verdict, parent.cost.usd, parent.cost.claimed),
        (Verdict::RolledUp, usd_of("0"), usd_of("0.3"))
    );
    assert!(parent.cost.explanation().unwrap().contains("rolled up"));
    // One more below: it is no sum any more.
    write(&db, vec![a_span(1, 4).under(1).costing("0.5")]).await;
    settle_all(&db).await;
    assert_eq!(books(&db).await.1, usd("1.1"));
}

fn usd_of(text: &str) -> Option<Usd> {
    Some(text.parse().unwrap())
}

async fn versions(db: &PgPool) -> Vec<(TraceId, i32)> {
    let quiet = quiet_at(db, noon() + TimeDelta::seconds(10), 100).await.unwrap();
    quiet.traces.into_iter().map(|trace| (trace.trace_id, trace.version)).collect()
}

/// Calls, errors and cost of all edges of a tenant, 0 for all.
async fn edges(db: &PgPool, tenant: &str) -> (i64, i64, UsdSum) {
    let row: (i64, i64, String) = sqlx::query_as(
        "select coalesce(sum(n), 0)::int8, coalesce(sum(err), 0)::int8, coalesce(sum(cost_pico), 0)::text from edge_rollup \
         where grain = 600 and tenant_id = coalesce((select id from dim_tenant where name = $1), 0)",
    )
    .bind(tenant)
    .fetch_one(db)
    .await
    .unwrap();
    (row.0, row.1, UsdSum::from_pico(row.2.parse().unwrap()))
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn a_quiet_trace_is_offered_with_all_its_spans(db: PgPool) {
    write(&db, vec![a_span(1, 1), a_span(1, 2).under(1).starting(1)]).await;
    write(&db, vec![a_span(2, 1)]).await;
    assert!(quiet_at(&db, noon(), 100).await.unwrap().traces.is_empty(), "not quiet yet");
    let mut found = quiet_at(&db, noon() + TimeDelta::seconds(10), 100).await.unwrap().traces;
    found.sort_by_key(|trace| trace.trace_id);
    assert_eq!(found.iter().map(|trace| trace.spans.len()).collect::<Vec<_>>(), [2, 1]);
    assert_eq!(quiet_at(&db, noon() + TimeDelta::seconds(10), 1).await.unwrap().traces.len(), 1);
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn a_line_is_struck_out_and_a_trace_nobody_wrote_down_is_found(db: PgPool) {
    let later = noon() + TimeDelta::seconds(10);
    write(&db, vec![a_span(1, 1)]).await;
    let due = quiet_at(&db, later, 100).await.unwrap();
    forget(&db, &due.lines).await.unwrap();
    assert_eq!(versions(&db).await, []);
    assert_eq!(sweep(&db, noon() - TimeDelta::days(1), later - TimeDelta::seconds(1)).await.unwrap(), 1);
    assert_eq!(versions(&db).await, [(trace_id(1), 1)]);
    assert_eq!(sweep(&db, later, later + TimeDelta::days(1)).await.unwrap(), 0);
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn a_trace_that_got_more_spans_is_due_by_its_last_line(db: PgPool) {
    write(&db, vec![a_span(1, 1)]).await;
    let batch = crate::ingest::Batch::prepare(vec![a_span(1, 2)], &[]);
    let writer = crate::ingest::Writer::new(db.clone(), 2);
    writer.write(&batch, noon() + TimeDelta::seconds(60)).await.unwrap();
    let due = quiet_at(&db, noon() + TimeDelta::seconds(10), 100).await.unwrap();
    assert_eq!((due.lines.len(), due.traces.len()), (1, 0));
    forget(&db, &due.lines).await.unwrap();
    let due = quiet_at(&db, noon() + TimeDelta::seconds(90), 100).await.unwrap();
    assert_eq!(due.traces.iter().map(|trace| trace.spans.len()).collect::<Vec<_>>(), [2]);
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn findings_show_in_the_trace_and_it_is_done(db: PgPool) {
    write(&db, vec![a_span(1, 1).under(9)]).await;
    apply(&db, &[found(1, 1, a_finding(2, "0.5"))]).await.unwrap();
    assert_eq!(versions(&db).await, []);
    let head = traces::head(&db, trace_id(1)).await.unwrap().unwrap();
    assert_eq!((head.max_depth, head.orphans), (Some(3), Some(1)));
    assert_eq!(head.summary.root_service.as_deref(), Some("gateway"));
    assert_eq!(head.summary.root_operation.as_deref(), Some("handle"));
    assert_eq!(head.summary.tenant.as_deref(), Some("acme"));
    assert_eq!((head.summary.shape, head.summary.split), (a_finding(2, "0").shape, a_finding(2, "0").split));
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn a_late_span_replaces_the_edges_by_difference(db: PgPool) {
    write(&db, vec![a_span(1, 1), a_span(2, 1)]).await;
    apply(&db, &[found(1, 1, a_finding(2, "0.5")), found(2, 1, a_finding(5, "1"))]).await.unwrap();
    assert_eq!(edges(&db, "all").await, (7, 2, usd("1.5")));
    assert_eq!(edges(&db, "acme").await, (7, 2, usd("1.5")));
    write(&db, vec![a_span(1, 2)]).await;
    let again = versions(&db).await;
    assert_eq!(again, [(trace_id(1), 2)]);
    let finding = Finalised { tenant: Some("beta".to_owned()), ..a_finding(3, "0.75") };
    apply(&db, &[found(1, 2, finding)]).await.unwrap();
    assert_eq!(edges(&db, "all").await, (8, 2, usd("1.75")));
    assert_eq!(edges(&db, "acme").await, (5, 1, usd("1")));
    assert_eq!(edges(&db, "beta").await, (3, 1, usd("0.75")));
    let map =
        crate::dependencies::map(&db, model::time::TimeRange::last_seconds(86_400, noon() + TimeDelta::hours(1)), None);
    let map = map.await.unwrap();
    let edge = &map.edges[0];
    assert_eq!((edge.parent.as_str(), edge.child.as_str(), edge.calls, edge.errors), ("gateway", "postgres", 8, 2));
    assert!((edge.p95_ms.unwrap() - 1.0).abs() < 0.03);
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn a_result_for_an_older_version_is_thrown_away(db: PgPool) {
    write(&db, vec![a_span(1, 1)]).await;
    write(&db, vec![a_span(1, 2)]).await;
    apply(&db, &[found(1, 1, a_finding(2, "0.5"))]).await.unwrap();
    assert_eq!(versions(&db).await, [(trace_id(1), 2)]);
    assert_eq!(edges(&db, "all").await, (0, 0, UsdSum::ZERO));
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn what_was_seen_by_a_clock_that_was_set_back_since_is_not_waited_for(db: PgPool) {
    write(&db, vec![a_span(1, 1)]).await;
    let yesterday = noon() - TimeDelta::days(1);
    assert_eq!(quiet_at(&db, yesterday, 100).await.unwrap().traces.len(), 1);
    let a_minute_behind = noon() - TimeDelta::minutes(1);
    assert!(quiet_at(&db, a_minute_behind, 100).await.unwrap().traces.is_empty());
}
