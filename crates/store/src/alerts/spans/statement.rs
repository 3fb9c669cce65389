//! A query about spans as SQL: literals of ours, and everything that was typed as a parameter.

use model::alert::query::spans::{Amount, Bound, By, Condition, Figure, SpanQuery, Subject, facet_name};
use model::cost::{Dimension, Facet};
use model::time::TimeRange;
use sqlx::{FromRow, PgPool, Postgres, QueryBuilder};

use super::{Group, Row, Rows};
use crate::StoreError;
use crate::alerts::observe::{FRESH_SPAN, operator};
use crate::costs::facet;
use crate::numeric::pico;

/// Which spans are looked at.
#[derive(Debug, Clone, Copy)]
pub(super) enum Window {
    /// Those that arrived within, except history.
    Arrived(TimeRange),
    /// Those that began within, in slices of so many seconds.
    Began(TimeRange, i64),
}

/// A statement that is put together.
pub(super) struct Statement<'a> {
    pub(super) sql: QueryBuilder<Postgres>,
    query: &'a SpanQuery,
    window: Window,
}

#[derive(FromRow)]
struct Found {
    slice: i64,
    keys: Vec<Option<String>>,
    value: String,
    places: i64,
}

/// Groups by what rows know.
pub(super) async fn groups(
    db: &PgPool,
    query: &SpanQuery,
    bound: Option<Bound>,
    window: Window,
    rows_max: usize,
) -> Result<Rows, StoreError> {
    let mut statement = Statement::new(query, window);
    statement.push_groups(bound, rows_max);
    let found: Vec<Found> = statement.sql.build_query_as().fetch_all(db).await?;
    let all = found.first().map_or(0, |row| row.places);
    let beyond = all - i64::try_from(found.len()).unwrap_or(i64::MAX);
    let row = |found: Found| {
        let group = Group { keys: found.keys, value: pico(&found.value, "span")? };
        Ok::<Row, StoreError>(Row { slice: found.slice, group })
    };
    Ok(Rows { rows: found.into_iter().map(row).collect::<Result<_, _>>()?, beyond })
}

impl<'a> Statement<'a> {
    pub(super) fn new(query: &'a SpanQuery, window: Window) -> Self {
        Self { sql: QueryBuilder::new(""), query, window }
    }

    /// Slice, keys and figure of every group beyond the bound, worst first, with how many there are in all.
    fn push_groups(&mut self, bound: Option<Bound>, rows_max: usize) {
        self.sql.push("with g as (select ");
        self.push_slice();
        self.sql.push(" as slice");
        let keys = self.query.by.keys();
        for (place, key) in keys.iter().enumerate() {
            self.sql.push(", ").push(span_place(key)).push(" as k").push(place);
        }
        if self.query.by == By::Trace {
            self.sql.push(", s.trace_id");
        }
        self.sql.push(", (").push(value(self.query.figure)).push(")::numeric as value");
        self.push_matching();
        // All spans together are a group also when there are none.
        let is_one = self.query.by == By::All && matches!(self.window, Window::Arrived(_));
        if !is_one {
            let columns = 1 + keys.len() + usize::from(self.query.by == By::Trace);
            let columns: Vec<String> = (1..=columns).map(|column| column.to_string()).collect();
            self.sql.push(" group by ").push(columns.join(", "));
        }
        self.sql.push(") select slice, ");
        let names: Vec<String> = (0..keys.len()).map(|place| format!("nullif(n{place}.name, '')")).collect();
        self.sql.push("array[").push(names.join(", ")).push("]::text[] as keys");
        self.sql.push(", trunc(value)::text as value, count(*) over () as places from g");
        for (place, key) in keys.iter().enumerate() {
            if let Some(dictionary) = dictionary(key) {
                self.sql.push(format!(" left join {dictionary} n{place} on n{place}.id = g.k{place}"));
            }
        }
        // An unknown figure is beyond nothing.
        self.sql.push(" where value is not null");
        if let Some(Bound { op, limit }) = bound {
            self.sql.push(" and trunc(value)").push(operator(op)).push_bind(limit);
        }
        let is_small = bound.is_some_and(Bound::looks_for_small);
        let order = if is_small { "asc" } else { "desc" };
        self.sql.push(" order by g.value ").push(order).push(", keys, slice limit ").push_bind(rows_max as i64);
    }

    /// Traces and names behind one group.
    pub(super) fn push_behind(&mut self, keys: &[Option<String>], evidence_max: usize) {
        self.sql.push(
            "with matching as materialized (select s.trace_id, s.tenant_id, s.service_id, s.operation_id, s.cost_pico, \
             s.duration_ns, s.status, s.verdict, s.tokens_in, s.tokens_out",
        );
        self.push_matching();
        for (key, value) in self.query.by.keys().iter().zip(keys).filter(|(key, _)| !key.is_said()) {
            match value {
                Some(value) => self.push_is(key, value, true),
                None => self.push_missing(key),
            }
        }
        let is_small = self.query.bound.is_some_and(Bound::looks_for_small) && !self.query.figure.is_count();
        let order = if is_small { "asc" } else { "desc" };
        self.sql
            .push(format!(") select (select array_agg(trace_id order by value {order} nulls last, trace_id) from ("));
        self.sql
            .push(format!("select s.trace_id, ({}) as value from matching s group by 1", of_trace(self.query.figure)));
        match (self.query.figure, self.query.bound) {
            // Traces without a failure have nothing to do with it.
            (Figure::Errors | Figure::ErrorRate, _) => {
                self.sql.push(" having count(*) filter (where s.status = 2) > 0");
            }
            (figure, Some(bound)) if self.query.by == By::Trace => {
                self.sql.push(format!(" having trunc(({})::numeric)", value(figure))).push(operator(bound.op));
                self.sql.push_bind(bound.limit);
            }
            _ => {}
        }
        self.sql.push(format!(" order by 2 {order} nulls last, 1 limit ")).push_bind(evidence_max as i64);
        self.sql.push(") e) as evidence");
        for (label, dictionary) in
            [("tenant", "dim_tenant"), ("service", "dim_service"), ("operation", "dim_operation")]
        {
            self.sql.push(format!(
                ", (select d.name from (select {label}_id as id, count(*) as n from matching group by 1) m \
                 join {dictionary} d on d.id = m.id order by m.n desc, d.name limit 1) as {label}"
            ));
        }
    }

    /// The slice a span is in, in seconds since 1970; of one window there is one.
    pub(super) fn push_slice(&mut self) {
        match self.window {
            Window::Arrived(_) => self.sql.push("0::int8"),
            Window::Began(_, seconds) => {
                self.sql.push("floor(extract(epoch from s.start_time) / ").push_bind(seconds).push(")::int8 * ");
                self.sql.push_bind(seconds)
            }
        };
    }

    /// The spans, and every condition that rows can meet.
    pub(super) fn push_matching(&mut self) {
        self.sql.push(" from span s where ");
        match self.window {
            Window::Arrived(window) => {
                self.sql.push("s.received_at >= ").push_bind(window.from);
                self.sql.push(" and s.received_at < ").push_bind(window.to).push(" and ").push(FRESH_SPAN);
            }
            Window::Began(range, _) => {
                self.sql.push("s.start_time >= ").push_bind(range.from);
                self.sql.push(" and s.start_time < ").push_bind(range.to);
            }
        }
        for condition in self.query.conditions.iter().filter(|condition| !condition.is_said()) {
            match condition {
                Condition::Missing(Subject::Facet(facet)) => self.push_missing(facet),
                Condition::Missing(Subject::Amount(amount)) => {
                    self.sql.push(" and ").push(column(*amount)).push(" is null");
                }
                Condition::Is { facet, value, is_equal } => self.push_is(facet, value, *is_equal),
                Condition::Has { amount, bound } => {
                    self.sql.push(" and ").push(column(*amount)).push(operator(bound.op)).push_bind(bound.limit);
                }
                // Read of what spans say.
                Condition::Number { .. } => {}
            }
        }
    }

    /// The names a span has of the keys, looked up one by one.
    pub(super) fn push_key_names(&mut self) {
        let name = |key: &Facet| {
            let place = span_place(key);
            let named = |dictionary| format!("(select nullif(d.name, '') from {dictionary} d where d.id = {place})");
            dictionary(key).map_or_else(|| "null".to_owned(), named)
        };
        let names: Vec<String> = self.query.by.keys().iter().map(name).collect();
        self.sql.push("array[").push(names.join(", ")).push("]::text[]");
    }

    /// That a span has this name, or another: one without any has neither.
    fn push_is(&mut self, key: &Facet, value: &str, is_equal: bool) {
        let Some(dictionary) = dictionary(key) else { return };
        let sign = if is_equal { "=" } else { "<> '' and d.name <>" };
        self.sql.push(format!(" and {} in (select d.id from {dictionary} d where d.name {sign} ", span_place(key)));
        self.sql.push_bind(value.to_owned()).push(")");
    }

    fn push_missing(&mut self, key: &Facet) {
        match key {
            Facet::Dimension(Dimension::Tenant) => self.sql.push(" and s.tenant_id = 1"),
            // Every span has these.
            _ if is_always_there(key) => self.sql.push(" and false"),
            _ => self.sql.push(format!(" and {} = 0", span_place(key))),
        };
    }
}

/// What every span has, be it the usual.
pub(super) fn is_always_there(key: &Facet) -> bool {
    ["service", "operation", "kind", "status", "category", "data_tag"].contains(&facet_name(key))
}

/// Where a row `s` of `span` has the id of a key; of what only spans say, nowhere.
pub(super) fn span_place(key: &Facet) -> &'static str {
    facet::of(key).map_or("0", |place| place.span)
}

pub(super) fn dictionary(key: &Facet) -> Option<String> {
    facet::of(key).and_then(|place| place.dictionary)
}

/// Where a row has an amount. Tokens of a call that another span repeats are counted there.
pub(super) const fn column(amount: Amount) -> &'static str {
    match amount {
        Amount::Cost => "s.cost_pico",
        Amount::Duration => "s.duration_ns",
        Amount::TokensIn => "case when s.verdict = 0 then s.tokens_in end",
        Amount::TokensOut => "case when s.verdict = 0 then s.tokens_out end",
    }
}

/// What a trace adds to a figure.
fn of_trace(figure: Figure) -> String {
    match figure {
        Figure::Spans | Figure::Traces => value(Figure::Spans),
        Figure::Errors | Figure::ErrorRate => value(Figure::Errors),
        Figure::Percentile(_) => value(Figure::Max(Amount::Duration)),
        Figure::Sum(_) | Figure::Max(_) | Figure::Mean(_) => value(figure),
    }
}

/// A figure of the spans of a group.
fn value(figure: Figure) -> String {
    match figure {
        Figure::Spans => "count(*)".to_owned(),
        Figure::Traces => "count(distinct s.trace_id)".to_owned(),
        Figure::Errors => "count(*) filter (where s.status = 2)".to_owned(),
        Figure::ErrorRate => "count(*) filter (where s.status = 2) * 1000000::numeric / nullif(count(*), 0)".to_owned(),
        Figure::Sum(amount) => format!("sum({})", column(amount)),
        Figure::Max(amount) => format!("max({})", column(amount)),
        Figure::Mean(amount) => format!("avg({})", column(amount)),
        Figure::Percentile(percent) => {
            format!("percentile_disc({percent} / 100.0::float8) within group (order by s.duration_ns)")
        }
    }
}
