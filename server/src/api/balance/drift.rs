//! `GET /api/v1/balance/drift`: traces whose declared total is not the sum of their spans, and what people say about them.

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use chrono::{DateTime, Utc};
use model::cost::drift::{AuditLine, TOLERANCE, subject};
use model::space::Within;
use model::usd::json;
use model::{TraceId, Usd, UsdSum};
use serde::Serialize;
use store::drift::{Filter, Sums};

use super::review::{self, EntryLine, Reviewed, Words};
use crate::api::Api;
use crate::api::alerts::change::Body;
use crate::api::parameters::Parameters;
use crate::api::problem::Problem;

/// Lines per answer, at most: each has the spans of its trace looked at.
const LINES_MAX: i64 = 200;

const LINES_BY_DEFAULT: i64 = 50;

#[derive(Serialize)]
pub struct Answer {
    #[serde(serialize_with = "json::amount")]
    tolerance_usd: Usd,
    /// Traces that declare a total at all.
    declared_trace_count: i64,
    open: Total,
    acknowledged: Total,
    /// The largest difference first.
    lines: Vec<Line>,
    /// Where the next page begins; null on the last.
    next_offset: Option<i64>,
}

#[derive(Serialize)]
struct Total {
    trace_count: i64,
    #[serde(serialize_with = "json::total")]
    drift_usd: UsdSum,
}

#[derive(Serialize)]
struct Line {
    trace_id: TraceId,
    /// The tenant in whose own space of ids it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    own_space_of: Option<String>,
    operation: Option<String>,
    tenant: Option<String>,
    start_time: DateTime<Utc>,
    #[serde(serialize_with = "json::amount")]
    declared_cost_usd: Usd,
    #[serde(serialize_with = "json::amount")]
    calculated_cost_usd: Usd,
    #[serde(serialize_with = "json::total")]
    drift_usd: UsdSum,
    /// What explains it, as far as it can be told.
    reasons: Vec<String>,
    acknowledged: Option<EntryLine>,
    /// What people said, newest first.
    history: Vec<EntryLine>,
}

impl From<Sums> for Total {
    fn from(sums: Sums) -> Self {
        Self { trace_count: sums.lines, drift_usd: sums.difference }
    }
}

impl From<AuditLine> for Line {
    fn from(line: AuditLine) -> Self {
        Self {
            trace_id: line.drift.trace_id,
            own_space_of: line.drift.own_space_of.clone(),
            declared_cost_usd: line.drift.declared,
            calculated_cost_usd: line.drift.calculated,
            drift_usd: line.drift.difference(),
            reasons: line.reasons(),
            acknowledged: line.acknowledged().map(EntryLine::from),
            history: line.said.iter().map(EntryLine::from).collect(),
            operation: line.operation,
            tenant: line.tenant,
            start_time: line.start,
        }
    }
}

/// A page of the audit.
pub async fn list(State(api): State<Api>, parameters: Parameters) -> Result<Json<Answer>, Problem> {
    parameters.only(&["tolerance_usd", "state", "offset", "limit"])?;
    let tolerance = parameters.get("tolerance_usd").map_or(Ok(TOLERANCE), |text| {
        text.parse::<Usd>().map_err(|error| Problem::bad_request(format!("`tolerance_usd`: {error}")))
    })?;
    let acknowledged = match parameters.get("state") {
        None | Some("open") => Some(false),
        Some("acknowledged") => Some(true),
        Some("all") => None,
        Some(other) => {
            let expected = format!("`state`: expected open, acknowledged or all, got `{other}`");
            return Err(Problem::bad_request(expected));
        }
    };
    let offset = number(&parameters, "offset", 0, 0..=i64::MAX)?;
    let limit = number(&parameters, "limit", LINES_BY_DEFAULT, 1..=LINES_MAX)?;
    let page = store::drift::list(&api.pools.readers.get(), &Filter { tolerance, acknowledged, offset, limit }).await?;
    let matching = match acknowledged {
        Some(false) => page.open.lines,
        Some(true) => page.acknowledged.lines,
        None => page.open.lines + page.acknowledged.lines,
    };
    let next = offset.saturating_add(page.lines.len() as i64);
    Ok(Json(Answer {
        tolerance_usd: tolerance,
        declared_trace_count: page.declared,
        open: page.open.into(),
        acknowledged: page.acknowledged.into(),
        next_offset: (next < matching && !page.lines.is_empty()).then_some(next),
        lines: page.lines.into_iter().map(Line::from).collect(),
    }))
}

/// `POST /api/v1/balance/drift/{trace_id}/{action}`: says something about one of them; 409 when somebody was first, or when the
/// difference has changed.
pub async fn say(
    State(api): State<Api>,
    path: Result<Path<(String, String)>, PathRejection>,
    parameters: Parameters,
    Body(words): Body<Words>,
) -> Result<Json<Reviewed>, Problem> {
    let Path((trace_id, action)) = path?;
    let action = review::action(&action)?;
    let trace_id: TraceId =
        trace_id.parse().map_err(|error| Problem::bad_request(format!("`{trace_id}` is no trace id: {error}")))?;
    parameters.only(&["tenant", "shared"])?;
    let within = Within::read(|key| parameters.get(key).map(str::to_owned));
    let missing = || Problem::not_found(format!("no trace {trace_id} declares a total"));
    let kept = match store::spaces::find_within(&api.pools.jobs, trace_id, &within).await?.as_slice() {
        [] => return Err(missing()),
        [one] => one.kept,
        _ => {
            let words =
                format!("several have sent a trace {trace_id}: add the `tenant` whose own it is, or `shared=1`");
            return Err(Problem::bad_request(words));
        }
    };
    let line = store::drift::one(&api.pools.jobs, kept).await?.ok_or_else(missing)?;
    review::say(&api, &subject(kept), line.drift.difference(), action, words).await
}

fn number(
    parameters: &Parameters,
    name: &str,
    default: i64,
    range: std::ops::RangeInclusive<i64>,
) -> Result<i64, Problem> {
    let Some(text) = parameters.get(name) else { return Ok(default) };
    text.parse().ok().filter(|number| range.contains(number)).ok_or_else(|| {
        let (least, most) = (range.start(), range.end());
        Problem::bad_request(format!("`{name}`: expected a number from {least} to {most}, got `{text}`"))
    })
}
