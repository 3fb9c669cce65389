//! The traces behind what several spent too much, looked for together: however many there are and however much there is, one
//! statement reads a bounded number of traces.

use chrono::{DateTime, Utc};
use model::TraceId;
use model::alert::EVIDENCE_MAX;
use model::cost::{Dimension, Owner};
use sqlx::{AssertSqlSafe, PgPool};
use uuid::Uuid;

use super::of_owner::owner_of_span;
use super::row::trace_id;
use crate::{StoreError, costs};

/// The latest traces that are looked through; what began before them is found by its owner's page.
const TRACES_MAX: i64 = 40_000;

/// Whose traces are looked for.
#[derive(Debug, Clone)]
pub struct Suspect {
    /// Who spent.
    pub owner: Owner,
    /// Of whose: only what was spent for this tenant; `None` is for whomever.
    pub tenant: Option<String>,
    /// Traces that began before are not meant.
    pub since: DateTime<Utc>,
}

/// For each of `suspects` the traces that began before `to` in which most was spent by it, dearest first, at most
/// [`EVIDENCE_MAX`], by the ids they are kept under.
pub async fn evidence(db: &PgPool, suspects: &[Suspect], to: DateTime<Utc>) -> Result<Vec<Vec<TraceId>>, StoreError> {
    let mut found = vec![Vec::new(); suspects.len()];
    for (place, kept) in Wanted::of(db, suspects).await?.look(db, to).await? {
        if let Some(traces) = usize::try_from(place).ok().and_then(|place| found.get_mut(place)) {
            traces.push(trace_id(kept)?);
        }
    }
    Ok(found)
}

/// The suspects as columns, and the dimensions they are of, each once.
#[derive(Default)]
struct Wanted {
    dimensions: Vec<Dimension>,
    places: Vec<i64>,
    /// Which of the dimensions each is of.
    of: Vec<i32>,
    owners: Vec<i32>,
    tenants: Vec<Option<i32>>,
    since: Vec<DateTime<Utc>>,
}

impl Wanted {
    async fn of(db: &PgPool, suspects: &[Suspect]) -> Result<Self, StoreError> {
        let mut wanted = Self::default();
        for (place, suspect) in (0..).zip(suspects) {
            let dimension = suspect.owner.dimension;
            // Everybody is one owner, whatever it is called.
            let ids = match dimension {
                Dimension::Total => vec![0],
                _ => costs::ids(db, dimension, suspect.owner.key.as_deref()).await?,
            };
            let tenants: Vec<Option<i32>> = match suspect.tenant.as_deref() {
                None => vec![None],
                name => costs::ids(db, Dimension::Tenant, name).await?.into_iter().map(Some).collect(),
            };
            let of = wanted.place(dimension);
            for (owner, tenant) in ids.iter().flat_map(|owner| tenants.iter().map(move |tenant| (*owner, *tenant))) {
                wanted.places.push(place);
                wanted.of.push(of);
                wanted.owners.push(owner);
                wanted.tenants.push(tenant);
                wanted.since.push(suspect.since);
            }
        }
        Ok(wanted)
    }

    fn place(&mut self, dimension: Dimension) -> i32 {
        let known = self.dimensions.iter().position(|known| *known == dimension);
        let place = known.unwrap_or_else(|| {
            self.dimensions.push(dimension);
            self.dimensions.len() - 1
        });
        // There are seven.
        i32::try_from(place).unwrap_or(i32::MAX)
    }

    async fn look(&self, db: &PgPool, to: DateTime<Utc>) -> Result<Vec<(i64, Uuid)>, StoreError> {
        let Some(from) = self.since.iter().min() else { return Ok(Vec::new()) };
        let of_each = |text: &dyn Fn(usize, Dimension) -> String| {
            let all = self.dimensions.iter().enumerate().map(|(place, dimension)| text(place, *dimension));
            all.collect::<Vec<_>>().join(", ")
        };
        let owners = of_each(&|place, dimension| format!("({})::int4 as owner_{place}", owner_of_span(dimension)));
        let names = of_each(&|place, _| format!("owner_{place}"));
        let pairs = of_each(&|place, _| format!("({place}, s.owner_{place})"));
        // Trace by trace, once for all dimensions, and only then against those who are wanted: the other ways round read every span,
        // or hold every trace against every suspect, which is what a database without statistics chooses.
        let statement = format!(
            "with wanted as (select * from unnest($1::int8[], $2::int4[], $3::int4[], $4::int4[], $5::timestamptz[])
                                             as w (place, dim, owner, tenant, since)),
                  latest as materialized (
                    select trace_id, home, start_time from traces
                     where start_time >= $6 and start_time < $7 and cost_pico > 0
                     order by start_time desc limit $8),
                  spent as materialized (
                    select t.trace_id, t.start_time, s.*
                      from latest t cross join lateral (
                        select {owners}, s.tenant_id as tenant, sum(s.cost_pico) as cost_pico from span s
                         where s.trace_id = t.trace_id and s.home = t.home and s.cost_pico > 0 and s.start_time >= $6
                         group by {names}, tenant) s),
                  own as (
                    select w.place, s.trace_id, sum(s.cost_pico) as cost_pico
                      from spent s cross join lateral (values {pairs}) as o (dim, owner)
                      join wanted w on w.dim = o.dim and w.owner = o.owner
                       and (w.tenant is null or w.tenant = s.tenant) and w.since <= s.start_time
                     group by w.place, s.trace_id),
                  ranked as (
                    select place, trace_id, row_number() over (partition by place order by cost_pico desc, trace_id desc) as n
                      from own)
             select place, trace_id from ranked where n <= $9 order by place, n"
        );
        // The statement is made of literals only.
        let query = sqlx::query_as(AssertSqlSafe(statement)).bind(&self.places).bind(&self.of).bind(&self.owners);
        let query = query.bind(&self.tenants).bind(&self.since).bind(from).bind(to);
        Ok(query.bind(TRACES_MAX).bind(EVIDENCE_MAX as i64).fetch_all(db).await?)
    }
}
