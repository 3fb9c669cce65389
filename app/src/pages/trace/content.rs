//! What the chosen view shows, read once per page.

use model::TraceId;
use model::trace::waterfall::Layout;
use model::trace::waterfall::statistics::Calls;
use serde::{Deserialize, Serialize};
use store::Db;

use super::{conversation, flame, table};
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
    /// Sums and single spans.
    Table(Box<table::read::Tables>),
    /// A page of what was said.
    Conversation(Box<conversation::read::Page>),
}

/// Reads what the view of an address shows.
pub async fn read(db: &Db, kept: TraceId, layout: &Layout, url: &TraceUrl) -> Result<Content, ApiError> {
    Ok(match url.tab {
        Tab::Flame => Content::Flame(Box::new(flame::read::of(layout, url))),
        Tab::Table => Content::Table(Box::new(table::read::of(layout, &calls(db, kept).await?, url))),
        Tab::Conversation => Content::Conversation(Box::new(conversation::read::of(db, kept, layout, url).await?)),
        Tab::Waterfall => Content::Rows,
    })
}

async fn calls(db: &Db, kept: TraceId) -> Result<Calls, ApiError> {
    Ok(store::spans::calls(db, kept, CALLS_MAX).await?)
}
