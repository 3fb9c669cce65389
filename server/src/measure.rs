//! `/metrics`: figures for Prometheus.
//!
//! Names are `tracetab_<subsystem>_<what>_<unit>`; labels have a handful of values each, never a tenant or an id.
//! To add one: `metrics::counter!` and its kin where it happens, a line in `describe`.

use std::sync::OnceLock;
use std::time::Duration;

use anyhow::Context;
use http::header::{CONTENT_TYPE, HeaderName};
use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

/// How often observations nobody has scraped are folded into their buckets, which bounds the memory they take.
const UPKEEP_INTERVAL: Duration = Duration::from_secs(5);
/// Upper bounds of commit times in seconds: a lone span takes a few milliseconds, a full batch under a second.
const COMMIT_SECONDS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];
/// Upper bounds of batch sizes in spans.
const BATCH_SPANS: [f64; 7] = [1.0, 10.0, 100.0, 500.0, 1_000.0, 5_000.0, 20_000.0];

/// One recorder per process: the `metrics` macros know no other.
static RECORDER: OnceLock<PrometheusHandle> = OnceLock::new();

/// Starts collecting, if nobody has.
pub fn start() -> anyhow::Result<()> {
    if RECORDER.get().is_some() {
        return Ok(());
    }
    let recorder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Full("tracetab_ingest_commit_seconds".to_owned()), &COMMIT_SECONDS)
        .and_then(|builder| {
            builder.set_buckets_for_metric(Matcher::Full("tracetab_ingest_batch_spans".to_owned()), &BATCH_SPANS)
        })
        .context("setting up metrics")?
        .build_recorder();
    // Two servers in one process (tests) share the first one's recorder.
    if RECORDER.set(recorder.handle()).is_ok() && metrics::set_global_recorder(recorder).is_ok() {
        describe();
    }
    Ok(())
}

/// Folds observations into buckets, for as long as it is polled.
pub async fn keep_up() {
    loop {
        tokio::time::sleep(UPKEEP_INTERVAL).await;
        if let Some(recorder) = RECORDER.get() {
            recorder.run_upkeep();
        }
    }
}

/// `GET /metrics`
pub async fn show() -> ([(HeaderName, &'static str); 1], String) {
    let text = RECORDER.get().map(PrometheusHandle::render).unwrap_or_default();
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text)
}

fn describe() {
    describe_counter!("tracetab_ingest_spans_accepted_total", Unit::Count, "Spans new to the database, committed.");
    describe_counter!("tracetab_ingest_spans_duplicate_total", Unit::Count, "Spans received again, counted once.");
    describe_counter!("tracetab_ingest_spans_received_total", Unit::Count, "Spans taken, new or not, by encoding.");
    describe_counter!("tracetab_ingest_spans_rejected_total", Unit::Count, "Spans refused for what they are.");
    describe_counter!("tracetab_ingest_spans_turned_away_total", Unit::Count, "Spans sent back for want of room.");
    describe_gauge!("tracetab_ingest_queue_spans", Unit::Count, "Spans that wait for their commit.");
    describe_gauge!("tracetab_ingest_queue_spans_max", Unit::Count, "Spans that may wait for their commit.");
    describe_histogram!("tracetab_ingest_commit_seconds", Unit::Seconds, "From taking a batch to its commit.");
    describe_histogram!("tracetab_ingest_batch_spans", Unit::Count, "Spans per transaction.");
    describe_counter!("tracetab_job_runs_total", Unit::Count, "Rounds of background jobs, by job and outcome.");
}
