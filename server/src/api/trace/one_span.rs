//! `GET /api/v1/traces/{trace_id}/spans/{span_id}`: one span, as it is among those of its trace; or one of its values in full, as the
//! plain text that pages show the beginning of.

use std::borrow::Cow;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use model::attribute::{Attributes, Value};
use model::{Span, SpanId};

use super::span::SpanLine;
use super::{Place, place};
use crate::api::parameters::Parameters;
use crate::api::problem::Problem;
use crate::api::{Api, tenant};
use crate::keys::Caller;

/// What says which value is meant.
const OF: [&str; 4] = ["attribute", "resource", "event", "link"];

/// The span, or the value that the parameters name.
pub async fn show(
    State(api): State<Api>,
    caller: Caller,
    path: Result<Path<(String, String)>, axum::extract::rejection::PathRejection>,
    parameters: Parameters,
) -> Result<Response, Problem> {
    let Path((trace, span)) = path?;
    parameters.only(&["tenant", "shared", OF[0], OF[1], OF[2], OF[3]])?;
    let span_id: SpanId =
        span.parse().map_err(|error| Problem::bad_request(format!("`{span}` is no span id: {error}")))?;
    let db = api.pools.readers.get();
    let Place { trace_id, kept } = place(&db, &caller, &parameters, &trace).await?;
    let found = store::spans::one(&db, kept, span_id).await?.filter(|span| may_see(&caller, span));
    let found = found.ok_or_else(|| Problem::not_found(format!("trace {trace_id} has no span {span_id}")))?;
    if OF.iter().all(|name| parameters.get(name).is_none()) {
        return Ok(Json(SpanLine::new(&found)).into_response());
    }
    let value = value(&found, &parameters)?;
    let value = value.ok_or_else(|| Problem::not_found(format!("span {span_id} has no such value")))?;
    // Whatever somebody sent, a browser shows it as text.
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text(value).into_owned()).into_response())
}

/// A key of a tenant sees that tenant's spans alone.
fn may_see(caller: &Caller, span: &Span) -> bool {
    match tenant::reader(caller) {
        store::traces::Reader::Everything => true,
        store::traces::Reader::Tenant(own) => span.tenant.as_deref() == Some(own.tenant.as_str()),
    }
}

/// The value that is meant: of the span, its resource, or the event or link of a number.
fn value<'a>(span: &'a Span, parameters: &Parameters) -> Result<Option<&'a Value>, Problem> {
    let detail = &span.detail;
    if let Some(key) = parameters.get("resource") {
        return Ok(detail.resource.get(key));
    }
    let number = |name: &str| {
        let read = |text: &str| {
            text.parse::<usize>().map_err(|_| Problem::bad_request(format!("`{name}`: expected a number, from 0")))
        };
        parameters.get(name).map(read).transpose()
    };
    let within: Option<&Attributes> = match (number("event")?, number("link")?) {
        (Some(event), _) => detail.events.get(event).map(|event| &event.attributes),
        (None, Some(link)) => detail.links.get(link).map(|link| &link.attributes),
        (None, None) => Some(&detail.attributes),
    };
    let key = parameters.get("attribute").ok_or_else(|| Problem::bad_request("`attribute`: which one is meant?"))?;
    Ok(within.and_then(|attributes| attributes.get(key)))
}

/// Text as it was sent, all else as JSON.
fn text(value: &Value) -> Cow<'_, str> {
    match value {
        Value::String(text) => Cow::Borrowed(text.as_str()),
        other => Cow::Owned(other.to_json().to_string()),
    }
}
