//! What the waterfall asks of the server after the page is there.

use std::convert::Infallible;

use bytes::Bytes;
use leptos::prelude::*;
use leptos::server_fn::codec::{Json, Post};
use leptos::server_fn::{ContentType, Decodes, Encodes, Format, FormatType};
use model::space::Within;
use model::trace::Revision;
use model::trace::waterfall::window::Unreadable;
use model::trace::waterfall::{Folds, Found, RowWindow, Times};
use model::{SpanId, TraceId, UsdSum};
use serde::{Deserialize, Serialize};

use super::links::TraceUrl;
use super::sheet::SpanPlace;
use crate::error::ApiError;

/// Windows of rows as their own few bytes, see [`model::trace::waterfall::window`].
pub struct PackedRows;

impl ContentType for PackedRows {
    const CONTENT_TYPE: &'static str = "application/octet-stream";
}

impl FormatType for PackedRows {
    const FORMAT_TYPE: Format = Format::Binary;
}

impl Encodes<RowWindow> for PackedRows {
    type Error = Infallible;

    fn encode(window: &RowWindow) -> Result<Bytes, Infallible> {
        Ok(window.to_bytes().into())
    }
}

impl Decodes<RowWindow> for PackedRows {
    type Error = Unreadable;

    fn decode(bytes: Bytes) -> Result<RowWindow, Unreadable> {
        RowWindow::from_bytes(&bytes)
    }
}

/// Views as postcard.
pub struct PackedView;

impl ContentType for PackedView {
    const CONTENT_TYPE: &'static str = "application/octet-stream";
}

impl FormatType for PackedView {
    const FORMAT_TYPE: Format = Format::Binary;
}

impl Encodes<View> for PackedView {
    type Error = postcard::Error;

    fn encode(view: &View) -> Result<Bytes, postcard::Error> {
        postcard::to_allocvec(view).map(Bytes::from)
    }
}

impl Decodes<View> for PackedView {
    type Error = postcard::Error;

    fn decode(bytes: Bytes) -> Result<View, postcard::Error> {
        postcard::from_bytes(&bytes)
    }
}

/// Rows of a trace by index in the unfolded trace: what is folded is known where rows are shown, so it need not be told.
#[server(input = Json, output = Post<PackedRows>)]
pub async fn load_rows(
    /// Which trace.
    trace_id: TraceId,
    /// Where it is looked for.
    within: Within,
    /// Whose times they have.
    times: Times,
    /// The state in which the indices mean what they mean.
    revision: Revision,
    /// First index and number of rows, run by run.
    runs: Vec<(usize, usize)>,
) -> Result<RowWindow, ApiError> {
    crate::pages::trace::read::rows(trace_id, &within, times, revision, &runs).await
}

/// What of a view is asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    /// What is hidden.
    pub folds: bool,
    /// What was found.
    pub found: bool,
    /// What was spent in the part of the time that is shown.
    pub cost: bool,
}

/// What only the server knows of a view: what was asked for of it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct View {
    /// The state of the trace it is about.
    pub revision: Revision,
    /// What is hidden.
    pub folds: Option<Folds>,
    /// What was found, or what is wrong with what was looked for.
    pub found: Option<Result<Found, String>>,
    /// What was spent in the part of the time that is shown.
    pub cost: Option<UsdSum>,
}

/// What a view of a trace shows of the whole, when its address has changed in the browser.
#[server(input = Json, output = Post<PackedView>)]
pub async fn load_view(
    /// Which trace.
    trace_id: TraceId,
    /// The state in which rows are known.
    revision: Revision,
    /// The view.
    url: TraceUrl,
    /// What of it.
    wanted: Wanted,
) -> Result<View, ApiError> {
    crate::pages::trace::look::view(trace_id, revision, &url, wanted).await
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
    use crate::pages::trace::{drawer, opened};
    let span = opened::span(trace_id, &url.within, span_id).await;
    Ok(drawer::of(span, trace_id, place, &url).to_html())
}
