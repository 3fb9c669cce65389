//! Prices stored calls again: looks at some of them, or applies some of what was found, then makes room for other work.
//!
//! Every round is bounded and leaves the run further than it was, so that whoever is elected next goes on from there.

use std::sync::Arc;

use anyhow::bail;
use app::context::PricesInUse;
use chrono::{DateTime, TimeDelta, Utc};
use metrics::counter;
use model::repricing::{State, differs};
use sqlx::PgPool;
use store::repricing::{Looked, UnderWay};
use store::spans::model_calls::{self, Place, Position, Search};

use super::Progress;

/// Calls that one run looks at: reading and pricing one takes some 50 µs, so this is a few minutes, and its plan takes up to 400 MB
/// in the database until it is applied.
const CALLS_MAX: i64 = 2_000_000;

/// Calls of one round: a tenth of a second of work.
const CALLS_PER_ROUND: i64 = 2_000;

/// Calls whose detail is read at a time.
const CALLS_AT_ONCE: usize = 500;

/// Bytes of detail that are read at a time: a call's is about a kilobyte, and may be megabytes.
const DETAIL_BYTES_AT_ONCE: usize = 16 * 1024 * 1024;

/// Calls that are changed in one transaction: locks on their traces are held for some ten milliseconds.
const CHANGES_AT_ONCE: i64 = 500;

/// Shortest and longest stretch of time that is read at once. It follows how many calls there are; a day's spans are read in seconds
/// where hardly any of them is one.
const WINDOW_SECONDS: std::ops::RangeInclusive<i32> = 1..=86_400;

/// One round of the run that is under way, if there is one.
pub async fn run(db: PgPool, prices: Arc<dyn PricesInUse>, now: DateTime<Utc>) -> anyhow::Result<Progress> {
    match store::repricing::under_way(&db).await? {
        Some(under_way) if under_way.run.state == State::Looking => look(&db, &under_way, prices.as_ref(), now).await?,
        Some(under_way) => apply(&db, &under_way, now).await?,
        None if store::repricing::forget_plans(&db).await? => {}
        None => return Ok(Progress::Idle),
    }
    Ok(Progress::More)
}

async fn look(db: &PgPool, under_way: &UnderWay, prices: &dyn PricesInUse, now: DateTime<Utc>) -> anyhow::Result<()> {
    let UnderWay { run, at, window_seconds } = under_way;
    let search = Search { scope: &run.scope, received_by: run.started_at };
    if run.calls.is_none() {
        let calls = model_calls::count(db, search, CALLS_MAX + 1).await?;
        if calls > CALLS_MAX {
            let problem = format!("there are more than {CALLS_MAX} calls; choose a shorter range, a tenant or a model");
            return Ok(store::repricing::fail(db, run.id, &problem).await?);
        }
        return Ok(store::repricing::set_calls(db, run.id, calls).await?);
    }
    if at.time() >= run.scope.range.to {
        return Ok(store::repricing::finish(db, run.id, now).await?);
    }
    let until = (at.time() + TimeDelta::seconds((*window_seconds).into())).min(run.scope.range.to);
    let places = model_calls::places(db, search, *at, until, CALLS_PER_ROUND).await?;
    let found = price(db, &places, prices).await?;
    // Asked afterwards: what was in force before and is not any more may have priced some of them.
    if prices.revision() != run.revision {
        let problem =
            format!("the prices changed while they were applied to calls: they are {} now", prices.revision());
        return Ok(store::repricing::fail(db, run.id, &problem).await?);
    }
    let is_full = places.len() as i64 == CALLS_PER_ROUND;
    let to = places.last().filter(|_| is_full).map_or_else(|| Position::before(until), Position::after);
    let window = if is_full { window_seconds / 2 } else { window_seconds.saturating_mul(2) };
    let window = window.clamp(*WINDOW_SECONDS.start(), *WINDOW_SECONDS.end());
    Ok(store::repricing::keep(db, run.id, &found, (*at, to), window).await?)
}

/// What the calls at these places would cost.
async fn price(db: &PgPool, places: &[Place], prices: &dyn PricesInUse) -> anyhow::Result<Looked> {
    let mut found = Looked::default();
    for some in parts(places) {
        for (place, span) in model_calls::at(db, some).await? {
            let stored = span.cost.clone();
            let new = prices.price_again(span);
            found.add(place, &stored, differs(&stored, &new).then_some(&new));
        }
        // Pricing a few hundred takes some milliseconds; others have their turn in between.
        tokio::task::yield_now().await;
    }
    Ok(found)
}

/// The places in parts that can be read at once.
fn parts(places: &[Place]) -> Vec<&[Place]> {
    let (mut parts, mut rest) = (Vec::new(), places);
    while !rest.is_empty() {
        let mut bytes = 0;
        let more = rest.iter().take(CALLS_AT_ONCE).take_while(|place| {
            bytes += place.payload_bytes();
            bytes <= DETAIL_BYTES_AT_ONCE
        });
        // One that is too large alone is read alone.
        let (part, others) = rest.split_at(more.count().max(1));
        parts.push(part);
        rest = others;
    }
    parts
}

async fn apply(db: &PgPool, under_way: &UnderWay, now: DateTime<Utc>) -> anyhow::Result<()> {
    let id = under_way.run.id;
    let mut at_once = CHANGES_AT_ONCE;
    loop {
        match store::repricing::apply(db, id, at_once, now).await {
            Ok(done) => {
                for (outcome, calls) in [("changed", done.applied), ("left", done.skipped)] {
                    counter!("tracetab_repricing_calls_total", "outcome" => outcome).increment(calls.unsigned_abs());
                }
                return Ok(());
            }
            // A total that cannot be kept would fail for ever: the call that makes it so is found and left as it is.
            Err(error) if error.is_about_values() && at_once > 1 => at_once /= 2,
            Err(error) if error.is_about_values() => {
                tracing::warn!(error = %error, repricing = id, "a call cannot have its new cost, and keeps the one it has");
                return Ok(store::repricing::set_aside(db, id, now).await?);
            }
            Err(error) => bail!(error),
        }
    }
}
