//! A query about what is only in the payloads of spans: they are read one after the other, as far as rows do not tell.

use std::collections::{BTreeMap, HashSet};

use model::alert::query::spans::{Amount, Bound, By, Condition, Figure, SpanQuery, Subject, facet_name};
use model::attribute::Value;
use model::cost::Facet;
use model::span::Status;
use sqlx::{FromRow, PgPool};
use uuid::Uuid;

use super::statement::{Statement, Window, column};
use super::sum::{Amounts, Sum};
use super::{Group, Row, Rows};
use crate::payload::{self, Sayings};
use crate::{StoreError, names};

/// Most spans that are read for one answer: each is unpacked, and what is kept of them takes some tens of megabytes.
const SPANS_MAX: usize = 500_000;

/// Spans fetched at a time: payloads may be large.
const SPANS_PER_FETCH: &str = "fetch 250 from asked_span";

#[derive(FromRow)]
struct Found {
    slice: i64,
    keys: Vec<Option<String>>,
    trace_id: Uuid,
    status: i16,
    #[sqlx(flatten)]
    amounts: Amounts,
    payload: Vec<u8>,
}

/// What is known of the spans of a group.
#[derive(Default)]
struct Cell {
    sum: Sum,
    traces: HashSet<Uuid>,
    durations: Vec<i64>,
}

type Key = (i64, Vec<Option<String>>, Option<Uuid>);

/// Groups by what spans say.
pub(super) async fn groups(
    db: &PgPool,
    query: &SpanQuery,
    bound: Option<Bound>,
    window: Window,
    rows_max: usize,
) -> Result<Rows, StoreError> {
    let mut snapshot = db.begin().await?;
    // All of it is read: what comes fastest first does not matter.
    sqlx::query("set local cursor_tuple_fraction = 1").execute(&mut *snapshot).await?;
    let mut statement = Statement::new(query, window);
    statement.push_cursor();
    statement.sql.build().execute(&mut *snapshot).await?;
    let mut cells: BTreeMap<Key, Cell> = BTreeMap::new();
    let mut seen = 0;
    loop {
        let rows: Vec<Found> = sqlx::query_as(SPANS_PER_FETCH).fetch_all(&mut *snapshot).await?;
        if rows.is_empty() {
            break;
        }
        seen += rows.len();
        if seen > SPANS_MAX {
            return Err(StoreError::TooManySpans { spans_max: SPANS_MAX });
        }
        let mut unpacker = payload::unpacker(&mut snapshot, rows.iter().map(|row| row.payload.as_slice())).await?;
        for row in rows {
            let said = payload::sayings(&row.payload, &mut unpacker)?;
            if query.conditions.iter().all(|condition| meets(condition, &said)) {
                let keys = keys(query, &row, &said);
                let trace = (query.by == By::Trace).then_some(row.trace_id);
                cells.entry((row.slice, keys, trace)).or_default().add(query.figure, &row);
            }
        }
    }
    if cells.is_empty() && query.by == By::All && matches!(window, Window::Arrived(_)) {
        cells.insert((0, Vec::new(), None), Cell::default());
    }
    Ok(worst(cells, query.figure, bound, rows_max))
}

/// The groups beyond the bound, worst first.
fn worst(cells: BTreeMap<Key, Cell>, figure: Figure, bound: Option<Bound>, rows_max: usize) -> Rows {
    let row = |((slice, keys, _), cell): (Key, Cell)| {
        let value = cell.value(figure).filter(|value| bound.is_none_or(|bound| bound.holds(*value)))?;
        Some(Row { slice, group: Group { keys, value } })
    };
    let mut rows: Vec<Row> = cells.into_iter().filter_map(row).collect();
    let is_small = bound.is_some_and(Bound::looks_for_small);
    // The order of what is the same stays that of slices and keys.
    rows.sort_by_key(|row| if is_small { row.group.value } else { -row.group.value });
    let beyond = i64::try_from(rows.len().saturating_sub(rows_max)).unwrap_or(i64::MAX);
    rows.truncate(rows_max);
    Rows { rows, beyond }
}

impl Statement<'_> {
    /// Opens a cursor over the spans that meet what rows know, with what they say.
    fn push_cursor(&mut self) {
        self.sql.push("declare asked_span no scroll cursor for select ");
        self.push_slice();
        self.sql.push(" as slice, ");
        self.push_key_names();
        self.sql.push(" as keys, s.trace_id, s.status, s.cost_pico as cost, s.duration_ns as duration, ");
        self.sql.push(column(Amount::TokensIn)).push(" as tokens_in, ");
        self.sql.push(column(Amount::TokensOut)).push(" as tokens_out, s.payload");
        self.push_matching();
    }
}

/// What a span has of every key.
fn keys(query: &SpanQuery, row: &Found, said: &Sayings) -> Vec<Option<String>> {
    let key = |(key, known): (&Facet, &Option<String>)| {
        if key.is_said() {
            under(said, facet_name(key)).map(|text| names::fit(&text).into_owned())
        } else {
            known.clone()
        }
    };
    query.by.keys().iter().zip(&row.keys).map(key).collect()
}

/// Whether a span meets a condition; one that rows meet is met.
fn meets(condition: &Condition, said: &Sayings) -> bool {
    match condition {
        Condition::Missing(Subject::Facet(facet)) if facet.is_said() => under(said, facet_name(facet)).is_none(),
        Condition::Is { facet, value, is_equal } if facet.is_said() => {
            under(said, facet_name(facet)).is_some_and(|own| (own == *value) == *is_equal)
        }
        Condition::Number { name, op, limit } => {
            let numbers = under(said, name).and_then(|own| own.parse::<f64>().ok()).zip(limit.parse::<f64>().ok());
            numbers.is_some_and(|(own, limit)| op.holds(&own, &limit))
        }
        _ => true,
    }
}

/// What a span says under a name: itself first, then what it ran on, then a field of the product's own. Empty text is none.
fn under(said: &Sayings, name: &str) -> Option<String> {
    let attribute = said.attributes.get(name).or_else(|| said.resource.get(name));
    let field = || said.fields.iter().find(|(field, _)| *field == name).map(|(_, text)| text.clone());
    attribute.and_then(Value::shown).or_else(field).filter(|text| !text.is_empty())
}

impl Cell {
    fn add(&mut self, figure: Figure, row: &Found) {
        let amount = figure.amount().and_then(|amount| row.amounts.of(amount));
        self.sum.add(row.status == Status::Error.code(), amount);
        match figure {
            Figure::Traces => {
                self.traces.insert(row.trace_id);
            }
            Figure::Percentile(_) => self.durations.push(row.amounts.duration),
            _ => {}
        }
    }

    /// The figure, as PostgreSQL would have worked it out; `None` where nothing says it.
    fn value(mut self, figure: Figure) -> Option<i128> {
        match figure {
            Figure::Traces => i128::try_from(self.traces.len()).ok(),
            Figure::Percentile(percent) => {
                self.durations.sort_unstable();
                let place = (self.durations.len() * usize::from(percent)).div_ceil(100).max(1) - 1;
                self.durations.get(place).copied().map(i128::from)
            }
            _ => self.sum.value(figure),
        }
    }
}
