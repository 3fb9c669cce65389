//! Cost totals, before and after they were rolled.

use model::UsdSum;

use super::*;
use crate::outbox;
use crate::testing::{Telling, a_span, noon, usd, write};

mod at_once;
mod splits;

fn the_day() -> TimeRange {
    TimeRange::last_seconds(86_400, noon() + chrono::TimeDelta::hours(12))
}

async fn some_spend(db: &PgPool) {
    let spans = vec![
        a_span(1, 1).for_tenant("acme").of_service("gateway").costing("0.5").with_model("openai", "gpt-4o"),
        a_span(1, 2)
            .for_tenant("acme")
            .of_service("planner")
            .costing("0.25")
            .starting(3_600)
            .with_model("azure", "gpt-4o"),
        a_span(2, 1).for_tenant("beta").of_service("planner").costing("2").starting(61).failing(),
        a_span(3, 1).costing("0.125"),
        a_span(3, 2),
    ];
    write(db, spans).await;
}

fn figures(breakdown: &Breakdown) -> Vec<(Option<&str>, UsdSum)> {
    breakdown.groups.iter().map(|group| (group.key.as_deref(), group.sums.cost)).collect()
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn totals_are_the_same_before_and_after_they_are_rolled(db: PgPool) {
    some_spend(&db).await;
    let read = async |by| breakdown(&db, the_day(), by, None, 3_600).await.unwrap();
    let mut before = Vec::new();
    for by in Dimension::ALL {
        before.push(read(*by).await);
    }
    assert_eq!(outbox::roll(&db).await.unwrap().rows, 1);
    assert_eq!(outbox::roll(&db).await.unwrap().rows, 0);
    for (by, before) in Dimension::ALL.iter().zip(before) {
        assert_eq!(before.total.cost, usd("2.875"), "{by}");
        assert_eq!(read(*by).await, before, "{by}");
    }
    assert_eq!(sums(&db, the_day()).await.unwrap(), read(Dimension::Total).await.total);
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn groups_come_dearest_first_and_what_nobody_owns_is_a_line(db: PgPool) {
    some_spend(&db).await;
    outbox::roll(&db).await.unwrap();
    let tenants = breakdown(&db, the_day(), Dimension::Tenant, None, 3_600).await.unwrap();
    assert_eq!(figures(&tenants), [(Some("beta"), usd("2")), (Some("acme"), usd("0.75")), (None, usd("0.125"))]);
    let total = Sums { spans: 5, priced_spans: 4, errors: 1, cost: usd("2.875"), tokens_in: 200, tokens_out: 40 };
    assert_eq!(tenants.total, total);
    let models = breakdown(&db, the_day(), Dimension::Model, None, 3_600).await.unwrap();
    assert_eq!(figures(&models), [(None, usd("2.125")), (Some("gpt-4o"), usd("0.75"))]);
    let tags = breakdown(&db, the_day(), Dimension::DataTag, None, 3_600).await.unwrap();
    assert_eq!(figures(&tags), [(Some("EXPORT_OK"), usd("2.875"))]);
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn one_tenant_sees_its_own_spend_only(db: PgPool) {
    some_spend(&db).await;
    for _ in 0..2 {
        let services = breakdown(&db, the_day(), Dimension::Service, Some("acme"), 3_600).await.unwrap();
        assert_eq!(figures(&services), [(Some("gateway"), usd("0.5")), (Some("planner"), usd("0.25"))]);
        let itself = breakdown(&db, the_day(), Dimension::Tenant, Some("acme"), 3_600).await.unwrap();
        assert_eq!(figures(&itself), [(Some("acme"), usd("0.75"))]);
        assert!(breakdown(&db, the_day(), Dimension::Service, Some("nobody"), 3_600).await.unwrap().groups.is_empty());
        outbox::roll(&db).await.unwrap();
    }
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn a_series_has_one_figure_per_bucket_and_adds_up(db: PgPool) {
    some_spend(&db).await;
    outbox::roll(&db).await.unwrap();
    let range = TimeRange { from: noon(), to: noon() + chrono::TimeDelta::minutes(70) };
    for seconds in [60, 300, 600, 1_800, 3_600, 86_400] {
        let tenants = breakdown(&db, range, Dimension::Tenant, None, seconds).await.unwrap();
        assert_eq!(tenants.total.cost, usd("2.875"), "{seconds}");
        for group in &tenants.groups {
            assert_eq!(group.series.len(), tenants.buckets.len());
            assert_eq!(group.series.iter().copied().sum::<UsdSum>(), group.sums.cost);
        }
    }
    let minutes = breakdown(&db, range, Dimension::Total, None, 60).await.unwrap();
    assert_eq!(minutes.buckets.len(), 70);
    assert_eq!((minutes.groups[0].series[0], minutes.groups[0].series[1]), (usd("0.625"), usd("2")));
    let first_minute = TimeRange { from: noon(), to: noon() + chrono::TimeDelta::seconds(60) };
    assert_eq!(sums(&db, first_minute).await.unwrap().cost, usd("0.625"));
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn a_series_is_never_longer_than_a_chart(db: PgPool) {
    let year = TimeRange::last_seconds(365 * 86_400, noon());
    let spend = breakdown(&db, year, Dimension::Total, None, 60).await.unwrap();
    assert!(spend.buckets.len() <= 2_001 && spend.bucket_seconds % 60 == 0);
}
