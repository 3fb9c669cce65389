//! `GET /api/v1/prices/repricing`: what stored calls of models would cost at the prices in use now. Nothing is written.

use std::cmp::Reverse;
use std::collections::HashMap;

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use model::usd::json;
use model::{Span, Usd, UsdSum};
use serde::Serialize;

use super::Api;
use super::parameters::Parameters;
use super::problem::Problem;

const DAY_SECONDS: i64 = 86_400;

/// Calls that are looked at: reading and pricing one takes some 50 µs, so this is five seconds.
const CALLS_MAX: usize = 100_000;

/// Calls read at a time: a span's payload is about a kilobyte and may be megabytes.
const CALLS_AT_ONCE: usize = 500;

/// Lines of an answer; the totals are of all of them.
const LINES_MAX: usize = 500;

#[derive(Serialize)]
pub struct Answer {
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    /// Calls that were priced again.
    calls: usize,
    /// Whether these are all calls of the range without a reported cost.
    complete: bool,
    #[serde(flatten)]
    total: Change,
    /// What would change, by tenant and model, the largest difference first.
    lines: Vec<Line>,
    /// Whether there are more lines.
    more: bool,
}

#[derive(Serialize)]
struct Line {
    /// `None` is unattributed.
    tenant: Option<String>,
    provider: Option<String>,
    model: Option<String>,
    #[serde(flatten)]
    change: Change,
}

/// Calls whose cost would be another one.
#[derive(Clone, Copy, Default, Serialize)]
struct Change {
    changed_calls: u64,
    /// Those of them that have no cost now and would have one.
    newly_priced_calls: u64,
    /// Those of them that have a cost now and would have none.
    no_longer_priced_calls: u64,
    /// What they cost as stored.
    #[serde(serialize_with = "json::total")]
    before_usd: UsdSum,
    /// What they would cost.
    #[serde(serialize_with = "json::total")]
    after_usd: UsdSum,
    #[serde(serialize_with = "json::total")]
    difference_usd: UsdSum,
}

impl Change {
    /// `None` when nothing would change.
    fn of(before: Option<Usd>, after: Option<Usd>) -> Option<Self> {
        if before == after {
            return None;
        }
        let sum = |usd: Option<Usd>| usd.map_or(UsdSum::ZERO, UsdSum::from);
        Some(Self {
            changed_calls: 1,
            newly_priced_calls: u64::from(before.is_none()),
            no_longer_priced_calls: u64::from(after.is_none()),
            before_usd: sum(before),
            after_usd: sum(after),
            difference_usd: sum(after) - sum(before),
        })
    }

    fn add(&mut self, other: Self) {
        self.changed_calls += other.changed_calls;
        self.newly_priced_calls += other.newly_priced_calls;
        self.no_longer_priced_calls += other.no_longer_priced_calls;
        self.before_usd += other.before_usd;
        self.after_usd += other.after_usd;
        self.difference_usd += other.difference_usd;
    }
}

/// Who called which model.
type Key = (Option<String>, Option<String>, Option<String>);

/// Prices the calls of `from`..`to` again, by default those of the last day.
pub async fn show(State(api): State<Api>, parameters: Parameters) -> Result<Json<Answer>, Problem> {
    parameters.only(&["from", "to"])?;
    let range = parameters.range(DAY_SECONDS, (api.now)())?;
    let db = &api.pools.readers.get();
    // One more than is priced tells whether there are more.
    let mut places = store::spans::model_calls::places(db, range, CALLS_MAX as i64 + 1).await?;
    let complete = places.len() <= CALLS_MAX;
    places.truncate(CALLS_MAX);
    let (mut total, mut changes) = (Change::default(), HashMap::<Key, Change>::new());
    for some in places.chunks(CALLS_AT_ONCE) {
        for span in store::spans::model_calls::at(db, some).await? {
            let key = key(&span);
            if let Some(change) = Change::of(span.cost.usd, api.prices.price_again(span)) {
                total.add(change);
                changes.entry(key).or_default().add(change);
            }
        }
        // Pricing a few hundred takes some milliseconds; others have their turn in between.
        tokio::task::yield_now().await;
    }
    let (lines, more) = lines(changes);
    Ok(Json(Answer { from: range.from, to: range.to, calls: places.len(), complete, total, lines, more }))
}

fn key(span: &Span) -> Key {
    let call = span.model_call.clone().unwrap_or_default();
    (span.tenant.clone(), call.provider, call.model)
}

fn lines(changes: HashMap<Key, Change>) -> (Vec<Line>, bool) {
    let line = |((tenant, provider, model), change)| Line { tenant, provider, model, change };
    let mut lines: Vec<Line> = changes.into_iter().map(line).collect();
    lines.sort_by(|left, right| {
        let by = |line: &Line| {
            let difference = line.change.difference_usd.pico().abs();
            Reverse((difference, line.change.changed_calls))
        };
        by(left).cmp(&by(right)).then_with(|| (&left.tenant, &left.model).cmp(&(&right.tenant, &right.model)))
    });
    let more = lines.len() > LINES_MAX;
    lines.truncate(LINES_MAX);
    (lines, more)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_tells_costs_that_appear_from_costs_that_go() {
        let usd = |text: &str| text.parse::<Usd>().ok();
        assert!(Change::of(usd("1"), usd("1")).is_none() && Change::of(None, None).is_none());
        let mut sum = Change::of(None, usd("0")).unwrap();
        sum.add(Change::of(usd("2"), None).unwrap());
        sum.add(Change::of(usd("1"), usd("0.5")).unwrap());
        let figures = [sum.before_usd, sum.after_usd, sum.difference_usd].map(|sum| sum.to_string());
        assert_eq!(figures, ["3", "0.5", "-2.5"]);
        assert_eq!((sum.changed_calls, sum.newly_priced_calls, sum.no_longer_priced_calls), (3, 1, 1));
    }
}
