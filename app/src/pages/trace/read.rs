//! Reads a trace and what a page shows of it first.

use std::collections::HashMap;

use model::space::Within;
use model::time::UnixNanos;
use model::trace::waste::Avoidable;
use model::trace::waterfall::{EventMark, Folds, Found, Layout, Overview, Row, RowKey, RowWindow, Times, Waterfall};
use model::trace::{Revision, TraceHead};
use model::{Span, SpanId, TraceId, UsdSum};
use serde::{Deserialize, Serialize};
use store::Db;

use super::content::{self, Content};
use super::matches::{LISTED_MAX, Match};
use super::steps::Steps;
use super::{limit, look};
use crate::colour::{Kind, Palette, SLOTS};
use crate::context;
use crate::error::ApiError;
use crate::islands::waterfall::limit::crossed_by;
use crate::islands::waterfall::links::TraceUrl;
use crate::islands::waterfall::sheet::{Sheet, SpanPlace};
use crate::islands::waterfall::tab::Tab;

/// Rows in the HTML: two screens of a large display, about 100 kB.
const FIRST_ROWS: usize = 60;

/// Rows shown above the opened span, so that it is seen where it stands.
const ROWS_ABOVE_SPAN: usize = 12;

/// Rows one request may ask for: several screens, about 20 kB.
const ROWS_MAX: usize = 400;

/// Reasons told of spans that were refused: what a client does wrong, it does wrong in one way.
const REASONS_MAX: i64 = 3;

/// Events marked on one bar: more would hide it.
const MARKS_PER_SPAN_MAX: usize = 40;

/// A trace, ready to draw.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TraceView {
    /// The line it has in lists, and what is known beside its spans.
    pub head: TraceHead,
    /// What is said of the whole.
    pub overview: Overview,
    /// What the waterfall is drawn from.
    pub sheet: Sheet,
    /// What of its money was avoidable.
    pub avoidable_cost: UsdSum,
    /// The list of it, where it is asked for.
    pub avoidable: Option<Avoidable>,
    /// Spans to go to from the opened one.
    pub steps: Steps,
    /// The first of what was found.
    pub matches: Vec<Match>,
    /// What was refused of it, as a list of reasons with spans.
    pub refused: Vec<(String, u64)>,
}

impl TraceView {
    /// Colours of its services.
    pub fn palette(&self) -> Palette {
        Palette::assign(Kind::Service, self.sheet.services.iter().map(String::as_str))
    }

    /// Where a span stands in the trace, as far as its row is among the first ones.
    pub fn place_of(&self, span: &Span) -> SpanPlace {
        let row = self.sheet.window.rows.iter().find(|row| row.span_id() == Some(span.span_id));
        let slot = self.palette().slot(&span.service);
        SpanPlace {
            over: crossed_by(&self.sheet, span.span_id),
            ..SpanPlace::of(row, slot, self.sheet.extent, self.sheet.own_cost)
        }
    }
}

/// What there is at the address of a trace.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Answer {
    /// The trace, and what the chosen view shows of it.
    Trace(Box<TraceView>, Content),
    /// Several tenants have sent its id: where each of the traces is.
    Several(Vec<Within>),
}

pub(super) fn no_trace() -> ApiError {
    ApiError::NotFound("trace".to_owned())
}

/// The id a trace is kept under.
pub(super) async fn kept(db: &Db, trace_id: TraceId, within: &Within) -> Result<TraceId, ApiError> {
    let found = store::spaces::find_within(db, trace_id, within).await?;
    found.first().map(|found| found.kept).ok_or_else(no_trace)
}

/// Everything the page shows first: the window is around the opened span if there is one, else from where the URL says.
pub async fn trace(trace_id: TraceId, url: &TraceUrl) -> Result<Answer, ApiError> {
    let services = context::services()?;
    let db = services.pools.readers.get();
    let found = store::spaces::find_within(&db, trace_id, &url.within).await?;
    let kept = match found.as_slice() {
        [] => return Err(no_trace()),
        [one] => one.kept,
        several => return Ok(Answer::Several(several.iter().map(store::spaces::Found::within).collect())),
    };
    let head = store::traces::head(&db, kept).await?.ok_or_else(no_trace)?;
    let layout = services.layouts.with(kept, None, url.look.times).await?.ok_or_else(no_trace)?;
    let waterfall = &layout.waterfall;
    let found = match &url.look.find {
        Some(find) => Some(look::found(&db, kept, &layout, find).await?),
        None => None,
    };
    // What is opened is shown, else the first that was found.
    let first_found = || found.as_ref().and_then(|found| found.as_ref().ok()?.rows.first().copied());
    let opened = url.span.and_then(|span| waterfall.index_of(span));
    let shown = opened.or_else(first_found);
    let folds = look::folds(&layout, url, shown.as_slice());
    let first = first_place(waterfall, &folds, shown, url.at);
    let visible = folds.visible_rows(waterfall.len());
    let rows = match url.tab {
        Tab::Waterfall => waterfall.rows((first..visible.min(first + FIRST_ROWS)).map(|place| folds.index_at(place))),
        // The drawer needs the row of its span on every view.
        _ => waterfall.rows(opened),
    };
    let window = window(&db, kept, &layout, rows).await?;
    let mut view = view(head, &layout, folds, first, window);
    view.avoidable = url.waste.then(|| waterfall.avoidable());
    view.refused = refused(&db, trace_id).await;
    view.steps = Steps::from(&layout, opened);
    view.sheet.over = limit::read(&db, kept, &layout, trace_id, url).await?;
    view.sheet.spent_within = look::spent_within(&layout, url);
    view.matches = found.iter().flatten().flat_map(|found| matches(waterfall, found)).collect();
    view.sheet.shown_row = shown;
    view.sheet.found = found;
    let content = content::read(&db, trace_id, kept, &layout, url).await?;
    Ok(Answer::Trace(Box::new(view), content))
}

/// What was refused of a trace; the page comes also when that cannot be read.
async fn refused(db: &Db, trace_id: TraceId) -> Vec<(String, u64)> {
    store::rejected::of_trace(db, trace_id, REASONS_MAX).await.unwrap_or_else(|error| {
        tracing::warn!(%error, "what was refused of a trace could not be read");
        Vec::new()
    })
}

fn matches(waterfall: &Waterfall, found: &Found) -> Vec<Match> {
    let line = |&row: &usize| {
        let (key, name, service, offset_ns) = waterfall.line_of(row)?;
        let RowKey::Span(span_id) = key else { return None };
        Some(Match { span_id, name: name.to_owned(), service: service.to_owned(), offset_ns })
    };
    found.rows.iter().take(LISTED_MAX).filter_map(line).collect()
}

/// Rows by index, for a browser that scrolls: in the state its page was made from, if that is still at hand.
pub async fn rows(
    trace_id: TraceId,
    within: &Within,
    times: Times,
    seen: Revision,
    runs: &[(usize, usize)],
) -> Result<RowWindow, ApiError> {
    let services = context::services()?;
    let db = services.pools.readers.get();
    let kept = kept(&db, trace_id, within).await?;
    let layout = services.layouts.with(kept, Some(seen), times).await?.ok_or_else(no_trace)?;
    if layout.revision != seen {
        // The same indices are other rows by now.
        return Ok(RowWindow { revision: layout.revision, ..RowWindow::default() });
    }
    let indices = runs.iter().flat_map(|&(first, count)| first..first.saturating_add(count)).take(ROWS_MAX);
    window(&db, kept, &layout, layout.waterfall.rows(indices)).await
}

/// Rows with the events on their bars.
async fn window(db: &Db, kept: TraceId, layout: &Layout, rows: Vec<Row>) -> Result<RowWindow, ApiError> {
    let span_ids: Vec<SpanId> = rows.iter().filter_map(Row::span_id).collect();
    let happened = store::spans::events(db, kept, &span_ids).await?;
    let start_ns = layout.waterfall.extent().start_ns;
    // A clock that is behind told the times of its events too.
    let shifted: HashMap<SpanId, i64> =
        rows.iter().filter_map(|row| Some((row.span_id()?, row.shifted_ns()))).collect();
    let start_of = |span_id: SpanId| start_ns.saturating_sub(shifted.get(&span_id).copied().unwrap_or(0));
    let events = happened.into_iter().map(|(span_id, events)| (span_id, marks_of(events, start_of(span_id)))).collect();
    let wasted = layout.waterfall.waste_marks(&rows);
    Ok(RowWindow { revision: layout.revision, rows, events, wasted })
}

fn view(head: TraceHead, layout: &Layout, folds: Folds, first: usize, window: RowWindow) -> TraceView {
    let overview = layout.overview.clone();
    let has_cost = head.summary.cost.is_some();
    let sheet = Sheet {
        trace_id: head.summary.trace_id,
        extent: layout.waterfall.extent(),
        services: overview.services.iter().take(usize::from(SLOTS)).cloned().collect(),
        spans: head.summary.spans,
        laid_out: layout.waterfall.spans(),
        unpriced: if has_cost { head.summary.unpriced_spans } else { 0 },
        rows_total: layout.waterfall.len(),
        folds,
        first,
        window,
        model_calls: overview.model_calls,
        failed_rows: overview.failed_rows.clone(),
        critical_rows: overview.critical_rows.clone(),
        dearest_row: overview.dearest_row,
        gutter: overview.gutter.clone(),
        tab: overview.tab.clone(),
        spent_within: None,
        found: None,
        shown_row: None,
        own_cost: overview.own_cost,
        drift: overview.drift,
        over: None,
    };
    let avoidable_cost = layout.waterfall.avoidable_cost();
    let (matches, steps, refused) = (Vec::new(), Steps::default(), Vec::new());
    TraceView { head, overview, sheet, avoidable_cost, avoidable: None, matches, steps, refused }
}

/// Where the window begins: where the URL says, else a little above what is to be shown, always with rows in it.
fn first_place(waterfall: &Waterfall, folds: &Folds, shown: Option<usize>, at: usize) -> usize {
    let visible = folds.visible_rows(waterfall.len());
    let wanted = match shown.map(|index| folds.place_of(index)) {
        Some(place) if at == 0 && place >= FIRST_ROWS => place.saturating_sub(ROWS_ABOVE_SPAN),
        _ => at,
    };
    wanted.min(visible.saturating_sub(FIRST_ROWS))
}

fn marks_of(events: Vec<(UnixNanos, String)>, start_ns: i64) -> Vec<EventMark> {
    let mark = |(time, name): (UnixNanos, String)| EventMark {
        offset_ns: time.0.saturating_sub(start_ns),
        is_exception: name == "exception",
        name,
    };
    events.into_iter().take(MARKS_PER_SPAN_MAX).map(mark).collect()
}
