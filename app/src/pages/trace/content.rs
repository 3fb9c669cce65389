//! What the chosen view shows, read once per page.

use model::TraceId;
use model::trace::waterfall::Layout;
use model::trace::waterfall::graph::Graph;
use model::trace::waterfall::statistics::Calls;
use serde::{Deserialize, Serialize};
use store::Db;

use super::graph::NODES_MAX;
use super::{conversation, flame, json, table};
use crate::context;
use crate::error::ApiError;
use crate::islands::waterfall::links::TraceUrl;
use crate::islands::waterfall::tab::Tab;

/// Calls of models read for one page, about ten megabytes of memory while it is made.
const CALLS_MAX: usize = 200_000;

/// What a view shows beside what is said of the whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Content {
    /// The rows of the waterfall, which the trace's own sheet has.
    Rows,
    /// Where time and money went.
    Flame(Box<flame::read::Pair>),
    /// What called what.
    Graph(Box<Graph>),
    /// Sums and single spans.
    Table(Box<table::read::Tables>),
    /// A page of what was said.
    Conversation(Box<conversation::read::Page>),
    /// A file of it.
    Json(Box<json::Shown>),
}

/// Reads what the view of an address shows.
pub async fn read(
    db: &Db,
    trace_id: TraceId,
    kept: TraceId,
    layout: &Layout,
    url: &TraceUrl,
) -> Result<Content, ApiError> {
    Ok(match url.tab {
        Tab::Flame => Content::Flame(Box::new(flame::read::of(layout, url))),
        Tab::Graph => Content::Graph(Box::new(layout.waterfall.graph(&calls(db, kept).await?, NODES_MAX))),
        Tab::Table => Content::Table(Box::new(table::read::of(layout, &calls(db, kept).await?, url))),
        Tab::Conversation => Content::Conversation(Box::new(conversation::read::of(db, kept, layout, url).await?)),
        Tab::Json => Content::Json(Box::new(file(trace_id, kept, url).await?)),
        Tab::Waterfall => Content::Rows,
    })
}

async fn calls(db: &Db, kept: TraceId) -> Result<Calls, ApiError> {
    Ok(store::spans::calls(db, kept, CALLS_MAX).await?)
}

async fn file(trace_id: TraceId, kept: TraceId, url: &TraceUrl) -> Result<json::Shown, ApiError> {
    let format = json::format_of(url);
    let excerpt = context::services()?.texts.excerpt(trace_id, kept, format).await?;
    let excerpt = excerpt.ok_or_else(|| ApiError::NotFound("trace".to_owned()))?;
    Ok(json::Shown { format: format.to_owned(), excerpt })
}
