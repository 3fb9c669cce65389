//! `GET /api/v1/traces/{trace_id}`: one trace in the shape it can be sent in, with what became of its costs; or in a format that other
//! tools read.
//!
//! Spans are read and written page by page, so that a trace of 100 000 spans needs the memory of one page. A failure
//! half-way breaks the connection: a body that ends is complete, and its totals and `partial` reasons come last, when
//! they are known.

mod avoidable;
pub mod excerpt;
mod format;
mod limit;
pub mod one_span;
mod reader;
mod span;
mod totals;

use app::url_state::encode;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures::stream;
use model::TraceId;
use model::space::Within;
use serde_json::json;
use store::Db;
use store::spaces::Found;

use self::format::Format;
use self::reader::{PAGE_SPANS_MAX, Part, Reader};
use super::parameters::Parameters;
use super::problem::Problem;
use super::{Api, tenant};
use crate::keys::Caller;

/// The whole trace.
pub async fn show(
    State(api): State<Api>,
    caller: Caller,
    path: Result<Path<String>, axum::extract::rejection::PathRejection>,
    parameters: Parameters,
) -> Result<Response, Problem> {
    let Path(text) = path?;
    parameters.only(&["tenant", "shared", "format"])?;
    let format = Format::read(parameters.get("format"))?;
    let db = api.pools.readers.get();
    let Place { trace_id, kept } = place(&db, &caller, &parameters, &text).await?;
    let Some(before) = store::traces::head_for(&db, tenant::reader(&caller), kept).await? else {
        return Err(nothing(trace_id));
    };
    let limit = api.budgets.rules().trace_limit;
    // The name it has when it is saved.
    let shown = format!("inline; filename=\"{}\"", format.file_name(trace_id));
    let layouts = api.layouts.clone();
    let reader = Reader {
        db,
        layouts,
        caller,
        trace_id,
        kept,
        before,
        limit,
        format,
        page_spans: PAGE_SPANS_MAX,
        sent: 0,
        next: Part::Opening,
    };
    let body = Body::from_stream(stream::try_unfold(reader, Reader::step));
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CONTENT_DISPOSITION, shown.as_str())];
    Ok((headers, body).into_response())
}

/// A trace that was asked for.
struct Place {
    /// The id it was asked for by.
    trace_id: TraceId,
    /// The id it is kept under.
    kept: TraceId,
}

/// Finds the one trace that is meant.
async fn place(db: &Db, caller: &Caller, parameters: &Parameters, text: &str) -> Result<Place, Problem> {
    let trace_id: TraceId =
        text.parse().map_err(|error| Problem::bad_request(format!("`{text}` is no trace id: {error}")))?;
    let within = within(caller, parameters)?;
    match store::spaces::find_within(db, trace_id, &within).await?.as_slice() {
        [] => Err(nothing(trace_id)),
        [one] => Ok(Place { trace_id, kept: one.kept }),
        several => Err(choice(trace_id, several)),
    }
}

/// Where the trace is looked for: a key of a tenant finds that tenant's alone.
fn within(caller: &Caller, parameters: &Parameters) -> Result<Within, Problem> {
    let asked = Within::read(|key| parameters.get(key).map(str::to_owned));
    let tenant = tenant::answered(caller, parameters.get("tenant"))?;
    Ok(match (asked, tenant) {
        (Within::Anywhere, Some(own)) => Within::Tenant(own.to_owned()),
        (asked, _) => asked,
    })
}

fn nothing(trace_id: TraceId) -> Problem {
    Problem::not_found(format!("no trace {trace_id} has been received"))
}

/// Several tenants have sent this id: where each of the traces is.
fn choice(trace_id: TraceId, found: &[Found]) -> Problem {
    let choices = found.iter().map(|found| {
        let query =
            found.within().to_query().map(|(key, value)| format!("?{key}={}", encode(value))).unwrap_or_default();
        json!({"tenant": found.own_space_of, "href": format!("/api/v1/traces/{trace_id}{query}")})
    });
    let words = "several tenants have sent a trace with this id; say which one is meant with ?tenant=, or with ?shared=1 the \
                 one that was sent without the key of a tenant";
    Problem::new(StatusCode::MULTIPLE_CHOICES, words).with("choices", choices.collect())
}
