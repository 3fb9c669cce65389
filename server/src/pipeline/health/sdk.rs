//! What spans were sent with: the SDK their resource names, else the program that sent them.

use std::collections::HashMap;
use std::sync::Arc;

use model::attribute::Attributes;
use model::ingest::Sdk;
use wire::RawSpan;

/// SDKs told apart in one request: a Collector forwards a handful of languages in a few versions each.
const REQUEST_SDKS_MAX: usize = 32;

/// Characters kept of a name, a language, a version.
const PART_CHARS_MAX: usize = 60;

/// What the spans of one request were sent with.
#[derive(Debug, Default)]
pub struct Sdks {
    /// Each with its spans.
    pub named: Vec<(Sdk, u64)>,
    /// Spans of SDKs past the first few.
    pub others: u64,
}

/// Tells what `spans` were sent with; `program` is what sent the request.
pub fn of_request(spans: &[RawSpan], program: &str) -> Sdks {
    let mut found: HashMap<Named<'_>, u64> = HashMap::new();
    let mut others = 0;
    // Spans share their resource with their neighbours, so it is looked into once for all of them.
    for run in spans.chunk_by(|left, right| Arc::ptr_eq(&left.origin.resource, &right.origin.resource)) {
        let named = run.first().and_then(|span| Named::of(&span.origin.resource));
        let named = named.unwrap_or_else(|| Named::of_program(program));
        let spans = run.len() as u64;
        if found.len() < REQUEST_SDKS_MAX || found.contains_key(&named) {
            *found.entry(named).or_default() += spans;
        } else {
            others += spans;
        }
    }
    Sdks { named: found.into_iter().map(|(named, spans)| (named.into(), spans)).collect(), others }
}

/// An SDK by the text of the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Named<'a> {
    name: &'a str,
    language: &'a str,
    version: &'a str,
}

impl<'a> Named<'a> {
    fn of(resource: &'a Attributes) -> Option<Self> {
        let text = |key| resource.text(key);
        let language = text("telemetry.sdk.language").unwrap_or_default();
        if let Some(name) = text("telemetry.sdk.name") {
            return Some(Self { name, language, version: text("telemetry.sdk.version").unwrap_or_default() });
        }
        // Jaeger's own clients say both in one word: `Go-2.30.0`.
        let (language, version) = text("jaeger.version")?.split_once('-')?;
        Some(Self { name: "jaeger", language, version })
    }

    /// The first product of a `User-Agent`: `curl/8.5.0 (linux)`.
    fn of_program(program: &'a str) -> Self {
        let product = program.split_whitespace().next().unwrap_or(program);
        let (name, version) = product.split_once('/').unwrap_or((product, ""));
        Self { name, language: "", version }
    }
}

impl From<Named<'_>> for Sdk {
    fn from(named: Named<'_>) -> Self {
        let fit = |part: &str| part.chars().take(PART_CHARS_MAX).collect();
        Self { name: fit(named.name), language: fit(named.language), version: fit(named.version) }
    }
}

#[cfg(test)]
mod tests {
    use model::attribute::Value;
    use wire::raw::Origin;

    use super::*;

    fn a_span(resource: &Arc<Attributes>) -> RawSpan {
        let origin = Origin { resource: Arc::clone(resource), ..Origin::default() };
        let (trace_id, span_id) = ("1".repeat(32).parse().unwrap(), "1".repeat(16).parse().unwrap());
        RawSpan { origin: Arc::new(origin), ..RawSpan::new(trace_id, span_id) }
    }

    fn resource(pairs: &[(&str, &str)]) -> Arc<Attributes> {
        let pairs = pairs.iter().map(|(key, value)| ((*key).into(), Value::String((*value).into())));
        Arc::new(Attributes(pairs.collect()))
    }

    fn told(spans: &[RawSpan], program: &str) -> Vec<(String, u64)> {
        let mut told: Vec<_> =
            of_request(spans, program).named.into_iter().map(|(sdk, spans)| (sdk.to_string(), spans)).collect();
        told.sort();
        told
    }

    #[test]
    fn spans_are_of_the_sdk_their_resource_names() {
        let python = resource(&[
            ("telemetry.sdk.name", "opentelemetry"),
            ("telemetry.sdk.language", "python"),
            ("telemetry.sdk.version", "1.39.1"),
        ]);
        let jaeger = resource(&[("jaeger.version", "Go-2.30.0")]);
        let spans = [a_span(&python), a_span(&python), a_span(&jaeger), a_span(&python)];
        assert_eq!(
            told(&spans, "otelcol/1"),
            [("jaeger Go 2.30.0".to_owned(), 1), ("opentelemetry python 1.39.1".to_owned(), 3)]
        );
    }

    #[test]
    fn without_one_they_are_of_the_program_that_sent_them() {
        let nothing = resource(&[("service.name", "shop")]);
        assert_eq!(told(&[a_span(&nothing)], "curl/8.5.0 (linux)"), [("curl 8.5.0".to_owned(), 1)]);
        assert_eq!(told(&[a_span(&nothing)], "unnamed"), [("unnamed".to_owned(), 1)]);
    }

    #[test]
    fn a_request_with_more_sdks_than_there_can_be_is_summed_up() {
        let spans: Vec<RawSpan> = (0..1_000)
            .map(|version| a_span(&resource(&[("telemetry.sdk.name", &format!("v{version}{}", "x".repeat(900)))])))
            .collect();
        let sdks = of_request(&spans, "");
        assert_eq!((sdks.named.len(), sdks.others), (REQUEST_SDKS_MAX, 1_000 - REQUEST_SDKS_MAX as u64));
        assert!(sdks.named.iter().all(|(sdk, _)| sdk.name.len() <= PART_CHARS_MAX));
    }
}
