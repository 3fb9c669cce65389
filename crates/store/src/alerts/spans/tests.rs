//! What queries about spans find: by rows and by what spans say, the same figures.

use chrono::TimeDelta;
use model::alert::query::Query;
use model::attribute::Value;
use model::span::Span;

use super::*;
use crate::testing::{Telling, a_span, noon, write};

fn query(text: &str) -> SpanQuery {
    match text.parse() {
        Ok(Query::Spans(query)) => query,
        other => panic!("{text}: {other:?}"),
    }
}

/// A window that has all that is written in a test.
fn window() -> TimeRange {
    TimeRange { from: noon() - TimeDelta::hours(1), to: noon() + TimeDelta::hours(1) }
}

async fn found(db: &PgPool, text: &str) -> Vec<(String, i128)> {
    let query = query(text);
    let found = groups(db, &query, query.bound, window()).await.unwrap();
    assert_eq!(found.beyond, 0);
    let words =
        |keys: Vec<Option<String>>| keys.into_iter().map(Option::unwrap_or_default).collect::<Vec<_>>().join("/");
    found.groups.into_iter().map(|group| (words(group.keys), group.value)).collect()
}

fn saying(mut span: Span, name: &str, value: Value) -> Span {
    span.detail.attributes.0.push((name.into(), value));
    span
}

/// Traces 1 and 2 of acme, 3 of zen and 4 of nobody.
async fn some_spans(db: &PgPool) {
    write(
        db,
        vec![
            saying(
                a_span(1, 1).for_tenant("acme").of_service("shop").costing("1"),
                "http.status_code",
                Value::Int(200),
            ),
            saying(
                a_span(1, 2).under(1).for_tenant("acme").of_service("llm").costing("2.5"),
                "region",
                Value::from("eu"),
            ),
            saying(a_span(2, 3).for_tenant("acme").of_service("shop").failing(), "http.status_code", Value::Int(503)),
            saying(a_span(3, 4).for_tenant("zen").of_service("shop").costing("0.5"), "region", Value::from("us")),
            a_span(4, 5).of_service("shop").for_user("ann").costing("4"),
        ],
    )
    .await;
}

fn usd(cents: i128) -> i128 {
    cents * 10_000_000_000
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn sums_by_any_key_are_found_where_they_are_beyond_the_limit(db: PgPool) {
    some_spans(&db).await;
    let row = |keys: &str, value| (keys.to_owned(), value);
    assert_eq!(found(&db, "sum(cost_usd) by tenant > 0.5").await, [row("", usd(400)), row("acme", usd(350))]);
    assert_eq!(
        found(&db, "sum(cost_usd) by tenant, service > 2").await,
        [row("/shop", usd(400)), row("acme/llm", usd(250))]
    );
    assert_eq!(found(&db, "sum(cost_usd) > 1 where tenant = acme").await, [row("", usd(350))]);
    assert_eq!(found(&db, "sum(cost_usd) > 100").await, []);
    assert_eq!(found(&db, "count(spans) by service >= 4").await, [row("shop", 4)]);
    assert_eq!(found(&db, "count(traces) by tenant >= 2").await, [row("acme", 2)]);
    assert_eq!(found(&db, "error_rate by service > 20%").await, [row("shop", 250_000)]);
    assert_eq!(
        found(&db, "sum(cost_usd) by trace_id >= 3 where cost_usd > 0.1").await,
        [row("", usd(400)), row("", usd(350))]
    );
    assert_eq!(found(&db, "count(spans) by user > 0 where missing tenant").await, [row("ann", 1)]);
    assert_eq!(found(&db, "avg(cost_usd) > 1.99").await, [row("", usd(200))], "what is not known is not in the mean");
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn what_spans_say_can_be_a_condition_and_a_key(db: PgPool) {
    some_spans(&db).await;
    let row = |keys: &str, value| (keys.to_owned(), value);
    assert_eq!(
        found(&db, "sum(cost_usd) by region > 0").await,
        [row("", usd(500)), row("eu", usd(250)), row("us", usd(50))]
    );
    assert_eq!(found(&db, "count(spans) by tenant, region > 0 where region != us").await, [row("acme/eu", 1)]);
    assert_eq!(found(&db, "count(spans) by service > 0 where http.status_code >= 500").await, [row("shop", 1)]);
    assert_eq!(found(&db, "count(spans) > 0 where missing region and service = shop").await, [row("", 3)]);
    assert_eq!(found(&db, "count(spans) < 5 where region = mars").await, [row("", 0)], "none are a number of them");
    assert_eq!(found(&db, "avg(cost_usd) < 5 where region = mars").await, [], "of none nothing is known");
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn rows_and_payloads_give_the_same_figures(db: PgPool) {
    some_spans(&db).await;
    for figure in [
        "count(spans)",
        "count(traces)",
        "count(errors)",
        "error_rate",
        "sum(cost_usd)",
        "max(cost_usd)",
        "avg(cost_usd)",
        "max(duration)",
        "avg(duration)",
        "p50(duration)",
        "p99(duration)",
        "sum(tokens_in)",
    ] {
        for limit in ["> 0", "< 1"] {
            let unit = if figure.contains("duration") { "ms" } else { "" };
            let by_rows = found(&db, &format!("{figure} by service {limit}{unit}")).await;
            let said =
                found(&db, &format!("{figure} by service {limit}{unit} where missing nothing.of.the.sort")).await;
            assert_eq!(by_rows, said, "{figure} {limit}");
        }
    }
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn a_group_is_told_with_its_traces_those_with_most_of_it_first(db: PgPool) {
    some_spans(&db).await;
    let query = query("sum(cost_usd) by service > 1");
    let shop = Group { keys: vec![Some("shop".to_owned())], value: 0 };
    let behind = behind(&db, &query, &shop, window()).await.unwrap();
    let traces: Vec<_> = [4, 1, 3, 2].into_iter().map(crate::testing::trace_id).collect();
    assert_eq!(behind.evidence, traces);
    assert_eq!(behind.labels[0], ("tenant".to_owned(), "acme".to_owned()));
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn the_past_is_told_apart_by_when_spans_began(db: PgPool) {
    let spans = (0..6_u64)
        .map(|n| a_span(n + 1, n as i64 + 1).for_tenant("acme").costing("1").starting(n as i64 * 50))
        .collect();
    write(&db, spans).await;
    let query = query("sum(cost_usd) by tenant >= 2");
    let (slices, is_all) = slices(&db, &query, query.bound, window(), 60).await.unwrap();
    let found: Vec<_> = slices.into_iter().map(|(at, group)| ((at - noon()).num_seconds(), group.value)).collect();
    assert_eq!((found, is_all), (vec![(0, usd(200))], true));
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn whether_there_is_anything_to_look_at_is_told_apart_from_a_figure_that_is_small(db: PgPool) {
    some_spans(&db).await;
    assert!(has_data(&db, &query("avg(cost_usd) by tenant > 1 where service = shop"), window()).await.unwrap());
    assert!(!has_data(&db, &query("avg(cost_usd) by tenant > 1 where service = mars"), window()).await.unwrap());
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn many_queries_at_once_find_what_each_finds_by_itself(db: PgPool) {
    some_spans(&db).await;
    let texts = [
        "sum(cost_usd) by tenant > 0.5",
        "sum(cost_usd) by tenant, service > 0",
        "sum(cost_usd) > 1 where tenant = acme",
        "sum(cost_usd) > 0 where tenant != acme and missing user",
        "count(spans) by service, kind, status > 0",
        "count(spans) by user > 0 where missing tenant",
        "sum(cost_usd) by tenant > 2",
        "sum(cost_usd) by tenant < 2",
        "count(spans) by service > 0 where status != error",
        "count(spans) by service > 0 where user != ann",
        "count(spans) by user > 0 where user != mars",
        "sum(tokens_in) by service >= 0",
        "count(spans) by service > 0 where missing cost_usd",
        "count(spans) < 10 where service = mars",
        "count(errors) by service > 0",
        "error_rate by service > 1%",
        "max(cost_usd) by tenant > 0.1 where cost_usd < 3",
        "avg(cost_usd) < 5 where missing service",
        "avg(duration) by operation > 0ms",
        "count(traces) by tenant > 0",
        "p95(duration) by tenant >= 0ms",
        "count(spans) by region > 0",
        "sum(cost_usd) by trace_id > 1 where service = shop",
    ];
    let queries = texts.map(query);
    // The same in windows of their own: everything arrived at noon, which is the first moment of one and not in the other.
    let [from, until] = [TimeRange { from: noon(), ..window() }, TimeRange { to: noon(), ..window() }];
    let windows = [window(), from, until];
    let ask = |window: TimeRange| queries.iter().map(move |query| (query, query.bound.unwrap(), window));
    let asks: Vec<Ask<'_>> = windows.into_iter().flat_map(ask).collect();
    let together = groups_of_many(&db, &asks).await.unwrap();
    assert_eq!(together.len(), asks.len());
    for ((query, bound, window), together) in asks.into_iter().zip(together) {
        let alone = groups(&db, query, Some(bound), window).await.unwrap();
        assert_eq!(together, alone, "{} in {window:?}", Query::Spans(query.clone()));
    }
}
