//! Rates, lag and counters as pages see them.

use chrono::TimeDelta;

use super::*;
use crate::pipeline::intake::Room;

fn at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_700_000_000 + second, 0).unwrap()
}

fn outcome(accepted: u64, duplicates: u64) -> Outcome {
    Outcome { accepted, duplicates, refused: Vec::new() }
}

fn report(health: &Health, now: DateTime<Utc>) -> IngestHealth {
    health.report(now, &Intake::new(Room { spans_max: 10, bytes_max: 10 }))
}

#[test]
fn the_rate_is_over_ten_seconds_and_forgets_after_a_minute() {
    let health = Health::default();
    health.committed(&[], &outcome(50, 0), Duration::ZERO, at(0));
    health.committed(&[], &outcome(50, 7), Duration::ZERO, at(5));
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
fn lag_is_of_live_spans_only() {
    let health = Health::default();
    let live = at(0) - TimeDelta::seconds(2);
    let imported = at(0) - TimeDelta::days(3);
    let ahead = at(0) + TimeDelta::seconds(9);
    let ends = [live, imported, ahead].map(|end| UnixNanos::from_datetime(end).0);
    health.committed(&ends, &outcome(3, 0), Duration::ZERO, at(0));
    let lag = report(&health, at(1)).lag_p99_seconds.unwrap();
    assert!((2.0..2.7).contains(&lag), "{lag}");
    assert_eq!(report(&health, at(100)).lag_p99_seconds, None);
}

#[test]
fn spans_are_counted_by_how_they_came() {
    let health = Health::default();
    health.taken(Encoding::OtlpJson, 3);
    health.taken(Encoding::OtlpJson, 2);
    health.rejected(4);
    let report = report(&health, at(0));
    assert_eq!(report.by_encoding, [("OTLP JSON".to_owned(), 5)]);
    assert_eq!(report.rejected, 4);
}
