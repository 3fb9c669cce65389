//! What the waterfall asks of the server after the page is there.

use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use model::space::Within;
use model::{SpanId, TraceId};

use super::links::TraceUrl;
use super::sheet::{RowWindow, SpanPlace};
use crate::error::ApiError;

/// Rows of a trace by index in the unfolded trace.
#[server(input = Json)]
pub async fn load_rows(
    /// Which trace.
    trace_id: TraceId,
    /// Where it is looked for.
    within: Within,
    /// Index of the first row.
    first: usize,
    /// How many.
    count: usize,
) -> Result<RowWindow, ApiError> {
    crate::pages::trace::read::rows(trace_id, &within, first, count).await
}

/// The drawer of a span, as HTML.
#[server(input = Json)]
pub async fn load_drawer(
    /// Which trace.
    trace_id: TraceId,
    /// Which span.
    span_id: SpanId,
    /// What only the whole trace tells about it; the browser has that already.
    place: SpanPlace,
    /// The view it is opened in, for its links.
    url: TraceUrl,
) -> Result<String, ApiError> {
    use crate::pages::trace::{drawer, read};
    let span = read::span(trace_id, &url.within, span_id).await;
    Ok(drawer::of(span, trace_id, place, &url).to_html())
}
