//! What the list of traces asks of the server.

use model::TraceId;
use model::time::{TimeRange, UnixNanos};
use model::trace::filter::Cursor;
use model::trace::{Facets, TraceSummary, TraceTotals};
use model::usd::Usd;
use serde::{Deserialize, Serialize};

use crate::colour::{Kind, Palette};
use crate::error::ApiError;
use crate::url_state::trace_href;

/// Lines of one page: three screens on a laptop, about 100 kB of HTML.
const LINES_MAX: u32 = 50;

/// Hex digits from which a text is taken for the beginning of a trace id: fewer would match too many to mean one.
const PREFIX_DIGITS_MIN: usize = 4;

/// A page of the list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Listing {
    /// The range asked for, as moments.
    pub range: TimeRange,
    /// The lines.
    pub lines: Vec<TraceSummary>,
    /// The traces in the picture: the dearest of the whole range, as many as can be told apart.
    pub dots: Vec<Dot>,
    /// Where the next page begins; `None` on the last.
    pub next: Option<Cursor>,
    /// Sums over everything that matches.
    pub totals: TraceTotals,
    /// What could be narrowed to.
    pub facets: Facets,
    /// The beginning of a trace id that was looked for and not found.
    pub missed: Option<String>,
}

/// The colours of a page of the list.
#[derive(Debug, Clone)]
pub struct Colours {
    /// Of tenants: the busiest keep theirs.
    pub tenants: Palette,
    /// Of services: those that begin most traces keep theirs.
    pub services: Palette,
}

impl Listing {
    /// The colours of everything that is listed.
    pub fn colours(&self) -> Colours {
        let owners = self.lines.iter().filter_map(|trace| trace.tenant.as_deref());
        let tenants = self.facets.tenants.iter().filter_map(|(tenant, _)| tenant.as_deref());
        let bars = self.lines.iter().flat_map(|trace| trace.shape.iter().map(|bar| bar.service.as_str()));
        let roots = self.lines.iter().filter_map(|trace| trace.root_service.as_deref());
        let services = self.facets.services.iter().map(|(service, _)| service.as_str());
        Colours {
            tenants: Palette::assign(Kind::Tenant, tenants.chain(owners)),
            services: Palette::assign(Kind::Service, services.chain(roots).chain(bars)),
        }
    }
}

/// One trace in the picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dot {
    /// Which.
    pub trace_id: TraceId,
    /// Its page.
    pub href: String,
    /// Its start.
    pub start: UnixNanos,
    /// Its duration in nanoseconds.
    pub duration_ns: i64,
    /// Its cost; `None` is unknown.
    pub cost: Option<Usd>,
    /// It has a failed span.
    pub failed: bool,
}

/// The traces that the query string asks for; with `jump` a trace id or its beginning, that trace's page instead.
pub async fn load_traces(query: Vec<(String, String)>) -> Result<Listing, ApiError> {
    use crate::context;
    use model::trace::filter::{Order, PAGE_TRACES_MAX, TraceFilter};

    let db = context::db()?;
    let jump = query.iter().find(|(key, value)| key == "jump" && !value.trim().is_empty());
    let jump = jump.map(|(_, value)| value.trim().to_ascii_lowercase());
    let prefix = jump.clone().filter(|text| is_id_prefix(text));
    let mut missed = None;
    if let Some(prefix) = prefix {
        match store::spaces::find_by_prefix(&db, &prefix).await? {
            // Others may have sent the same id: the page offers a choice then.
            Some(found) if prefix.len() == 32 => leptos_axum::redirect(&trace_href(found.trace_id, None)),
            Some(found) => leptos_axum::redirect(&trace_href(found.trace_id, found.own_space_of.as_deref())),
            None => missed = Some(prefix),
        }
    }
    // Text that is no id is a search in the list.
    let searched = jump.filter(|text| !is_id_prefix(text)).map(|text| ("q".to_owned(), text));
    let mut filter = TraceFilter::from_query(query.into_iter().chain(searched), context::now()?)
        .map_err(|error| ApiError::Invalid(error.to_string()))?;
    filter.limit = LINES_MAX;
    let page = store::traces::list(&db, &filter).await?;
    let dearest = TraceFilter { order: Order::Cost, cursor: None, limit: PAGE_TRACES_MAX, ..filter };
    let dots = store::traces::lines(&db, &dearest).await?.iter().map(dot).collect();
    Ok(Listing {
        range: dearest.range,
        lines: page.traces,
        dots,
        next: page.next,
        totals: page.totals,
        facets: page.facets,
        missed,
    })
}

fn is_id_prefix(text: &str) -> bool {
    (PREFIX_DIGITS_MIN..=32).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn dot(line: &TraceSummary) -> Dot {
    Dot {
        trace_id: line.trace_id,
        href: trace_href(line.trace_id, line.own_space_of()),
        start: line.start,
        duration_ns: line.duration_ns,
        cost: line.cost,
        failed: line.errors > 0,
    }
}
