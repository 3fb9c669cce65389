//! The statements behind every cost total: put together from literals of ours, everything asked for is a parameter.
//!
//! Parameters are the same in all of them: `$1` tenant (0 for all), `$2` to `$5` the stretches (width, since, till, period),
//! `$6` dimension, `$7` keys of the owner, `$8` since and `$9` till over both periods, `$10` where the range begins and the
//! one before it ends, `$11` width of a bucket in seconds, `$12` the most groups.

use super::facet::Place;

/// Whose spend counts, besides the tenant of `$1`: that of the ids in `$7` at this place, or everybody's.
pub(super) struct Owned(pub(super) Option<Place>);

impl Owned {
    /// As a condition on a row of `cost_rollup` or an entry of the outbox.
    fn key(&self, row: &str) -> String {
        self.0.as_ref().map_or_else(|| "true".to_owned(), |_| format!("{row}.key = any($7)"))
    }

    /// As a condition on a row `s` of `span`.
    pub(super) fn span(&self) -> String {
        self.0.as_ref().map_or_else(|| "true".to_owned(), |place| format!("{} = any($7)", place.span))
    }
}

/// Sums by period, bucket and ids, of the rollups and what the outbox still holds. One statement, so that a row leaving the
/// outbox for the rollup is seen exactly once. `offset 0` makes the planner look each stretch up in the primary key: it
/// cannot know how few rows a stretch has, and would read the whole table.
pub(super) fn of_rollups(first: &Place, second: &Place, by_tenant: bool, owned: &Owned) -> String {
    let tenants = if by_tenant { "(select id from dim_tenant where $1 in (0, id))" } else { "(select $1::int4 as id)" };
    let (rolled, open) = (owned.key("r"), owned.key("u"));
    format!(
        "select stretch.period, r.bucket, {} as k1, {} as k2, r.n, r.ncost, r.err, r.cost_pico, r.tokens_in, r.tokens_out
           from {tenants} as tenant
          cross join unnest($2::int4[], $3::timestamptz[], $4::timestamptz[], $5::int2[]) as stretch(grain, since, till, period)
          cross join lateral (
                select * from cost_rollup r
                 where r.tenant_id = tenant.id and r.grain = stretch.grain and r.dim = $6
                   and r.bucket >= stretch.since and r.bucket < stretch.till and {rolled}
                offset 0) r
         union all
         select (u.bucket < $10)::int4::int2, u.bucket, {}, {}, u.n, u.ncost, u.err, u.cost_pico::numeric, u.tokens_in,
                u.tokens_out
           from rollup_outbox o
          cross join lateral unnest(o.tenant_id, o.dim, o.bucket, o.key, o.n, o.ncost, o.err, o.cost_pico, o.tokens_in,
                o.tokens_out)
             as u(tenant_id, dim, bucket, key, n, ncost, err, cost_pico, tokens_in, tokens_out)
          where u.dim = $6 and $1 in (0, u.tenant_id) and u.bucket >= $8 and u.bucket < $9 and {open}",
        first.rollup, second.rollup, first.outbox, second.outbox,
    )
}

/// The same sums of the spans themselves.
pub(super) fn of_spans(first: &Place, second: &Place, owned: &Owned) -> String {
    format!(
        "select (s.start_time < $10)::int4::int2 as period,
                date_bin(interval '1 second' * $11, s.start_time, timestamptz 'epoch') as bucket, {} as k1, {} as k2,
                count(*) as n, count(s.cost_pico) as ncost, count(*) filter (where s.status = 2) as err,
                coalesce(sum(s.cost_pico), 0) as cost_pico,
                coalesce(sum(s.tokens_in) filter (where s.verdict = 0), 0) as tokens_in,
                coalesce(sum(s.tokens_out) filter (where s.verdict = 0), 0) as tokens_out
           from span s
          where s.start_time >= $8 and s.start_time < $9 and $1 in (0, s.tenant_id) and {}
          group by 1, 2, 3, 4",
        first.span,
        second.span,
        owned.span(),
    )
}

/// Opens a cursor over what every span of the range says: its period and bucket, the id it has in `first`, what it adds, and
/// its payload.
pub(super) fn of_payloads(first: &Place, owned: &Owned) -> String {
    format!(
        "declare paying_span no scroll cursor for
         select (s.start_time < $10)::int4::int2 as period,
                extract(epoch from date_bin(interval '1 second' * $11, s.start_time, timestamptz 'epoch'))::int8 as bucket,
                {} as k1, s.status, s.cost_pico,
                case when s.verdict = 0 then s.tokens_in end as tokens_in,
                case when s.verdict = 0 then s.tokens_out end as tokens_out, s.payload
           from span s
          where s.start_time >= $8 and s.start_time < $9 and $1 in (0, s.tenant_id) and {}",
        first.span, owned.span(),
    )
}

/// Sums by period, bucket and names. With `$12` the dearest groups are told apart, the others are one.
pub(super) fn by_name(part: &str, first: &Place, second: &Place, is_limited: bool) -> String {
    let (name1, join1) = named(first, "k1", "d1");
    let (name2, join2) = named(second, "k2", "d2");
    let sums = "sum(n)::int8 as n, sum(ncost)::int8 as ncost, sum(err)::int8 as err, sum(cost_pico) as cost_pico, \
                sum(tokens_in)::int8 as tokens_in, sum(tokens_out)::int8 as tokens_out";
    let named = format!(
        "with part as ({part}), g as (
             select period, date_bin(interval '1 second' * $11, bucket, timestamptz 'epoch') as bucket, k1, k2, {sums}
               from part group by 1, 2, 3, 4
         ), named as (
             select period, extract(epoch from bucket)::int8 as bucket, {name1} as name1, {name2} as name2, {sums}
               from g {join1} {join2} group by 1, 2, 3, 4
         )"
    );
    if !is_limited {
        return format!(
            "{named} select period, bucket, name1, name2, 0::int8 as beyond, n, ncost, err, cost_pico::text as cost_pico, \
             tokens_in, tokens_out from named"
        );
    }
    format!(
        "{named}, spent as (
             select *, coalesce(sum(cost_pico) filter (where period = 0) over w, 0) as spent,
                    coalesce(sum(cost_pico) filter (where period = 1) over w, 0) as spent_before
               from named window w as (partition by name1, name2)
         ), placed as (
             select *, dense_rank() over (order by spent desc, spent_before desc, name1 collate \"C\" nulls first,
                    name2 collate \"C\" nulls first) as place from spent
         )
         select period, bucket, case when place <= $12 then name1 end as name1, case when place <= $12 then name2 end as name2,
                greatest(max(place) - $12, 0)::int8 as beyond, sum(n)::int8 as n, sum(ncost)::int8 as ncost,
                sum(err)::int8 as err, sum(cost_pico)::text as cost_pico, sum(tokens_in)::int8 as tokens_in,
                sum(tokens_out)::int8 as tokens_out
           from placed group by period, bucket, least(place, $12 + 1), 3, 4"
    )
}

/// The name of an id, and the join behind it.
fn named(place: &Place, key: &str, alias: &str) -> (String, String) {
    match &place.dictionary {
        Some(dictionary) => {
            (format!("nullif({alias}.name, '')"), format!("left join {dictionary} {alias} on {alias}.id = g.{key}"))
        }
        None => ("null::text".to_owned(), String::new()),
    }
}
