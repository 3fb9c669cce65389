//! Earlier spans of one operation.

use chrono::Days;
use model::Span;
use model::trace::history::{Earlier, History, Reach};
use model::{TraceId, Usd};
use sqlx::PgPool;
use uuid::Uuid;

use crate::StoreError;
use crate::partitions::home_at;

/// How a span compares with those of its service and operation that began before it, in other traces.
///
/// Of the latest `reach.spans` spans of the service, which an index lists in the order they began, those of the operation are
/// compared, so that the statement reads no more than that whatever the operation.
pub async fn of(db: &PgPool, kept: TraceId, span: &Span, reach: Reach) -> Result<Option<History>, StoreError> {
    let began = span.start.to_datetime();
    let since = began - Days::new(reach.days);
    let rows: Vec<(i64, Option<i64>, i64)> = sqlx::query_as(
        "select duration_ns, cost_pico, extract(epoch from $5 - start_time)::int8 from \
         (select s.trace_id, s.operation_id, s.duration_ns, s.cost_pico, s.start_time from span s \
           where s.service_id = (select id from dim_service where name = $1) \
             and s.home >= $3 and s.home <= $5 and s.start_time >= $4 and s.start_time < $5 \
           order by s.start_time desc limit $6) latest \
          where operation_id = (select id from dim_operation where name = $2) and trace_id <> $7",
    )
    .bind(&span.service)
    .bind(&span.name)
    // A span may begin on the day after its trace did.
    .bind(home_at(since) - Days::new(1))
    .bind(since)
    .bind(began)
    .bind(reach.spans)
    .bind(Uuid::from_bytes(kept.to_bytes()))
    .fetch_all(db)
    .await?;
    let seconds = rows.iter().map(|(.., seconds)| *seconds).max().unwrap_or_default();
    let earlier: Vec<Earlier> =
        rows.iter().map(|&(duration_ns, cost, _)| Earlier { duration_ns, cost: cost.map(Usd::from_pico) }).collect();
    Ok(History::of(span.duration_ns, span.cost.usd, &earlier, seconds))
}

#[cfg(test)]
mod tests {
    use model::Span;
    use model::trace::history::REACH;

    use super::*;
    use crate::testing::{Telling, a_span, trace_id, write};

    fn earlier(trace: u64, milliseconds: i64) -> Span {
        let seconds = i64::try_from(trace).unwrap() - 1_000;
        Span { duration_ns: milliseconds * 1_000_000, ..a_span(trace, 1).costing("0.001").starting(seconds) }
    }

    #[sqlx::test(migrator = "crate::MIGRATOR")]
    async fn a_span_is_compared_with_earlier_ones_of_its_operation(db: PgPool) {
        let mut spans: Vec<Span> = (1..=40).map(|trace| earlier(trace, trace as i64)).collect();
        spans.push(Span { name: "other".to_owned(), ..earlier(50, 1) });
        spans.push(earlier(51, 1).of_service("elsewhere"));
        let opened = Span { duration_ns: 31_000_000, ..a_span(60, 1).costing("0.002") };
        spans.extend([opened.clone(), a_span(61, 1).starting(5)]);
        write(&db, spans).await;
        let history = of(&db, trace_id(60), &opened, REACH).await.unwrap().unwrap();
        assert_eq!((history.duration.of, history.duration.above, history.duration.median), (40, 0.75, 20_000_000));
        assert_eq!((history.cost.unwrap().above, history.seconds), (1.0, 999));
        let few = of(&db, trace_id(60), &opened, Reach { spans: 10, ..REACH }).await.unwrap();
        assert_eq!(few, None, "the latest few are too few");
    }
}
