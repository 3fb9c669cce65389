//! The beginning of a trace as text, for the page that shows it: what [`super::show`] writes, up to a size.

use std::sync::Arc;

use app::context::{Excerpt, Excerpting, LayoutsInUse, TraceTexts};
use app::error::ApiError;
use model::TraceId;
use store::Readers;

use super::format::Format;
use super::reader::{Part, Reader};
use crate::budgets::BudgetBook;
use crate::keys::Caller;

/// Bytes from which on no further spans are written: more than a page shows.
const TEXT_BYTES_MAX: usize = 128 << 10;

/// Spans read at once: a few payloads too many are read at most.
const PAGE_SPANS: i64 = 50;

/// Writes traces from the database behind `readers`.
pub struct Excerpts {
    /// Where traces are read.
    pub readers: Readers,
    /// Traces that are laid out.
    pub layouts: Arc<dyn LayoutsInUse>,
    /// What one trace may cost.
    pub budgets: Arc<BudgetBook>,
}

impl Excerpts {
    async fn read(&self, trace_id: TraceId, kept: TraceId, format: &'static str) -> anyhow::Result<Option<Excerpt>> {
        let db = self.readers.get();
        let Some(before) = store::traces::head(&db, kept).await? else { return Ok(None) };
        let Ok(format) = Format::read(Some(format)) else { return Ok(None) };
        let mut reader = Reader {
            db,
            layouts: self.layouts.clone(),
            // Pages are shown to those who may read everything.
            caller: Caller::Anybody,
            trace_id,
            kept,
            before,
            limit: app::context::BudgetsInUse::rules(&*self.budgets).trace_limit,
            format,
            page_spans: PAGE_SPANS,
            sent: 0,
            next: Part::Opening,
        };
        let mut text = Vec::new();
        while text.len() < TEXT_BYTES_MAX || reader.next == Part::Totals {
            let sent = reader.sent;
            let Some((part, next)) = reader.step().await? else {
                return Ok(Some(Excerpt { text: String::from_utf8(text)?, spans: sent, is_whole: true }));
            };
            text.extend_from_slice(&part);
            reader = next;
        }
        let is_whole = reader.next == Part::End;
        Ok(Some(Excerpt { text: String::from_utf8(text)?, spans: reader.sent, is_whole }))
    }
}

impl TraceTexts for Excerpts {
    fn excerpt(self: Arc<Self>, trace_id: TraceId, kept: TraceId, format: &'static str) -> Excerpting {
        Box::pin(async move {
            self.read(trace_id, kept, format).await.map_err(|error| {
                tracing::error!(error = crate::causes::of(&error), "a trace could not be written");
                ApiError::Internal
            })
        })
    }
}
