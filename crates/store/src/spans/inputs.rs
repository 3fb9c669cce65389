//! What the calls of a trace were given, as far as it can make a difference: of calls that look like another one.
//!
//! A call that costs something and shares service, operation, model and tokens with no other one is the same as none, so its payload
//! stays where it is. Of the others the dearest are read, a slice at a time, and of each a number is kept.

use model::span::Category;
use model::trace::waste::{Calls, Input};
use model::{SpanId, TraceId};
use sqlx::{FromRow, PgPool};
use uuid::Uuid;

use crate::traces::Reader;
use crate::{StoreError, payload};

/// Calls that are looked through for others like them, the dearest first: it bounds what the database sorts.
const CANDIDATES_MAX: i64 = 50_000;

/// Calls looked into, the dearest first: with payloads of a kilobyte that takes a database a twentieth of a second.
const CALLS_MAX: i64 = 2_000;

/// Bytes of payloads, as they are stored, that are looked into: prompts of some thousand long conversations.
const BYTES_MAX: i64 = 32 << 20;

/// Calls read at once.
const CALLS_AT_ONCE: usize = 100;

/// Bytes of payloads read at once; one that is larger is read by itself.
const BYTES_AT_ONCE: i64 = 4 << 20;

/// Sorts of work whose spans tell what they were given.
const CALLS: [Category; 5] = [Category::Llm, Category::Embedding, Category::Agent, Category::Tool, Category::Retrieval];

#[derive(FromRow)]
struct Alike {
    span_id: i64,
    bytes: i64,
    /// Whether it is among those that are looked into.
    read: bool,
}

/// The calls of a trace, as far as `reader` may see them.
pub async fn inputs(db: &PgPool, reader: Reader<'_>, kept: TraceId) -> Result<Calls, StoreError> {
    let candidates: i64 = sqlx::query_scalar(
        "select count(*) from span \
          where trace_id = $1 and home = (select home from traces where trace_id = $1) and cost_pico > 0 \
            and (model_id is not null or category = any($2)) and ($3::int4 is null or tenant_id = $3)",
    )
    .bind(Uuid::from_bytes(kept.to_bytes()))
    .bind(CALLS.map(Category::code).to_vec())
    .bind(reader.only())
    .fetch_one(db)
    .await?;
    if candidates < 2 {
        return Ok(Calls::default());
    }
    let alike = alike(db, reader, kept).await?;
    let not_read = alike.iter().filter(|call| !call.read).count() as u64;
    let left_out = candidates.saturating_sub(CANDIDATES_MAX).max(0).unsigned_abs();
    let mut calls = Calls { not_compared: not_read + left_out, ..Calls::default() };
    let asked: Vec<&Alike> = alike.iter().filter(|call| call.read).collect();
    for slice in slices(&asked) {
        let ids: Vec<i64> = slice.iter().map(|call| call.span_id).collect();
        look_into(db, kept, &ids, &mut calls).await?;
    }
    Ok(calls)
}

/// Calls that share service, operation, model and tokens with another one, the dearest first.
async fn alike(db: &PgPool, reader: Reader<'_>, kept: TraceId) -> Result<Vec<Alike>, StoreError> {
    let alike = sqlx::query_as(
        "with own as ( \
             select span_id, cost_pico, octet_length(payload)::int8 as bytes, \
                    count(*) over (partition by service_id, operation_id, model_id, tokens_in) as alike \
               from (select * from span \
                      where trace_id = $1 and home = (select home from traces where trace_id = $1) and cost_pico > 0 \
                        and (model_id is not null or category = any($2)) and ($3::int4 is null or tenant_id = $3) \
                      order by cost_pico desc, span_id limit $6) dearest), \
         ranked as ( \
             select span_id, bytes, row_number() over dearest as place, (sum(bytes) over dearest)::int8 as bytes_so_far \
               from own where alike > 1 window dearest as (order by cost_pico desc, span_id)) \
         select span_id, bytes, place <= $4 and bytes_so_far <= $5 as read from ranked order by place",
    )
    .bind(Uuid::from_bytes(kept.to_bytes()))
    .bind(CALLS.map(Category::code).to_vec())
    .bind(reader.only())
    .bind(CALLS_MAX)
    .bind(BYTES_MAX)
    .bind(CANDIDATES_MAX)
    .fetch_all(db)
    .await?;
    Ok(alike)
}

/// Calls that are read together.
fn slices<'a, 'b>(calls: &'a [&'b Alike]) -> impl Iterator<Item = &'a [&'b Alike]> {
    let mut rest = calls;
    std::iter::from_fn(move || {
        let mut bytes = 0;
        let fits = |call: &&&Alike| {
            bytes += call.bytes;
            bytes <= BYTES_AT_ONCE
        };
        let count = rest.iter().take(CALLS_AT_ONCE).take_while(fits).count().max(1);
        let (slice, left) = rest.split_at_checked(count)?;
        rest = left;
        Some(slice)
    })
}

/// Reads what these calls were given, and keeps a number of each.
async fn look_into(db: &PgPool, kept: TraceId, span_ids: &[i64], calls: &mut Calls) -> Result<(), StoreError> {
    let rows: Vec<(i64, Option<String>, Vec<u8>)> = sqlx::query_as(
        "select s.span_id, model.name, s.payload from span s left join dim_model model on model.id = s.model_id \
          where s.trace_id = $1 and s.home = (select home from traces where trace_id = $1) and s.span_id = any($2)",
    )
    .bind(Uuid::from_bytes(kept.to_bytes()))
    .bind(span_ids)
    .fetch_all(db)
    .await?;
    let frames = rows.iter().map(|(.., frame)| frame.as_slice());
    let mut unpacker = payload::unpacker(&mut *db.acquire().await?, frames).await?;
    for (span_id, model, frame) in rows {
        let wrong = |column| StoreError::Inconsistent { table: "span", column, id: format!("{span_id:016x}") };
        let (attributes, events) = payload::told(&frame, &mut unpacker).map_err(|_| wrong("payload"))?;
        if let Some(input) = Input::of(model.as_deref(), &attributes, &events) {
            calls.inputs.insert(SpanId::from_i64(span_id).map_err(|_| wrong("span_id"))?, input);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use model::Span;
    use model::attribute::{Attributes, Value};

    use super::*;
    use crate::testing::{Telling, a_span, span_id, trace_id, write};

    fn asking(span: i64, prompt: &str) -> Span {
        let mut span = a_span(1, span).with_model("openai", "gpt-4o").costing("0.01");
        span.detail.attributes = Attributes(vec![("gen_ai.prompt".into(), Value::from(prompt))]);
        span
    }

    #[sqlx::test(migrator = "crate::MIGRATOR")]
    async fn only_calls_that_look_alike_are_looked_into(db: PgPool) {
        let other = Span { name: "summarise".to_owned(), ..asking(4, "hello") };
        let free = asking(5, "hello").costing("0");
        write(&db, vec![asking(1, "hello"), asking(2, "hello"), asking(3, "bye"), other, free]).await;
        let found = inputs(&db, Reader::Everything, trace_id(1)).await.unwrap();
        let of = |span: i64| found.inputs.get(&span_id(span));
        assert!(of(1).is_some());
        assert_eq!((of(1) == of(2), of(1) == of(3)), (true, false));
        assert_eq!((of(4), of(5)), (None, None), "like no other, and free");
        assert_eq!(found.not_compared, 0);
    }

    #[test]
    fn slices_hold_so_many_calls_and_bytes_and_one_that_is_larger_alone() {
        let calls = |bytes: &[i64]| -> Vec<usize> {
            let alike: Vec<Alike> = bytes.iter().map(|&bytes| Alike { span_id: 1, bytes, read: true }).collect();
            let asked: Vec<&Alike> = alike.iter().collect();
            slices(&asked).map(<[_]>::len).collect()
        };
        assert_eq!(calls(&[10; 250]), [100, 100, 50]);
        assert_eq!(calls(&[BYTES_AT_ONCE + 1, BYTES_AT_ONCE, 1]), [1, 1, 1]);
        assert_eq!(calls(&[]), Vec::<usize>::new());
    }
}
