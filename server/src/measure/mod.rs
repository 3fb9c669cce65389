//! `/metrics`: figures for Prometheus.
//!
//! Names are `tracetab_<subsystem>_<what>_<unit>`; labels have a handful of values each, never a tenant or an id.
//! To add one: `metrics::counter!` and its kin where it happens, a line in `describe`. What would have to be told per span is
//! a histogram of its own: [`lag`].

use std::sync::OnceLock;
use std::time::Duration;

use anyhow::Context;
use http::header::{CONTENT_TYPE, HeaderName};
use metrics::{Unit, counter, describe_counter, describe_gauge, describe_histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use model::ingest::TurnedAway;

pub mod lag;

/// How often observations nobody has scraped are folded into their buckets, which bounds the memory they take.
const UPKEEP_INTERVAL: Duration = Duration::from_secs(5);
/// Upper bounds of commit times in seconds: a lone span takes a few milliseconds, a full batch under a second.
const COMMIT_SECONDS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];
/// Upper bounds of rounds of jobs in seconds: most look whether there is something to do.
const JOB_SECONDS: [f64; 7] = [0.001, 0.01, 0.1, 0.5, 1.0, 5.0, 30.0];
/// Upper bounds of batch sizes in spans.
const BATCH_SPANS: [f64; 7] = [1.0, 10.0, 100.0, 500.0, 1_000.0, 2_500.0, 5_000.0];

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
        .and_then(|builder| {
            builder.set_buckets_for_metric(Matcher::Full("tracetab_job_seconds".to_owned()), &JOB_SECONDS)
        })
        .context("setting up metrics")?
        .build_recorder();
    // Two servers in one process (tests) share the first one's recorder.
    if RECORDER.set(recorder.handle()).is_ok() && metrics::set_global_recorder(recorder).is_ok() {
        describe_ingest();
        describe_the_rest();
        begin_at_zero();
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
    let mut text = RECORDER.get().map(PrometheusHandle::render).unwrap_or_default();
    text.push_str(&lag::SPANS.render());
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text)
}

fn count(name: &'static str, help: &'static str) {
    describe_counter!(name, Unit::Count, help);
}

fn describe_ingest() {
    count("tracetab_ingest_spans_accepted_total", "Spans new to the database, committed.");
    count("tracetab_ingest_spans_duplicate_total", "Spans received again, counted once.");
    count("tracetab_ingest_spans_received_total", "Spans taken, new or not, by encoding.");
    count("tracetab_ingest_spans_rejected_total", "Spans refused for what they are, by reason and encoding.");
    count("tracetab_ingest_requests_refused_total", "Requests refused as a whole, whose spans nobody could count.");
    count(
        "tracetab_ingest_spans_turned_away_total",
        "Spans sent back, as far as they had been read; their senders keep them.",
    );
    count("tracetab_ingest_requests_turned_away_total", "Requests sent back to be sent again, by why.");
    count("tracetab_ingest_unpriced_total", "Accepted spans whose cost is unknown.");
    count("tracetab_ingest_model_calls_total", "Accepted spans that call a model.");
    count("tracetab_ingest_unpriced_model_calls_total", "Accepted spans that call a model and whose cost is unknown.");
    describe_counter!(
        "tracetab_ingest_payload_bytes_total",
        Unit::Bytes,
        "What has no column of its own, before compression."
    );
    describe_counter!("tracetab_ingest_payload_packed_bytes_total", Unit::Bytes, "The same after compression.");
    describe_gauge!("tracetab_ingest_queue_spans", Unit::Count, "Spans that wait for their commit.");
    describe_gauge!("tracetab_ingest_queue_spans_max", Unit::Count, "Spans that may wait for their commit.");
    describe_gauge!("tracetab_ingest_queue_bytes", Unit::Bytes, "Bytes of bodies that wait, uncompressed.");
    describe_gauge!("tracetab_ingest_queue_bytes_max", Unit::Bytes, "Bytes of bodies that may wait, uncompressed.");
    describe_gauge!("tracetab_disk_free_bytes", Unit::Bytes, "Free on the private database's disk.");
    describe_gauge!("tracetab_disk_free_bytes_min", Unit::Bytes, "With fewer bytes free, spans are sent back.");
    describe_gauge!("tracetab_disk_alarm", Unit::Count, "1 while the database's disk is full, or nearly.");
    describe_histogram!("tracetab_ingest_commit_seconds", Unit::Seconds, "From taking a batch to its commit.");
    describe_histogram!("tracetab_ingest_batch_spans", Unit::Count, "Spans per transaction.");
}

fn describe_the_rest() {
    describe_gauge!("tracetab_prices_file_entries", Unit::Count, "Prices of one's own in force.");
    describe_gauge!(
        "tracetab_prices_file_broken",
        Unit::Count,
        "1 while the price file cannot be used and the prices before it stay in force, else 0."
    );
    describe_gauge!(
        "tracetab_prices_fetched_broken",
        Unit::Count,
        "1 while what is fetched from TRACETAB_PRICES_URL cannot be used and the prices before it stay in force, else 0."
    );
    for (name, entries, broken) in [
        ("alert_rules", "Rules of alerts of the file in force.", "1 while trace_alerts.yaml cannot be used."),
        ("receivers", "Receivers of notifications.", "1 while notifications.yaml cannot be used."),
    ] {
        describe_gauge!(format!("tracetab_{name}_file_entries"), Unit::Count, entries);
        describe_gauge!(format!("tracetab_{name}_file_broken"), Unit::Count, broken);
    }
    describe_gauge!("tracetab_budgets_file_entries", Unit::Count, "Budgets of the file in force.");
    describe_gauge!(
        "tracetab_budgets_file_broken",
        Unit::Count,
        "1 while the file of budgets cannot be used and the budgets before it stay in force, else 0."
    );
    count(
        "tracetab_repricing_calls_total",
        "Calls that were given another price, or were left as they are, by outcome.",
    );
    describe_gauge!(
        "tracetab_balance_difference_usd",
        "The largest difference between a sum of the books and the spans, when they were added up last; 0 when they balance."
    );
    describe_gauge!("tracetab_balance_checked_timestamp_seconds", Unit::Seconds, "When that was.");
    describe_gauge!("tracetab_balance_check_seconds", Unit::Seconds, "How long adding the books up took.");
    describe_gauge!("tracetab_keys", Unit::Count, "Keys in force; 0 when nobody is asked for one.");
    describe_gauge!(
        "tracetab_keys_file_broken",
        Unit::Count,
        "1 while the key file cannot be used and the keys before it stay in force, else 0."
    );
    count("tracetab_keys_refused_total", "Requests turned away for want of a key, or of one that may, by why.");
    count("tracetab_layouts_made_total", "Traces laid out to be looked at; who looks at one that is kept makes none.");
    describe_gauge!("tracetab_layouts_bytes", Unit::Bytes, "Memory of traces that are laid out.");
    describe_gauge!("tracetab_layouts_bytes_max", Unit::Bytes, "Memory that traces may take which nobody looks at.");
    count(
        "tracetab_notifications_total",
        "Alerts that receivers were told of, or could not be, by receiver and outcome.",
    );
    count("tracetab_job_runs_total", "Rounds of background jobs, by job and outcome.");
    describe_histogram!("tracetab_job_seconds", Unit::Seconds, "How long a round of a background job took, by job.");
}

/// A counter that appears with its first event looks to Prometheus as if it had never risen. Those with labels for each
/// reason and encoding are too many to show before they mean something.
fn begin_at_zero() {
    for name in [
        "tracetab_ingest_spans_accepted_total",
        "tracetab_ingest_spans_duplicate_total",
        "tracetab_ingest_unpriced_total",
        "tracetab_ingest_model_calls_total",
        "tracetab_ingest_unpriced_model_calls_total",
    ] {
        counter!(name).increment(0);
    }
    for why in TurnedAway::ALL {
        counter!("tracetab_ingest_requests_turned_away_total", "why" => why.as_str()).increment(0);
        counter!("tracetab_ingest_spans_turned_away_total", "why" => why.as_str()).increment(0);
    }
}
