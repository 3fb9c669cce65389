//! Many queries about the spans of their windows, by one look at the widest: how many there are costs little.
//!
//! Queries whose figures are sums are worked out here, span by span, of what rows know (`asked`); those that differ only in their
//! bounds are one. What needs the spans together (percentiles, traces that are told apart) or what they say is asked for by itself,
//! and so is a query with more groups than are held in memory.

use model::alert::query::spans::{Bound, By, Figure, SpanQuery};
use model::time::TimeRange;
use sqlx::PgPool;

use super::asked::{Asked, Columns};
use super::{Found, groups, numbers};
use crate::{POSTGRES_EPOCH_US, StoreError};

/// From so many queries on spans are read once for all of them: below, PostgreSQL adds up faster than rows are sent.
const SHARED_MIN: usize = 4;

/// Groups that are held in memory, of one query and of all that are asked at once: some tens of megabytes.
const HELD_MAX: usize = 20_000;
const HELD_TOGETHER_MAX: usize = 200_000;

/// A query with the bound and the window it is asked with.
pub type Ask<'a> = (&'a SpanQuery, Bound, TimeRange);

/// The groups of each query beyond its bound, as [`groups`] finds them in its window.
pub async fn groups_of_many(db: &PgPool, asks: &[Ask<'_>]) -> Result<Vec<Found>, StoreError> {
    let mut found: Vec<Option<Found>> = asks.iter().map(|_| None).collect();
    let shared: Vec<usize> = (0..asks.len()).filter(|place| is_a_sum_of_rows(asks[*place].0)).collect();
    if shared.len() >= SHARED_MIN {
        // Queries that differ in nothing but their bounds, with their places.
        let mut alike: Vec<(Ask<'_>, Vec<usize>)> = Vec::new();
        for place in shared {
            match alike.iter_mut().find(|(ask, _)| is_alike(ask, &asks[place])) {
                Some((_, places)) => places.push(place),
                None => alike.push((asks[place], vec![place])),
            }
        }
        // Those of one window beside each other: it is looked at once for each span.
        alike.sort_by_key(|((_, _, window), _)| (window.from, window.to));
        let distinct: Vec<Ask<'_>> = alike.iter().map(|(ask, _)| *ask).collect();
        let scanned = scan(db, &distinct).await?;
        for ((_, places), asked) in alike.into_iter().zip(scanned.into_iter().flat_map(|of_window| of_window.asked)) {
            for place in places {
                found[place] = asked.found(db, asks[place].1).await?;
            }
        }
    }
    let mut all = Vec::with_capacity(asks.len());
    for (known, (query, bound, window)) in found.into_iter().zip(asks) {
        all.push(match known {
            Some(found) => found,
            None => groups(db, query, Some(*bound), *window).await?,
        });
    }
    Ok(all)
}

/// Whether its figures can be added up row by row.
fn is_a_sum_of_rows(query: &SpanQuery) -> bool {
    let is_sum = !matches!(query.figure, Figure::Traces | Figure::Percentile(_));
    is_sum && !query.is_said() && query.by != By::Trace
}

/// Whether they have the same groups.
fn is_alike((left, _, within): &Ask<'_>, (right, _, window): &Ask<'_>) -> bool {
    within == window && left.figure == right.figure && left.by == right.by && left.conditions == right.conditions
}

/// The queries of one window, and from when until when it is, in PostgreSQL's microseconds.
struct OfWindow<'a> {
    ends: [i64; 2],
    asked: Vec<Asked<'a>>,
}

/// Reads what arrived in all of the windows once. The queries are sorted by window, and stay in their order.
async fn scan<'a>(db: &PgPool, asks: &[Ask<'a>]) -> Result<Vec<OfWindow<'a>>, StoreError> {
    let Some((_, _, first)) = asks.first() else { return Ok(Vec::new()) };
    let whole = asks.iter().fold(*first, |whole, (_, _, window)| TimeRange {
        from: whole.from.min(window.from),
        to: whole.to.max(window.to),
    });
    let mut columns = Columns::default();
    let arrival = columns.place("s.received_at");
    let mut windows = Vec::new();
    for asks in asks.chunk_by(|(_, _, left), (_, _, right)| left == right) {
        let mut asked = Vec::with_capacity(asks.len());
        for (query, _, _) in asks {
            asked.push(Asked::new(db, query, &mut columns).await?);
        }
        let ends = asks.first().map_or(whole, |(_, _, window)| *window);
        let ends = [ends.from, ends.to].map(|at| at.timestamp_micros() - POSTGRES_EPOCH_US);
        windows.push(OfWindow { ends, asked });
    }
    let mut together = 0;
    let add = |row: &[Option<i64>]| {
        let arrived = row.get(arrival).copied().flatten().unwrap_or_default();
        let is_within = |of_window: &&mut OfWindow<'_>| (of_window.ends[0]..of_window.ends[1]).contains(&arrived);
        for asked in windows.iter_mut().filter(is_within).flat_map(|of_window| &mut of_window.asked) {
            let before = asked.held();
            asked.add(row);
            together += asked.held() - before;
            if asked.held() > HELD_MAX || together > HELD_TOGETHER_MAX {
                together -= asked.held();
                asked.give_up();
            }
        }
    };
    numbers::of_fresh_spans(db, &columns.0, whole, add).await?;
    Ok(windows)
}
