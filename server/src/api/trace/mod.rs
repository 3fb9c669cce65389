//! `GET /api/v1/traces/{trace_id}`: one trace in the shape it can be sent in, with what became of its costs.
//!
//! Spans are read and written page by page, so that a trace of 100 000 spans needs the memory of one page. A failure
//! half-way breaks the connection: a body that ends is complete, and its totals and `partial` reasons come last, when
//! they are known.

mod limit;
mod span;

use app::url_state::encode;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures::stream;
use model::budget::crossing::Over;
use model::space::Within;
use model::trace::TraceHead;
use model::usd::json as money;
use model::{TraceId, Usd};
use serde::Serialize;
use serde_json::json;
use sqlx::PgPool;
use store::spaces::Found;

use self::limit::OverLimit;
use self::span::SpanLine;
use super::json::milliseconds;
use super::parameters::Parameters;
use super::problem::Problem;
use super::{Api, tenant};
use crate::keys::Caller;

/// Spans read at once: about 2 MB with ordinary attributes.
const PAGE_SPANS_MAX: i64 = 1_000;

/// Why spans and totals may not agree: holding a snapshot open for as long as somebody takes to read would hold up vacuum.
const CHANGED: &str = "the trace changed while it was read: what its spans say may be older than the totals";

/// What is said of the trace as a whole, after its spans.
#[derive(Serialize)]
struct Totals {
    #[serde(serialize_with = "money::amount_or_null")]
    total_cost_usd: Option<Usd>,
    #[serde(serialize_with = "milliseconds")]
    total_duration_ms: i64,
    span_count: i64,
    error_count: i64,
    unpriced_span_count: i64,
    #[serde(serialize_with = "money::amount_or_null")]
    declared_cost_usd: Option<Usd>,
    max_depth: Option<i32>,
    orphan_count: Option<i32>,
    /// Spans of other tenants, which this key does not get to see; they are not in the figures.
    #[serde(skip_serializing_if = "is_zero")]
    withheld_span_count: i64,
    /// That it costs more than one trace may, and the span that took it there; null when it does not.
    over_limit: Option<OverLimit>,
    /// Why this may not be the whole story; empty when it is.
    partial: Vec<String>,
}

impl Totals {
    fn new(head: &TraceHead, sent: i64, over: Option<Over>) -> Self {
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
            withheld_span_count: head.withheld,
            over_limit: over.map(OverLimit::from),
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
    if head.withheld > 0 {
        reasons.push(format!("{} spans are of other tenants and are withheld", head.withheld));
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
    caller: Caller,
    path: Result<Path<String>, axum::extract::rejection::PathRejection>,
    parameters: Parameters,
) -> Result<Response, Problem> {
    let Path(text) = path?;
    parameters.only(&["tenant", "shared"])?;
    let trace_id: TraceId =
        text.parse().map_err(|error| Problem::bad_request(format!("`{text}` is no trace id: {error}")))?;
    let db = api.pools.readers.get();
    let within = within(&caller, &parameters)?;
    let kept = match store::spaces::find_within(&db, trace_id, &within).await?.as_slice() {
        [] => return Err(nothing(trace_id)),
        [one] => one.kept,
        several => return Err(choice(trace_id, several)),
    };
    let Some(before) = store::traces::head_for(&db, tenant::reader(&caller), kept).await? else {
        return Err(nothing(trace_id));
    };
    let limit = api.trace_limit;
    let reader = Reader { db, caller, trace_id, kept, before, limit, sent: 0, next: Part::Opening };
    let body = Body::from_stream(stream::try_unfold(reader, Reader::step));
    Ok(([(header::CONTENT_TYPE, "application/json")], body).into_response())
}

/// Where the trace is looked for: a key of a tenant finds that tenant's alone.
fn within(caller: &Caller, parameters: &Parameters) -> Result<Within, Problem> {
    let asked = Within::read(|key| parameters.get(key).map(str::to_owned));
    let tenant = tenant::answered(caller, parameters.get("tenant"))?;
    Ok(match (asked, tenant) {
        (Within::Anywhere, Some(own)) => Within::Tenant(own.to_owned()),
        (asked, _) => asked,
    })
}

fn nothing(trace_id: TraceId) -> Problem {
    Problem::not_found(format!("no trace {trace_id} has been received"))
}

/// Several tenants have sent this id: where each of the traces is.
fn choice(trace_id: TraceId, found: &[Found]) -> Problem {
    let choices = found.iter().map(|found| {
        let query =
            found.within().to_query().map(|(key, value)| format!("?{key}={}", encode(value))).unwrap_or_default();
        json!({"tenant": found.own_space_of, "href": format!("/api/v1/traces/{trace_id}{query}")})
    });
    let words = "several tenants have sent a trace with this id; say which one is meant with ?tenant=, or with ?shared=1 the \
                 one that was sent without the key of a tenant";
    Problem::new(StatusCode::MULTIPLE_CHOICES, words).with("choices", choices.collect())
}

/// Writes the body part by part.
struct Reader {
    db: PgPool,
    caller: Caller,
    trace_id: TraceId,
    kept: TraceId,
    /// The trace before its spans were read.
    before: TraceHead,
    /// What one trace may cost.
    limit: Option<Usd>,
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
        let reader = tenant::reader(&self.caller);
        let spans = store::spans::of_trace_for(&self.db, reader, self.kept, self.sent, PAGE_SPANS_MAX).await?;
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
        let head = store::traces::head_for(&self.db, tenant::reader(&self.caller), self.kept).await?;
        let head = head.ok_or_else(|| anyhow::anyhow!("trace {} was removed while it was read", self.trace_id))?;
        let over = limit::over(&self.db, tenant::reader(&self.caller), self.kept, self.limit).await?;
        let mut totals = Totals::new(&head, self.sent, over);
        if head != self.before {
            totals.partial.push(CHANGED.to_owned());
        }
        let totals = serde_json::to_vec(&totals)?;
        // Closes the list and continues the object: `],` in place of the `{` of the totals.
        Ok([b"],", totals.get(1..).unwrap_or_default()].concat())
    }
}

// serde's `skip_serializing_if` passes a reference.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature is serde's")]
const fn is_zero(count: &i64) -> bool {
    *count == 0
}
