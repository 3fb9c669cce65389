//! Rules meeting real spans in a real database.

use chrono::TimeDelta;
use model::alert::hold::{Person, Quiet, acknowledge};
use model::alert::{Alert, State};
use model::attribute::{Attributes, Value};
use model::time::UnixNanos;
use model::{SpanId, TraceId};
use wire::RawSpan;

use super::*;
use crate::rules::Rules;

/// Spans of one trace, each costing `cost_usd`, that arrived just before `now`.
async fn arrives(db: &PgPool, trace: u8, spans: u8, cost_usd: f64, now: DateTime<Utc>) {
    let start_ns = u64::try_from(UnixNanos::from_datetime(now - TimeDelta::seconds(5)).0).unwrap();
    let of = |number: u8| RawSpan {
        start_ns,
        end_ns: start_ns + 1_000_000,
        name: "orchestrate_task".into(),
        attributes: Attributes(vec![
            ("cost_usd".into(), Value::Double(cost_usd)),
            ("tenant".into(), Value::String("acme".into())),
        ]),
        ..RawSpan::new(TraceId::from_bytes([trace; 16]).unwrap(), SpanId::from_bytes([number; 8]).unwrap())
    };
    let spans = (1..=spans).map(|number| wire::normalise::span(of(number))).collect();
    store::partitions::ensure_ahead(db, now).await.unwrap();
    let batch = store::ingest::Batch::prepare(spans, &[]);
    store::ingest::Writer::new(db.clone(), 0).write(&batch, now).await.unwrap();
}

async fn look(db: &PgPool, now: DateTime<Utc>) -> Vec<Alert> {
    let rules = Rules::load(None).unwrap().alerts;
    run(db.clone(), rules.into(), Arc::default(), now).await.unwrap();
    store::alerts::list(db, None, 10).await.unwrap()
}

fn seconds(count: i64) -> TimeDelta {
    TimeDelta::seconds(count)
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn the_cost_anomaly_fires_with_its_evidence_and_resolves_after_a_window(db: PgPool) {
    let now = Utc::now();
    arrives(&db, 1, 2, 0.04, now - seconds(2)).await;
    assert_eq!(look(&db, now).await, [], "0.08 is not above 0.1");
    arrives(&db, 2, 3, 0.04, now - seconds(2)).await;
    let alerts = look(&db, now).await;
    assert_eq!(alerts.len(), 1);
    assert_eq!((alerts[0].rule.as_str(), alerts[0].state), ("Trace Cost Anomaly", State::Firing));
    assert_eq!(alerts[0].observation.evidence, [TraceId::from_bytes([2; 16]).unwrap()]);
    assert_eq!(alerts[0].observation.peak, Some(0.12));
    assert!(alerts[0].observation.labels.contains(&("tenant".into(), "acme".into())));
    let alerts = look(&db, now + seconds(30)).await;
    assert_eq!((alerts.len(), alerts[0].state), (1, State::Firing), "it goes on, it does not fire twice");
    look(&db, now + seconds(100)).await;
    let alerts = look(&db, now + seconds(130)).await;
    assert_eq!((alerts.len(), alerts[0].state), (1, State::Resolved));
    let history = store::alerts::history(&db, alerts[0].id).await.unwrap();
    assert_eq!(history.len(), 2);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn an_acknowledged_anomaly_stays_quiet_and_fires_again_when_it_doubles(db: PgPool) {
    let now = Utc::now();
    arrives(&db, 1, 3, 0.04, now - seconds(2)).await;
    let alert = look(&db, now).await.remove(0);
    let (held, entry) = acknowledge(&alert, &Person::new("Ines", "").unwrap(), Quiet::default(), now).unwrap();
    assert!(store::alerts::update(&db, &held, Some(&entry)).await.unwrap());
    assert_eq!(look(&db, now + seconds(5)).await[0].state, State::Acknowledged);
    arrives(&db, 2, 3, 0.08, now + seconds(6)).await;
    let alert = look(&db, now + seconds(10)).await.remove(0);
    assert_eq!((alert.state, alert.observation.peak), (State::Firing, Some(0.24)));
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn an_alert_whose_rule_was_taken_out_is_resolved(db: PgPool) {
    let now = Utc::now();
    arrives(&db, 1, 3, 0.04, now - seconds(2)).await;
    assert_eq!(look(&db, now).await[0].state, State::Firing);
    run(db.clone(), Vec::new().into(), Arc::default(), now + seconds(1)).await.unwrap();
    let alerts = store::alerts::list(&db, None, 10).await.unwrap();
    assert_eq!(alerts[0].state, State::Resolved);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn what_arrives_after_a_quiet_look_is_seen_at_the_next(db: PgPool) {
    let (now, seen) = (Utc::now(), Arc::<Seen>::default());
    let rules: Arc<[Rule]> = Rules::load(None).unwrap().alerts.into();
    let look = async |at| {
        run(db.clone(), Arc::clone(&rules), Arc::clone(&seen), at).await.unwrap();
        store::alerts::list(&db, None, 10).await.unwrap().into_iter().map(|alert| alert.state).collect::<Vec<_>>()
    };
    arrives(&db, 1, 2, 0.04, now - seconds(2)).await;
    assert_eq!(look(now).await, []);
    assert_eq!(look(now + seconds(5)).await, [], "nothing came");
    arrives(&db, 2, 3, 0.04, now + seconds(6)).await;
    assert_eq!(look(now + seconds(10)).await, [State::Firing], "by what came");
    for at in [20, 60, 110, 140] {
        look(now + seconds(at)).await;
    }
    assert_eq!(look(now + seconds(145)).await, [State::Resolved], "an open alert is looked at although nothing comes");
}
