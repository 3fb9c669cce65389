//! The ingest transaction on a real database: once, whatever is sent how often.

use model::UsdSum;
use model::rejected::Reason;
use sqlx::PgPool;

use super::*;
use crate::testing::{Telling, a_span, noon, sum, trace_id, usd, write};

const SPANS: &str = "select coalesce(sum(cost_pico), 0)::text from span";
const TRACES: &str = "select coalesce(sum(cost_pico), 0)::text from traces";
const OUTBOX: &str =
    "select coalesce(sum(c), 0)::text from rollup_outbox, unnest(dim, cost_pico) as u(d, c) where d = 0";

async fn sums(db: &PgPool) -> [UsdSum; 3] {
    [sum(db, SPANS).await, sum(db, TRACES).await, sum(db, OUTBOX).await]
}

async fn count(db: &PgPool, statement: &'static str) -> i64 {
    sqlx::query_scalar(statement).fetch_one(db).await.unwrap()
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn repeats_within_a_batch_and_across_batches_change_nothing(db: PgPool) {
    let spans = || vec![a_span(1, 1).costing("0.5"), a_span(1, 2).costing("0.25"), a_span(1, 1).costing("9")];
    let first = write(&db, spans()).await;
    assert_eq!((first.accepted, &first.repeated), (2, &vec![2]), "the one given later is the repeat");
    for _ in 0..3 {
        let again = write(&db, spans()).await;
        assert_eq!((again.accepted, again.duplicates()), (0, 3));
    }
    let mixed = write(&db, vec![a_span(1, 2).costing("7"), a_span(1, 3).costing("0.125")]).await;
    assert_eq!((mixed.accepted, mixed.repeated), (1, vec![0]));
    assert_eq!(sums(&db).await, [usd("0.875"); 3]);
    assert_eq!(count(&db, "select span_count from traces").await, 3);
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn two_writers_with_the_same_spans_count_each_once(db: PgPool) {
    const TRACES_SENT: u64 = 500;
    const SPANS_EACH: i64 = 20;
    let chunks: Vec<Vec<model::Span>> = (0..TRACES_SENT)
        .map(|trace| (1..=SPANS_EACH).map(|span| a_span(trace, span).costing("0.001")).collect())
        .collect();
    let send = |number: i32, order: Vec<Vec<model::Span>>| {
        let writer = Writer::new(db.clone(), number);
        async move {
            let mut outcome = Outcome::default();
            for part in order.chunks(50) {
                let spans: Vec<_> = part.iter().flatten().cloned().collect();
                let written = writer.write(&Batch::prepare(spans, &[]), noon()).await.unwrap();
                outcome.accepted += written.accepted;
                outcome.repeated.extend(written.repeated);
            }
            outcome
        }
    };
    let reversed = chunks.iter().rev().cloned().collect();
    let (left, right) = tokio::join!(send(1, chunks), send(2, reversed));
    assert_eq!(left.accepted + right.accepted, 10_000);
    assert_eq!(left.duplicates() + right.duplicates(), 10_000);
    assert_eq!(sums(&db).await, [usd("10"); 3]);
    assert_eq!(count(&db, "select sum(span_count)::int8 from traces").await, 10_000);
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn a_start_in_another_century_makes_no_partition(db: PgPool) {
    let far = |trace, text: &str| {
        let mut span = a_span(trace, 1).costing("1");
        span.start = model::time::UnixNanos::from_datetime(text.parse().unwrap());
        span
    };
    let spans = vec![far(1, "2200-01-01T00:00:00Z"), far(2, "2024-01-01T00:00:00Z"), far(3, "1969-12-31T23:59:59Z")];
    assert_eq!(write(&db, spans.clone()).await.accepted, 3);
    assert_eq!(write(&db, spans).await.accepted, 0);
    assert_eq!(count(&db, "select count(*) from span_leaf").await, 4);
    assert_eq!(count(&db, "select count(*) from span_20261120").await, 3);
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn the_same_span_with_another_start_is_the_same_span(db: PgPool) {
    let tomorrow = a_span(1, 1).costing("1").starting(86_400);
    assert_eq!(write(&db, vec![a_span(1, 1).costing("1")]).await.accepted, 1);
    assert_eq!(write(&db, vec![tomorrow]).await.accepted, 0);
    assert_eq!(count(&db, "select count(*) from span").await, 1);
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn spans_of_a_closed_day_are_refused_and_their_neighbours_kept(db: PgPool) {
    write(&db, vec![a_span(1, 1)]).await;
    let writer = Writer::new(db.clone(), 1);
    let later = noon() + chrono::Days::new(1);
    writer.write(&Batch::prepare(vec![a_span(2, 1)], &[]), later).await.unwrap();
    sqlx::query("update span_leaf set state = 'warm' where from_home < '2026-11-21'").execute(&db).await.unwrap();
    let after = later + chrono::TimeDelta::seconds(61);
    let outcome = writer.write(&Batch::prepare(vec![a_span(3, 1), a_span(1, 2)], &[]), after).await.unwrap();
    assert_eq!((outcome.accepted, outcome.refused.len()), (1, 1));
    assert_eq!((outcome.refused[0].0, Reason::of(&outcome.refused[0].1)), (1, Reason::Closed));
    assert_eq!(count(&db, "select sum(span_count)::int8 from traces").await, 3);
    assert_eq!(count(&db, "select count(*) from span_20261121").await, 1);
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn one_impossible_span_does_not_cost_its_neighbours(db: PgPool) {
    let mut spans: Vec<_> = (1..=20).map(|span| a_span(1, span).costing("1")).collect();
    spans.push(a_span(2, 1).costing("9000000"));
    spans.push(a_span(2, 2).costing("9000000"));
    let outcome = write(&db, spans).await;
    assert_eq!(outcome.accepted, 21);
    assert_eq!((outcome.refused.len(), Reason::of(&outcome.refused[0].1)), (1, Reason::Value));
    assert_eq!(sums(&db).await, [usd("9000020"); 3]);
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn sums_beyond_a_bigint_are_exact(db: PgPool) {
    let spans = (1..=5).map(|trace| a_span(trace, 1).costing("9000000")).collect();
    assert_eq!(write(&db, spans).await.accepted, 5);
    assert_eq!(sums(&db).await, [UsdSum::from_pico(45_000_000_000_000_000_000); 3]);
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn names_of_any_length_and_with_nul_are_kept_readable(db: PgPool) {
    let mut span = a_span(1, 1).for_user("a\0b");
    span.name = "ü".repeat(5_000);
    assert_eq!(write(&db, vec![span]).await.accepted, 1);
    let (name, user): (String, String) =
        sqlx::query_as("select operation_name, user_id from spans").fetch_one(&db).await.unwrap();
    assert!(name.len() <= 1024 && name.ends_with("ü…"));
    assert_eq!(user, "a\u{fffd}b");
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn a_declared_total_is_kept_and_the_first_one_stays(db: PgPool) {
    let writer = Writer::new(db.clone(), 1);
    for (span, declared) in [(1, "0.5"), (2, "0.75")] {
        let batch = Batch::prepare(vec![a_span(1, span)], &[(trace_id(1), declared.parse().unwrap())]);
        writer.write(&batch, noon()).await.unwrap();
    }
    assert_eq!(count(&db, "select declared_cost_pico from traces").await, 500_000_000_000);
    assert_eq!(sum(&db, TRACES).await, UsdSum::ZERO);
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn a_trace_knows_its_root_owner_and_extent(db: PgPool) {
    let child = a_span(1, 2).under(1).starting(5).for_tenant("beta").failing();
    let root = a_span(1, 1).of_service("gateway").for_tenant("acme");
    write(&db, vec![child]).await;
    write(&db, vec![root]).await;
    let row: (String, i64, i64, i64) = sqlx::query_as(
        "select s.name, t.error_count, t.nocost_count, (extract(epoch from end_time - start_time) * 1000)::int8 \
         from traces t join dim_service s on s.id = t.root_service_id",
    )
    .fetch_one(&db)
    .await
    .unwrap();
    assert_eq!(row, ("gateway".to_owned(), 1, 2, 5_010));
}
