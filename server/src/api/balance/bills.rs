//! `GET /api/v1/balance/bills`: bills of providers beside what spans cost, by day, provider and model.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use chrono::{Days, NaiveDate};
use model::UsdSum;
use model::bill::margin::{Row, Totals};
use model::usd::json;
use serde::{Deserialize, Serialize};

use super::review::{self, EntryLine, Reviewed, Words};
use crate::api::Api;
use crate::api::alerts::change::Body;
use crate::api::parameters::Parameters;
use crate::api::problem::Problem;

/// Days of an answer: a quarter, by a hundred models.
const DAYS_MAX: u64 = 92;

/// Rows of an answer.
const ROWS_MAX: usize = 5_000;

#[derive(Serialize)]
pub struct Answer {
    /// First and last day; null when there is no bill.
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
    #[serde(serialize_with = "json::total")]
    ours_usd: UsdSum,
    #[serde(serialize_with = "json::total")]
    bill_usd: UsdSum,
    /// Ours less the bill.
    #[serde(serialize_with = "json::total")]
    difference_usd: UsdSum,
    /// Newest day first, and in it the largest difference.
    rows: Vec<RowLine>,
    /// There are more rows than one answer has; the totals are of all.
    more: bool,
}

#[derive(Serialize)]
struct RowLine {
    day: NaiveDate,
    provider: String,
    /// Null when the bill names none.
    model: Option<String>,
    billed_as: BTreeSet<String>,
    /// Null when no span called it.
    ours_usd: Option<Box<serde_json::value::RawValue>>,
    /// Null when the bill has no line for it.
    bill_usd: Option<Box<serde_json::value::RawValue>>,
    #[serde(serialize_with = "json::total")]
    difference_usd: UsdSum,
    calls: i64,
    unpriced_calls: i64,
    failed_calls: i64,
    reasons: Vec<String>,
    acknowledged: Option<EntryLine>,
    history: Vec<EntryLine>,
}

/// Which row somebody says something about.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfRow {
    day: NaiveDate,
    provider: String,
    #[serde(default)]
    model: String,
    by: String,
    #[serde(default)]
    note: String,
    difference_usd: Option<Box<serde_json::value::RawValue>>,
}

/// The rows of `from`..`to`, two days both included, by default the last days there are bills of.
pub async fn show(State(api): State<Api>, parameters: Parameters) -> Result<Json<Answer>, Problem> {
    parameters.only(&["from", "to"])?;
    let day = |name: &str| {
        let parse = |text: &str| {
            let expected =
                |_| Problem::bad_request(format!("`{name}`: expected a day such as 2026-11-20, got `{text}`"));
            text.parse::<NaiveDate>().map_err(expected)
        };
        parameters.get(name).map(parse).transpose()
    };
    let (from, to) = (day("from")?, day("to")?);
    let db = &api.pools.readers.get();
    let known = store::bills::days(db).await?;
    let (Some(to), known_from) = (to.or(known.map(|(_, last)| last)), known.map(|(first, _)| first)) else {
        return Ok(Json(answer(&api, None, Vec::new()).await?));
    };
    let earliest = to.checked_sub_days(Days::new(DAYS_MAX - 1)).unwrap_or(to);
    let from = from.unwrap_or_else(|| known_from.unwrap_or(earliest).max(earliest));
    if from > to || from < earliest {
        return Err(Problem::bad_request(format!("expected `from` before `to`, and at most {DAYS_MAX} days")));
    }
    let rows = store::bills::margin(db, (from, to), |provider, model| api.prices.named(provider, model)).await?;
    Ok(Json(answer(&api, Some((from, to)), rows).await?))
}

async fn answer(api: &Api, days: Option<(NaiveDate, NaiveDate)>, mut rows: Vec<Row>) -> Result<Answer, Problem> {
    let totals = Totals::of(&rows);
    let more = rows.len() > ROWS_MAX;
    rows.truncate(ROWS_MAX);
    let subjects: Vec<String> = rows.iter().map(Row::subject).collect();
    let mut said = store::reviews::of(&api.pools.readers.get(), &subjects).await?;
    let now = (api.now)();
    let line = |row: Row| {
        let history = said.remove(&row.subject()).unwrap_or_default().entries;
        let calls = row.ours.unwrap_or_default();
        RowLine {
            difference_usd: row.difference(),
            reasons: row.reasons(now),
            acknowledged: model::review::in_force(&history, row.difference()).map(EntryLine::from),
            history: history.iter().map(EntryLine::from).collect(),
            ours_usd: row.ours.map(|ours| json::raw(ours.cost)),
            bill_usd: row.bill.map(json::raw),
            calls: calls.calls,
            unpriced_calls: calls.calls - calls.priced,
            failed_calls: calls.failed,
            day: row.day,
            provider: row.provider,
            model: Some(row.model).filter(|model| !model.is_empty()),
            billed_as: row.billed_as,
        }
    };
    Ok(Answer {
        from: days.map(|(from, _)| from),
        to: days.map(|(_, to)| to),
        ours_usd: totals.ours,
        bill_usd: totals.bill,
        difference_usd: totals.difference(),
        rows: rows.into_iter().map(line).collect(),
        more,
    })
}

/// `POST /api/v1/balance/bills/{action}`: says something about one row.
pub async fn say(
    State(api): State<Api>,
    path: Result<Path<String>, PathRejection>,
    Body(of): Body<OfRow>,
) -> Result<Json<Reviewed>, Problem> {
    let action = review::action(&path?.0)?;
    let db = &api.pools.jobs;
    let rows = store::bills::margin(db, (of.day, of.day), |provider, model| api.prices.named(provider, model)).await?;
    let row = rows.into_iter().find(|row| row.provider == of.provider && row.model == of.model);
    let missing = || Problem::not_found("no bill and no span has such a day, provider and model");
    let row = row.ok_or_else(missing)?;
    let words = Words { by: of.by, note: of.note, difference_usd: of.difference_usd };
    review::say(&api, &row.subject(), row.difference(), action, words).await
}
