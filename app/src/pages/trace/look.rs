//! What a view asks of the whole trace: what is hidden, what was found, what was spent in the part of its time that is shown.

use std::collections::HashMap;

use model::trace::find::Find;
use model::trace::waterfall::{Candidate, Folds, Found, Layout, Looked};
use model::trace::{Revision, waterfall::Zoom};
use model::{SpanId, TraceId, UsdSum};
use store::Db;

use super::read::{kept, no_trace};
use crate::context;
use crate::error::ApiError;
use crate::islands::waterfall::api::{View, Wanted};
use crate::islands::waterfall::links::TraceUrl;

/// Spans read at a time: payloads may be large.
const SPANS_PER_READ: usize = 200;

/// Spans whose attributes one find reads: about a second's work.
const SPANS_READ_MAX: usize = 50_000;

/// Bytes of attributes one find reads, as they are kept: large prompts make it stop before so many spans.
const BYTES_READ_MAX: usize = 64 << 20;

/// What is hidden in a view, but for the rows in `shown` and those above them.
pub fn folds(layout: &Layout, url: &TraceUrl, shown: &[usize]) -> Folds {
    let waterfall = &layout.waterfall;
    let folds = waterfall.folds(url.folds.base, &url.folds.branches, &url.folds.folded, &url.folds.opened);
    let mut folds = folds.leaving_out(waterfall.lighter_than(url.look.least, shown));
    shown.iter().for_each(|&row| folds.reveal(row));
    folds
}

/// What a find comes to; the inner error says what is wrong with it.
pub async fn found(db: &Db, kept: TraceId, layout: &Layout, find: &str) -> Result<Result<Found, String>, ApiError> {
    let find: Find = match find.parse() {
        Ok(find) => find,
        Err(error) => return Ok(Err(error.to_string())),
    };
    let mut finding = layout.waterfall.find(&find);
    let open = std::mem::take(&mut finding.open);
    let (meant, read) = meant(db, kept, &find, &open).await?;
    let looked = (read < open.len()).then_some(Looked { spans: read, of: open.len() });
    Ok(Ok(layout.waterfall.found(finding, &find, &meant, looked)))
}

/// The rows of those candidates whose spans say what is looked for, and how many were read, from the top.
async fn meant(db: &Db, kept: TraceId, find: &Find, open: &[Candidate]) -> Result<(Vec<usize>, usize), ApiError> {
    let (mut meant, mut spans, mut bytes) = (Vec::new(), 0, 0);
    for some in open.chunks(SPANS_PER_READ) {
        if spans + some.len() > SPANS_READ_MAX || bytes > BYTES_READ_MAX {
            break;
        }
        let ids: Vec<SpanId> = some.iter().map(|candidate| candidate.span_id).collect();
        // Two spans may have one id, and then what either says is said by both.
        let mut by_id: HashMap<SpanId, Vec<&Candidate>> = HashMap::new();
        some.iter().for_each(|candidate| by_id.entry(candidate.span_id).or_default().push(candidate));
        let mut rows = Vec::new();
        bytes += store::spans::said_by(db, kept, &ids, |span_id, said| {
            let candidates = by_id.get(&span_id).into_iter().flatten();
            rows.extend(candidates.filter(|candidate| find.meets(candidate.open, said)).map(|candidate| candidate.row));
        })
        .await?;
        rows.sort_unstable();
        rows.dedup();
        meant.append(&mut rows);
        spans += some.len();
    }
    Ok((meant, spans))
}

/// What was spent in the part of the time that is shown; `None` when that is all of it.
pub fn spent_within(layout: &Layout, url: &TraceUrl) -> Option<UsdSum> {
    let extent = layout.waterfall.extent();
    let zoom: Zoom = url.look.zoom_of(extent);
    (!zoom.is_whole(extent)).then(|| layout.waterfall.cost_within(zoom))
}

/// What a browser asks for when its address changes: in the state its page was made from, if that is still at hand.
pub async fn view(trace_id: TraceId, seen: Revision, url: &TraceUrl, wanted: Wanted) -> Result<View, ApiError> {
    let services = context::services()?;
    let db = services.pools.readers.get();
    let kept = kept(&db, trace_id, &url.within).await?;
    let layout = services.layouts.with(kept, Some(seen), url.look.times).await?.ok_or_else(no_trace)?;
    let mut view = View { revision: layout.revision, ..View::default() };
    if layout.revision != seen {
        // The same indices are other rows by now.
        return Ok(view);
    }
    let opened = url.span.and_then(|span| layout.waterfall.index_of(span));
    view.folds = wanted.folds.then(|| folds(&layout, url, opened.as_slice()));
    view.cost = if wanted.cost { spent_within(&layout, url) } else { None };
    if let Some(find) = url.look.find.as_deref().filter(|_| wanted.found) {
        view.found = Some(found(&db, kept, &layout, find).await?);
    }
    Ok(view)
}
