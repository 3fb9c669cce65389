//! The span that counts in place of one that tells the same answer of a model.

use model::cost::Verdict;
use model::trace::settle::Answer;
use model::{Span, SpanId, TraceId};
use sqlx::PgPool;
use uuid::Uuid;

use super::some;
use crate::StoreError;

/// Spans whose payload is read: with the same model and the very same tokens there are a few at most.
const SPANS_MAX: i64 = 50;

/// The span of the trace that tells the answer this one tells, and is counted; id and operation. `None` when none can be told.
pub async fn counted_elsewhere(
    db: &PgPool,
    kept: TraceId,
    span: &Span,
) -> Result<Option<(SpanId, String)>, StoreError> {
    let Some((answer, tokens)) = answer(span) else { return Ok(None) };
    let same: Vec<i64> = sqlx::query_scalar(
        "select s.span_id from span s where s.trace_id = $1 and s.home = (select home from traces where trace_id = $1) \
         and s.span_id <> $2 and s.tokens_in = $3 and s.tokens_out = $4 and s.verdict <> $5 order by s.verdict, s.start_time limit $6",
    )
    .bind(Uuid::from_bytes(kept.to_bytes()))
    .bind(span.span_id.to_i64())
    .bind(tokens[0])
    .bind(tokens[1])
    .bind(Verdict::ToldTwice.code())
    .bind(SPANS_MAX)
    .fetch_all(db)
    .await?;
    let ids: Vec<SpanId> = same.into_iter().filter_map(|id| SpanId::from_i64(id).ok()).collect();
    let spans = some(db, kept, &ids).await?;
    let telling = spans.into_iter().filter(|other| self::answer(other).is_some_and(|(other, _)| other == answer));
    // One that is its own counts; without it one that is told again below itself.
    let counted = telling.min_by_key(|other| (other.cost.verdict, other.start));
    Ok(counted.map(|counted| (counted.span_id, counted.name)))
}

fn answer(span: &Span) -> Option<(Answer, [i64; 2])> {
    let usage = &span.model_call.as_ref()?.usage;
    let tokens = [i64::try_from(usage.input?).ok()?, i64::try_from(usage.output?).ok()?];
    Some((Answer::of(&span.detail.attributes, tokens.map(Some))?, tokens))
}

#[cfg(test)]
mod tests {
    use model::attribute::Attributes;

    use super::*;
    use crate::testing::{Telling, a_span, span_id, trace_id, write};

    fn telling(span: i64, answer: &str, verdict: Verdict) -> Span {
        let mut span = a_span(1, span).with_model("openai", "gpt-4o").costing("0.001");
        span.cost.judge(verdict);
        span.detail.attributes = Attributes(vec![("gen_ai.response.id".into(), answer.into())]);
        span
    }

    #[sqlx::test(migrator = "crate::MIGRATOR")]
    async fn the_span_that_counts_is_found_by_the_answer(db: PgPool) {
        let twice = telling(1, "chatcmpl-1", Verdict::ToldTwice);
        let other = telling(2, "chatcmpl-2", Verdict::Own);
        let own = telling(3, "chatcmpl-1", Verdict::Own);
        write(&db, vec![twice.clone(), other.clone(), own]).await;
        let found = counted_elsewhere(&db, trace_id(1), &twice).await.unwrap();
        assert_eq!(found, Some((span_id(3), "work".to_owned())));
        assert_eq!(counted_elsewhere(&db, trace_id(1), &other).await.unwrap(), None);
    }
}
