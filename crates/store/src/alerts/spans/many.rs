//! Many queries about the spans of one window, by one look at them: how many there are costs little.
//!
//! Queries whose figures are sums are worked out here, span by span, of what rows know (`asked`); those that differ only in their
//! bounds are one. What needs the spans together (percentiles, traces that are told apart) or what they say is asked for by itself,
//! and so is a query with more groups than are held in memory.

use model::alert::query::spans::{Bound, By, Figure, SpanQuery};
use model::time::TimeRange;
use sqlx::PgPool;

use super::asked::{Asked, Columns};
use super::{Found, groups, numbers};
use crate::StoreError;

/// From so many queries on a window is read once for all of them: below, PostgreSQL adds up faster than rows are sent.
const SHARED_MIN: usize = 4;

/// The groups of each query beyond its bound, as [`groups`] finds them.
pub async fn groups_of_many(
    db: &PgPool,
    asks: &[(&SpanQuery, Bound)],
    window: TimeRange,
) -> Result<Vec<Found>, StoreError> {
    let mut found: Vec<Option<Found>> = asks.iter().map(|_| None).collect();
    let shared: Vec<usize> = (0..asks.len()).filter(|place| is_a_sum_of_rows(asks[*place].0)).collect();
    if shared.len() >= SHARED_MIN {
        // Queries that differ in nothing but their bounds, with their places.
        let mut alike: Vec<(&SpanQuery, Vec<usize>)> = Vec::new();
        for place in shared {
            match alike.iter_mut().find(|(query, _)| is_alike(query, asks[place].0)) {
                Some((_, places)) => places.push(place),
                None => alike.push((asks[place].0, vec![place])),
            }
        }
        let queries: Vec<&SpanQuery> = alike.iter().map(|(query, _)| *query).collect();
        for ((_, places), asked) in alike.into_iter().zip(scan(db, &queries, window).await?) {
            for place in places {
                found[place] = asked.found(db, asks[place].1).await?;
            }
        }
    }
    let mut all = Vec::with_capacity(asks.len());
    for (known, (query, bound)) in found.into_iter().zip(asks) {
        all.push(match known {
            Some(found) => found,
            None => groups(db, query, Some(*bound), window).await?,
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
fn is_alike(left: &SpanQuery, right: &SpanQuery) -> bool {
    left.figure == right.figure && left.by == right.by && left.conditions == right.conditions
}

/// Reads the window once.
async fn scan<'a>(db: &PgPool, queries: &[&'a SpanQuery], window: TimeRange) -> Result<Vec<Asked<'a>>, StoreError> {
    let mut columns = Columns::default();
    let mut asked = Vec::with_capacity(queries.len());
    for query in queries {
        asked.push(Asked::new(db, query, &mut columns).await?);
    }
    numbers::of_fresh_spans(db, &columns.0, window, |row| asked.iter_mut().for_each(|asked| asked.add(row))).await?;
    Ok(asked)
}
