//! What is expected of series, from the hours before: for whoever watches them, and for the page that shows one.

use chrono::{DateTime, TimeDelta, Utc};
use model::UsdSum;
use model::alert::drivers::{Part, Spend};
use model::anomaly::{Expectation, Hour, Kind, Outlook, Subject};
use model::cost::{Dimension, Grouping, Owner};
use model::time::TimeRange;
use sqlx::PgPool;

use super::{Id, Spent, by_bucket};
use crate::costs::{self, Question};
use crate::{StoreError, grains};

/// Hours of history: four weeks, and one hour beside them.
pub const HISTORY_HOURS: i64 = 4 * 168 + 1;

const HOUR_SECONDS: i64 = 3_600;

/// Names of a dimension that are told apart, in each of the times that are compared.
const PARTS_PER_DIMENSION: usize = 20;

/// Names that are told of, in all.
const PARTS_MAX: usize = 5;

/// Of the name whose spend went up most, the share others have to have gone up by to be told of.
const SHARE_MIN: f64 = 0.01;

/// What a tenant's spend is taken apart by.
const DIMENSIONS: [Dimension; 4] = [Dimension::Service, Dimension::Model, Dimension::Capability, Dimension::User];

/// Weeks back.
const WEEKS: i64 = 4;

/// What was spent in one step of a chart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// Its beginning.
    pub at: DateTime<Utc>,
    /// Spent in it.
    pub cost: UsdSum,
    /// Dollars expected in it, and how much that varies; `None` where nothing can be expected.
    pub expected: Option<(f64, f64)>,
}

/// Hours of a series from the first that something was spent in: nobody knows of those before it. An hour without a row is one
/// without spend. `first` and `until` are hours since 1970, `rows` those of one series by the hour.
pub fn hours(rows: &[Spent], first: i64, until: i64) -> Vec<Option<Hour>> {
    let of = |row: &Spent| row.bucket.timestamp().div_euclid(HOUR_SECONDS);
    let Some(began) = rows.first().map(of) else { return Vec::new() };
    let mut hours = vec![Some(Hour::default()); usize::try_from(until - began.max(first)).unwrap_or(0)];
    for row in rows {
        let place = usize::try_from(of(row) - began).ok();
        if let Some(slot) = place.and_then(|place| hours.get_mut(place)) {
            *slot = Some(Hour { usd: row.cost.to_f64(), calls: row.calls });
        }
    }
    hours
}

/// What one series spent over `range` in steps of `step_seconds`, which divides an hour, against what was expected of it by the
/// hours before each.
pub async fn against_expected(
    db: &PgPool,
    subject: &Subject,
    range: TimeRange,
    step_seconds: i64,
) -> Result<Vec<Step>, StoreError> {
    let ids = ids(db, subject).await?;
    let [from, to] = [range.from, range.to].map(|at| at.timestamp().div_euclid(HOUR_SECONDS));
    let first = from - HISTORY_HOURS;
    let history = TimeRange { from: grains::at(first * HOUR_SECONDS), to: grains::at((to + 1) * HOUR_SECONDS) };
    let history = together(by_bucket(db, subject.kind, &ids, history, grains::GRAINS[0]).await?);
    let history = hours(&history, first, to + 1);
    let width = usize::try_from(step_seconds / 60).unwrap_or(1).clamp(1, 60);
    let expected = |hour: i64| {
        let known = history.len().checked_sub(usize::try_from(to + 1 - hour).ok()?)?;
        // The last minutes of its hour: all of it is expected alike.
        Outlook::new([Expectation::of(&history[..known])]).within(59, 0, width)
    };
    let expected: Vec<Option<(f64, f64)>> = (from..=to).map(expected).collect();
    let start = grains::floor(range.from.timestamp(), step_seconds);
    let minutes = TimeRange { from: grains::at(start), to: range.to };
    let mut steps: Vec<Step> = (0..)
        .map(|step| grains::at(start + step * step_seconds))
        .take_while(|at| *at < range.to)
        .map(|at| {
            let hour = at.timestamp().div_euclid(HOUR_SECONDS) - from;
            let expected = usize::try_from(hour).ok().and_then(|hour| expected.get(hour).copied().flatten());
            Step { at, cost: UsdSum::ZERO, expected }
        })
        .collect();
    for spent in by_bucket(db, subject.kind, &ids, minutes, grains::GRAINS[2]).await? {
        let step = usize::try_from((spent.bucket.timestamp() - start) / step_seconds).unwrap_or(usize::MAX);
        if let Some(step) = steps.get_mut(step) {
            step.cost += spent.cost;
        }
    }
    Ok(steps)
}

/// What one series spent over `range`, widened to whole minutes, and the dollars expected of it in that time by the hours before;
/// `None` where nothing can be expected.
pub async fn in_all(db: &PgPool, subject: &Subject, range: TimeRange) -> Result<Option<(UsdSum, f64)>, StoreError> {
    let minutes = against_expected(db, subject, range, 60).await?;
    let spent = minutes.iter().map(|minute| minute.cost).sum();
    let expected: Option<f64> = minutes.iter().map(|minute| minute.expected.map(|(usd, _)| usd)).sum();
    Ok(expected.map(|expected| (spent, expected)))
}

/// What went up in the spend of one tenant over `range`, by service, model, capability and user, the most first, against the
/// middle one of the same times of the last four weeks. Weeks in which nothing of it was seen for a day are left out; without any
/// there is nothing to tell.
pub async fn parts(db: &PgPool, tenant: &str, range: TimeRange) -> Result<Vec<Part>, StoreError> {
    let only = Owner { dimension: Dimension::Tenant, key: Some(tenant.to_owned()) };
    let mut weeks = Vec::new();
    for week in 1..=WEEKS {
        let back = TimeDelta::weeks(week);
        let week = TimeRange { from: range.from - back, to: range.to - back };
        let day = TimeRange { from: week.from - TimeDelta::days(1), ..week };
        if costs::sums_of(db, day, Some(&only)).await?.now.spans > 0 {
            weeks.push(week);
        }
    }
    let mut parts = Vec::new();
    for dimension in DIMENSIONS.into_iter().filter(|_| !weeks.is_empty()) {
        let now = spend_by(db, dimension, &only, range).await?;
        let mut usual = Vec::new();
        for week in &weeks {
            usual.push(spend_by(db, dimension, &only, *week).await?);
        }
        parts.extend(now.into_iter().map(|(key, now)| {
            let of_week = |week: &Vec<(Option<String>, Spend)>| {
                week.iter().find(|(of, _)| *of == key).map(|(_, spend)| *spend).unwrap_or_default()
            };
            let weeks = usual.iter().map(of_week).collect();
            Part { dimension, key, now, usual: middle(weeks) }
        }));
    }
    let most = parts.iter().map(|part| part.now.over(&part.usual)).fold(0.0, f64::max);
    let is_much = |part: &Part| part.now.over(&part.usual) > most * SHARE_MIN;
    parts.retain(|part| part.key.is_some() && is_much(part));
    parts.sort_by(|left, right| right.now.over(&right.usual).total_cmp(&left.now.over(&left.usual)));
    parts.truncate(PARTS_MAX);
    Ok(parts)
}

async fn spend_by(
    db: &PgPool,
    dimension: Dimension,
    only: &Owner,
    range: TimeRange,
) -> Result<Vec<(Option<String>, Spend)>, StoreError> {
    let by = Grouping::by(dimension);
    let question = Question {
        range,
        by: &by,
        only: Some(only),
        bucket_seconds: HOUR_SECONDS,
        compare: false,
        groups_max: Some(PARTS_PER_DIMENSION),
    };
    let groups = costs::split(db, &question).await?.groups.into_iter();
    let spend = |sums: &model::cost::Sums| Spend { calls: sums.priced_spans as f64, usd: sums.cost.to_f64() };
    Ok(groups.map(|group| (group.keys.into_iter().next().flatten(), spend(&group.sums.now))).collect())
}

/// The one in the middle by dollars; of two the lesser, so that what is over is not made small.
fn middle(mut weeks: Vec<Spend>) -> Spend {
    weeks.sort_by(|left, right| left.usd.total_cmp(&right.usd));
    weeks.get(weeks.len().saturating_sub(1) / 2).copied().unwrap_or_default()
}

/// The series of a subject: one, unless its name was given twice.
async fn ids(db: &PgPool, subject: &Subject) -> Result<Vec<Id>, StoreError> {
    let keys = costs::ids(db, subject.kind.dimension(), Some(&subject.name)).await?;
    let ids = keys.into_iter().map(|key| match subject.kind {
        Kind::Tenant => Id { tenant: key, key: 0 },
        _ => Id { tenant: 0, key },
    });
    let Some(tenant) = subject.tenant.as_deref() else { return Ok(ids.collect()) };
    let tenants = costs::ids(db, Dimension::Tenant, Some(tenant)).await?;
    Ok(ids.flat_map(|id| tenants.iter().map(move |tenant| Id { tenant: *tenant, ..id })).collect())
}

/// Buckets of several series as one, by time.
fn together(mut rows: Vec<Spent>) -> Vec<Spent> {
    rows.sort_by_key(|row| row.bucket);
    rows.dedup_by(|next, kept| {
        let is_same = next.bucket == kept.bucket;
        if is_same {
            kept.cost += next.cost;
            kept.calls += next.calls;
        }
        is_same
    });
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Telling, a_span, noon, write};

    fn subject(kind: Kind, tenant: Option<&str>, name: &str) -> Subject {
        Subject { kind, tenant: tenant.map(str::to_owned), name: name.to_owned() }
    }

    /// A cent an hour of two services in each of the last weeks, and two dollars of one of them now.
    async fn weeks(db: &PgPool) {
        let spans = (1..=24 * 29).flat_map(|back: i64| {
            let at = |trace: i64, service| {
                let number = (back * 2 + trace).cast_unsigned();
                let span = a_span(number, back * 2 + trace).for_tenant("acme").of_service(service).costing("0.01");
                span.starting(60 - back * HOUR_SECONDS)
            };
            [at(0, "planner"), at(1, "arm")]
        });
        write(db, spans.collect()).await;
        let dear = (1..=4).map(|n: i64| {
            a_span(9_000 + n.cast_unsigned(), n).for_tenant("acme").of_service("arm").costing("0.5").starting(60 * n)
        });
        write(db, dear.collect()).await;
        while crate::outbox::roll(db).await.unwrap().rows > 0 {}
    }

    #[sqlx::test(migrator = "crate::MIGRATOR")]
    async fn a_series_is_told_against_what_its_weeks_have_it_expected_and_its_parts_by_what_went_up(db: PgPool) {
        weeks(&db).await;
        let range = TimeRange { from: noon() - TimeDelta::minutes(10), to: noon() + TimeDelta::minutes(10) };
        let tenant = subject(Kind::Tenant, None, "acme");
        let steps = against_expected(&db, &tenant, range, 300).await.unwrap();
        let spent: Vec<(i64, f64)> =
            steps.iter().map(|step| ((step.at - noon()).num_minutes(), step.cost.to_f64())).collect();
        assert_eq!(spent, [(-10, 0.0), (-5, 0.0), (0, 2.0), (5, 0.0)]);
        for step in &steps {
            let (usd, spread) = step.expected.unwrap();
            assert!((usd - 0.02 / 12.0).abs() < 1e-9 && spread >= 0.1, "{step:?}");
        }
        let arm = subject(Kind::TenantService, Some("acme"), "arm");
        let (expected, _) = against_expected(&db, &arm, range, 300).await.unwrap()[0].expected.unwrap();
        assert!((expected - 0.01 / 12.0).abs() < 1e-9, "{expected}");
        let nobody = against_expected(&db, &subject(Kind::Model, None, "none"), range, 300).await.unwrap();
        assert!(nobody.iter().all(|step| step.expected.is_none()), "a series without history");

        // Of the minute that has not ended what was spent in it so far is told.
        let until_now = TimeRange { from: noon() - TimeDelta::seconds(90), to: noon() + TimeDelta::seconds(250) };
        let (spent, expected) = in_all(&db, &tenant, until_now).await.unwrap().unwrap();
        assert_eq!(spent.to_f64(), 2.0);
        assert!((expected - 0.02 * 7.0 / 60.0).abs() < 1e-9, "{expected}");
        assert_eq!(in_all(&db, &subject(Kind::Model, None, "none"), until_now).await.unwrap(), None);

        let hour = TimeRange { from: noon(), to: noon() + TimeDelta::hours(1) };
        let told = parts(&db, "acme", hour).await.unwrap();
        let [part] = told.as_slice() else { panic!("{told:?}") };
        assert_eq!((part.dimension, part.key.as_deref()), (Dimension::Service, Some("arm")));
        assert_eq!((part.now, part.usual), (Spend { calls: 4.0, usd: 2.0 }, Spend { calls: 1.0, usd: 0.01 }));
        assert_eq!(parts(&db, "nobody", hour).await.unwrap(), []);
    }
}
