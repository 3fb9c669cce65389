//! Spans made ready to be written: ids checked for repeats, names gathered, payloads compressed.

use std::collections::HashMap;
use std::ops::Range;

use model::cost::{CostSource, Verdict};
use model::space::Space;
use model::span::Status;
use model::{Span, TraceId, Usd};
use uuid::Uuid;

use super::links;
use crate::booked::Booked;
use crate::names::{self, Gathered, Ids, fit};
use crate::payload::{self, Dictionary, Packer};

/// Spans made ready to be written. Building one does no I/O and may be done on any thread.
pub struct Batch {
    /// By trace, then span; of spans with the same ids only the first given.
    pub(super) rows: Vec<Row>,
    pub(super) names: Gathered,
    /// All payloads, one after the other: [`Row::payload`] says which bytes are whose.
    pub(super) payloads: Vec<u8>,
    raw_bytes: u64,
    /// Spans left out because an earlier one of the batch has the same ids: their places among the spans given.
    pub(super) repeated: Vec<usize>,
    /// Totals that senders declared, in pico-dollars.
    pub(super) declared: HashMap<Uuid, i64>,
    /// The spaces of those traces that are not in the shared one.
    pub(super) spaces: HashMap<Uuid, i32>,
}

/// A span as its row will be, with places in [`Batch::names`] for names.
pub(super) struct Row {
    /// Place among the spans given.
    pub(super) index: usize,
    pub(super) trace_id: Uuid,
    pub(super) span_id: i64,
    pub(super) parent_span_id: Option<i64>,
    /// Microseconds since 1970.
    pub(super) start_us: i64,
    pub(super) start_sub_us: i16,
    pub(super) duration_ns: i64,
    pub(super) cost_pico: Option<i64>,
    /// What it says it costs, when that is not what counts.
    pub(super) claimed_pico: Option<i64>,
    pub(super) verdict: i16,
    /// [`model::owner::Provenances::code`].
    pub(super) owner_from: i16,
    pub(super) tokens_in: Option<i32>,
    pub(super) tokens_out: Option<i32>,
    pub(super) tenant: u32,
    pub(super) service: u32,
    pub(super) operation: u32,
    pub(super) capability: Option<u32>,
    pub(super) model: Option<u32>,
    pub(super) user: Option<u32>,
    pub(super) environment: Option<u32>,
    pub(super) peer: Option<u32>,
    pub(super) kind: i16,
    pub(super) status: i16,
    pub(super) category: i16,
    pub(super) data_tag: i16,
    pub(super) cost_source: i16,
    pub(super) session: Option<Box<str>>,
    /// Traces and spans it refers to.
    pub(super) links: Box<[(Uuid, i64)]>,
    pub(super) payload: Range<usize>,
}

impl Batch {
    /// Encodes spans, in any order, and the totals senders declared for traces (check values, never summed), with the
    /// dictionary of the release.
    pub fn prepare(spans: Vec<Span>, declared: &[(TraceId, Usd)]) -> Self {
        Self::prepare_with(&mut Packer::new(Dictionary::bundled()), spans, declared)
    }

    /// The same, with a packer that has been used before.
    pub fn prepare_with(packer: &mut Packer, spans: Vec<Span>, declared: &[(TraceId, Usd)]) -> Self {
        let given = spans.len();
        let (mut names, mut payloads) = (Gathered::default(), Vec::with_capacity(given * 256));
        let raw_bytes_before = packer.raw_bytes();
        let rows = spans.into_iter().enumerate();
        let mut rows: Vec<Row> =
            rows.map(|(index, span)| Row::new(index, span, &mut names, packer, &mut payloads)).collect();
        packer.forget_resource();
        // The sort keeps equal ids in the order given, so the first of them stays.
        rows.sort_by_key(|row| (row.trace_id, row.span_id));
        let mut repeated = Vec::new();
        rows.dedup_by(|later, first| {
            let repeats = (later.trace_id, later.span_id) == (first.trace_id, first.span_id);
            repeated.extend(repeats.then_some(later.index));
            repeats
        });
        let mut first_declared = HashMap::new();
        for (trace_id, usd) in declared {
            first_declared.entry(Uuid::from_bytes(trace_id.to_bytes())).or_insert(usd.pico());
        }
        let raw_bytes = packer.raw_bytes() - raw_bytes_before;
        Self { repeated, rows, names, payloads, raw_bytes, declared: first_declared, spaces: HashMap::new() }
    }

    /// The same, with the spaces of those traces that are not in the shared one.
    #[must_use]
    pub fn in_spaces(mut self, spaces: &[(TraceId, Space)]) -> Self {
        let number = |(trace_id, space): &(TraceId, Space)| (Uuid::from_bytes(trace_id.to_bytes()), space.number());
        self.spaces = spaces.iter().map(number).collect();
        self
    }

    /// Bytes of what has no column of its own, before and after compression.
    pub const fn payload_bytes(&self) -> (u64, u64) {
        (self.raw_bytes, self.payloads.len() as u64)
    }
}

impl Row {
    fn new(index: usize, mut span: Span, names: &mut Gathered, packer: &mut Packer, payloads: &mut Vec<u8>) -> Self {
        let warnings = &mut span.detail.warnings;
        let mut gather = |dictionary, what, name: Option<&str>| names.place(dictionary, what, name?, warnings);
        let tenant = gather(names::Dictionary::Tenant, "tenant", Some(span.tenant.as_deref().unwrap_or_default()));
        let service = gather(names::Dictionary::Service, "service name", Some(&span.service));
        let operation = gather(names::Dictionary::Operation, "operation name", Some(&span.name));
        let capability = gather(names::Dictionary::Capability, "capability", given(span.capability.as_deref()));
        let user = gather(names::Dictionary::User, "user id", given(span.user.as_deref()));
        let environment = gather(names::Dictionary::Environment, "environment", given(span.environment.as_deref()));
        let peer = gather(names::Dictionary::Service, "peer name", given(span.peer.as_deref()));
        let model = span.model_call.as_ref().and_then(|call| {
            let name = given(call.model.as_deref())?;
            let pair = names::Dictionary::model_key(call.provider.as_deref().unwrap_or_default(), name);
            gather(names::Dictionary::Model, "model name", Some(&pair))
        });
        let usage = span.model_call.as_ref().map(|call| &call.usage);
        let (tokens_in, tokens_out) =
            (tokens(usage.and_then(|usage| usage.input)), tokens(usage.and_then(|usage| usage.output)));
        let session = given(span.session.as_deref()).map(|session| fit(session).into_owned().into_boxed_str());
        let links = links::of(&mut span);
        let begin = payloads.len();
        payload::pack(&mut span, packer, payloads);
        Self {
            index,
            trace_id: Uuid::from_bytes(span.trace_id.to_bytes()),
            span_id: span.span_id.to_i64(),
            parent_span_id: span.parent_span_id.map(model::SpanId::to_i64),
            start_us: span.start.0.div_euclid(1000),
            // Below 1000 by the definition of a remainder.
            start_sub_us: span.start.0.rem_euclid(1000) as i16,
            duration_ns: span.duration_ns.max(0),
            cost_pico: span.cost.usd.map(Usd::pico),
            claimed_pico: span.cost.claimed.map(Usd::pico),
            verdict: span.cost.verdict.code(),
            owner_from: span.known.code(),
            tokens_in,
            tokens_out,
            // The names of these three are always given.
            tenant: tenant.unwrap_or_default(),
            service: service.unwrap_or_default(),
            operation: operation.unwrap_or_default(),
            capability,
            model,
            user,
            environment,
            peer,
            kind: span.kind.code(),
            status: span.status.code(),
            category: span.category.code(),
            data_tag: span.data_tag.code(),
            cost_source: if span.cost.said().is_some() { span.cost.source } else { CostSource::None }.code(),
            session,
            links,
            payload: begin..payloads.len(),
        }
    }

    pub(super) fn end_us(&self) -> i64 {
        self.start_us
            .saturating_add((i64::from(self.start_sub_us) + self.duration_ns % 1000) / 1000 + self.duration_ns / 1000)
    }

    /// The span as the books will have it.
    pub(super) fn booked(&self, ids: &Ids) -> Booked {
        Booked {
            start_us: self.start_us,
            duration_ns: self.duration_ns,
            tenant: ids.of(names::Dictionary::Tenant, self.tenant),
            service: ids.of(names::Dictionary::Service, self.service),
            capability: ids.of_some(names::Dictionary::Capability, self.capability),
            model: ids.of_some(names::Dictionary::Model, self.model),
            user: ids.of_some(names::Dictionary::User, self.user),
            data_tag: self.data_tag,
            is_error: self.is_error(),
            counts: self.counts(),
            cost_pico: self.cost_pico,
            tokens_in: self.tokens_in,
            tokens_out: self.tokens_out,
        }
    }

    /// Whether cost and tokens are its own: both always count together.
    pub(super) fn counts(&self) -> bool {
        self.verdict == Verdict::Own.code()
    }

    pub(super) fn is_error(&self) -> bool {
        self.status == Status::Error.code()
    }
}

/// An empty name is no name.
fn given(name: Option<&str>) -> Option<&str> {
    name.filter(|name| !name.is_empty())
}

/// Token counts as the columns hold them; the payload keeps the count as sent.
fn tokens(count: Option<u64>) -> Option<i32> {
    count.map(|count| i32::try_from(count).unwrap_or(i32::MAX))
}
