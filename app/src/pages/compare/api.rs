//! What the comparison asks of the server.

use model::time::TimeRange;
use model::trace::compare::{self, Comparison, Row, Sums};
use model::trace::filter::{Order, PAGE_TRACES_MAX, TraceFilter};
use model::trace::{TraceHead, TraceSummary};
use model::{TraceId, UsdSum};
use serde::{Deserialize, Serialize};
use store::Db;

use super::url::{CompareUrl, Sorted, TraceRef};
use crate::context;
use crate::error::ApiError;

/// Rows of one page: about 120 kB of HTML.
pub const ROWS_PER_PAGE: usize = 200;

/// Rows named as what made the difference.
const DRIVERS_MAX: usize = 6;

/// How far back traces are looked for that may be compared with, in seconds: a week.
const CHOICE_SECONDS: i64 = 7 * 86_400;

/// What there is at the address.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Answer {
    /// Two traces are not named yet.
    Choose(Box<Choice>),
    /// Two traces.
    Compared(Box<Compared>),
}

/// A trace, and others that it may be compared with.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Choice {
    /// The first trace, if there is one.
    pub first: Option<TraceSummary>,
    /// Those that began with the same operation in the last week, newest first, at most [`PAGE_TRACES_MAX`] of them.
    pub others: Vec<TraceSummary>,
    /// What was wrong with the traces that were named.
    pub complaint: Option<String>,
}

/// Two traces, and a page of what is the same and different in them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Compared {
    /// How the address names them.
    pub refs: [TraceRef; 2],
    /// The line each has in lists.
    pub summaries: [TraceSummary; 2],
    /// What each adds up to.
    pub totals: [Sums; 2],
    /// The rows that made most of the difference, those first that made more of it.
    pub drivers: Vec<Row>,
    /// What all others made of it, and how many they are.
    pub others: (UsdSum, usize),
    /// The rows of this page.
    pub rows: Vec<Row>,
    /// All rows.
    pub rows_total: usize,
    /// Spans that have no row.
    pub rest: [Sums; 2],
}

/// Two traces that are named, else others to choose from.
pub async fn load(url: CompareUrl) -> Result<Answer, ApiError> {
    let db = context::db()?;
    let mut refs = Vec::new();
    for text in url.traces.iter().take(2) {
        match text.parse::<TraceRef>() {
            Ok(named) => refs.push(named),
            Err(error) => {
                let complaint = format!("“{text}” is not a trace id: {error}.");
                return choose(&db, refs.first(), Some(complaint)).await;
            }
        }
    }
    if url.traces.len() > 2 {
        let complaint = "More than two traces were chosen: two can be compared at a time.".to_owned();
        return choose(&db, refs.first(), Some(complaint)).await;
    }
    let [first, second] = refs.as_slice() else { return choose(&db, refs.first(), None).await };
    let (a, b) = (read(&db, first).await?, read(&db, second).await?);
    let layouts = context::services()?.layouts;
    let (laid_a, laid_b) = (layouts.clone().of(a.0, None).await?, layouts.clone().of(b.0, None).await?);
    let (Some(laid_a), Some(laid_b)) = (laid_a, laid_b) else { return Err(ApiError::NotFound("trace".to_owned())) };
    let comparison = layouts.compare(laid_a, laid_b).await?;
    Ok(Answer::Compared(Box::new(page(&url, [first.clone(), second.clone()], [a.1.summary, b.1.summary], comparison))))
}

/// The id a trace is kept under, and what is known of it.
async fn read(db: &Db, named: &TraceRef) -> Result<(TraceId, TraceHead), ApiError> {
    let found = store::spaces::find_within(db, named.trace_id, &named.within).await?;
    let nothing = || ApiError::NotFound(format!("trace {}", named.trace_id));
    let kept = match found.as_slice() {
        [] => return Err(nothing()),
        [one] => one.kept,
        _ => {
            let words = "Several tenants have sent a trace with this id. Say which one is meant with its id, a tilde and the \
                         name of the tenant";
            return Err(ApiError::Invalid(format!("{words}: {}~tenant.", named.trace_id)));
        }
    };
    let head = store::traces::head(db, kept).await?.ok_or_else(nothing)?;
    Ok((kept, head))
}

fn page(url: &CompareUrl, refs: [TraceRef; 2], summaries: [TraceSummary; 2], all: Comparison) -> Compared {
    let compare::Drivers { rows: drivers, others, others_count } = all.drivers(DRIVERS_MAX);
    let at = url.at.min(all.rows.len().saturating_sub(1));
    let places: Vec<usize> = match url.sorted {
        Sorted::Tree => (at..all.rows.len()).take(ROWS_PER_PAGE).collect(),
        Sorted::Delta => all.by_delta().into_iter().skip(at).take(ROWS_PER_PAGE).collect(),
    };
    let rows = |places: &[usize]| places.iter().map(|&place| all.rows[place].clone()).collect::<Vec<Row>>();
    Compared {
        refs,
        summaries,
        totals: all.totals,
        drivers: rows(&drivers),
        others: (others, others_count),
        rows: rows(&places),
        rows_total: all.rows.len(),
        rest: all.rest,
    }
}

async fn choose(db: &Db, first: Option<&TraceRef>, complaint: Option<String>) -> Result<Answer, ApiError> {
    let Some(first) = first else {
        return Ok(Answer::Choose(Box::new(Choice { complaint, ..Choice::default() })));
    };
    let (_, head) = read(db, first).await?;
    let first = head.summary;
    let others = similar(db, &first).await?;
    Ok(Answer::Choose(Box::new(Choice { first: Some(first), others, complaint })))
}

/// Traces of the last week that began with the same operation.
async fn similar(db: &Db, first: &TraceSummary) -> Result<Vec<TraceSummary>, ApiError> {
    let (Some(service), Some(operation)) = (&first.root_service, &first.root_operation) else { return Ok(Vec::new()) };
    let range = TimeRange::last_seconds(CHOICE_SECONDS, context::now()?);
    let filter = TraceFilter {
        services: vec![service.clone()],
        operation: Some(operation.clone()),
        order: Order::Start,
        limit: PAGE_TRACES_MAX,
        ..TraceFilter::all(range)
    };
    let mut others = store::traces::lines(db, &filter).await?;
    let is_alike =
        |other: &TraceSummary| other.root_service == first.root_service && other.root_operation == first.root_operation;
    others.retain(|other| is_alike(other) && (other.trace_id, other.space) != (first.trace_id, first.space));
    Ok(others)
}
