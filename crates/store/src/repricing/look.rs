//! The dry run: what was found is written down, some calls at a time, each with how far that is.

use chrono::{DateTime, Utc};
use model::cost::Cost;
use model::repricing::{Change, State};
use rustc_hash::FxHashMap;
use sqlx::{PgConnection, PgPool};

use crate::spans::model_calls::{Place, Position};
use crate::{StoreError, payload};

/// A call that is to be changed.
#[derive(Debug, Clone)]
pub struct Planned {
    place: Place,
    before_pico: Option<i64>,
    after_pico: Option<i64>,
    source: i16,
    cost: Vec<u8>,
}

impl Planned {
    /// What the call at `place` says, and what it is to say.
    pub fn new(place: Place, stored: &Cost, new: &Cost) -> Self {
        Self {
            place,
            before_pico: stored.said().map(model::Usd::pico),
            after_pico: new.said().map(model::Usd::pico),
            source: new.source.code(),
            cost: payload::explanation(new),
        }
    }
}

/// Some calls that were looked at.
#[derive(Debug, Default)]
pub struct Looked {
    calls: i64,
    changes: Vec<Planned>,
    lines: FxHashMap<(i32, i32), Change>,
}

impl Looked {
    /// Adds a call that costs what is stored, and what it would cost when that is different.
    pub fn add(&mut self, place: Place, stored: &Cost, new: Option<&Cost>) {
        self.calls += 1;
        let after = new.map_or(stored.said(), Cost::said);
        *self.lines.entry((place.tenant_id, place.model_id)).or_default() +=
            Change::of_call(stored.verdict, stored.said(), after);
        self.changes.extend(new.map(|new| Planned::new(place, stored, new)));
    }
}

/// Notes how many calls there are to look at.
pub async fn set_calls(db: &PgPool, id: i64, calls: i64) -> Result<(), StoreError> {
    sqlx::query("update repricing set calls = $2 where id = $1").bind(id).bind(calls).execute(db).await?;
    Ok(())
}

/// Writes down what was found, and that it has looked as far as `to`. Somebody who looked at the same calls has written it
/// already when `from` is not where the run is any more, and nothing happens.
pub async fn keep(
    db: &PgPool,
    id: i64,
    found: &Looked,
    (from, to): (Position, Position),
    window_seconds: i32,
) -> Result<(), StoreError> {
    let mut transaction = db.begin().await?;
    let moved = sqlx::query(
        "update repricing set looked = looked + $2, changes = changes + $3, at_time = $4, at_trace = $5, at_span = $6, \
                window_seconds = $7 \
          where id = $1 and state = $8 and (at_time, at_trace, at_span) = ($9, $10, $11)",
    )
    .bind(id)
    .bind(found.calls)
    .bind(found.changes.len() as i64)
    .bind(to.time)
    .bind(to.trace_id)
    .bind(to.span_id)
    .bind(window_seconds)
    .bind(State::Looking.code())
    .bind(from.time)
    .bind(from.trace_id)
    .bind(from.span_id)
    .execute(&mut *transaction)
    .await?;
    if moved.rows_affected() == 1 {
        keep_changes(&mut transaction, id, &found.changes).await?;
        add_lines(&mut transaction, id, found.lines.iter().map(|(key, change)| (*key, *change))).await?;
        transaction.commit().await?;
    }
    Ok(())
}

async fn keep_changes(db: &mut PgConnection, id: i64, changes: &[Planned]) -> Result<(), StoreError> {
    fn column<T>(changes: &[Planned], value: impl Fn(&Planned) -> T) -> Vec<T> {
        changes.iter().map(value).collect()
    }
    sqlx::query(
        "insert into repricing_change (repricing_id, trace_id, span_id, home, before_pico, after_pico, source, cost) \
         select $1, * from unnest($2::uuid[], $3::int8[], $4::timestamptz[], $5::int8[], $6::int8[], $7::int2[], $8::bytea[])",
    )
    .bind(id)
    .bind(column(changes, |change| change.place.trace_id))
    .bind(column(changes, |change| change.place.span_id))
    .bind(column(changes, |change| change.place.home))
    .bind(column(changes, |change| change.before_pico))
    .bind(column(changes, |change| change.after_pico))
    .bind(column(changes, |change| change.source))
    .bind(column(changes, |change| change.cost.clone()))
    .execute(db)
    .await?;
    Ok(())
}

/// Adds to the lines of a run, by tenant and model.
pub(super) async fn add_lines(
    db: &mut PgConnection,
    id: i64,
    lines: impl Iterator<Item = ((i32, i32), Change)>,
) -> Result<(), StoreError> {
    let lines: Vec<((i32, i32), Change)> = lines.collect();
    let column = |value: fn(&Change) -> i64| lines.iter().map(|(_, change)| value(change)).collect::<Vec<_>>();
    // Sums go as text: a numeric of ours has no decimals, and may be longer than a bigint.
    let sums = |value: fn(&Change) -> model::UsdSum| {
        lines.iter().map(|(_, change)| value(change).pico().to_string()).collect::<Vec<_>>()
    };
    sqlx::query(
        "insert into repricing_line as l (repricing_id, tenant_id, model_id, calls, changed, unpriced_before, unpriced_after, applied, \
                                          before_pico, after_pico, moved_pico) \
         select $1, u.tenant_id, u.model_id, u.calls, u.changed, u.unpriced_before, u.unpriced_after, u.applied, \
                u.before_pico::numeric, u.after_pico::numeric, u.moved_pico::numeric \
           from unnest($2::int4[], $3::int4[], $4::int8[], $5::int8[], $6::int8[], $7::int8[], $8::int8[], $9::text[], $10::text[], \
                       $11::text[]) \
             as u(tenant_id, model_id, calls, changed, unpriced_before, unpriced_after, applied, before_pico, after_pico, moved_pico) \
         on conflict (repricing_id, tenant_id, model_id) do update set calls = l.calls + excluded.calls, \
            changed = l.changed + excluded.changed, unpriced_before = l.unpriced_before + excluded.unpriced_before, \
            unpriced_after = l.unpriced_after + excluded.unpriced_after, applied = l.applied + excluded.applied, \
            before_pico = l.before_pico + excluded.before_pico, after_pico = l.after_pico + excluded.after_pico, \
            moved_pico = l.moved_pico + excluded.moved_pico",
    )
    .bind(id)
    .bind(lines.iter().map(|((tenant, _), _)| *tenant).collect::<Vec<_>>())
    .bind(lines.iter().map(|((_, model), _)| *model).collect::<Vec<_>>())
    .bind(column(|change| change.calls))
    .bind(column(|change| change.changed))
    .bind(column(|change| change.unpriced_before))
    .bind(column(|change| change.unpriced_after))
    .bind(column(|change| change.applied))
    .bind(sums(|change| change.before))
    .bind(sums(|change| change.after))
    .bind(sums(|change| change.moved))
    .execute(db)
    .await?;
    Ok(())
}

/// All calls have been looked at.
pub async fn finish(db: &PgPool, id: i64, now: DateTime<Utc>) -> Result<(), StoreError> {
    sqlx::query("update repricing set state = $2, looked_at = $3 where id = $1 and state = $4")
        .bind(id)
        .bind(State::Ready.code())
        .bind(now)
        .bind(State::Looking.code())
        .execute(db)
        .await?;
    Ok(())
}
