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
