//! `GET /api/v1/costs`: spend over a range by one dimension, with a series per group.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use model::UsdSum;
use model::cost::{Breakdown, Dimension, Group};
use model::time::TimeRange;
use model::usd::json;
use serde::Serialize;
use serde_json::value::RawValue;

use super::parameters::Parameters;
use super::problem::Problem;
use super::{Api, tenant};
use crate::keys::Caller;

const DAY_SECONDS: i64 = 86_400;

/// Widths a series can have: those the rollups can be added up to.
const BUCKETS: [(&str, i64); 4] = [("1m", 60), ("10m", 600), ("1h", 3_600), ("1d", DAY_SECONDS)];

/// Most points of a series: a week of 10 minutes, more than any chart has pixels for, and under 100 kB per group.
const POINTS_MAX: i64 = 1_500;

#[derive(Serialize)]
pub struct Answer {
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    group_by: &'static str,
    bucket_seconds: i64,
    #[serde(serialize_with = "json::total")]
    total_cost_usd: UsdSum,
    span_count: i64,
    /// Spans in range whose cost nobody knows: the total is a lower bound when there are any.
    unpriced_span_count: i64,
    groups: Vec<Line>,
}

#[derive(Serialize)]
struct Line {
    /// `None` is unattributed.
    key: Option<String>,
    #[serde(serialize_with = "json::total")]
    cost_usd: UsdSum,
    span_count: i64,
    error_count: i64,
    tokens_in: i64,
    tokens_out: i64,
    series: Vec<(DateTime<Utc>, Box<RawValue>)>,
}

impl Line {
    fn new(group: Group, buckets: &[DateTime<Utc>]) -> Self {
        Self {
            key: group.key,
            cost_usd: group.sums.cost,
            span_count: group.sums.spans,
            error_count: group.sums.errors,
            tokens_in: group.sums.tokens_in,
            tokens_out: group.sums.tokens_out,
            series: buckets.iter().copied().zip(group.series.into_iter().map(json::raw)).collect(),
        }
    }
}

/// Spend over `from`..`to`, by default of the last day by tenant.
pub async fn show(State(api): State<Api>, caller: Caller, parameters: Parameters) -> Result<Json<Answer>, Problem> {
    parameters.only(&["from", "to", "group_by", "bucket", "tenant"])?;
    let range = parameters.range(DAY_SECONDS, (api.now)())?;
    let by = dimension(parameters.get("group_by").unwrap_or("tenant"))?;
    let bucket_seconds = bucket(parameters.get("bucket"), range)?;
    let tenant = tenant::answered(&caller, parameters.get("tenant"))?;
    let breakdown = store::costs::breakdown(&api.pools.readers.get(), range, by, tenant, bucket_seconds).await?;
    Ok(Json(answer(range, breakdown)))
}

fn answer(range: TimeRange, breakdown: Breakdown) -> Answer {
    let lines = breakdown.groups.into_iter().map(|group| Line::new(group, &breakdown.buckets)).collect();
    Answer {
        from: range.from,
        to: range.to,
        group_by: breakdown.by.as_str(),
        bucket_seconds: breakdown.bucket_seconds,
        total_cost_usd: breakdown.total.cost,
        span_count: breakdown.total.spans,
        unpriced_span_count: breakdown.total.spans - breakdown.total.priced_spans,
        groups: lines,
    }
}

fn dimension(text: &str) -> Result<Dimension, Problem> {
    Dimension::parse(text).ok_or_else(|| {
        let known: Vec<&str> = Dimension::ALL.iter().map(|dimension| dimension.as_str()).collect();
        Problem::bad_request(format!("`group_by`: expected one of {}, got `{text}`", known.join(", ")))
    })
}

/// The width asked for, else the narrowest that needs at most a few hundred points.
fn bucket(text: Option<&str>, range: TimeRange) -> Result<i64, Problem> {
    const POINTS_BY_DEFAULT: i64 = 400;
    let Some(text) = text else {
        let fits = BUCKETS.iter().find(|(_, seconds)| range.seconds() / seconds <= POINTS_BY_DEFAULT);
        return Ok(fits.map_or(DAY_SECONDS, |(_, seconds)| *seconds));
    };
    let Some((_, seconds)) = BUCKETS.iter().find(|(name, _)| *name == text) else {
        return Err(Problem::bad_request(format!("`bucket`: expected one of 1m, 10m, 1h, 1d, got `{text}`")));
    };
    if range.seconds() / seconds > POINTS_MAX {
        return Err(Problem::bad_request(format!(
            "`bucket`: {text} over this range is more than {POINTS_MAX} points; ask for wider buckets or a shorter range"
        )));
    }
    Ok(*seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(count: i64) -> TimeRange {
        TimeRange::last_seconds(count * DAY_SECONDS, DateTime::UNIX_EPOCH)
    }

    #[test]
    fn the_default_width_suits_the_range() {
        let width = |range| bucket(None, range).expect("a default always exists");
        assert_eq!(width(TimeRange::last_seconds(3_600, DateTime::UNIX_EPOCH)), 60);
        assert_eq!(width(days(1)), 600);
        assert_eq!(width(days(14)), 3_600);
        assert_eq!(width(days(90)), DAY_SECONDS);
    }

    #[test]
    fn a_series_never_has_more_points_than_its_limit() {
        assert_eq!(bucket(Some("1m"), days(1)).ok(), Some(60));
        assert!(bucket(Some("1m"), days(14)).is_err());
        assert!(bucket(Some("2m"), days(1)).is_err());
    }
}
