//! Very many alarms at once, in a real database.

use model::UsdSum;
use model::budget::{Budget, BurnLimits, Period, Scope, Spend};
use model::cost::Dimension;

use super::*;

/// More than anybody looks through at once.
const USERS: usize = 700;

fn noon() -> DateTime<Utc> {
    DateTime::parse_from_rfc3339("2026-11-20T12:00:00Z").unwrap().to_utc()
}

/// Every user has spent all it may.
fn all_spent(limit: i64) -> Reading {
    let budget = Budget {
        name: "Each user".into(),
        scope: Scope::Each(Dimension::User),
        period: Period::Day,
        limit: model::Usd::from_pico(limit),
        thresholds: vec![50, 100],
        burn_limits: BurnLimits::default(),
    };
    let spend = Spend { period: UsdSum::from_pico(limit.into()), ..Spend::default() };
    let spends = (0..USERS).map(|user| (format!("user_{user}"), spend)).collect();
    Reading::new(vec![(Arc::new(budget), spends)], noon())
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn what_is_open_is_neither_raised_nor_written_again_while_nothing_changes_however_much_is(db: PgPool) {
    let reading = Arc::new(all_spent(1_000_000));
    let (_, budgets) = watch::channel(Arc::new(Rulebook::default()));
    let file = model::alert::rule::book::RuleFile { path: None, loaded_at: noon(), problem: None };
    let (_, rules) = watch::channel(Arc::new(AlertRules { rules: Vec::new(), file }));
    let alarms = Arc::new(Alarms::new(budgets, rules, Arc::new(move || Some(Arc::clone(&reading)))));
    let written = async || {
        let count = "select count(*), sum(version)::int8 from alert";
        sqlx::query_as::<_, (i64, i64)>(count).fetch_one(&db).await.unwrap()
    };
    for seconds in [0, 6, 7, 13] {
        run(db.clone(), Arc::clone(&alarms), noon() + TimeDelta::seconds(seconds)).await.unwrap();
        assert_eq!(written().await, (2 * USERS as i64, 2 * USERS as i64), "after {seconds} s");
    }
}
