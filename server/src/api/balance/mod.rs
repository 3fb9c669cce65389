//! `GET /api/v1/balance`: whether every way of adding up the money gives the same figure.
//!
//! [`drift`] lists traces that declared another total, [`bills`] lays bills of providers beside our figures, [`review`] is what
//! people say about the differences of both.

pub mod bills;
pub mod drift;
pub mod review;

use app::context::Freshness;
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, NaiveDate, Utc};
use model::cost::{Balance, Day, DaySum};
use model::usd::json;
use model::{TraceId, Usd, UsdSum};
use serde::Serialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

use super::Api;
use super::parameters::Parameters;
use super::problem::Problem;

#[derive(Serialize)]
pub struct Answer {
    balanced: bool,
    as_of: DateTime<Utc>,
    #[serde(serialize_with = "json::total")]
    total_cost_usd: UsdSum,
    by: BTreeMap<String, Box<RawValue>>,
    /// Each sum less that of the spans.
    difference: BTreeMap<String, Box<RawValue>>,
    /// Of the sums that differ: the first hour or day in which they do, where that can be told.
    differs_since: BTreeMap<String, DateTime<Utc>>,
    unattributed: BTreeMap<String, Box<RawValue>>,
    span_count: i64,
    unknown_cost_span_count: i64,
    open: Open,
    /// The spans day by day, newest first.
    days: Vec<DayLine>,
    drift: Vec<Drift>,
}

/// What is on its way; none of it is missing in a sum.
#[derive(Serialize)]
struct Open {
    outbox_rows: i64,
    pending_verdicts: i64,
    unsettled_traces: i64,
    last_span_at: Option<DateTime<Utc>>,
}

#[derive(Serialize)]
struct DayLine {
    day: NaiveDate,
    span_count: i64,
    unknown_cost_span_count: i64,
    #[serde(serialize_with = "json::total")]
    cost_usd: UsdSum,
    /// What the traces of the day say.
    #[serde(serialize_with = "json::total")]
    traces_cost_usd: UsdSum,
    /// When its spans were added up, where that was not for this answer.
    summed_at: Option<DateTime<Utc>>,
}

/// A trace whose sender declared another total than its spans add up to.
#[derive(Serialize)]
struct Drift {
    trace_id: TraceId,
    /// The tenant in whose own space of ids it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    own_space_of: Option<String>,
    #[serde(serialize_with = "json::amount")]
    declared_cost_usd: Usd,
    #[serde(serialize_with = "json::amount")]
    calculated_cost_usd: Usd,
    #[serde(serialize_with = "json::total")]
    drift_usd: UsdSum,
}

impl From<&model::cost::Drift> for Drift {
    fn from(drift: &model::cost::Drift) -> Self {
        Self {
            trace_id: drift.trace_id,
            own_space_of: drift.own_space_of.clone(),
            declared_cost_usd: drift.declared,
            calculated_cost_usd: drift.calculated,
            drift_usd: drift.difference(),
        }
    }
}

/// The books, added up now; with `anew=1` also the days whose sum was kept.
pub async fn show(State(api): State<Api>, parameters: Parameters) -> Result<Json<Answer>, Problem> {
    parameters.only(&["anew"])?;
    let freshness = match parameters.get("anew") {
        None => Freshness::Now,
        Some("1") => Freshness::Anew,
        Some(other) => return Err(Problem::bad_request(format!("`anew`: expected 1, got `{other}`"))),
    };
    let checked = api.books.check(freshness).await?;
    let balance = &checked.balance;
    if !balance.is_complete() {
        let summed = balance.days.iter().filter(|day| day.spans.is_some()).count();
        let all = balance.days.len();
        return Err(Problem::unavailable(format!(
            "{summed} of {all} days of spans are added up; try again shortly, every try goes on where the last one ended"
        )));
    }
    Ok(Json(answer(checked.as_of, balance)))
}

fn answer(as_of: DateTime<Utc>, balance: &Balance) -> Answer {
    let spans = balance.spans();
    let raw = |(name, sum): &(String, UsdSum)| (name.clone(), json::raw(*sum));
    Answer {
        balanced: balance.is_balanced(),
        as_of,
        total_cost_usd: balance.total,
        by: balance.by.iter().map(raw).collect(),
        difference: balance.by.iter().map(|(name, sum)| (name.clone(), json::raw(*sum - balance.total))).collect(),
        differs_since: balance.off_since.iter().cloned().collect(),
        unattributed: balance.unattributed.iter().map(|(of, sum)| (of.to_string(), json::raw(*sum))).collect(),
        span_count: spans.spans,
        unknown_cost_span_count: spans.unknown,
        open: Open {
            outbox_rows: balance.open.outbox_rows,
            pending_verdicts: spans.pending,
            unsettled_traces: balance.open.unsettled_traces,
            last_span_at: balance.open.last_seen,
        },
        days: balance.days.iter().map(day_line).collect(),
        drift: balance.drift.iter().map(Drift::from).collect(),
    }
}

fn day_line(day: &Day) -> DayLine {
    let DaySum { spans, unknown, cost, .. } = day.spans.unwrap_or_default();
    DayLine {
        day: day.day.date_naive(),
        span_count: spans,
        unknown_cost_span_count: unknown,
        cost_usd: cost,
        traces_cost_usd: day.traces.cost,
        summed_at: day.summed_at,
    }
}
