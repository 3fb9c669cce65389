//! Where the values of a span are by themselves, and the lists of traces that a value leads to.

use chrono::TimeDelta;
use model::space::Within;
use model::time::TimeRange;
use model::{Span, TraceId};

use crate::url_state::{RangeChoice, encode};

/// Hours before and after a span in which other traces are looked for: its own is always among them.
const HOURS_AROUND: i64 = 12;

/// What a list of values is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// The span.
    Span,
    /// Its resource.
    Resource,
    /// The event of this number.
    Event(usize),
    /// The link of this number.
    Link(usize),
    /// Nothing that was sent under these names.
    Known,
}

/// The addresses around a span.
#[derive(Debug, Clone)]
pub struct At {
    /// The span in the API.
    path: String,
    within: Option<String>,
    range: String,
    /// Conditions of the list of traces, and what this span has there.
    known: Vec<(&'static str, String)>,
}

/// The conditions that the list of traces has, and the attributes that say the same.
const CONDITIONS: [(&str, &[&str]); 5] = [
    ("service", &["service.name", "service"]),
    ("tenant", &["tenant", "tenant.id", "tenant_id", "organization.id", "customer.id"]),
    (
        "user",
        &[
            "user",
            "user.id",
            "enduser.id",
            "user_id",
            "langfuse.user.id",
            "gen_ai.user.id",
            "llm.user",
            "enduser.pseudo.id",
        ],
    ),
    (
        "model",
        &[
            "gen_ai.response.model",
            "gen_ai.request.model",
            "llm.model_name",
            "llm.response.model_name",
            "ai.model.id",
            "ai.response.model",
            "ai.model",
            "model",
            "embedding.model_name",
            "langfuse.observation.model.name",
        ],
    ),
    ("capability", &["capability", "gen_ai.workflow.name", "feature.name", "tool.name", "gen_ai.tool.name"]),
];

impl At {
    /// The addresses around this span, of the trace that goes by this id.
    pub fn of(span: &Span, trace_id: TraceId, within: &Within) -> Self {
        let began = span.start.to_datetime();
        let hours = TimeDelta::hours(HOURS_AROUND);
        let range = RangeChoice::Between(TimeRange { from: began - hours, to: began + hours }).to_query();
        let model = span.model_call.as_ref().and_then(|call| call.model.clone());
        let known = [
            ("service", Some(span.service.clone())),
            ("tenant", span.tenant.clone()),
            ("user", span.user.clone()),
            ("model", model),
            ("capability", span.capability.clone()),
        ];
        Self {
            path: format!("/api/v1/traces/{trace_id}/spans/{}", span.span_id),
            within: within.to_query().map(|(key, value)| format!("{key}={}", encode(value))),
            range,
            known: known.into_iter().filter_map(|(key, value)| Some((key, value?))).collect(),
        }
    }

    /// The span as JSON.
    pub fn json(&self) -> String {
        self.address(None)
    }

    /// One value in full.
    pub fn value(&self, of: Of, key: &str) -> Option<String> {
        let key = encode(key);
        let value = match of {
            Of::Span => format!("attribute={key}"),
            Of::Resource => format!("resource={key}"),
            Of::Event(number) => format!("event={number}&attribute={key}"),
            Of::Link(number) => format!("link={number}&attribute={key}"),
            Of::Known => return None,
        };
        Some(self.address(Some(value)))
    }

    /// The traces of the time around the span that have this value, where they can be looked for by it.
    pub fn traces(&self, key: &str, value: &str) -> Option<String> {
        let (condition, _) = CONDITIONS.iter().find(|(_, keys)| keys.contains(&key))?;
        let is_its_own = self.known.iter().any(|(known, own)| known == condition && own == value);
        is_its_own.then(|| self.traces_with(&[(*condition, value)]))
    }

    /// The traces of the time around the span that meet these conditions.
    pub fn traces_with(&self, conditions: &[(&str, &str)]) -> String {
        let conditions: String = conditions.iter().map(|(key, value)| format!("&{key}={}", encode(value))).collect();
        format!("/traces?{}{conditions}", self.range)
    }

    fn address(&self, value: Option<String>) -> String {
        let query: Vec<String> = self.within.clone().into_iter().chain(value).collect();
        if query.is_empty() { self.path.clone() } else { format!("{}?{}", self.path, query.join("&")) }
    }
}
