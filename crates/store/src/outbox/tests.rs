//! The law of the books: every way of adding up gives the same figure, at every commit.

use chrono::TimeDelta;
use model::Span;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::*;
use crate::balance;
use crate::ingest::{Batch, Writer};
use crate::testing::{Telling, a_span, noon, usd, write};

/// Spans of few traces with many repeats, some owned, some priced, hours apart.
fn any_span() -> impl Strategy<Value = Span> {
    let names = || prop::option::of(prop::sample::select(vec!["a", "b", "c"]));
    let cost = prop::option::of(0u64..2_000_000_000_000);
    (1u64..20, 1i64..12, names(), names(), names(), cost, -90_000i64..90_000, 0usize..3, any::<bool>()).prop_map(
        |(trace, span, tenant, user, model, cost, second, tag, failed)| {
            let mut span = a_span(trace, span).starting(second);
            span.tenant = tenant.map(str::to_owned);
            span.capability = user.map(str::to_owned);
            span.data_tag = model::span::DataTag::ALL[tag];
            if let Some(user) = user {
                span = span.for_user(user).of_service(user);
            }
            if let Some(model) = model {
                span = span.with_model("openai", model);
            }
            if let Some(pico) = cost {
                span = span.costing(&format!("0.{pico:012}"));
            }
            if failed { span.failing() } else { span }
        },
    )
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn the_books_balance_at_every_commit(db: PgPool) {
    let mut runner = TestRunner::deterministic();
    let writer = Writer::new(db.clone(), 1);
    for round in 0..12 {
        let spans = prop::collection::vec(any_span(), 1..120).new_tree(&mut runner).unwrap().current();
        // Every third batch is sent twice.
        for _ in 0..=(round % 3 / 2) {
            writer.write(&Batch::prepare(spans.clone(), &[]), noon() + TimeDelta::seconds(round)).await.unwrap();
            let books = balance::check(&db).await.unwrap();
            assert!(books.is_balanced(), "{books:?}");
            assert_eq!(books.by.len(), 8);
        }
        if round % 4 == 3 {
            while roll(&db).await.unwrap().rows > 0 {
                assert!(balance::check(&db).await.unwrap().is_balanced());
            }
        }
    }
    for grain in [60, 600, 3600] {
        let sums: Vec<(i16, String)> = sqlx::query_as(
            "select dim, sum(cost_pico)::text from cost_rollup where tenant_id = 0 and grain = $1 group by dim",
        )
        .bind(grain)
        .fetch_all(&db)
        .await
        .unwrap();
        let total = balance::check(&db).await.unwrap().total.pico().to_string();
        assert_eq!(sums.len(), 6);
        assert!(sums.iter().all(|(_, sum)| *sum == total), "{grain}: {sums:?}");
    }
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn two_rollers_at_once_lose_nothing(db: PgPool) {
    for trace in 0..20 {
        write(&db, vec![a_span(trace, 1).costing("1")]).await;
    }
    let (left, right) = tokio::join!(roll(&db), roll(&db));
    assert_eq!(left.unwrap().rows + right.unwrap().rows, 20);
    let books = balance::check(&db).await.unwrap();
    assert!(books.is_balanced());
    assert_eq!(books.total, usd("20"));
    let sketch: Vec<u8> = sqlx::query_scalar("select sketch from latency_sketch where tenant_id = 0 and grain = 3600")
        .fetch_one(&db)
        .await
        .unwrap();
    let median = crate::sketch::Sketch::decode(&sketch).unwrap().quantile_ms(0.5).unwrap();
    assert!((median - 10.0).abs() < 0.2, "{median}");
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn a_roller_says_whether_more_waits_than_it_takes_at_once(db: PgPool) {
    write(&db, vec![a_span(1, 1).costing("1")]).await;
    sqlx::query(
        "insert into rollup_outbox (writer, tenant_id, dim, bucket, key, n, ncost, err, cost_pico, dur_ns, tokens_in, tokens_out) \
         select writer, tenant_id, dim, bucket, key, n, ncost, err, cost_pico, dur_ns, tokens_in, tokens_out \
           from rollup_outbox, generate_series(1, 700)",
    )
    .execute(&db)
    .await
    .unwrap();
    assert_eq!(roll(&db).await.unwrap(), Rolled { rows: 500, is_all: false });
    assert_eq!(roll(&db).await.unwrap(), Rolled { rows: 201, is_all: true });
    assert_eq!(roll(&db).await.unwrap(), Rolled { rows: 0, is_all: true });
    let total: String =
        sqlx::query_scalar("select cost_pico::text from cost_rollup where tenant_id = 0 and grain = 3600 and dim = 0")
            .fetch_one(&db)
            .await
            .unwrap();
    assert_eq!(total, "701000000000000");
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn the_spend_and_durations_of_more_services_than_one_statement_takes_are_all_merged(db: PgPool) {
    const SERVICES: u64 = 400;
    let mut twice = crate::sketch::Sketch::default();
    for round in 0..2 {
        let span = |number| a_span(round * SERVICES + number, 1).of_service(&format!("service-{number}")).costing("1");
        write(&db, (0..SERVICES).map(span).collect()).await;
        while roll(&db).await.unwrap().rows > 0 {}
        twice.add(10_000_000);
    }
    assert!(balance::check(&db).await.unwrap().is_balanced());
    let sketches: Vec<Vec<u8>> = sqlx::query_scalar("select sketch from latency_sketch").fetch_all(&db).await.unwrap();
    // For the tenant and for all tenants, by each of three widths.
    assert_eq!(sketches.len(), SERVICES as usize * 6);
    assert!(sketches.iter().all(|sketch| crate::sketch::Sketch::decode(sketch).unwrap() == twice));
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn a_trace_that_declares_another_total_is_listed_as_drifting(db: PgPool) {
    let writer = Writer::new(db.clone(), 1);
    let declared = |trace, text: &str| (crate::testing::trace_id(trace), text.parse().unwrap());
    let spans = vec![a_span(1, 1).costing("0.5"), a_span(2, 1).costing("0.5"), a_span(3, 1).costing("0.5")];
    let declared = [declared(1, "0.6"), declared(2, "0.5005"), declared(3, "0.1")];
    writer.write(&Batch::prepare(spans, &declared), noon()).await.unwrap();
    let drift = balance::check(&db).await.unwrap().drift;
    assert_eq!(drift.iter().map(|line| line.trace_id).collect::<Vec<_>>(), [3, 1].map(crate::testing::trace_id));
}
