//! Whose traces a reader may see, as SQL.

use model::space::TenantSpace;
use sqlx::{Postgres, QueryBuilder};

/// Whose traces may be seen.
#[derive(Debug, Clone, Copy)]
pub enum Reader<'a> {
    /// Everybody's.
    Everything,
    /// Those of one tenant: its own space, and of each trace in the shared one only the spans that are its own.
    Tenant(&'a TenantSpace),
}

/// The tenant's own space: its traces are nobody else's.
const OWN: &str = "(select w.trace_id, w.home, w.space, w.start_time, w.end_time, w.last_seen, w.span_count, w.error_count, \
    w.nocost_count, w.cost_pico, w.tokens_in, w.tokens_out, w.tenant_id, w.root_service_id, w.root_operation_id, \
    w.declared_cost_pico, w.max_depth, w.orphan_count, 0::int8 as withheld from traces w where w.tenant_id = ";

/// Traces of the shared space as if they had no spans but the tenant's. What is known of the whole alone is left out, unless
/// the whole is the tenant's.
const SHARED: &str = " union all select w.trace_id, w.home, w.space, s.start_time, s.end_time, w.last_seen, s.span_count, \
    s.error_count, s.nocost_count, s.cost_pico, s.tokens_in, s.tokens_out, s.tenant_id, s.root_service_id, s.root_operation_id, \
    case when s.span_count = w.span_count then w.declared_cost_pico end, \
    case when s.span_count = w.span_count then w.max_depth end, \
    case when s.span_count = w.span_count then w.orphan_count end, w.span_count - s.span_count \
    from traces w cross join lateral (select min(start_time) as start_time, \
        max(start_time + duration_ns / 1000 * interval '1 microsecond') as end_time, count(*) as span_count, \
        count(*) filter (where status = 2) as error_count, count(*) filter (where cost_pico is null) as nocost_count, \
        coalesce(sum(cost_pico), 0)::int8 as cost_pico, \
        coalesce(sum(tokens_in) filter (where verdict = 0), 0) as tokens_in, \
        coalesce(sum(tokens_out) filter (where verdict = 0), 0) as tokens_out, max(tenant_id) as tenant_id, \
        (array_agg(service_id order by start_time, span_id) filter (where parent_span_id is null))[1] as root_service_id, \
        (array_agg(operation_id order by start_time, span_id) filter (where parent_span_id is null))[1] as root_operation_id \
        from span where trace_id = w.trace_id and home = w.home and tenant_id = ";

impl Reader<'_> {
    /// The tenant whose spans alone may be seen.
    pub(crate) const fn only(self) -> Option<i32> {
        match self {
            Self::Everything => None,
            Self::Tenant(own) => Some(own.space.number()),
        }
    }

    /// Adds what is to be read as `traces t`; `bounds` adds conditions on `traces w` that keep that from being all there is.
    pub(super) fn push_traces(self, sql: &mut QueryBuilder<Postgres>, bounds: impl Fn(&mut QueryBuilder<Postgres>)) {
        let Some(tenant) = self.only() else {
            sql.push("traces t");
            return;
        };
        sql.push(OWN).push_bind(tenant).push(" and w.space = ").push_bind(tenant).push(" and ");
        bounds(sql);
        sql.push(SHARED).push_bind(tenant).push(") s where w.space = 0 and s.span_count > 0 and ");
        bounds(sql);
        sql.push(") t");
    }

    /// What breaks ties in a list. A tenant could read the mask of its space off the order of the ids that it chose itself, so
    /// it gets another order.
    pub(super) const fn tie(self) -> &'static str {
        match self {
            Self::Everything => "t.trace_id",
            Self::Tenant(_) => "md5(t.trace_id::text)",
        }
    }
}
