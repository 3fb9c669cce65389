//! What settling needs of payloads: the instrumentation scopes of spans, where an override asks for them, and the answers they tell,
//! where two spans of a trace tell the same tokens. Of no others is the payload read.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use model::Span;
use model::trace::settle::Answer;
use sqlx::PgPool;
use uuid::Uuid;

use crate::StoreError;
use crate::spans::placed;

/// Spans read at once: a payload is about a kilobyte, and may be megabytes.
const SPANS_AT_ONCE: usize = 100;

/// A span by its home, trace and id.
pub(super) type Place = (DateTime<Utc>, Uuid, i64);

/// What a payload tells.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// The name of the instrumentation scope.
    pub(super) scope: String,
    /// The answer of a model.
    pub(super) answer: Option<Answer>,
}

/// What these spans tell, by trace and id.
pub(super) async fn by_spans(db: &PgPool, places: &[Place]) -> Result<HashMap<(Uuid, i64), Told>, StoreError> {
    let mut told = HashMap::with_capacity(places.len());
    for some in places.chunks(SPANS_AT_ONCE) {
        for span in placed::at(db, some.iter().copied()).await? {
            let id = (Uuid::from_bytes(span.trace_id.to_bytes()), span.span_id.to_i64());
            let answer = answer(&span);
            told.insert(id, Told { scope: span.detail.scope_name, answer });
        }
    }
    Ok(told)
}

fn answer(span: &Span) -> Option<Answer> {
    let usage = &span.model_call.as_ref().filter(|call| call.model.is_some())?.usage;
    let kept = |tokens: Option<u64>| tokens.and_then(|tokens| i64::try_from(tokens).ok());
    Answer::of(&span.detail.attributes, [kept(usage.input), kept(usage.output)])
}
