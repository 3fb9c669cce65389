//! Reads the opened span and what is told around it.

use model::cost::Verdict;
use model::owner::NamedAbove;
use model::ruling::{self, Named, Override};
use model::space::Within;
use model::trace::history::{History, REACH};
use model::trace::linking::Linking;
use model::trace::waste::Mark;
use model::trace::waterfall::Neighbours;
use model::{Span, SpanId, TraceId};
use serde::{Deserialize, Serialize};
use store::Db;

use super::read::kept;
use crate::context;
use crate::error::ApiError;

/// One span with everything its client said, and who named the owners it inherits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Opened {
    /// The span.
    pub span: Span,
    /// Operations above it.
    pub above: NamedAbove,
    /// The override behind its verdict.
    pub ruled: Option<Override>,
    /// What stands around it; `None` when it is not among the spans laid out.
    pub around: Option<Neighbours>,
    /// How it compares with earlier spans of its operation; `None` when there are too few.
    pub history: Option<History>,
    /// The span that counts in its place, and its operation, when another one tells the same answer.
    pub counted: Option<(SpanId, String)>,
    /// Why its own cost was avoidable.
    pub wasted: Option<Mark>,
    /// How long after its end it came, when that was late.
    pub late_ns: Option<i64>,
    /// Spans elsewhere that refer to it.
    pub linking: Linking,
}

/// Reads a span to be opened.
pub async fn span(trace_id: TraceId, within: &Within, span_id: SpanId) -> Result<Opened, ApiError> {
    let services = context::services()?;
    let db = services.pools.readers.get();
    let kept = kept(&db, trace_id, within).await?;
    let span = store::spans::one(&db, kept, span_id).await?;
    let span = span.ok_or_else(|| ApiError::NotFound("span".to_owned()))?;
    let known = span.known;
    let above = if known.tenant.inherited || known.user.inherited || known.capability.inherited {
        store::spans::named_above(&db, kept, span_id).await?
    } else {
        NamedAbove::default()
    };
    let ruled = match span.cost.said() {
        Some(_) => ruled(&db, &span).await?,
        None => None,
    };
    let counted = match span.cost.verdict {
        Verdict::ToldTwice => store::spans::counted_elsewhere(&db, kept, &span).await?,
        _ => None,
    };
    let layout = services.layouts.of(kept, None).await?;
    let around = layout.as_ref().and_then(|layout| layout.waterfall.neighbours(span_id));
    let wasted = layout.as_ref().and_then(|layout| layout.waterfall.waste_mark(span_id));
    let late_ns = layout.and_then(|layout| layout.waterfall.late_ns(span_id));
    let linking = linking(&db, trace_id, kept, span_id).await;
    let history = history(&db, kept, &span).await;
    Ok(Opened { span: Span { trace_id, ..span }, above, ruled, around, history, counted, wasted, late_ns, linking })
}

/// How the span compares with earlier ones. Nobody waits for a page of it because that could not be read.
async fn history(db: &Db, kept: TraceId, span: &Span) -> Option<History> {
    store::spans::history::of(db, kept, span, REACH).await.unwrap_or_else(|error| {
        tracing::warn!(%error, "the history of an operation could not be read");
        None
    })
}

/// What somebody has said about the cost of a span.
async fn ruled(db: &Db, span: &Span) -> Result<Option<Override>, ApiError> {
    /// All there may be in force, and as many that were taken away last.
    const OVERRIDES_READ_MAX: i64 = 2 * ruling::OVERRIDES_MAX as i64;
    let all = store::overrides::list(db, OVERRIDES_READ_MAX).await?;
    let named = Named { service: &span.service, scope: &span.detail.scope_name, operation: &span.name };
    Ok(ruling::behind(&all, named, span.cost.verdict))
}

/// What refers to the span, which nobody waits for a page of it for either.
async fn linking(db: &Db, trace_id: TraceId, kept: TraceId, span_id: SpanId) -> Linking {
    store::spans::linking(db, trace_id, kept, span_id).await.unwrap_or_else(|error| {
        tracing::warn!(%error, "what refers to a span could not be read");
        Linking::default()
    })
}
