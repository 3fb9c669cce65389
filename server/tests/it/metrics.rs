//! `/metrics` of a server of its own, as Prometheus reads it: every family described once, every counter what was sent.

use std::collections::{BTreeMap, BTreeSet};

use reqwest::StatusCode;
use serde_json::json;

use crate::process::{DataFolder, ServerProcess};
use crate::traffic::a_trace;

/// What a scrape says.
struct Scrape {
    /// Kind by family.
    families: BTreeMap<String, String>,
    /// Figure by name and labels, labels in order.
    samples: BTreeMap<String, f64>,
}

impl Scrape {
    async fn of(server: &ServerProcess) -> Self {
        let response = reqwest::get(format!("{}/metrics", server.http)).await.unwrap();
        assert_eq!(response.headers()["content-type"], "text/plain; version=0.0.4; charset=utf-8");
        Self::parse(&response.text().await.unwrap())
    }

    fn parse(text: &str) -> Self {
        let (mut families, mut helped, mut samples) = (BTreeMap::new(), BTreeSet::new(), BTreeMap::new());
        for line in text.lines().filter(|line| !line.is_empty()) {
            if let Some(help) = line.strip_prefix("# HELP ") {
                let (name, words) = help.split_once(' ').unwrap();
                assert!(helped.insert(name.to_owned()) && !words.is_empty(), "HELP once: {line}");
            } else if let Some(kind) = line.strip_prefix("# TYPE ") {
                let (name, kind) = kind.split_once(' ').unwrap();
                assert!(families.insert(name.to_owned(), kind.to_owned()).is_none(), "TYPE once: {line}");
            } else {
                let (name, value) = line.rsplit_once(' ').unwrap();
                assert!(samples.insert(in_order(name), value.parse().unwrap()).is_none(), "a sample once: {line}");
            }
        }
        assert_eq!(families.keys().cloned().collect::<BTreeSet<_>>(), helped, "every family is described");
        let scrape = Self { families, samples };
        assert!(scrape.samples.keys().all(|sample| !scrape.kind_of(sample).is_empty()));
        scrape
    }

    /// The kind of the family a sample is of.
    fn kind_of(&self, sample: &str) -> &str {
        let name = sample.split('{').next().unwrap();
        let of_histogram = ["_bucket", "_sum", "_count"].iter().find_map(|end| name.strip_suffix(end));
        let family = [Some(name), of_histogram].into_iter().flatten().find_map(|family| self.families.get(family));
        family.unwrap_or_else(|| panic!("{sample} is of no family"))
    }

    fn get(&self, name: &str) -> f64 {
        let name = in_order(name);
        *self.samples.get(&name).unwrap_or_else(|| panic!("no {name} in {:?}", self.samples.keys()))
    }
}

/// A sample's name with its labels in order.
fn in_order(name: &str) -> String {
    let Some((name, labels)) = name.trim_end_matches('}').split_once('{') else { return name.to_owned() };
    let mut labels: Vec<&str> = labels.split(',').collect();
    labels.sort_unstable();
    format!("{name}{{{}}}", labels.join(","))
}

async fn post(server: &ServerProcess, path: &str, body: &serde_json::Value) -> StatusCode {
    let request = reqwest::Client::new().post(format!("{}{path}", server.http));
    request.json(body).send().await.unwrap().status()
}

#[tokio::test(flavor = "multi_thread")]
async fn counters_are_what_was_sent_and_never_fall() {
    let folder = DataFolder::new("metrics");
    let server = ServerProcess::start(&folder);
    let before = Scrape::of(&server).await;
    let prefix = "tracetab_ingest_";
    for name in ["spans_accepted_total", "spans_duplicate_total", "unpriced_total", "lag_seconds_count"] {
        assert_eq!(before.get(&format!("{prefix}{name}")), 0.0, "{name} is there from the start");
    }
    assert_eq!(before.get("tracetab_ingest_requests_turned_away_total{why=\"database\"}"), 0.0);

    let trace = a_trace(1).costing(0.5).with_unpriced_children(3).body();
    assert_eq!(post(&server, "/api/v1/traces", &trace).await, StatusCode::OK);
    assert_eq!(post(&server, "/api/v1/traces", &trace).await, StatusCode::OK);
    let model_call = json!({"resourceSpans": [{"scopeSpans": [{"spans": [
        {"traceId": "aa", "spanId": "00000000000000a1"},
        {"traceId": "000000000000000000000000000000aa", "spanId": "00000000000000a1", "name": "llm.generate", "attributes": [
            {"key": "gen_ai.request.model", "value": {"stringValue": "a-model-nobody-prices"}},
            {"key": "gen_ai.usage.input_tokens", "value": {"intValue": "100"}},
        ]},
    ]}]}]});
    assert_eq!(post(&server, "/v1/traces", &model_call).await, StatusCode::OK);
    let zipkin = json!([{"traceId": "xyz", "id": "1"}]);
    assert_eq!(post(&server, "/api/v2/spans", &zipkin).await, StatusCode::ACCEPTED);
    assert_eq!(post(&server, "/api/v1/traces", &json!("text")).await, StatusCode::BAD_REQUEST);

    let after = Scrape::of(&server).await;
    for (name, value) in [
        ("spans_accepted_total", 5.0),
        ("spans_duplicate_total", 4.0),
        ("spans_received_total{encoding=\"native JSON\"}", 8.0),
        ("spans_received_total{encoding=\"OTLP JSON\"}", 1.0),
        ("spans_rejected_total{reason=\"bad_id\",encoding=\"OTLP JSON\"}", 1.0),
        ("spans_rejected_total{reason=\"bad_id\",encoding=\"Zipkin JSON\"}", 1.0),
        ("requests_refused_total{reason=\"broken\",encoding=\"native JSON\"}", 1.0),
        ("unpriced_total", 4.0),
        ("model_calls_total", 1.0),
        ("unpriced_model_calls_total", 1.0),
        ("queue_spans", 0.0),
        ("queue_bytes", 0.0),
        ("queue_spans_max", 30_000.0),
        ("batch_spans_sum", 9.0),
        ("batch_spans_count", 3.0),
        ("commit_seconds_count", 3.0),
        // The span of OTLP has no time and counts as history.
        ("lag_seconds_count", 4.0),
        ("lag_seconds_bucket{le=\"+Inf\"}", 4.0),
        ("lag_seconds_bucket{le=\"0.5\"}", 0.0),
    ] {
        assert_eq!(after.get(&format!("{prefix}{name}")), value, "{name}");
    }
    assert!(after.get("tracetab_ingest_lag_seconds_sum") > 3.0, "each of the four ended a second before");
    let never_falls = |sample: &&String| matches!(before.kind_of(sample), "counter" | "histogram");
    for sample in before.samples.keys().filter(never_falls) {
        assert!(after.get(sample) >= before.get(sample), "{sample} fell");
    }
    let labels: Vec<&String> = after.samples.keys().filter(|sample| sample.contains("127.0.0.1")).collect();
    assert_eq!(labels, [""; 0], "no label names a sender");
    assert!(server.stop().success());
}
