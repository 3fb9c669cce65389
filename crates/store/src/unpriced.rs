//! Calls of models whose cost nobody knows, by model.
//!
//! Read from the spans themselves: rollups know how many calls of a model have no cost, and not how many tokens those took.
//! Every leaf has a small index of exactly these spans.

use chrono::{DateTime, Utc};
use model::price::UnpricedModel;
use model::span::Status;
use model::time::TimeRange;
use sqlx::{FromRow, PgPool};

use crate::StoreError;

#[derive(FromRow)]
struct Row {
    provider: String,
    model: String,
    calls: i64,
    calls_with_tokens: i64,
    tokens_in: i64,
    tokens_out: i64,
    first: DateTime<Utc>,
    last: DateTime<Utc>,
}

/// Models with calls in `range` that have no cost, most tokens first, `limit` at most. Calls that failed without a token are left
/// out: whatever the price, they cost nothing.
pub async fn models(db: &PgPool, range: TimeRange, limit: i64) -> Result<Vec<UnpricedModel>, StoreError> {
    let statement = "
        select m.provider
             , m.name as model
             , s.calls
             , s.calls_with_tokens
             , s.tokens_in
             , s.tokens_out
             , s.first
             , s.last
          from (select model_id
                     , count(*) as calls
                     , count(coalesce(tokens_in, tokens_out)) as calls_with_tokens
                     , coalesce(sum(tokens_in), 0)::int8 as tokens_in
                     , coalesce(sum(tokens_out), 0)::int8 as tokens_out
                     , min(start_time) as first
                     , max(start_time) as last
                  from span
                 where cost_pico is null
                   and model_id is not null
                   and start_time >= $1
                   and start_time < $2
                   and cost_source = 0
                   and verdict = 0
                   and (status <> $3 or tokens_in is not null or tokens_out is not null)
                 group by model_id) s
          join dim_model m on m.id = s.model_id
         order by s.tokens_in + s.tokens_out desc, s.calls desc, m.name, m.provider
         limit $4";
    let rows: Vec<Row> = sqlx::query_as(statement)
        .bind(range.from)
        .bind(range.to)
        .bind(Status::Error.code())
        .bind(limit)
        .fetch_all(db)
        .await?;
    Ok(rows.into_iter().map(UnpricedModel::from).collect())
}

impl From<Row> for UnpricedModel {
    fn from(row: Row) -> Self {
        let Row { provider, model, calls, calls_with_tokens, tokens_in, tokens_out, first, last } = row;
        Self {
            provider: Some(provider).filter(|provider| !provider.is_empty()),
            model,
            calls,
            calls_with_tokens,
            tokens_in,
            tokens_out,
            first,
            last,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Telling, a_span, noon, write};

    #[sqlx::test(migrator = "crate::MIGRATOR")]
    async fn calls_without_a_cost_are_added_up_by_model_most_tokens_first(db: PgPool) {
        let mut without_tokens = a_span(4, 1).with_model("acme", "image");
        if let Some(call) = &mut without_tokens.model_call {
            call.usage = Default::default();
        }
        let failed = {
            let mut failed = without_tokens.clone().failing();
            failed.span_id = crate::testing::span_id(2);
            failed
        };
        write(
            &db,
            vec![
                a_span(1, 1).with_model("acme", "small"),
                a_span(2, 1).with_model("acme", "large"),
                a_span(2, 2).with_model("acme", "large").starting(61).failing(),
                a_span(3, 1).with_model("acme", "large").costing("0"),
                a_span(3, 2).with_model("acme", "small").starting(7_200),
                a_span(3, 3),
                without_tokens,
                failed,
            ],
        )
        .await;
        let range = TimeRange { from: noon(), to: noon() + chrono::TimeDelta::hours(1) };
        let models = models(&db, range, 10).await.unwrap();
        let lines: Vec<_> = models
            .iter()
            .map(|line| (line.model.as_str(), line.calls, line.calls_with_tokens, line.tokens_in, line.tokens_out))
            .collect();
        assert_eq!(lines, [("large", 2, 2, 200, 40), ("small", 1, 1, 100, 20), ("image", 1, 0, 0, 0)]);
        assert_eq!(models[0].provider.as_deref(), Some("acme"));
        assert_eq!((models[0].first, models[0].last), (noon(), noon() + chrono::TimeDelta::seconds(61)));
        assert_eq!(super::models(&db, range, 1).await.unwrap().len(), 1);
    }

    #[sqlx::test(migrator = "crate::MIGRATOR")]
    async fn a_leaf_has_an_index_of_exactly_these_spans(db: PgPool) {
        write(&db, vec![a_span(1, 1).with_model("acme", "small")]).await;
        let indexes: i64 = sqlx::query_scalar(
            "select count(*) from pg_indexes where tablename like 'span\\_2%' \
             and indexdef like '%(start_time) WHERE ((cost_pico IS NULL) AND (model_id IS NOT NULL))'",
        )
        .fetch_one(&db)
        .await
        .unwrap();
        assert!(indexes > 0);
    }
}
