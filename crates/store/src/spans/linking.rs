//! Spans elsewhere that refer to a span by a link.

use model::space::Within;
use model::trace::linking::{Linking, LinkingSpan};
use model::{SpanId, TraceId};
use sqlx::{FromRow, PgPool};
use uuid::Uuid;

use crate::{StoreError, spaces, traces};

/// Spans told of: who is fanned out to thousands is found by other ways.
const SPANS_MAX: usize = 50;

#[derive(FromRow)]
struct Row {
    trace_id: Uuid,
    span_id: i64,
    service: String,
    operation: String,
}

/// Those that refer to a span of the trace that was sent as `trace_id` and is kept as `kept`, as far as they are in its space.
pub async fn linking(db: &PgPool, trace_id: TraceId, kept: TraceId, span_id: SpanId) -> Result<Linking, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(
        "select s.trace_id, s.span_id, service.name as service, operation.name as operation from span_link l \
           join traces t on t.trace_id = l.trace_id and t.space = (select space from traces where trace_id = $3) \
           join span s on s.trace_id = l.trace_id and s.span_id = l.span_id and s.home = t.home \
           join dim_service service on service.id = s.service_id \
           join dim_operation operation on operation.id = s.operation_id \
          where l.to_trace_id = $1 and l.to_span_id = $2 order by s.start_time, s.trace_id, s.span_id limit $4",
    )
    .bind(Uuid::from_bytes(trace_id.to_bytes()))
    .bind(span_id.to_i64())
    .bind(Uuid::from_bytes(kept.to_bytes()))
    .bind(SPANS_MAX as i64 + 1)
    .fetch_all(db)
    .await?;
    let ids = rows.iter().map(|row| traces::trace_id(row.trace_id)).collect::<Result<Vec<_>, _>>()?;
    let called = spaces::called(db, &ids).await?;
    let more = rows.len() > SPANS_MAX;
    let span = |(row, kept): (Row, TraceId)| {
        let wrong =
            |_| StoreError::Inconsistent { table: "span", column: "span_id", id: format!("{:016x}", row.span_id) };
        Ok(LinkingSpan {
            trace_id: called.id(kept),
            within: called.own_space_of(kept).map_or(Within::Anywhere, |tenant| Within::Tenant(tenant.to_owned())),
            span_id: SpanId::from_i64(row.span_id).map_err(wrong)?,
            service: row.service,
            operation: row.operation,
        })
    };
    let spans = rows.into_iter().zip(ids).take(SPANS_MAX).map(span).collect::<Result<_, StoreError>>()?;
    Ok(Linking { spans, more })
}

#[cfg(test)]
mod tests {
    use model::Span;
    use model::span::Link;

    use super::*;
    use crate::testing::{Telling, a_span, span_id, trace_id, write};

    fn linking_to(trace: u64, span: i64, to: i64) -> Span {
        let mut linking = a_span(trace, span).of_service("queue").starting(-span);
        let link =
            Link { trace_id: trace_id(1), span_id: span_id(to), attributes: model::attribute::Attributes::default() };
        linking.detail.links = vec![link.clone(), link];
        linking
    }

    #[sqlx::test(migrator = "crate::MIGRATOR")]
    async fn a_span_is_found_from_the_one_it_refers_to_however_often_it_is_sent_and_whichever_comes_first(db: PgPool) {
        write(&db, vec![linking_to(2, 2, 1), linking_to(3, 3, 1), linking_to(4, 4, 9)]).await;
        write(&db, vec![a_span(1, 1)]).await;
        write(&db, vec![linking_to(2, 2, 1), linking_to(5, 5, 1)]).await;
        let found = linking(&db, trace_id(1), trace_id(1), span_id(1)).await.unwrap();
        let ids: Vec<_> = found.spans.iter().map(|span| (span.trace_id, span.span_id)).collect();
        assert_eq!(ids, [5, 3, 2].map(|number| (trace_id(number), span_id(number as i64))), "by start");
        assert_eq!((found.spans[0].service.as_str(), found.spans[0].operation.as_str()), ("queue", "work"));
        assert!(!found.more);
        assert_eq!(linking(&db, trace_id(2), trace_id(2), span_id(2)).await.unwrap(), Linking::default());
    }

    #[sqlx::test(migrator = "crate::MIGRATOR")]
    async fn of_very_many_the_first_are_told_and_that_there_are_more(db: PgPool) {
        let many = (2..=60).map(|number| linking_to(number, number as i64, 1)).collect();
        write(&db, many).await;
        write(&db, vec![a_span(1, 1)]).await;
        let found = linking(&db, trace_id(1), trace_id(1), span_id(1)).await.unwrap();
        assert_eq!((found.spans.len(), found.more), (SPANS_MAX, true));
    }
}
