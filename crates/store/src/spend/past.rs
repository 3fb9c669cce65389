//! What a rule about odd spend would have done in the past.

use std::cmp::Reverse;
use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use model::UsdSum;
use model::alert::query::owners::{SpendQuery, hold};
use model::alert::rule::trial::Firing;
use model::anomaly::{Episode, Expectation, Hour, MINUTES, Minute, Past, Subject, Turn, replay};
use model::time::TimeRange;
use sqlx::PgPool;

use super::{HISTORY_HOURS, Id, Spent, by_bucket, hours, large};
use crate::{StoreError, grains};

/// Series that are looked at, those who spend the most: of each there are ten thousand minutes in a week.
const SERIES_MAX: usize = 50;

/// Series a rule may be about, before its conditions.
const LARGE_MAX: i64 = 2_000;

const HOUR_MINUTES: i64 = 60;

/// Every firing of a rule with this query over `range`, which would have had to wait `for_seconds`; the newest first. Tells whether that
/// is of everybody it is about: otherwise of those who spent the most.
pub async fn firings(
    db: &PgPool,
    query: &SpendQuery,
    for_seconds: i64,
    range: TimeRange,
) -> Result<(Vec<Firing>, bool), StoreError> {
    let hour = |at: DateTime<Utc>| at.timestamp().div_euclid(HOUR_MINUTES * 60);
    let (first, last) = (hour(range.from), hour(range.to));
    let whole = TimeRange { from: grains::at(first * 3_600), to: grains::at((last + 1) * 3_600) };
    let mut series = large(db, query.kind, whole, query.sensitivity().excess_usd, LARGE_MAX).await?;
    // There may be more that the conditions hold for.
    let mut is_all = (series.len() as i64) < LARGE_MAX;
    series.retain(|(_, subject)| hold(&query.conditions, &subject.labels()));
    if series.len() > SERIES_MAX {
        is_all = false;
        let spent = by_bucket(db, query.kind, &ids(&series), whole, grains::GRAINS[0]).await?;
        series = dearest(series, &spent);
    }
    let history = TimeRange { from: grains::at((first - HISTORY_HOURS) * 3_600), ..whole };
    let spent = by_bucket(db, query.kind, &ids(&series), history, grains::GRAINS[0]).await?;
    // Windows reach back from the first minute.
    let before = TimeDelta::minutes(MINUTES);
    let minutes = TimeRange { from: grains::at(grains::floor((range.from - before).timestamp(), 60)), to: range.to };
    let mut found = Vec::new();
    for (id, subject) in &series {
        let of_series: Vec<Spent> = spent.iter().filter(|spent| spent.id == *id).copied().collect();
        let history = hours(&of_series, first - HISTORY_HOURS, last + 1);
        let spent = by_bucket(db, query.kind, &[*id], minutes, grains::GRAINS[2]).await?;
        let firing =
            |case: Case| Firing { group: subject.labels(), from: at(case.from), to: at(case.to), worst: case.worst };
        let cases = cases(query, &history, last + 1, &by_minute(&spent, minutes), (minutes, range));
        let is_long = |firing: &Firing| (firing.to - firing.from).num_seconds() >= for_seconds;
        found.extend(cases.into_iter().map(firing).filter(is_long));
    }
    found.sort_by_key(|firing| Reverse(firing.from));
    Ok((found, is_all))
}

fn ids(series: &[(Id, Subject)]) -> Vec<Id> {
    series.iter().map(|(id, _)| *id).collect()
}

fn at(minute: i64) -> DateTime<Utc> {
    grains::at(minute * 60)
}

/// As many as are looked at.
fn dearest(mut series: Vec<(Id, Subject)>, spent: &[Spent]) -> Vec<(Id, Subject)> {
    let mut costs = HashMap::<Id, UsdSum>::new();
    for spent in spent {
        *costs.entry(spent.id).or_default() += spent.cost;
    }
    series.sort_by_key(|(id, _)| Reverse(costs.get(id).copied().unwrap_or_default()));
    series.truncate(SERIES_MAX);
    series
}

/// Every minute, also those without a row.
fn by_minute(spent: &[Spent], range: TimeRange) -> Vec<Minute> {
    let first = range.from.timestamp();
    let length = usize::try_from((range.to.timestamp() - first) / 60).unwrap_or(0);
    let mut minutes = vec![Minute::default(); length];
    for spent in spent {
        let place = usize::try_from((spent.bucket.timestamp() - first) / 60).unwrap_or(usize::MAX);
        if let Some(minute) = minutes.get_mut(place) {
            *minute = Minute { usd: spent.cost.to_f64() };
        }
    }
    minutes
}

/// A time in which an alert would have been open, in minutes since 1970.
struct Case {
    from: i64,
    to: i64,
    worst: f64,
}

/// `history` ends with the hour before `until`; the minutes are those of the first range, and looked at are those of the second.
fn cases(
    query: &SpendQuery,
    history: &[Option<Hour>],
    until: i64,
    minutes: &[Minute],
    (known, looked_at): (TimeRange, TimeRange),
) -> Vec<Case> {
    let [first, from] = [known.from, looked_at.from].map(|at| at.timestamp().div_euclid(60));
    let expected = |hour: i64| {
        let before = history.len().checked_sub(usize::try_from(until - hour).ok()?)?;
        Expectation::of(&history[..before])
    };
    let mut cases: Vec<Case> = Vec::new();
    let mut is_open = false;
    replay(Past { first, minutes }, from, expected, &query.sensitivity(), |now, turn| {
        let (episode, is_over): (Episode, bool) = match turn {
            Turn::Quiet => return,
            Turn::Opens(episode) | Turn::GoesOn(episode) => (episode, false),
            Turn::Closes(episode) => (episode, true),
        };
        if !is_open && !is_over && query.is_reached(&episode) {
            is_open = true;
            cases.push(Case { from: now + 1, to: now + 1, worst: episode.excess() });
        }
        if let Some(case) = cases.last_mut().filter(|_| is_open) {
            (case.to, case.worst) = (now + 1, case.worst.max(episode.excess()));
        }
        is_open &= !is_over;
    });
    cases
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Telling, a_span, noon, write};

    /// Two dollars an hour for ten days, and twenty at once, an hour before noon; of one tenant only.
    async fn days(db: &PgPool) {
        let quarters = (1..10 * 24 * 4_u64).flat_map(|quarter| {
            let of = |tenant, number| {
                a_span(number, i64::try_from(number).unwrap())
                    .for_tenant(tenant)
                    .costing("0.5")
                    .starting(-900 * quarter.cast_signed())
            };
            [of("acme", quarter * 2), of("beta", quarter * 2 + 1)]
        });
        let dear = (1..=10).map(|n: i64| {
            a_span(90_000 + n.cast_unsigned(), n).for_tenant("acme").costing("2").starting(6 * n - 3_600)
        });
        write(db, quarters.chain(dear).collect()).await;
        while crate::outbox::roll(db).await.unwrap().rows > 0 {}
    }

    #[sqlx::test(migrator = "crate::MIGRATOR")]
    async fn a_runaway_of_last_week_is_one_firing_of_the_rules_it_was_much_enough_for(db: PgPool) {
        days(&db).await;
        let range = TimeRange { from: noon() - TimeDelta::days(7), to: noon() };
        let told = async |text: &str, for_seconds| {
            let model::alert::query::Query::OddSpend(query) = text.parse().unwrap() else { panic!("{text}") };
            let (firings, is_all) = firings(&db, &query, for_seconds, range).await.unwrap();
            assert!(is_all);
            firings
        };
        let found = told("anomaly(cost_usd) by tenant", 0).await;
        let [firing] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!(firing.group, [("tenant".to_owned(), "acme".to_owned())]);
        assert!((firing.from - (noon() - TimeDelta::hours(1))).num_minutes() <= 2, "{firing:?}");
        assert!((18.0..20.5).contains(&firing.worst), "{firing:?}");
        assert_eq!(told("anomaly(cost_usd) by tenant > 19", 0).await.len(), 1);
        assert_eq!(told("anomaly(cost_usd) by tenant > 25", 0).await, []);
        assert_eq!(told("anomaly(cost_usd) by tenant where tenant != acme", 0).await, []);
        assert_eq!(told("anomaly(cost_usd) by tenant", 4 * 3_600).await, []);
    }
}
