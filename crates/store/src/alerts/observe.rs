//! What the query of a rule finds among what arrived in a window.

use model::alert::query::{Comparison, Measure, Query};
use model::alert::{EVIDENCE_MAX, Observation};
use model::time::TimeRange;
use sqlx::{FromRow, PgPool, Postgres, QueryBuilder};
use uuid::Uuid;

use crate::StoreError;
use crate::traces::{self, duration_ns};

/// Traces that got spans in a window and were no history even then. `last_seen` is the arrival of the newest span.
pub(super) const FRESH_TRACE: &str = "t.end_time >= t.last_seen - interval '1 hour'";

/// Spans that were no history when they arrived. Of nearly all of them the beginning tells, and that takes half the time.
pub(super) const FRESH_SPAN: &str = "(s.start_time >= s.received_at - interval '1 hour' \
     or s.start_time + s.duration_ns / 1000 * interval '1 microsecond' >= s.received_at - interval '1 hour')";

#[derive(FromRow)]
struct Row {
    count: i64,
    peak: Option<f64>,
    evidence: Option<Vec<Uuid>>,
    tenant: Option<String>,
    service: Option<String>,
    operation: Option<String>,
}

/// Whether it counts traces, or spans that lack a parent or a cost.
pub(super) const fn is_of_traces(query: &Query) -> bool {
    !matches!(query, Query::Budget(_) | Query::BooksDiffer | Query::OddSpend(_) | Query::Spans(_))
}

/// What `query` finds among traces and spans that arrived in `window` (by the server's clock). Spans that were older
/// than an hour when they arrived are imported history and are left out: a backfill wakes nobody.
pub async fn observe(db: &PgPool, query: &Query, window: TimeRange) -> Result<Observation, StoreError> {
    if !is_of_traces(query) {
        // What budgets have spent and what the books add up to is not among what arrived in a window (`crate::budgets`,
        // `crate::balance`), and what is by group has a module of its own (`super::spans`).
        return Ok(Observation::default());
    }
    let mut sql = QueryBuilder::new("with matching as materialized (");
    push_matching(&mut sql, query, window);
    let (worst, order) = if looks_for_small(query) { ("min", "asc") } else { ("max", "desc") };
    sql.push(") select coalesce(sum(n), 0)::int8 as count, ").push(worst).push("(figure)::float8 as peak");
    sql.push(", (select array_agg(trace_id order by figure ").push(order).push(", trace_id) from (select trace_id, ");
    // Of spans there are several lines to a trace, of traces one each.
    if *query == Query::SpansWithoutCost {
        sql.push(worst).push("(figure) as figure from matching group by trace_id order by figure ");
    } else {
        sql.push("figure from matching order by figure ");
    }
    sql.push(order).push(", trace_id limit ").push_bind(EVIDENCE_MAX as i64).push(") as e) as evidence");
    for (label, dictionary) in [("tenant", "dim_tenant"), ("service", "dim_service"), ("operation", "dim_operation")] {
        // Summed up before it gets names: everything may match, and there are few of them.
        sql.push(", (select d.name from (select ")
            .push(label)
            .push("_id as id, sum(n) as n from matching group by 1) m");
        sql.push(" join ")
            .push(dictionary)
            .push(" d on d.id = m.id order by m.n desc, d.name limit 1) as ")
            .push(label);
    }
    sql.push(" from matching");
    let row: Row = sql.build_query_as().fetch_one(db).await?;
    let labels = [("tenant", row.tenant), ("service", row.service), ("operation", row.operation)];
    let named = |(label, name): (&str, Option<String>)| Some((label.to_owned(), name.filter(|name| !name.is_empty())?));
    Ok(Observation {
        count: row.count,
        peak: row.peak,
        evidence: row.evidence.unwrap_or_default().into_iter().map(traces::trace_id).collect::<Result<_, _>>()?,
        labels: labels.into_iter().filter_map(named).collect(),
    })
}

/// One line per matching trace (or per trace, service and operation of matching spans): `n` is what it adds to the
/// count, `figure` how bad it is.
fn push_matching(sql: &mut QueryBuilder<Postgres>, query: &Query, window: TimeRange) {
    if *query == Query::SpansWithoutCost {
        // Traces know whether there is any: of a window without one no span has to be read.
        sql.push(
            "select s.trace_id, s.tenant_id, s.service_id, s.operation_id, count(*) as n, count(*) as figure from span s \
             where exists (select from traces t where t.nocost_count > 0 and t.last_seen >= ",
        );
        sql.push_bind(window.from).push(") and s.cost_pico is null and s.received_at >= ");
        sql.push_bind(window.from).push(" and s.received_at < ").push_bind(window.to).push(" and ").push(FRESH_SPAN);
        sql.push(" group by 1, 2, 3, 4");
        return;
    }
    let count = if *query == Query::OrphanSpans { "t.orphan_count" } else { "1" };
    sql.push("select t.trace_id, t.tenant_id, t.root_service_id as service_id, t.root_operation_id as operation_id, ");
    sql.push(count).push(" as n, ").push(figure(query)).push(" as figure from traces t where t.last_seen >= ");
    sql.push_bind(window.from).push(" and t.last_seen < ").push_bind(window.to).push(" and ").push(FRESH_TRACE);
    push_condition(sql, query);
}

/// What a trace has to meet.
pub(super) fn push_condition(sql: &mut QueryBuilder<Postgres>, query: &Query) {
    match query {
        Query::Budget(_) | Query::BooksDiffer | Query::OddSpend(_) | Query::Spans(_) => sql.push(" and false"),
        Query::OrphanSpans | Query::SpansWithoutCost => sql.push(" and t.orphan_count > 0"),
        Query::TraceCost { op, limit } => {
            sql.push(" and t.nocost_count < t.span_count and t.cost_pico ").push(operator(*op)).push_bind(limit.pico())
        }
        Query::TraceMeasure { op, limit, .. } => {
            sql.push(" and ").push(figure(query)).push(operator(*op)).push_bind(*limit)
        }
    };
}

/// The figure of a trace that a query is about, in the query's unit.
pub(super) const fn figure(query: &Query) -> &'static str {
    match query {
        Query::Budget(_) | Query::BooksDiffer | Query::OddSpend(_) | Query::Spans(_) => "null::float8",
        Query::OrphanSpans => "t.orphan_count",
        Query::SpansWithoutCost => "t.nocost_count",
        // For people only: the comparison is made in pico-dollars.
        Query::TraceCost { .. } => "t.cost_pico / 1e12::float8",
        Query::TraceMeasure { measure, .. } => match measure {
            Measure::Depth => "t.max_depth",
            Measure::DurationNs => duration_ns!(),
            Measure::Spans => "t.span_count",
            Measure::Errors => "t.error_count",
        },
    }
}

pub(super) const fn operator(op: Comparison) -> &'static str {
    match op {
        Comparison::Greater => " > ",
        Comparison::GreaterOrEqual => " >= ",
        Comparison::Less => " < ",
        Comparison::LessOrEqual => " <= ",
        Comparison::Equal => " = ",
    }
}

/// Whether the smallest figure is the worst.
fn looks_for_small(query: &Query) -> bool {
    match query {
        Query::TraceCost { op, .. } | Query::TraceMeasure { op, .. } => {
            matches!(op, Comparison::Less | Comparison::LessOrEqual)
        }
        Query::OrphanSpans
        | Query::SpansWithoutCost
        | Query::Budget(_)
        | Query::BooksDiffer
        | Query::OddSpend(_)
        | Query::Spans(_) => false,
    }
}
