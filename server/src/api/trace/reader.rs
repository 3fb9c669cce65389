//! A trace as a body, written page by page while it is read.

use std::sync::Arc;

use app::context::LayoutsInUse;
use axum::body::Bytes;
use model::trace::TraceHead;
use model::trace::waste::Avoidable;
use model::{TraceId, Usd};
use sqlx::PgPool;

use super::format::Format;
use super::limit;
use super::totals::Totals;
use crate::api::tenant;
use crate::keys::Caller;

/// Spans read at once for a body: about 2 MB with ordinary attributes.
pub const PAGE_SPANS_MAX: i64 = 1_000;

/// Why spans and totals may not agree: holding a snapshot open for as long as somebody takes to read would hold up vacuum.
const CHANGED: &str = "the trace changed while it was read: what its spans say may be older than the totals";

/// Writes the body part by part.
pub struct Reader {
    pub db: PgPool,
    /// Traces that are laid out: what was avoidable is known of them.
    pub layouts: Arc<dyn LayoutsInUse>,
    pub caller: Caller,
    /// The id it was asked for by.
    pub trace_id: TraceId,
    /// The id it is kept under.
    pub kept: TraceId,
    /// The trace before its spans were read.
    pub before: TraceHead,
    /// What one trace may cost.
    pub limit: Option<Usd>,
    pub format: Format,
    /// Spans read at once.
    pub page_spans: i64,
    /// Spans written.
    pub sent: i64,
    /// What is to be written next.
    pub next: Part,
}

/// The parts of the body, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// What comes before the first span.
    Opening,
    /// Spans, a page at a time.
    Spans,
    /// What is known of the trace as a whole.
    Totals,
    /// Nothing.
    End,
}

impl Reader {
    /// The next part, until there is none.
    pub async fn step(mut self) -> anyhow::Result<Option<(Bytes, Self)>> {
        let text = match self.next {
            Part::Opening => {
                self.next = Part::Spans;
                self.format.opening(self.trace_id)
            }
            Part::Spans => self.page().await?,
            Part::Totals => {
                self.next = Part::End;
                self.totals().await?
            }
            Part::End => return Ok(None),
        };
        Ok(Some((text.into(), self)))
    }

    async fn page(&mut self) -> anyhow::Result<Vec<u8>> {
        let reader = tenant::reader(&self.caller);
        let spans = store::spans::of_trace_for(&self.db, reader, self.kept, self.sent, self.page_spans).await?;
        if (spans.len() as i64) < self.page_spans {
            self.next = Part::Totals;
        }
        let text = self.format.spans(self.trace_id, &spans, self.sent == 0)?;
        self.sent += spans.len() as i64;
        Ok(text)
    }

    /// Read after the spans, so that what arrived in between shows as a difference instead of hiding.
    async fn totals(&mut self) -> anyhow::Result<Vec<u8>> {
        let head = store::traces::head_for(&self.db, tenant::reader(&self.caller), self.kept).await?;
        let head = head.ok_or_else(|| anyhow::anyhow!("trace {} was removed while it was read", self.trace_id))?;
        let over = limit::over(&self.db, tenant::reader(&self.caller), self.kept, self.limit).await?;
        let avoidable = match self.format {
            Format::Native => self.layouts.clone().avoidable(tenant::reader(&self.caller), self.kept).await?,
            // Others have no word for it.
            Format::Otlp | Format::Jaeger(_) => Avoidable::default(),
        };
        let mut totals = Totals::new(&head, self.sent, over, avoidable);
        if head != self.before {
            totals.partial.push(CHANGED.to_owned());
        }
        Ok(self.format.closing(&totals)?)
    }
}
