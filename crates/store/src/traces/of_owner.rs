//! The traces of one that spends. A trace is one tenant's; those of any other owner are looked for among the spans, so over
//! at most a day (`model::cost::grouping::spans_range`).

use std::collections::HashMap;

use model::UsdSum;
use model::cost::{Dimension, Owner, TraceSpend};
use model::time::TimeRange;
use model::trace::TraceSummary;
use sqlx::{AssertSqlSafe, FromRow, PgPool};

use super::row::{SummaryRow, summary_columns, summary_joins};
use crate::numeric::pico;
use crate::{StoreError, costs};

#[derive(FromRow)]
struct Row {
    name: Option<String>,
    traces: i64,
    failed: i64,
    cost_pico: String,
    failed_pico: String,
    failed_spans_pico: Option<String>,
}

/// Sums over traces by the column of their cost, and what failed spans cost.
macro_rules! sums {
    ($cost:literal, $failed_spans:literal) => {
        concat!(
            "count(*) as traces, count(*) filter (where error_count > 0) as failed, coalesce(sum(",
            $cost,
            "), 0)::text as cost_pico, coalesce(sum(",
            $cost,
            ") filter (where error_count > 0), 0)::text as failed_pico, ",
            $failed_spans,
            " as failed_spans_pico"
        )
    };
}

/// The id of whose a row `s` of `span` is, as in `costs::ids`; everybody is 0.
pub(super) const fn owner_of_span(dimension: Dimension) -> &'static str {
    match dimension {
        Dimension::Total => "0",
        Dimension::Tenant => "s.tenant_id",
        Dimension::Service => "s.service_id",
        Dimension::Capability => "coalesce(s.capability_id, 0)",
        // What repeats a call is none of the model's.
        Dimension::Model => "case when s.verdict = 0 then coalesce(s.model_id, 0) else 0 end",
        Dimension::User => "coalesce(s.user_id, 0)",
        Dimension::DataTag => "s.data_tag",
    }
}

/// The condition on a row `s` of `span` that it is the owner's (`$1`).
fn of_span(dimension: Dimension) -> String {
    match dimension {
        Dimension::Total => "true".to_owned(),
        _ => format!("{} = any($1)", owner_of_span(dimension)),
    }
}

/// What the traces of `owner` that began in `range` cost; of an owner that is no tenant, its spans in `range`.
pub async fn spend(db: &PgPool, owner: &Owner, range: TimeRange) -> Result<TraceSpend, StoreError> {
    let ids = costs::ids(db, owner.dimension, owner.key.as_deref()).await?;
    let statement = if owner.dimension == Dimension::Tenant {
        concat!(
            "select null::text as name, ",
            sums!("cost_pico", "null::text"),
            " from traces where tenant_id = any($1) and start_time >= $2 and start_time < $3"
        )
        .to_owned()
    } else {
        format!(
            "select null::text as name, {} from (
                select sum(s.cost_pico) as cost_pico, sum(s.cost_pico) filter (where s.status = 2) as failed_spans_pico,
                       s.trace_id
                  from span s where {} and s.start_time >= $2 and s.start_time < $3 group by s.trace_id) of_trace
              join traces using (trace_id)",
            sums!("of_trace.cost_pico", "coalesce(sum(failed_spans_pico), 0)::text"),
            of_span(owner.dimension),
        )
    };
    // The statement is made of literals only.
    let row: Row =
        sqlx::query_as(AssertSqlSafe(statement)).bind(ids).bind(range.from).bind(range.to).fetch_one(db).await?;
    Ok(row.into_spend()?.1)
}

/// What the traces that began in `range` cost, by their tenant; `None` is unattributed.
pub async fn by_tenant(db: &PgPool, range: TimeRange) -> Result<HashMap<Option<String>, TraceSpend>, StoreError> {
    let statement = concat!(
        "select nullif(d.name, '') as name, t.* from (select tenant_id, ",
        sums!("cost_pico", "null::text"),
        " from traces where start_time >= $1 and start_time < $2 group by tenant_id) t \
         join dim_tenant d on d.id = t.tenant_id"
    );
    let rows: Vec<Row> = sqlx::query_as(statement).bind(range.from).bind(range.to).fetch_all(db).await?;
    rows.into_iter().map(Row::into_spend).collect()
}

/// The dearest traces of a tenant, or of nobody, that began in `range`, at most `limit`. Those of any other owner:
/// [`costs::at_once`].
pub async fn dearest_of_tenant(
    db: &PgPool,
    tenant: Option<&str>,
    range: TimeRange,
    limit: i64,
) -> Result<Vec<TraceSummary>, StoreError> {
    let ids = costs::ids(db, Dimension::Tenant, tenant).await?;
    let statement = concat!(
        "select ",
        summary_columns!(),
        " from (select * from traces where tenant_id = any($1) and start_time >= $2 and start_time < $3 \
                 order by cost_pico desc, start_time desc limit $4) t ",
        summary_joins!(),
        " order by t.cost_pico desc, t.start_time desc"
    );
    let query = sqlx::query_as(statement).bind(ids).bind(range.from).bind(range.to).bind(limit);
    let rows: Vec<SummaryRow> = query.fetch_all(db).await?;
    rows.into_iter().map(TraceSummary::try_from).collect()
}

impl Row {
    fn into_spend(self) -> Result<(Option<String>, TraceSpend), StoreError> {
        let sum = |text: &str| pico(text, "traces").map(UsdSum::from_pico);
        let spend = TraceSpend {
            traces: self.traces,
            failed: self.failed,
            cost: sum(&self.cost_pico)?,
            failed_cost: sum(&self.failed_pico)?,
            failed_spans_cost: self.failed_spans_pico.as_deref().map(sum).transpose()?,
        };
        Ok((self.name, spend))
    }
}
