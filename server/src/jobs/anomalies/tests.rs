//! Hours of spend as usual in a real database, and then somebody who runs away.

use chrono::TimeDelta;
use model::TraceId;
use model::alert::{Alert, Severity, State};
use model::attribute::{Attributes, Value};
use model::time::UnixNanos;
use wire::RawSpan;

use super::*;

const HOURS_BEFORE: i64 = 20;

fn evening() -> DateTime<Utc> {
    DateTime::parse_from_rfc3339("2026-11-20T21:30:10Z").unwrap().to_utc()
}

/// A trace of one span that began at `start` and cost this.
async fn arrives(db: &PgPool, trace: u64, start: DateTime<Utc>, cost_usd: f64, now: DateTime<Utc>) -> TraceId {
    let start_ns = u64::try_from(UnixNanos::from_datetime(start).0).unwrap();
    let text = |value: &str| Value::String(value.into());
    let trace_id = TraceId::from_bytes(u128::from(trace).to_be_bytes()).unwrap();
    let span = RawSpan {
        start_ns,
        end_ns: start_ns + 1_000_000,
        name: "orchestrate_task".into(),
        attributes: Attributes(vec![
            ("cost_usd".into(), Value::Double(cost_usd)),
            ("tenant".into(), text("acme")),
            ("user.id".into(), text("user_1")),
        ]),
        ..RawSpan::new(trace_id, model::SpanId::from_bytes([1; 8]).unwrap())
    };
    let batch = store::ingest::Batch::prepare(vec![wire::normalise::span(span)], &[]);
    let outcome = store::ingest::Writer::new(db.clone(), 0).write(&batch, now).await.unwrap();
    assert_eq!(outcome.accepted, 1);
    trace_id
}

/// Two dollars an hour, in four traces.
async fn hours_as_usual(db: &PgPool, now: DateTime<Utc>) {
    store::partitions::ensure_ahead(db, now).await.unwrap();
    for quarter in 1..HOURS_BEFORE as u64 * 4 {
        let start = now - TimeDelta::minutes(15 * quarter as i64);
        arrives(db, quarter, start, 0.5, now).await;
    }
    while store::outbox::roll(db).await.unwrap().rows > 0 {}
}

async fn look(db: &PgPool, anomalies: &Arc<Anomalies>, now: DateTime<Utc>) -> Vec<Alert> {
    run(db.clone(), Vec::new(), Arc::clone(anomalies), now).await.unwrap();
    store::alerts::list(db, None, 10).await.unwrap()
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_runaway_is_one_alert_with_its_traces_that_grows_and_ends_also_across_a_restart(db: PgPool) {
    let (now, minute) = (evening(), TimeDelta::minutes(1));
    hours_as_usual(&db, now).await;
    let anomalies = Arc::default();
    assert_eq!(look(&db, &anomalies, now).await, [], "all is as expected");

    let runaway = arrives(&db, 1_000, now, 6.0, now).await;
    assert_eq!(look(&db, &anomalies, now).await, [], "the minute is not over");
    let alerts = look(&db, &anomalies, now + minute).await;
    let [fired] = alerts.as_slice() else { panic!("{alerts:?}") };
    assert_eq!((fired.rule.as_str(), fired.state), ("Cost anomaly, tenant acme", State::Firing));
    assert_eq!(fired.severity, Severity::Critical);
    assert_eq!(fired.observation.evidence.first(), Some(&runaway), "the dearest first");
    let has = |name: &str, value: &str| fired.observation.labels.contains(&(name.to_owned(), value.to_owned()));
    assert!(has("tenant", "acme") && has("user", "user_1"), "{:?}", fired.observation.labels);
    let history = store::alerts::history(&db, fired.id).await.unwrap();
    assert!(history[0].text.starts_with("Fired: $6 in 2 minutes, where $0.0"), "{}", history[0].text);

    let dearer = arrives(&db, 1_001, now + minute, 9.0, now + minute).await;
    let restarted = Arc::default();
    let alerts = look(&db, &restarted, now + minute * 2).await;
    assert_eq!((alerts.len(), alerts[0].state, alerts[0].observation.evidence[0]), (1, State::Firing, dearer));
    let over = alerts[0].observation.peak.unwrap();
    assert!((14.0..15.0).contains(&over), "{over}");
    assert_eq!(look(&db, &restarted, now + minute * 2).await, alerts, "a minute is looked at once");

    for minutes in 3..=30 {
        look(&db, &restarted, now + minute * minutes).await;
    }
    let alerts = look(&db, &restarted, now + minute * 31).await;
    assert_eq!((alerts.len(), alerts[0].state), (1, State::Resolved));
    let history = store::alerts::history(&db, fired.id).await.unwrap();
    assert_eq!(history[0].text, model::alert::spend::OVER);
    let alerts = look(&db, &Arc::default(), now + minute * 32).await;
    assert_eq!((alerts.len(), alerts[0].state), (1, State::Resolved), "no restart tells of it again");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn whoever_spends_little_is_watched_as_soon_as_that_changes(db: PgPool) {
    let now = evening();
    store::partitions::ensure_ahead(&db, now).await.unwrap();
    for hour in 1..HOURS_BEFORE as u64 {
        arrives(&db, hour, now - TimeDelta::hours(hour as i64), 0.01, now).await;
    }
    while store::outbox::roll(&db).await.unwrap().rows > 0 {}
    let anomalies = Arc::default();
    assert_eq!(look(&db, &anomalies, now).await, []);
    arrives(&db, 1_000, now, 6.0, now).await;
    while store::outbox::roll(&db).await.unwrap().rows > 0 {}
    let alerts = look(&db, &anomalies, now + TimeDelta::minutes(1)).await;
    assert_eq!((alerts.len(), alerts[0].rule.as_str()), (1, "Cost anomaly, tenant acme"));
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn whoever_has_just_begun_to_spend_has_no_expectation_and_no_alert(db: PgPool) {
    let now = evening();
    store::partitions::ensure_ahead(&db, now).await.unwrap();
    for trace in 1..40_u64 {
        arrives(&db, trace, now - TimeDelta::minutes(trace as i64 * 5), 3.0, now).await;
    }
    while store::outbox::roll(&db).await.unwrap().rows > 0 {}
    assert_eq!(look(&db, &Arc::default(), now).await, []);
}
