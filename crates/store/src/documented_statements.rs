//! The statements our documentation prints, run as printed: the views they need are public API.

use chrono::{DateTime, Utc};
use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, PgPool, Row};

use crate::ingest::{Batch, Writer};
use crate::testing::{Telling, a_span};

const TRACE: &str = "7d3f4e8a9b2c1d5e6f7a8b9c0d1e2f3a";

macro_rules! printed {
    ($name:literal) => {
        include_str!(concat!("../../../server/tests/fixtures/", $name, ".sql"))
    };
}

/// The documented trace, now: three spans that cost 0.00125 together, and one that is dear.
async fn write_the_sample(db: &PgPool) {
    // The clock the statements' own now() reads.
    let now: DateTime<Utc> = sqlx::query_scalar("select now()").fetch_one(db).await.unwrap();
    let seconds_ago = |mut span: model::Span, seconds: i64| {
        span.trace_id = TRACE.parse().unwrap();
        span.start = model::time::UnixNanos::from_datetime(now - chrono::TimeDelta::seconds(seconds));
        span.for_tenant("tenant_a")
    };
    let mut spans = vec![
        seconds_ago(a_span(1, 1).of_service("gateway").costing("0.0001"), 60),
        seconds_ago(a_span(1, 2).of_service("planner").costing("0.00005"), 59),
        seconds_ago(a_span(1, 3).of_service("planner").costing("0.0011"), 58),
    ];
    spans[1].capability = Some("planning".to_owned());
    let mut dear = seconds_ago(a_span(1, 4).of_service("robot").costing("0.5"), 57);
    dear.trace_id = crate::testing::trace_id(9);
    spans.push(dear);
    let declared = [(TRACE.parse().unwrap(), "0.01".parse().unwrap())];
    Writer::new(db.clone(), 1).write(&Batch::prepare(spans, &declared), now).await.unwrap();
}

async fn run(db: &PgPool, statement: &'static str) -> Vec<PgRow> {
    sqlx::raw_sql(statement).fetch_all(db).await.unwrap()
}

fn text<'a>(row: &'a PgRow, column: &str) -> &'a str {
    row.try_get_raw(column).unwrap().as_str().unwrap()
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn they_give_the_right_rows(db: PgPool) {
    write_the_sample(&db).await;

    let rows = run(&db, printed!("trace_total")).await;
    assert_eq!((text(&rows[0], "total_cost"), text(&rows[0], "span_count")), ("0.001250000000", "3"));

    let rows = run(&db, printed!("trace_by_service")).await;
    let services: Vec<_> = rows.iter().map(|row| (text(row, "service"), text(row, "service_cost"))).collect();
    assert_eq!(services, [("planner", "0.001100000000"), ("gateway", "0.000100000000"), ("planner", "0.000050000000")]);
    assert_eq!(text(&rows[2], "capability"), "planning");

    let rows = run(&db, printed!("top_traces_by_tenant")).await;
    assert_eq!((rows.len(), text(&rows[0], "tenant"), text(&rows[0], "total_cost")), (1, "tenant_a", "0.500000000000"));

    let rows = run(&db, printed!("dashboard_cost_by_service")).await;
    assert_eq!(rows.iter().map(|row| text(row, "service_name")).collect::<Vec<_>>(), ["robot", "planner", "gateway"]);

    let rows = run(&db, printed!("dashboard_data_tags")).await;
    assert_eq!((text(&rows[0], "data_tag"), text(&rows[0], "span_count")), ("EXPORT_OK", "4"));

    let rows = run(&db, printed!("dashboard_top_traces")).await;
    assert_eq!((rows.len(), text(&rows[0], "total_cost"), text(&rows[1], "span_count")), (2, "0.500000000000", "3"));

    let rows = run(&db, printed!("drift_audit")).await;
    assert_eq!((rows.len(), text(&rows[0], "drift")), (1, "0.008750000000"));
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn a_literal_trace_id_uses_the_index_of_every_leaf(db: PgPool) {
    write_the_sample(&db).await;
    for statement in [printed!("trace_total"), printed!("trace_by_service")] {
        let plan = run_plan(&db, statement).await;
        assert!(plan.matches("Index").count() >= 4 && !plan.contains("Seq Scan on span"), "{plan}");
    }
}

async fn run_plan(db: &PgPool, statement: &str) -> String {
    let rows = sqlx::raw_sql(AssertSqlSafe(format!("explain {statement}"))).fetch_all(db).await.unwrap();
    rows.iter().map(|row| text(row, "QUERY PLAN")).collect::<Vec<_>>().join("\n")
}
