//! The calls of models in one trace: few of its spans, and of each only what it is added up by.

use std::collections::HashMap;

use futures::TryStreamExt;
use model::trace::waterfall::statistics::{Call, Calls};
use model::{SpanId, TraceId};
use sqlx::{PgPool, Row as _};
use uuid::Uuid;

use super::light::{Met, names};
use crate::StoreError;

/// The calls of a trace, the first `limit` the database comes to.
pub async fn calls(db: &PgPool, kept: TraceId, limit: usize) -> Result<Calls, StoreError> {
    let statement = "select span_id, model_id, tokens_in, tokens_out from span \
         where trace_id = $1 and home = (select home from traces where trace_id = $1) \
         and (model_id is not null or tokens_in is not null or tokens_out is not null) limit $2";
    let one_more = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
    let mut rows = sqlx::query(statement).bind(Uuid::from_bytes(kept.to_bytes())).bind(one_more).fetch(db);
    let (mut by_span, mut models, mut is_cut) = (HashMap::new(), Met::default(), false);
    while let Some(row) = rows.try_next().await? {
        if by_span.len() >= limit {
            is_cut = true;
            break;
        }
        let id: i64 = row.try_get(0)?;
        let wrong = || StoreError::Inconsistent { table: "span", column: "span_id", id: format!("{id:016x}") };
        let model = row.try_get::<Option<i32>, _>(1)?.map_or(u32::MAX, |id| models.place(id));
        let call = Call { model, tokens_in: row.try_get(2)?, tokens_out: row.try_get(3)? };
        by_span.insert(SpanId::from_i64(id).map_err(|_| wrong())?, call);
    }
    drop(rows);
    let models = names(db, "select id, name from dim_model where id = any($1)", models).await?;
    Ok(Calls::new(by_span, models, is_cut))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Telling, a_span, write};

    #[sqlx::test(migrator = "crate::MIGRATOR")]
    async fn the_calls_of_a_trace_come_with_their_models(db: PgPool) {
        let call = |span, model| a_span(1, span).with_model("acme", model);
        write(&db, vec![call(1, "large"), call(2, "small"), a_span(1, 3), a_span(2, 1).with_model("acme", "other")])
            .await;
        let trace = a_span(1, 1);
        let found = calls(&db, trace.trace_id, 10).await.unwrap();
        assert_eq!((found.len(), found.is_cut()), (2, false));
        let model =
            |span: i64| found.of(SpanId::from_i64(span).unwrap()).map(|call| found.model(call.model).to_owned());
        assert_eq!((model(1).as_deref(), model(2).as_deref(), model(3)), (Some("large"), Some("small"), None));
        let cut = calls(&db, trace.trace_id, 1).await.unwrap();
        assert_eq!((cut.len(), cut.is_cut()), (1, true));
    }
}
