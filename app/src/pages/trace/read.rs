//! Reads a trace and lays it out.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use model::owner::NamedAbove;
use model::ruling::{self, Named, Override};
use model::space::Within;
use model::trace::finalise::split;
use model::trace::tree::Origin;
use model::trace::waterfall::{Fold, Folds, MiniBar, Row, RowKind, RunningTab, Waterfall};
use model::trace::{Skeleton, TraceHead};
use model::usd::Usd;
use model::{Span, SpanId, TraceId};
use serde::{Deserialize, Serialize};
use store::Db;

use super::limit;
use crate::colour::{Kind, Palette};
use crate::context;
use crate::error::ApiError;
use crate::islands::waterfall::limit::crossed_by;
use crate::islands::waterfall::links::{FOLD_ALL, FOLDS_IN_URL_MAX, TraceUrl};
use crate::islands::waterfall::sheet::{EventMark, RowWindow, Sheet, SpanPlace};

/// Rows in the HTML: two screens of a large display, about 100 kB.
const FIRST_ROWS: usize = 60;

/// Rows shown above the opened span, so that it is seen where it stands.
const ROWS_ABOVE_SPAN: usize = 12;

/// Rows one request may ask for: about 200 kB.
const ROWS_MAX: usize = 300;

/// Bars of the minimap: it is 46 pixels high, so more than four to a pixel row cannot be told apart.
const MINIMAP_BARS_MAX: usize = 200;

/// Moments of the running tab: one per five pixels of a wide screen.
const TAB_STEPS: usize = 200;

/// Failed rows the keys step through.
const FAILED_ROWS_MAX: usize = 1_000;

/// Spans up to which events are marked on the bars: their detail has to be read and unpacked for it.
const MARKED_SPANS_MAX: usize = 500;

/// Events marked on one bar: more would hide it.
const MARKS_PER_SPAN_MAX: usize = 40;

/// A trace, ready to draw.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TraceView {
    /// The line it has in lists, and what is known beside its spans.
    pub head: TraceHead,
    /// Service and operation of the root; the earliest span stands in for a root that never came.
    pub root: Option<(String, String)>,
    /// Own cost by service, dearest first.
    pub split: Vec<(String, Usd)>,
    /// Bars of the minimap.
    pub minimap: Vec<MiniBar>,
    /// What the trace has cost at each moment.
    pub tab: RunningTab,
    /// Spans whose parent never came.
    pub orphans: usize,
    /// Circles of parents that had to be cut.
    pub cut_circles: usize,
    /// What the waterfall is drawn from.
    pub sheet: Sheet,
}

impl TraceView {
    /// Colours of its services.
    pub fn palette(&self) -> Palette {
        Palette::assign(Kind::Service, self.sheet.services.iter().map(String::as_str))
    }

    /// Where a span stands in the trace, as far as its row is among the first ones.
    pub fn place_of(&self, span: &Span) -> SpanPlace {
        let row = self.sheet.window.rows.iter().find(|row| row.id() == span.span_id);
        let slot = self.palette().slot(&span.service);
        SpanPlace {
            over: crossed_by(&self.sheet, span.span_id),
            ..SpanPlace::of(row, slot, self.sheet.extent, self.sheet.own_cost)
        }
    }
}

/// One span with everything its client said, and who named the owners it inherits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Opened {
    /// The span.
    pub span: Span,
    /// Operations above it.
    pub above: NamedAbove,
    /// The override behind its verdict.
    pub ruled: Option<Override>,
}

/// What there is at the address of a trace.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Answer {
    /// The trace.
    Trace(Box<TraceView>),
    /// Several tenants have sent its id: where each of the traces is.
    Several(Vec<Within>),
}

/// The id a trace is kept under.
async fn kept(db: &Db, trace_id: TraceId, within: &Within) -> Result<TraceId, ApiError> {
    let found = store::spaces::find_within(db, trace_id, within).await?;
    found.first().map(|found| found.kept).ok_or_else(|| ApiError::NotFound("trace".to_owned()))
}

/// Reads a span to be opened.
pub async fn span(trace_id: TraceId, within: &Within, span_id: SpanId) -> Result<Opened, ApiError> {
    let db = context::db()?;
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
    Ok(Opened { span: Span { trace_id, ..span }, above, ruled })
}

/// What somebody has said about the cost of a span.
async fn ruled(db: &Db, span: &Span) -> Result<Option<Override>, ApiError> {
    /// All there may be in force, and as many that were taken away last.
    const OVERRIDES_READ_MAX: i64 = 2 * ruling::OVERRIDES_MAX as i64;
    let all = store::overrides::list(db, OVERRIDES_READ_MAX).await?;
    let named = Named { service: &span.service, scope: &span.detail.scope_name, operation: &span.name };
    Ok(ruling::behind(&all, named, span.cost.verdict))
}

/// Everything the page shows first: the window is around the opened span if there is one, else from where the URL says.
pub async fn trace(trace_id: TraceId, url: &TraceUrl) -> Result<Answer, ApiError> {
    let db = context::db()?;
    let found = store::spaces::find_within(&db, trace_id, &url.within).await?;
    let kept = match found.as_slice() {
        [] => return Err(ApiError::NotFound("trace".to_owned())),
        [one] => one.kept,
        several => return Ok(Answer::Several(several.iter().map(store::spaces::Found::within).collect())),
    };
    let head = store::traces::head(&db, kept).await?.ok_or_else(|| ApiError::NotFound("trace".to_owned()))?;
    let spans = store::spans::skeletons(&db, kept).await?;
    let waterfall = Waterfall::of(&spans);
    let mut folds = folds_named(&waterfall, &url.fold);
    let opened = url.span.and_then(|span| waterfall.index_of(span));
    if let Some(index) = opened {
        folds.reveal(index);
    }
    let first = first_place(&waterfall, &folds, opened, url.at);
    let visible = folds.visible_rows(waterfall.len());
    let indices: Vec<usize> = (first..visible.min(first + FIRST_ROWS)).map(|place| folds.index_at(place)).collect();
    let rows: Vec<Row> = indices.into_iter().flat_map(|index| waterfall.rows(index..index + 1)).collect();
    let events = event_marks(&db, kept, &spans, &rows, waterfall.extent().start_ns).await?;
    let mut view = view(head, &spans, &waterfall, &folds, first, RowWindow { rows, events });
    view.sheet.over = limit::read(&db, kept, trace_id, &spans, url).await?;
    Ok(Answer::Trace(Box::new(view)))
}

/// Rows by index, for a browser that scrolls.
pub async fn rows(trace_id: TraceId, within: &Within, first: usize, count: usize) -> Result<RowWindow, ApiError> {
    let db = context::db()?;
    let kept = kept(&db, trace_id, within).await?;
    let spans = store::spans::skeletons(&db, kept).await?;
    let waterfall = Waterfall::of(&spans);
    let range: Range<usize> = first..first.saturating_add(count.min(ROWS_MAX));
    let rows = waterfall.rows(range);
    let events = event_marks(&db, kept, &spans, &rows, waterfall.extent().start_ns).await?;
    Ok(RowWindow { rows, events })
}

fn view(
    head: TraceHead,
    spans: &[Skeleton],
    waterfall: &Waterfall<'_>,
    folds: &Folds,
    first: usize,
    window: RowWindow,
) -> TraceView {
    let tree = waterfall.tree();
    let root = tree.root().map(|root| &spans[tree.nodes()[root].span]);
    let count = |wanted: fn(&Origin) -> bool| tree.nodes().iter().filter(|node| wanted(&node.origin)).count();
    let split = split(spans);
    let (own_cost, tops_cost) = waterfall.sums();
    let folded = folds.all().iter().flat_map(|fold| waterfall.rows(fold.index..fold.index + 1).into_iter().map(id_of));
    let has_cost = head.summary.cost.is_some();
    let sheet = Sheet {
        trace_id: head.summary.trace_id,
        extent: waterfall.extent(),
        services: services(spans, &split),
        spans: head.summary.spans,
        unpriced: if has_cost { head.summary.unpriced_spans } else { 0 },
        rows_total: waterfall.len(),
        folded: folded.collect(),
        first,
        window,
        failed_rows: waterfall.failed_rows(FAILED_ROWS_MAX),
        dearest_row: waterfall.dearest_row(),
        own_cost,
        drift: own_cost - tops_cost,
        over: None,
    };
    TraceView {
        head,
        root: root.map(|root| (root.service.clone(), root.name.clone())),
        split,
        minimap: waterfall.minimap(MINIMAP_BARS_MAX),
        tab: waterfall.running_tab(TAB_STEPS),
        orphans: count(|origin| matches!(origin, Origin::MissingParent(_))),
        cut_circles: count(|origin| *origin == Origin::CutCircle),
        sheet,
    }
}

fn id_of(row: Row) -> (Fold, SpanId) {
    (Fold { index: row.index, descendants: row.descendants }, row.id())
}

/// The folds a URL asks for; ids that are not in the trace, or no ids at all, fold nothing.
fn folds_named(waterfall: &Waterfall<'_>, fold: &str) -> Folds {
    if fold == FOLD_ALL {
        return waterfall.folds_of_overview();
    }
    let ids: Vec<SpanId> = fold.split('.').take(FOLDS_IN_URL_MAX).filter_map(|id| id.parse().ok()).collect();
    waterfall.folds(&ids)
}

/// Where the window begins: a little above the opened span, else where the URL says, always with rows in it.
fn first_place(waterfall: &Waterfall<'_>, folds: &Folds, opened: Option<usize>, at: usize) -> usize {
    let visible = folds.visible_rows(waterfall.len());
    let wanted = match opened.map(|index| folds.place_of(index)) {
        Some(place) if place >= at.saturating_add(FIRST_ROWS) || place < at => place.saturating_sub(ROWS_ABOVE_SPAN),
        _ => at,
    };
    wanted.min(visible.saturating_sub(FIRST_ROWS))
}

/// Services by cost, then those without a known cost by name.
fn services(spans: &[Skeleton], split: &[(String, Usd)]) -> Vec<String> {
    let mut named: Vec<String> = split.iter().map(|(service, _)| service.clone()).collect();
    let all: BTreeSet<&str> = spans.iter().map(|span| span.service.as_str()).collect();
    let unpriced: Vec<String> =
        all.into_iter().filter(|service| !named.iter().any(|known| known == service)).map(ToOwned::to_owned).collect();
    named.extend(unpriced);
    named
}

/// Events of the spans among `rows`, unless the trace is too large to unpack for it.
async fn event_marks(
    db: &Db,
    kept: TraceId,
    spans: &[Skeleton],
    rows: &[Row],
    start_ns: i64,
) -> Result<Vec<(SpanId, Vec<EventMark>)>, ApiError> {
    if spans.len() > MARKED_SPANS_MAX {
        return Ok(Vec::new());
    }
    let details = store::spans::of_trace(db, kept, 0, MARKED_SPANS_MAX as i64).await?;
    let mut marks: HashMap<SpanId, Vec<EventMark>> = details
        .iter()
        .filter(|span| !span.detail.events.is_empty())
        .map(|span| (span.span_id, marks_of(span, start_ns)))
        .collect();
    let shown = rows.iter().filter_map(|row| match &row.kind {
        RowKind::Span(span) => marks.remove_entry(&span.span_id),
        RowKind::MissingParent(_) => None,
    });
    Ok(shown.collect())
}

fn marks_of(span: &Span, start_ns: i64) -> Vec<EventMark> {
    let mark = |event: &model::span::Event| EventMark {
        offset_ns: event.time.0.saturating_sub(start_ns),
        name: event.name.clone(),
        is_exception: event.name == "exception",
    };
    span.detail.events.iter().take(MARKS_PER_SPAN_MAX).map(mark).collect()
}
