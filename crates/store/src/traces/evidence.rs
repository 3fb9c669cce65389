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
    let mut dimensions: Vec<Dimension> = Vec::new();
    for suspect in suspects {
        if !dimensions.contains(&suspect.owner.dimension) {
            dimensions.push(suspect.owner.dimension);
        }
    }
    for dimension in dimensions {
        let wanted = Wanted::of(db, dimension, suspects).await?;
        for (place, kept) in wanted.look(db, dimension, to).await? {
            if let Some(traces) = usize::try_from(place).ok().and_then(|place| found.get_mut(place)) {
                traces.push(trace_id(kept)?);
            }
        }
    }
    Ok(found)
}

/// The suspects of one dimension, as columns.
#[derive(Default)]
struct Wanted {
    places: Vec<i64>,
    owners: Vec<i32>,
    tenants: Vec<Option<i32>>,
    since: Vec<DateTime<Utc>>,
}

impl Wanted {
    async fn of(db: &PgPool, dimension: Dimension, suspects: &[Suspect]) -> Result<Self, StoreError> {
        let mut wanted = Self::default();
        for (place, suspect) in (0..).zip(suspects).filter(|(_, suspect)| suspect.owner.dimension == dimension) {
            // Everybody is one owner, whatever it is called.
            let ids = match dimension {
                Dimension::Total => vec![0],
                _ => costs::ids(db, dimension, suspect.owner.key.as_deref()).await?,
            };
            let tenants: Vec<Option<i32>> = match suspect.tenant.as_deref() {
                None => vec![None],
                name => costs::ids(db, Dimension::Tenant, name).await?.into_iter().map(Some).collect(),
            };
            for (owner, tenant) in ids.iter().flat_map(|owner| tenants.iter().map(move |tenant| (*owner, *tenant))) {
                wanted.places.push(place);
                wanted.owners.push(owner);
                wanted.tenants.push(tenant);
                wanted.since.push(suspect.since);
            }
        }
        Ok(wanted)
    }

    async fn look(&self, db: &PgPool, dimension: Dimension, to: DateTime<Utc>) -> Result<Vec<(i64, Uuid)>, StoreError> {
        let Some(from) = self.since.iter().min() else { return Ok(Vec::new()) };
        // Trace by trace, and only then against those who are wanted: the other ways round read every span, or hold every trace
        // against every suspect, which is what a database without statistics chooses.
        let statement = format!(
            "with wanted as (select * from unnest($1::int8[], $2::int4[], $3::int4[], $4::timestamptz[])
                                             as w (place, owner, tenant, since)),
                  latest as materialized (
                    select trace_id, home, start_time from traces
                     where start_time >= $5 and start_time < $6 and cost_pico > 0
                     order by start_time desc limit $7),
                  spent as materialized (
                    select t.trace_id, t.start_time, s.owner, s.tenant, s.cost_pico
                      from latest t cross join lateral (
                        select {} as owner, s.tenant_id as tenant, sum(s.cost_pico) as cost_pico from span s
                         where s.trace_id = t.trace_id and s.home = t.home and s.cost_pico > 0 and s.start_time >= $5
                         group by 1, 2) s),
                  own as (
                    select w.place, s.trace_id, sum(s.cost_pico) as cost_pico
                      from spent s
                      join wanted w on w.owner = s.owner and (w.tenant is null or w.tenant = s.tenant) and w.since <= s.start_time
                     group by w.place, s.trace_id),
                  ranked as (
                    select place, trace_id, row_number() over (partition by place order by cost_pico desc, trace_id desc) as n
                      from own)
             select place, trace_id from ranked where n <= $8 order by place, n",
            owner_of_span(dimension)
        );
        // The statement is made of literals only.
        let query = sqlx::query_as(AssertSqlSafe(statement)).bind(&self.places).bind(&self.owners).bind(&self.tenants);
        let query = query.bind(&self.since).bind(from).bind(to).bind(TRACES_MAX).bind(EVIDENCE_MAX as i64);
        Ok(query.fetch_all(db).await?)
    }
}
