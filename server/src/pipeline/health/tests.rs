//! Rates, lag and counters as pages see them.

use chrono::TimeDelta;
use model::ingest::Sdk;
use model::rejected::{Given, listed};
use model::time::UnixNanos;
use model::{Span, SpanId, TraceId};
use store::ingest::Outcome;

use super::commit::{Noted, Share};
use super::sdk::Sdks;
use super::*;
use crate::pipeline::intake::Room;

fn at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_700_000_000 + second, 0).unwrap()
}

fn report(health: &Health, now: DateTime<Utc>) -> IngestHealth {
    health.report(now, &intake())
}

fn in_full(health: &Health, now: DateTime<Utc>) -> model::ingest::IngestReport {
    health.report_in_full(now, &intake())
}

fn intake() -> std::sync::Arc<Intake> {
    Intake::new(Room { spans_max: 10, bytes_max: 10 })
}

fn sender(name: &str) -> Sender {
    Sender::new(None, Some(name))
}

fn a_share(name: &str, accepted: u64, duplicates: u64) -> Share {
    let sdk = Sdk { name: name.to_owned(), ..Sdk::default() };
    let sdks = Sdks { named: vec![(sdk, accepted + duplicates)], others: 0 };
    let fate = Fate { accepted, duplicates, ..Fate::default() };
    Share { sender: sender(name), encoding: Encoding::OtlpJson, sdks, fate }
}

/// Commits spans of one sender that ended then.
fn commit(health: &Health, ends: &[DateTime<Utc>], repeated: Vec<usize>, now: DateTime<Utc>) {
    let noted: Vec<Noted> = ends.iter().map(|end| Noted::of(&a_span(*end))).collect();
    let (all, old) = (ends.len() as u64, repeated.len() as u64);
    let outcome = Outcome { accepted: all - old, repeated, refused: Vec::new() };
    let shares = vec![a_share("python", all - old, old)];
    health.committed(Commit::new(&noted, &outcome, shares, Duration::from_millis(20), now), now);
}

fn a_span(end: DateTime<Utc>) -> Span {
    let (trace_id, span_id): (TraceId, SpanId) = ("1".repeat(32).parse().unwrap(), "1".repeat(16).parse().unwrap());
    let mut span = wire::normalise::span(wire::RawSpan::new(trace_id, span_id));
    (span.start, span.duration_ns) = (UnixNanos::from_datetime(end), 0);
    span
}

#[test]
fn the_rate_is_over_ten_seconds_and_forgets_after_a_minute() {
    let health = Health::new(at(0));
    commit(&health, &[at(0); 50], Vec::new(), at(0));
    commit(&health, &[at(5); 57], (0..7).collect(), at(5));
    let soon = report(&health, at(6));
    assert!((soon.spans_per_second - 10.0).abs() < 1e-9, "{}", soon.spans_per_second);
    assert_eq!(soon.spans_per_second_series.len(), 60);
    assert_eq!(soon.spans_per_second_series[59], 50.0);
    assert_eq!(soon.spans_per_second_series[54], 50.0);
    let late = report(&health, at(70));
    assert_eq!(late.spans_per_second_series.iter().sum::<f64>(), 0.0);
    assert_eq!((late.accepted, late.duplicates), (100, 7));
}

#[test]
fn lag_is_of_new_and_live_spans_only() {
    let health = Health::new(at(0));
    let live = at(0) - TimeDelta::seconds(2);
    let imported = at(0) - TimeDelta::days(3);
    let ahead = at(0) + TimeDelta::seconds(9);
    let sent_again = at(0) - TimeDelta::seconds(3_000);
    commit(&health, &[live, imported, ahead, sent_again], vec![3], at(0));
    let lag = report(&health, at(1)).lag_p99_seconds.unwrap();
    assert!((1.9..2.7).contains(&lag), "{lag}");
    let full = in_full(&health, at(1));
    assert_eq!((full.lag.unwrap().count, full.lag_series[59]), (2, Some(lag)));
    assert_eq!(full.lag_series.iter().flatten().count(), 1, "no lag is known where nothing came");
    assert_eq!(report(&health, at(100)).lag_p99_seconds, None);
}

#[test]
fn what_is_refused_is_counted_by_class_and_by_sender() {
    let health = Health::new(at(0));
    commit(&health, &[at(0); 3], Vec::new(), at(0));
    let bad = |reason| Given { trace_id: None, span_id: None, reason };
    let refused = listed([bad("trace_id: missing"), bad("the span is broken: no"), bad("span_id: missing")]);
    health.rejected(&sender("python"), Some(Encoding::OtlpJson), &refused, at(1));
    health.rejected(&sender("curl"), None, &[Refused::request("content-type is none; expected more")], at(2));
    let full = in_full(&health, at(3));
    assert_eq!(full.rejected, [(Reason::BadId, 2), (Reason::Broken, 1)]);
    assert_eq!((full.health.rejected, full.health.requests_refused), (3, 1));
    let told: Vec<_> = full.senders.iter().map(|line| (line.name.as_str(), line.fate, line.last_seen)).collect();
    let of_python = Fate { accepted: 3, rejected: 3, ..Fate::default() };
    let of_curl = Fate { requests_refused: 1, ..Fate::default() };
    assert_eq!(told, [("curl", of_curl, at(2)), ("python", of_python, at(1))]);
    assert_eq!(full.senders[1].by_encoding, [("OTLP JSON".to_owned(), 6)]);
    assert_eq!(full.health.by_encoding, [("OTLP JSON".to_owned(), 3)], "what was taken");
}

#[test]
fn senders_and_sdks_past_the_limit_are_summed_up() {
    let health = Health::new(at(0));
    for number in 0..1_000 {
        let outcome = Outcome { accepted: 2, repeated: vec![2], refused: Vec::new() };
        let noted = [Noted::of(&a_span(at(0))); 3];
        let shares = vec![a_share(&format!("sender {number}"), 2, 1)];
        health.committed(Commit::new(&noted, &outcome, shares, Duration::ZERO, at(0)), at(0));
    }
    let full = in_full(&health, at(1));
    assert_eq!((full.senders.len(), full.sdks.len()), (200, 100));
    assert_eq!(full.senders[0].name, "sender 999", "the one heard of last");
    assert_eq!(full.other_senders, Fate { accepted: 1_600, duplicates: 800, ..Fate::default() });
    assert_eq!(full.other_sdks, 2_700);
}

#[test]
fn transactions_and_what_was_sent_back_are_of_the_last_ten_minutes() {
    let health = Health::new(at(0));
    commit(&health, &[at(0); 8], Vec::new(), at(0));
    health.turned_away(TurnedAway::Full, 5, at(0));
    health.turned_away(TurnedAway::Full, 0, at(400));
    let full = in_full(&health, at(500));
    let (batch, took) = (full.batch_spans.unwrap(), full.commit_seconds.unwrap());
    assert_eq!((batch.count, batch.max, took.max), (1, 8.0, 0.02));
    let sum = full.turned_away[TurnedAway::Full as usize];
    assert_eq!((sum.requests, sum.recent_requests, sum.spans), (2, 2, 5));
    let later = in_full(&health, at(900));
    assert_eq!((later.batch_spans, later.turned_away[0].recent_requests), (None, 1));
    assert_eq!((later.health.turned_away, later.turned_away[0].requests), (2, 2));
}

#[test]
fn a_share_without_a_cost_is_of_what_is_new() {
    let health = Health::new(at(0));
    let mut priced = a_span(at(0));
    priced.cost.usd = Some(model::Usd::ZERO);
    let mut call = a_span(at(0));
    call.model_call = Some(model::span::ModelCall::default());
    let noted = [&priced, &call, &call, &a_span(at(0))].map(Noted::of);
    let outcome = Outcome { accepted: 2, repeated: vec![2], refused: vec![(3, "cannot be kept".into())] };
    health.committed(Commit::new(&noted, &outcome, Vec::new(), Duration::ZERO, at(0)), at(0));
    let told = in_full(&health, at(1)).unpriced;
    assert_eq!(told, Unpriced { spans: 2, unpriced: 1, model_calls: 1, unpriced_model_calls: 1 });
}
