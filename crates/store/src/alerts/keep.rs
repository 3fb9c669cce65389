//! Writes alerts: any number of them, each with a line of history or without, by one statement. A storm of them is one round trip.
//! What is said in the history is put into the outbox of notifications with it.

use chrono::{DateTime, SecondsFormat, Utc};
use model::alert::machine::Step;
use model::{TraceId, Usd};
use serde_json::{Value, json};
use sqlx::types::Json;
use sqlx::{FromRow, PgPool};
use uuid::Uuid;

use crate::StoreError;

/// Alerts written by one statement: some megabytes with all their evidence.
const AT_ONCE: usize = 500;

#[derive(FromRow)]
struct Kept {
    place: i32,
    id: i64,
}

/// Keeps what was decided about alerts: new ones, which have no id yet, with the first line of their history; others if nobody has
/// changed them since their version was read. The id of each, in their order; `None` where somebody was faster, and nothing was
/// written of it: they changed it, or its rule has an open alert already.
pub async fn keep(db: &PgPool, steps: &[Step]) -> Result<Vec<Option<i64>>, StoreError> {
    let mut ids = Vec::with_capacity(steps.len());
    for some in steps.chunks(AT_ONCE) {
        let begin = ids.len();
        ids.resize(begin + some.len(), None);
        let said: Vec<Value> = some.iter().enumerate().map(|(place, step)| said(place, step)).collect();
        let kept: Vec<Kept> = sqlx::query_as(STATEMENT).bind(Json(said)).fetch_all(db).await?;
        for Kept { place, id } in kept {
            if let Some(slot) = usize::try_from(place).ok().and_then(|place| ids.get_mut(begin + place)) {
                *slot = Some(id);
            }
        }
    }
    Ok(ids)
}

/// What was pending and is over was nothing: it is forgotten.
///
/// That an alert has changed is counted when something happened to it or it has other traces as evidence. It is looked at every few
/// seconds; that alone is no news.
const STATEMENT: &str = "
    with said as (
        select * from jsonb_to_recordset($1) as s (
            place int4, id int8, version int4, rule text, of_rule text, runbook text, query_text text, threshold int8, window_seconds int8, severity int2
          , state int2, observed_count int8, observed_peak float8, evidence uuid[], labels jsonb, peak_count int8
          , fired_at timestamptz, last_true_at timestamptz, resolved_at timestamptz
          , hold_by text, hold_note text, hold_at timestamptz, hold_until timestamptz, hold_count int8, hold_peak float8
          , hold_grows_by_pico int8, event_at timestamptz, event_state int2, event_by text, event_text text)
    ), raised as (
        insert into alert (rule, of_rule, runbook, query_text, threshold, window_seconds, severity, state, observed_count, observed_peak, evidence
             , labels, peak_count, fired_at, last_true_at, resolved_at, hold_by, hold_note, hold_at, hold_until, hold_count
             , hold_peak, hold_grows_by_pico)
        select rule, of_rule, runbook, query_text, threshold, window_seconds, severity, state, observed_count, observed_peak, evidence
             , labels, peak_count, fired_at, last_true_at, resolved_at, hold_by, hold_note, hold_at, hold_until, hold_count
             , hold_peak, hold_grows_by_pico
          from said where id = 0 order by place
        on conflict (rule) where state <> 3 do nothing
        returning id, rule
    ), changed as (
        update alert a
           set version = a.version + 1, state = s.state, observed_count = s.observed_count, observed_peak = s.observed_peak
             , evidence = s.evidence, labels = s.labels, peak_count = s.peak_count, fired_at = s.fired_at
             , last_true_at = s.last_true_at, resolved_at = s.resolved_at, hold_by = s.hold_by, hold_note = s.hold_note
             , hold_at = s.hold_at, hold_until = s.hold_until, hold_count = s.hold_count, hold_peak = s.hold_peak
             , hold_grows_by_pico = s.hold_grows_by_pico
          from said s
         where s.id <> 0 and a.id = s.id and a.version = s.version and not (a.state = 4 and s.state = 3)
        returning a.id, s.place
                , s.event_text is not null
                  or not (s.evidence <@ (select before.evidence from alert before where before.id = a.id)) as is_news
    ), forgotten as (
        delete from alert a using said s
         where s.id <> 0 and a.id = s.id and a.version = s.version and a.state = 4 and s.state = 3
        returning a.id, s.place
    ), kept as (
        select s.place, r.id, true as is_news from raised r join said s on s.id = 0 and s.rule = r.rule
        union all select place, id, is_news from changed
    ), told as (
        insert into alert_event (alert_id, at, state, by_whom, text)
        select k.id, s.event_at, s.event_state, s.event_by, s.event_text
          from kept k join said s using (place) where s.event_text is not null order by place
        returning id
    ), untold as (
        insert into notification_outbox (event_id) select id from told
    ), counted as (
        update change_counter set changes = changes + 1 where subject = 'alerts' and (exists (select from kept where is_news) or exists (select from forgotten))
    )
    select place, id from kept union all select place, id from forgotten";

/// A decision as the statement reads it.
fn said(place: usize, Step { alert, entry }: &Step) -> Value {
    let uuid = |trace_id: &TraceId| Uuid::from_bytes(trace_id.to_bytes()).to_string();
    let evidence: Vec<String> = alert.observation.evidence.iter().map(uuid).collect();
    let hold = alert.hold.as_ref();
    json!({
        "place": place,
        "id": alert.id,
        "version": alert.version,
        "rule": alert.rule,
        "of_rule": alert.of_rule,
        "runbook": alert.runbook,
        "query_text": alert.query_text,
        "threshold": alert.threshold,
        "window_seconds": alert.window_seconds,
        "severity": alert.severity.code(),
        "state": alert.state.code(),
        "observed_count": alert.observation.count,
        "observed_peak": alert.observation.peak,
        "evidence": evidence,
        "labels": alert.observation.labels,
        "peak_count": alert.peak_count,
        "fired_at": time(alert.fired_at),
        "last_true_at": time(alert.last_true_at),
        "resolved_at": alert.resolved_at.map(time),
        "hold_by": hold.map(|hold| &hold.by),
        "hold_note": hold.map(|hold| &hold.note),
        "hold_at": hold.map(|hold| time(hold.at)),
        "hold_until": hold.and_then(|hold| hold.until).map(time),
        "hold_count": hold.map(|hold| hold.count),
        "hold_peak": hold.and_then(|hold| hold.peak),
        "hold_grows_by_pico": hold.and_then(|hold| hold.grows_by).map(Usd::pico),
        "event_at": entry.as_ref().map(|entry| time(entry.at)),
        "event_state": entry.as_ref().map(|entry| entry.state.code()),
        "event_by": entry.as_ref().and_then(|entry| entry.by.as_ref()),
        "event_text": entry.as_ref().map(|entry| &entry.text),
    })
}

/// To the microsecond, as the columns have it.
fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}
