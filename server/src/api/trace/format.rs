//! The shapes a trace is written in.

use model::{Span, TraceId};
use serde_json::json;
use wire::export::jaeger::Processes;
use wire::export::otlp;

use super::span::SpanLine;
use super::totals::Totals;
use crate::api::problem::Problem;

/// The shape of a body, and what has to be remembered while it is written.
#[derive(Debug, Default)]
pub enum Format {
    /// Ours: what it can be sent in, with what became of its costs.
    #[default]
    Native,
    /// OTLP in JSON.
    Otlp,
    /// Jaeger's JSON.
    Jaeger(Processes),
}

impl Format {
    /// The format of this name; ours when there is none.
    pub fn read(name: Option<&str>) -> Result<Self, Problem> {
        match name {
            None | Some("native") => Ok(Self::Native),
            Some("otlp") => Ok(Self::Otlp),
            Some("jaeger") => Ok(Self::Jaeger(Processes::default())),
            Some(other) => {
                Err(Problem::bad_request(format!("`format={other}` is unknown; expected native, otlp or jaeger")))
            }
        }
    }

    /// What a file of it is called.
    pub fn file_name(&self, trace_id: TraceId) -> String {
        match self {
            Self::Native => format!("trace-{trace_id}.json"),
            Self::Otlp => format!("trace-{trace_id}.otlp.json"),
            Self::Jaeger(_) => format!("trace-{trace_id}.jaeger.json"),
        }
    }

    /// What comes before the first span.
    pub fn opening(&self, trace_id: TraceId) -> Vec<u8> {
        match self {
            Self::Native => format!(r#"{{"trace_id":"{trace_id}","spans":["#),
            Self::Otlp => r#"{"resourceSpans":["#.to_owned(),
            Self::Jaeger(_) => format!(r#"{{"data":[{{"traceID":"{trace_id}","spans":["#),
        }
        .into_bytes()
    }

    /// Some spans; `is_first` when none were written before.
    pub fn spans(&mut self, trace_id: TraceId, spans: &[Span], is_first: bool) -> serde_json::Result<Vec<u8>> {
        match self {
            Self::Native => list(spans.iter().map(SpanLine::new), is_first),
            Self::Otlp => list(otlp::resource_spans(trace_id, spans), is_first),
            Self::Jaeger(processes) => list(spans.iter().map(|span| processes.span(trace_id, span)), is_first),
        }
    }

    /// What comes after the last span. The formats of others have no word for a trace that is not whole; their readers pass over
    /// `partial`.
    pub fn closing(&mut self, totals: &Totals) -> serde_json::Result<Vec<u8>> {
        let rest = match self {
            Self::Native => serde_json::to_vec(totals)?,
            Self::Otlp => serde_json::to_vec(&json!({"partial": totals.partial}))?,
            Self::Jaeger(processes) => {
                let processes = serde_json::to_string(&std::mem::take(processes).object())?;
                let rest = json!({"total": 0, "limit": 0, "offset": 0, "errors": null, "partial": totals.partial});
                let rest = serde_json::to_string(&rest)?;
                // `]` ends the spans, the first `}` the trace.
                let rest = rest.strip_prefix('{').unwrap_or_default();
                return Ok(format!(r#"],"processes":{processes}}}],{rest}"#).into_bytes());
            }
        };
        // Closes the list and continues the object: `],` in place of the `{` of the rest.
        Ok([b"],", rest.get(1..).unwrap_or_default()].concat())
    }
}

/// Members of a list, each after a comma but for the very first.
fn list<T: serde::Serialize>(items: impl IntoIterator<Item = T>, mut is_first: bool) -> serde_json::Result<Vec<u8>> {
    let mut text = Vec::new();
    for item in items {
        if !std::mem::take(&mut is_first) {
            text.push(b',');
        }
        serde_json::to_writer(&mut text, &item)?;
    }
    Ok(text)
}
