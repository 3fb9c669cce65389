//! A filter as SQL: conditions on `traces t`, with names looked up before.

use model::Usd;
use model::cost::Dimension;
use model::time::TimeRange;
use model::trace::filter::{Cursor, Order, TraceFilter};
use sqlx::types::chrono::DateTime;
use sqlx::{PgPool, Postgres, QueryBuilder};
use uuid::Uuid;

use super::reader::Reader;
use super::row::duration_ns;
use crate::{StoreError, spaces};

/// A filter with ids instead of names. A name nobody has used has no id, so that nothing matches it.
pub(super) struct Resolved<'a> {
    reader: Reader<'a>,
    filter: &'a TraceFilter,
    /// The figure of the last line of the page before, and the id its trace is kept under.
    after: Option<(i64, Uuid)>,
    /// Column of `span` and the ids it may have, for each thing that some span must have.
    some_span: Vec<(&'static str, Vec<i32>)>,
}

/// The condition on `span s` that nobody of a kind owns it.
const fn unowned(dimension: Dimension) -> Option<&'static str> {
    match dimension {
        Dimension::Tenant => Some("s.tenant_id = 1"),
        Dimension::Capability => Some("s.capability_id is null"),
        // What repeats a call is none of the model's.
        Dimension::Model => Some("(s.model_id is null or s.verdict <> 0)"),
        Dimension::User => Some("s.user_id is null"),
        Dimension::Total | Dimension::Service | Dimension::DataTag => None,
    }
}

impl<'a> Resolved<'a> {
    pub(super) async fn new(db: &PgPool, reader: Reader<'a>, filter: &'a TraceFilter) -> Result<Self, StoreError> {
        let one = |name: &Option<String>| name.iter().cloned().collect::<Vec<_>>();
        let wanted = [
            ("service_id", "select id from dim_service where name = any($1)", filter.services.clone()),
            ("operation_id", "select id from dim_operation where name = any($1)", one(&filter.operation)),
            ("tenant_id", "select id from dim_tenant where name = any($1)", filter.tenants.clone()),
            ("user_id", "select id from dim_user where name = any($1)", one(&filter.user)),
            ("model_id", "select id from dim_model where name = any($1)", one(&filter.model)),
            ("capability_id", "select id from dim_capability where name = any($1)", one(&filter.capability)),
        ];
        let mut some_span = Vec::new();
        for (column, look_up, names) in wanted {
            if !names.is_empty() {
                some_span.push((column, sqlx::query_scalar(look_up).bind(names).fetch_all(db).await?));
            }
        }
        some_span.extend(filter.data_tag.map(|tag| ("data_tag", vec![i32::from(tag.code())])));
        let after = match filter.cursor {
            Some(Cursor { at, trace_id, space }) => {
                let kept = spaces::mask(db, space).await?.apply(trace_id);
                Some((at, Uuid::from_bytes(kept.to_bytes())))
            }
            None => None,
        };
        Ok(Self { reader, filter, after, some_span })
    }

    /// Adds the traces that are listed and the conditions on them.
    pub(super) fn push(&self, sql: &mut QueryBuilder<Postgres>) {
        let filter = self.filter;
        let TimeRange { from, to } = filter.range;
        self.reader.push_traces(sql, |sql| {
            sql.push("w.start_time >= ").push_bind(from).push(" and w.start_time < ").push_bind(to);
        });
        sql.push(" where t.start_time >= ").push_bind(from).push(" and t.start_time < ").push_bind(to);
        for (column, ids) in &self.some_span {
            // A span begins no earlier than its trace, so the range bounds it from below.
            sql.push(" and exists (select from span s where s.trace_id = t.trace_id and s.home = t.home and s.start_time >= ");
            sql.push_bind(from).push(" and s.").push(*column).push(" = any(").push_bind(ids.clone()).push(")");
            if let Some(tenant) = self.reader.only() {
                sql.push(" and s.tenant_id = ").push_bind(tenant);
            }
            sql.push(")");
        }
        if let Some(unowned) = filter.without.and_then(unowned) {
            sql.push(" and exists (select from span s where s.trace_id = t.trace_id and s.home = t.home and s.start_time >= ");
            sql.push_bind(from).push(" and s.cost_pico > 0 and ").push(unowned).push(")");
        }
        if filter.unpriced {
            sql.push(" and t.nocost_count > 0");
        }
        match filter.has_errors {
            Some(true) => sql.push(" and t.error_count > 0"),
            Some(false) => sql.push(" and t.error_count = 0"),
            None => sql,
        };
        let bounds = [(" >= ", filter.min_duration_ns), (" <= ", filter.max_duration_ns)];
        for (operator, bound) in bounds {
            if let Some(bound) = bound {
                sql.push(concat!(" and ", duration_ns!())).push(operator).push_bind(bound);
            }
        }
        // An unknown cost is neither at least nor at most anything.
        for (operator, bound) in [(" >= ", filter.min_cost), (" <= ", filter.max_cost)] {
            if let Some(bound) = bound.map(Usd::pico) {
                sql.push(" and t.nocost_count < t.span_count and t.cost_pico").push(operator).push_bind(bound);
            }
        }
    }

    /// Adds the condition that a line comes after the cursor.
    pub(super) fn push_cursor(&self, sql: &mut QueryBuilder<Postgres>) {
        let Some((at, kept)) = self.after else { return };
        sql.push(" and (").push(self.figure()).push(", ").push(self.reader.tie()).push(") < (");
        match self.filter.order {
            Order::Start => sql.push_bind(DateTime::from_timestamp_nanos(at)),
            Order::Duration | Order::Cost => sql.push_bind(at),
        };
        match self.reader {
            Reader::Everything => sql.push(", ").push_bind(kept).push(")"),
            Reader::Tenant(_) => sql.push(", md5(").push_bind(kept).push("::text))"),
        };
    }

    /// Adds the order of the list.
    pub(super) fn push_order(&self, sql: &mut QueryBuilder<Postgres>) {
        sql.push(" order by ").push(self.figure()).push(" desc, ").push(self.reader.tie()).push(" desc");
    }

    fn figure(&self) -> &'static str {
        match self.filter.order {
            Order::Start => "t.start_time",
            Order::Duration => duration_ns!(),
            Order::Cost => "t.cost_pico",
        }
    }
}
