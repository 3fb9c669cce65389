//! `GET /api/v1/costs`: spend over a range by one thing or two, with a series per group, as JSON or as a file.

mod answer;
mod file;
mod question;

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use model::cost::Split;
use store::costs::Question;

use super::Api;
use super::parameters::Parameters;
use super::problem::Problem;
use crate::keys::Caller;
use answer::Answer;
use question::{Asked, Format};

/// Spend over `from`..`to`, by default of the last day by tenant.
pub async fn show(State(api): State<Api>, caller: Caller, parameters: Parameters) -> Result<Response, Problem> {
    let asked = Asked::read(&parameters, (api.now)())?.for_caller(&caller)?;
    let split = split(&api, &asked).await?;
    let traces =
        if asked.traces { Some(store::traces::by_tenant(&api.pools.readers.get(), asked.range).await?) } else { None };
    Ok(match asked.format {
        Format::Plain => Json(Answer::new(&asked, split, traces.as_ref())).into_response(),
        Format::Json => {
            let name = file::name(&asked, "json");
            let disposition = (header::CONTENT_DISPOSITION, super::csv::disposition(&name));
            ([disposition], Json(Answer::new(&asked, split, traces.as_ref()))).into_response()
        }
        Format::Csv => file::of_groups(&asked, &split, traces.as_ref()).download(&file::name(&asked, "csv")),
        Format::CsvOfSeries => file::of_series(&asked, &split).download(&file::name(&asked, "series.csv")),
    })
}

/// The spend, unless it cannot be read over such a range.
async fn split(api: &Api, asked: &Asked) -> Result<Split, Problem> {
    let db = api.pools.readers.get();
    let only = asked.only.as_ref();
    // How many spans there are matters only to what reads each of them.
    let spans = if asked.by.attribute().is_some() {
        let sums = store::costs::sums_of(&db, asked.range, only).await?;
        if asked.compare { sums.now.spans.max(sums.before.spans) } else { sums.now.spans }
    } else {
        0
    };
    if let Some(reason) = asked.by.refusal(only, asked.range.seconds(), spans) {
        return Err(Problem::bad_request(format!("`group_by`: {reason}")));
    }
    let question = Question {
        range: asked.range,
        by: &asked.by,
        only,
        bucket_seconds: asked.bucket_seconds,
        compare: asked.compare,
        groups_max: asked.groups_max,
    };
    Ok(store::costs::split(&db, &question).await?)
}

/// A time as the API writes it.
fn written(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true)
}
