//! `GET /api/v1/traces/{trace_id}`: one trace in the shape it can be sent in, with what became of its costs.
//!
//! Spans are read and written page by page, so that a trace of 100 000 spans needs the memory of one page. A failure
//! half-way breaks the connection: a body that ends is complete, and its totals and `partial` reasons come last, when
//! they are known.

mod span;

use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures::stream;
use model::trace::TraceHead;
use model::usd::json;
use model::{TraceId, Usd};
use serde::Serialize;
use sqlx::PgPool;

use self::span::SpanLine;
use super::Api;
use super::json::milliseconds;
use super::problem::Problem;

/// Spans read at once: about 2 MB with ordinary attributes.
const PAGE_SPANS_MAX: i64 = 1_000;

/// What is said of the trace as a whole, after its spans.
#[derive(Serialize)]
struct Totals {
    #[serde(serialize_with = "json::amount_or_null")]
    total_cost_usd: Option<Usd>,
    #[serde(serialize_with = "milliseconds")]
    total_duration_ms: i64,
    span_count: i64,
    error_count: i64,
    unpriced_span_count: i64,
    #[serde(serialize_with = "json::amount_or_null")]
    declared_cost_usd: Option<Usd>,
    max_depth: Option<i32>,
    orphan_count: Option<i32>,
    /// Why this may not be the whole story; empty when it is.
    partial: Vec<String>,
}

impl Totals {
    fn new(head: &TraceHead, sent: i64) -> Self {
        let summary = &head.summary;
        Self {
            total_cost_usd: summary.cost,
            total_duration_ms: summary.duration_ns,
            span_count: summary.spans,
            error_count: summary.errors,
            unpriced_span_count: summary.unpriced_spans,
            declared_cost_usd: head.declared,
            max_depth: head.max_depth,
            orphan_count: head.orphans,
            partial: partial_reasons(head, sent),
        }
    }
}

fn partial_reasons(head: &TraceHead, sent: i64) -> Vec<String> {
    let mut reasons = Vec::new();
    if sent != head.summary.spans {
        reasons.push(format!("{sent} of {} spans are listed: more arrived or some were archived", head.summary.spans));
    }
    if let Some(orphans) = head.orphans.filter(|count| *count > 0) {
        reasons.push(format!("{orphans} spans name a parent that has not been received"));
    }
    if head.summary.unpriced_spans > 0 {
        let unpriced = head.summary.unpriced_spans;
        reasons.push(format!("the cost of {unpriced} spans is unknown: the total is a lower bound"));
    }
    reasons
}

/// The whole trace.
pub async fn show(
    State(api): State<Api>,
    path: Result<Path<String>, axum::extract::rejection::PathRejection>,
) -> Result<Response, Problem> {
    let Path(text) = path?;
    let trace_id: TraceId =
        text.parse().map_err(|error| Problem::bad_request(format!("`{text}` is no trace id: {error}")))?;
    let db = api.pools.readers.get();
    if store::traces::head(&db, trace_id).await?.is_none() {
        return Err(Problem::not_found(format!("no trace {trace_id} has been received")));
    }
    let reader = Reader { db, trace_id, sent: 0, next: Part::Opening };
    let body = Body::from_stream(stream::try_unfold(reader, Reader::step));
    Ok(([(header::CONTENT_TYPE, "application/json")], body).into_response())
}

/// Writes the body part by part.
struct Reader {
    db: PgPool,
    trace_id: TraceId,
    sent: i64,
    next: Part,
}

enum Part {
    Opening,
    Spans,
    Totals,
    End,
}

impl Reader {
    async fn step(mut self) -> anyhow::Result<Option<(Bytes, Self)>> {
        let text = match self.next {
            Part::Opening => {
                self.next = Part::Spans;
                format!(r#"{{"trace_id":"{}","spans":["#, self.trace_id).into_bytes()
            }
            Part::Spans => self.page().await?,
            Part::Totals => {
                self.next = Part::End;
                self.totals().await?
            }
            Part::End => return Ok(None),
        };
        Ok(Some((text.into(), self)))
    }

    async fn page(&mut self) -> anyhow::Result<Vec<u8>> {
        let spans = store::spans::of_trace(&self.db, self.trace_id, self.sent, PAGE_SPANS_MAX).await?;
        if (spans.len() as i64) < PAGE_SPANS_MAX {
            self.next = Part::Totals;
        }
        let mut text = Vec::new();
        for span in &spans {
            if self.sent > 0 {
                text.push(b',');
            }
            serde_json::to_writer(&mut text, &SpanLine::new(span))?;
            self.sent += 1;
        }
        Ok(text)
    }

    /// Read after the spans, so that what arrived in between shows as a difference instead of hiding.
    async fn totals(&self) -> anyhow::Result<Vec<u8>> {
        let head = store::traces::head(&self.db, self.trace_id).await?;
        let head = head.ok_or_else(|| anyhow::anyhow!("trace {} was removed while it was read", self.trace_id))?;
        let totals = serde_json::to_vec(&Totals::new(&head, self.sent))?;
        // Closes the list and continues the object: `],` in place of the `{` of the totals.
        Ok([b"],", totals.get(1..).unwrap_or_default()].concat())
    }
}
