//! Spans to test with, and what the tables say about them.

use chrono::{DateTime, TimeDelta, Utc};
use model::alert::{Alert, Observation, Severity, State};
use model::cost::{Cost, CostSource, Usage};
use model::owner::{OwnerSource, Provenance, Provenances};
use model::span::{Category, DataTag, Detail, ModelCall, SpanKind, Status};
use model::time::UnixNanos;
use model::trace::Finalised;
use model::trace::settle::{Sight, settle};
use model::{Span, SpanId, TraceId, Usd, UsdSum};
use sqlx::PgPool;

use crate::finalise;
use crate::ingest::{Batch, Outcome, Writer};

/// Noon of the day the tests play on.
pub(crate) fn noon() -> DateTime<Utc> {
    "2026-11-20T12:00:00Z".parse().unwrap()
}

pub(crate) fn trace_id(number: u64) -> TraceId {
    TraceId::from_bytes((u128::from(number) | 1 << 100).to_be_bytes()).unwrap()
}

pub(crate) fn span_id(number: i64) -> SpanId {
    SpanId::from_i64(number).unwrap()
}

/// A span of ten milliseconds at noon, of nobody, with no known cost.
pub(crate) fn a_span(trace: u64, span: i64) -> Span {
    Span {
        trace_id: trace_id(trace),
        span_id: span_id(span),
        parent_span_id: None,
        name: "work".to_owned(),
        service: "worker".to_owned(),
        kind: SpanKind::Internal,
        category: Category::Other,
        status: Status::Unset,
        status_message: None,
        start: UnixNanos::from_datetime(noon()),
        duration_ns: 10_000_000,
        tenant: None,
        capability: None,
        user: None,
        known: Provenances::default(),
        session: None,
        environment: None,
        data_tag: DataTag::ExportOk,
        peer: None,
        model_call: None,
        cost: Cost::default(),
        priced_as: None,
        data_size_bytes: None,
        detail: Detail::default(),
    }
}

/// A firing alert that is not kept yet, of acme, with two traces as evidence.
pub(crate) fn an_alert(rule: &str) -> Alert {
    Alert {
        id: 0,
        version: 0,
        rule: rule.to_owned(),
        of_rule: Some(rule.to_owned()),
        runbook: None,
        query_text: "trace depth > 50".to_owned(),
        threshold: 1,
        window_seconds: 300,
        severity: Severity::Critical,
        state: State::Firing,
        observation: Observation {
            count: 3,
            peak: Some(0.25),
            evidence: vec![trace_id(2), trace_id(1)],
            labels: vec![("tenant".to_owned(), "acme".to_owned())],
        },
        peak_count: 4,
        fired_at: noon(),
        last_true_at: noon(),
        resolved_at: None,
        hold: None,
    }
}

/// Changes to a span, chained.
pub(crate) trait Telling: Sized {
    fn under(self, parent: i64) -> Self;
    fn costing(self, usd: &str) -> Self;
    fn of_service(self, service: &str) -> Self;
    fn for_tenant(self, tenant: &str) -> Self;
    fn for_user(self, user: &str) -> Self;
    fn with_model(self, provider: &str, model: &str) -> Self;
    fn starting(self, seconds_after_noon: i64) -> Self;
    fn failing(self) -> Self;
}

impl Telling for Span {
    fn under(mut self, parent: i64) -> Self {
        self.parent_span_id = Some(span_id(parent));
        self
    }

    fn costing(mut self, usd: &str) -> Self {
        self.cost = Cost { usd: Some(usd.parse().unwrap()), source: CostSource::Reported, ..Cost::default() };
        self
    }

    fn of_service(mut self, service: &str) -> Self {
        self.service = service.to_owned();
        self
    }

    fn for_tenant(mut self, tenant: &str) -> Self {
        self.tenant = Some(tenant.to_owned());
        self.known.tenant = Provenance::own(OwnerSource::Span);
        self
    }

    fn for_user(mut self, user: &str) -> Self {
        self.user = Some(user.to_owned());
        self.known.user = Provenance::own(OwnerSource::Span);
        self
    }

    fn with_model(mut self, provider: &str, model: &str) -> Self {
        let usage = Usage { input: Some(100), output: Some(20), ..Usage::default() };
        let (provider, model) = (Some(provider.to_owned()), Some(model.to_owned()));
        self.model_call = Some(ModelCall { provider, model, usage, ..ModelCall::default() });
        self
    }

    fn starting(mut self, seconds_after_noon: i64) -> Self {
        self.start = UnixNanos::from_datetime(noon() + TimeDelta::seconds(seconds_after_noon));
        self
    }

    fn failing(mut self) -> Self {
        self.status = Status::Error;
        self
    }
}

/// Writes spans as one batch at noon.
pub(crate) async fn write(db: &PgPool, spans: Vec<Span>) -> Outcome {
    Writer::new(db.clone(), 1).write(&Batch::prepare(spans, &[]), noon()).await.unwrap()
}

/// What the finaliser does with every trace that is due: settles it, and books the corrections.
pub(crate) async fn settle_all(db: &PgPool) {
    let due = finalise::quiet(db, noon() + TimeDelta::seconds(10), noon() + TimeDelta::seconds(10), 100).await.unwrap();
    let findings = due.traces.into_iter().map(|mut trace| {
        let corrections = trace.settle(&settle(&trace.claims, Sight::Whole));
        let (trace_id, version) = (trace.trace_id, trace.version);
        finalise::Finding { trace_id, version, found: Finalised::default(), corrections }
    });
    finalise::apply(db, &findings.collect::<Vec<_>>()).await.unwrap();
}

/// A sum the database says as text.
pub(crate) async fn sum(db: &PgPool, statement: &'static str) -> UsdSum {
    let text: String = sqlx::query_scalar(statement).fetch_one(db).await.unwrap();
    UsdSum::from_pico(text.parse().unwrap())
}

/// Dollars as a total.
pub(crate) fn usd(text: &str) -> UsdSum {
    text.parse::<Usd>().unwrap().into()
}
