//! What budgets count, before and after it was rolled.

use chrono::TimeDelta;
use model::budget::{BurnLimits, Period};

use super::*;
use crate::outbox;
use crate::testing::{Telling, a_span, noon, usd, write};

fn a_budget(scope: Scope, period: Period) -> Budget {
    let limit = "10".parse().unwrap();
    Budget { name: "Test".into(), scope, period, limit, thresholds: Vec::new(), burn_limits: BurnLimits::default() }
}

async fn some_spend(db: &PgPool) {
    let spans = vec![
        a_span(1, 1)
            .for_tenant("acme")
            .for_user("ada")
            .of_service("gateway")
            .costing("0.5")
            .with_model("openai", "gpt-4o"),
        a_span(1, 2).for_tenant("acme").for_user("bob").of_service("planner").costing("0.25").starting(-2 * 3_600),
        a_span(2, 1).for_tenant("beta").for_user("ada").of_service("planner").costing("2").starting(-3 * 86_400),
        a_span(3, 1).costing("0.125"),
        a_span(3, 2),
    ];
    write(db, spans).await;
}

/// Name, spend of the period, of the last hour, of the last day.
async fn figures(db: &PgPool, scope: Scope, period: Period) -> Vec<(String, UsdSum, UsdSum, UsdSum)> {
    let now = noon() + TimeDelta::minutes(1);
    let spent = spent(db, &a_budget(scope, period), now).await.unwrap();
    spent.into_iter().map(|(name, spend)| (name, spend.period, spend.fast, spend.slow)).collect()
}

fn line(name: &str, period: &str, fast: &str, slow: &str) -> (String, UsdSum, UsdSum, UsdSum) {
    (name.to_owned(), usd(period), usd(fast), usd(slow))
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn every_scope_counts_its_own_before_and_after_it_is_rolled(db: PgPool) {
    some_spend(&db).await;
    let one = |dimension, name: &str| Scope::One(dimension, name.to_owned());
    for _ in 0..2 {
        assert_eq!(figures(&db, Scope::All, Period::Month).await, [line("", "2.875", "0.625", "0.875")]);
        assert_eq!(figures(&db, Scope::All, Period::Day).await, [line("", "0.875", "0.625", "0.875")]);
        let tenants = figures(&db, Scope::Each(Dimension::Tenant), Period::Week).await;
        assert_eq!(tenants, [line("beta", "2", "0", "0"), line("acme", "0.75", "0.5", "0.75")]);
        let users = figures(&db, Scope::Each(Dimension::User), Period::Rolling(2 * 86_400)).await;
        assert_eq!(users, [line("ada", "0.5", "0.5", "0.5"), line("bob", "0.25", "0", "0.25")]);
        let ada = figures(&db, one(Dimension::User, "ada"), Period::Month).await;
        assert_eq!(ada, [line("ada", "2.5", "0.5", "0.5")]);
        assert_eq!(
            figures(&db, one(Dimension::Tenant, "acme"), Period::Day).await,
            [line("acme", "0.75", "0.5", "0.75")]
        );
        assert_eq!(
            figures(&db, one(Dimension::Service, "planner"), Period::Day).await,
            [line("planner", "0.25", "0", "0.25")]
        );
        assert_eq!(
            figures(&db, one(Dimension::Model, "gpt-4o"), Period::Day).await,
            [line("gpt-4o", "0.5", "0.5", "0.5")]
        );
        assert_eq!(figures(&db, one(Dimension::Capability, "nobody's"), Period::Day).await, []);
        outbox::roll(&db).await.unwrap();
    }
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn a_model_that_two_providers_serve_is_one_name_with_one_spend(db: PgPool) {
    let call = |span, provider: &str, cost: &str| a_span(1, span).costing(cost).with_model(provider, "gpt-4o");
    write(&db, vec![call(1, "openai", "0.5"), call(2, "azure", "0.25")]).await;
    for scope in [Scope::One(Dimension::Model, "gpt-4o".into()), Scope::Each(Dimension::Model)] {
        assert_eq!(figures(&db, scope, Period::Day).await, [line("gpt-4o", "0.75", "0.75", "0.75")]);
    }
    let names = ["gpt-4o".to_owned()];
    let spent = hourly::spent(&db, Dimension::Model, &names, noon() + TimeDelta::hours(2)).await.unwrap();
    assert_eq!(spent[0].1.hours, [usd("0.75"), usd("0")]);
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn hours_are_whole_without_a_gap_and_begin_with_the_first_spend(db: PgPool) {
    some_spend(&db).await;
    let now = noon() + TimeDelta::minutes(90);
    let read = async |dimension, name: &str| {
        let spent = hourly::spent(&db, dimension, &[name.to_owned()], now).await.unwrap();
        spent.into_iter().map(|(name, history)| (name, history.until, history.hours)).collect::<Vec<_>>()
    };
    let until = noon() + TimeDelta::hours(1);
    for _ in 0..2 {
        let acme = vec![usd("0.25"), usd("0"), usd("0.5")];
        assert_eq!(read(Dimension::Tenant, "acme").await, [("acme".to_owned(), until, acme)]);
        let everything = read(Dimension::Total, "").await;
        let hours = &everything[0].2;
        assert_eq!((hours.len(), hours[0], hours.iter().copied().sum::<UsdSum>()), (73, usd("2"), usd("2.875")));
        assert_eq!(read(Dimension::User, "nobody").await, []);
        outbox::roll(&db).await.unwrap();
    }
}
