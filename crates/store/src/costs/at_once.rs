//! Everything that only spans know of one owner, in one reading of them: what it spent on, in which traces, which of them
//! are the dearest. Asked one by one, each of these would read the same spans again.

use model::UsdSum;
use model::cost::{Compared, Dimension, Grouping, Owner, Split, Sums, TraceSpend};
use model::time::TimeRange;
use model::trace::TraceSummary;
use sqlx::postgres::PgArguments;
use sqlx::query::QueryAs;
use sqlx::{AssertSqlSafe, FromRow, PgConnection, PgPool, Postgres};
use uuid::Uuid;

use super::Question;
use super::assemble::{self, Assembly};
use super::facet::{self, Place};
use super::rows::{Line, Resolved};
use super::statement::{Owned, by_name};
use crate::numeric::pico;
use crate::{StoreError, grains, traces};

/// What is asked of the spans of one owner, who is no tenant: rollups know what tenants spend on.
#[derive(Debug, Clone, Copy)]
pub struct OfOwner<'a> {
    /// Whose.
    pub owner: &'a Owner,
    /// When.
    pub range: TimeRange,
    /// By what its spend is taken apart, each by itself.
    pub dimensions: &'a [Dimension],
    /// Most groups of each that are told apart.
    pub groups_max: usize,
    /// Most traces that are listed.
    pub traces_max: i64,
}

/// What they say.
#[derive(Debug, Clone, PartialEq)]
pub struct AtOnce {
    /// Its spend by each dimension asked for, in their order. There are no series: all spend is in the first bucket.
    pub splits: Vec<Split>,
    /// Its traces.
    pub traces: TraceSpend,
    /// The dearest of them in which it paid anything.
    pub dearest: Vec<TraceSummary>,
}

/// Number of a row that sums up traces; smaller ones are the place of a dimension.
const TRACES: i16 = 100;

/// Number of a row that names one of the dearest traces.
const DEAREST: i16 = 101;

#[derive(FromRow)]
struct Row {
    panel: i16,
    name1: Option<String>,
    beyond: i64,
    n: i64,
    ncost: i64,
    err: i64,
    cost_pico: String,
    tokens_in: i64,
    tokens_out: i64,
    failed_pico: Option<String>,
    failed_spans_pico: Option<String>,
    trace_id: Option<Uuid>,
}

/// Reads the spans of one owner once.
pub async fn at_once(db: &PgPool, asked: &OfOwner<'_>) -> Result<AtOnce, StoreError> {
    let groupings: Vec<Grouping> = asked.dimensions.iter().copied().map(Grouping::by).collect();
    let everything = Grouping::by(Dimension::Total);
    let ask = |by| Question {
        range: asked.range,
        by,
        only: Some(asked.owner),
        // Wide buckets are read fastest, and no series is made of them.
        bucket_seconds: grains::GRAINS[0].into(),
        compare: false,
        groups_max: Some(asked.groups_max),
    };
    let mut assemblies: Vec<Assembly> = groupings.iter().map(|by| Assembly::new(&ask(by))).collect();
    let mut spent = TraceSpend { failed_spans_cost: Some(UsdSum::ZERO), ..TraceSpend::default() };
    let Some(resolved) = Resolved::new(db, &ask(&everything)).await? else {
        let splits = assemblies.into_iter().map(|assembly| assembly.finish(Compared::default())).collect();
        return Ok(AtOnce { splits, traces: spent, dearest: Vec::new() });
    };
    // Rollups and spans as they are at one moment, so that what is missing among the spans is known.
    let mut snapshot = db.begin_with("begin isolation level repeatable read read only").await?;
    let booked = resolved.rolled(&mut snapshot, &Question { groups_max: None, ..ask(&everything) }).await?;
    let booked = assemble::sum(&booked);
    let mut dearest = Vec::new();
    for row in resolved.at_once(&mut snapshot, asked).await? {
        match (row.panel, row.trace_id) {
            (DEAREST, Some(id)) => dearest.push(traces::trace_id(id)?),
            (TRACES, _) => spent = row.into_spend()?,
            (panel, _) => {
                if let Some(assembly) = usize::try_from(panel).ok().and_then(|panel| assemblies.get_mut(panel)) {
                    assembly.add(row.into_line(asked.range)?);
                }
            }
        }
    }
    let dearest = traces::dearest_of(&mut *snapshot, &dearest, asked.traces_max).await?;
    let splits = assemblies.into_iter().map(|assembly| assembly.finish(booked)).collect();
    Ok(AtOnce { splits, traces: spent, dearest })
}

impl Resolved {
    /// One row per group of each dimension, one that sums up traces, one for each of the dearest.
    async fn at_once(&self, db: &mut PgConnection, asked: &OfOwner<'_>) -> Result<Vec<Row>, StoreError> {
        let places: Vec<Place> = asked.dimensions.iter().copied().map(facet::of_dimension).collect();
        // The statement is made of literals only.
        let statement = AssertSqlSafe(statement(&places, &self.owned()));
        let query: QueryAs<'_, Postgres, Row, PgArguments> = sqlx::query_as(statement);
        Ok(self.bind(query, Dimension::Total).bind(asked.traces_max).fetch_all(db).await?)
    }
}

/// One reading of the spans into groups of each dimension and of traces (`cell`), of which everything else is made.
/// Parameters as in [`super::statement`], and `$13` the most traces.
fn statement(places: &[Place], owned: &Owned) -> String {
    let named: Vec<String> = (0..places.len()).map(|index| format!("k{index}")).collect();
    let keys: String = places.iter().zip(&named).map(|(place, name)| format!(", {} as {name}", place.span)).collect();
    let which: String =
        named.iter().enumerate().map(|(index, name)| format!(" when grouping({name}) = 0 then {index}")).collect();
    let sets: String = named.iter().map(|name| format!("({name}), ")).collect();
    let columns: String = named.iter().map(|name| format!(", {name}")).collect();
    let groups: String = places
        .iter()
        .zip(&named)
        .enumerate()
        .map(|(index, (place, name))| {
            let part = format!(
                "select 0::int2 as period, $10::timestamptz as bucket, {name} as k1, 0 as k2, n, ncost, err, cost_pico,
                        tokens_in, tokens_out from cell where panel = {index}"
            );
            let by_name = by_name(&part, place, &facet::of_dimension(Dimension::Total), true);
            format!(
                "select {index}::int2 as panel, name1, beyond, n, ncost, err, cost_pico, tokens_in, tokens_out,
                        null::text as failed_pico, null::text as failed_spans_pico, null::uuid as trace_id
                   from ({by_name}) of_{name} union all "
            )
        })
        .collect();
    format!(
        "with own as (
             select s.trace_id, s.status, s.cost_pico, case when s.verdict = 0 then s.tokens_in end as tokens_in,
                    case when s.verdict = 0 then s.tokens_out end as tokens_out{keys}
               from span s
              where s.start_time >= $8 and s.start_time < $9 and $1 in (0, s.tenant_id) and {}
         ), cell as materialized (
             select (case when grouping(trace_id) = 0 then {TRACES}{which} end)::int2 as panel, trace_id{columns}, count(*) as n,
                    count(cost_pico) as ncost, count(*) filter (where status = 2) as err, sum(cost_pico) as known_pico,
                    coalesce(sum(cost_pico), 0) as cost_pico, sum(cost_pico) filter (where status = 2) as failed_pico,
                    coalesce(sum(tokens_in), 0) as tokens_in, coalesce(sum(tokens_out), 0) as tokens_out
               from own group by grouping sets ({sets}(trace_id))
         ), in_trace as materialized (
             select t.trace_id, t.error_count, t.cost_pico as trace_pico, t.start_time, cell.known_pico, cell.failed_pico
               from cell join traces t using (trace_id) where cell.panel = {TRACES}
         )
         {groups}
         select {TRACES}::int2, null::text, 0::int8, count(*), 0::int8, count(*) filter (where error_count > 0),
                coalesce(sum(known_pico), 0)::text, 0::int8, 0::int8,
                coalesce(sum(known_pico) filter (where error_count > 0), 0)::text,
                coalesce(sum(failed_pico), 0)::text, null::uuid
           from in_trace
         union all
         select {DEAREST}::int2, null::text, 0::int8, 0::int8, 0::int8, 0::int8, '0', 0::int8, 0::int8, null::text, null::text,
                trace_id
           from (select trace_id from in_trace where known_pico > 0 order by trace_pico desc, start_time desc limit $13) d",
        owned.span(),
    )
}

impl Row {
    fn into_line(self, range: TimeRange) -> Result<Line, StoreError> {
        let sums = Sums {
            spans: self.n,
            priced_spans: self.ncost,
            errors: self.err,
            cost: UsdSum::from_pico(pico(&self.cost_pico, "span")?),
            tokens_in: self.tokens_in,
            tokens_out: self.tokens_out,
        };
        let keys = [self.name1, None];
        Ok(Line { is_before: false, bucket: range.from.timestamp(), keys, beyond: self.beyond, sums })
    }

    fn into_spend(self) -> Result<TraceSpend, StoreError> {
        let sum = |text: Option<&str>| pico(text.unwrap_or("0"), "span").map(UsdSum::from_pico);
        Ok(TraceSpend {
            traces: self.n,
            failed: self.err,
            cost: sum(Some(&self.cost_pico))?,
            failed_cost: sum(self.failed_pico.as_deref())?,
            failed_spans_cost: Some(sum(self.failed_spans_pico.as_deref())?),
        })
    }
}
