//! Notifications: who is told of what happens to alerts, and whether they have been.
//!
//! [`expand`] makes notifications of what is in the outbox; [`due`] says which are to be sent, [`settle`] what became of them.

use chrono::{DateTime, TimeDelta, Utc};
use model::alert::notification::{Delivery, Outcome, Standing};
use model::alert::{HistoryEntry, Severity, State};
use serde_json::{Value, json};
use sqlx::types::Json;
use sqlx::{FromRow, PgPool};

use crate::StoreError;

/// Lines of history that are read from the outbox at once.
const EVENTS_AT_ONCE: i64 = 500;

/// How long after an alert fired it is told of: what fires with it is told of together, and its traces are known by then.
const FIRING_WAIT: TimeDelta = TimeDelta::seconds(4);

/// Who is told of what.
#[derive(Debug, Clone)]
pub struct Route {
    /// The name of the receiver.
    pub receiver: String,
    /// Of which alerts, by how bad they are.
    pub severities: Vec<Severity>,
    /// Of whose; without any, of everybody's.
    pub tenants: Vec<String>,
    /// Whether it is told that somebody has taken or silenced an alert.
    pub takes_holds: bool,
}

/// A notification that is to be sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Due {
    /// Its id.
    pub id: i64,
    /// The name of the receiver.
    pub receiver: String,
    /// The alert.
    pub alert_id: i64,
    /// Whose it was when it was first told of.
    pub tenant: Option<String>,
    /// How often it was sent in vain.
    pub attempts: i32,
    /// What happened.
    pub entry: HistoryEntry,
}

#[derive(FromRow)]
struct Row {
    id: i64,
    receiver: String,
    alert_id: i64,
    tenant: Option<String>,
    attempts: i32,
    at: DateTime<Utc>,
    state: i16,
    by_whom: Option<String>,
    text: String,
}

/// Makes notifications of what is in the outbox, by these routes; tells how many lines of history it was.
pub async fn expand(db: &PgPool, routes: &[Route]) -> Result<u64, StoreError> {
    let statement = "
        with taken as (
            delete from notification_outbox
             where event_id in (select event_id from notification_outbox order by event_id limit $3) returning event_id
        ), route as (
            select * from jsonb_to_recordset($1) as r (receiver text, severities int2[], tenants text[], takes_holds bool)
        ), told as (
            select e.id, e.alert_id, e.at, e.state, a.severity
                 , coalesce((select n.tenant from notification n where n.alert_id = a.id order by n.id limit 1)
                          , (select label ->> 1 from jsonb_array_elements(a.labels) label where label ->> 0 = 'tenant' limit 1)
                   ) as tenant
              from taken join alert_event e on e.id = taken.event_id join alert a on a.id = e.alert_id
        ), made as (
            insert into notification (event_id, alert_id, receiver, tenant, due_at)
            select t.id, t.alert_id, r.receiver, t.tenant, case t.state when 0 then t.at + $2 else t.at end
              from told t join route r on t.severity = any(r.severities) and (r.takes_holds or t.state in (0, 3))
               and (cardinality(r.tenants) = 0 or t.tenant = any(r.tenants))
             order by t.id, r.receiver
            on conflict (event_id, receiver) do nothing
        )
        select count(*) from taken";
    let routes = Json(routes.iter().map(said).collect::<Vec<_>>());
    let query = sqlx::query_scalar(statement).bind(routes).bind(FIRING_WAIT).bind(EVENTS_AT_ONCE);
    let count: i64 = query.fetch_one(db).await?;
    Ok(count.unsigned_abs())
}

fn said(route: &Route) -> Value {
    json!({
        "receiver": route.receiver,
        "severities": route.severities.iter().map(|severity| severity.code()).collect::<Vec<_>>(),
        "tenants": route.tenants,
        "takes_holds": route.takes_holds,
    })
}

/// What is to be sent by now, at most `limit`, the oldest first: for each receiver and alert one after the other; nothing for those
/// that are told `later`. What an alert has left behind, because it has fired again or ended since, is not sent any more.
///
/// That an alert fires is not told while a critical one of the same tenant and service is open, of which the receiver hears too: it
/// waits until that is over.
pub async fn due(db: &PgPool, now: DateTime<Utc>, later: &[String], limit: i64) -> Result<Vec<Due>, StoreError> {
    let overtaken = "update notification n set state = 3, settled_at = $1
                      where n.state = 0 and n.due_at <= $1
                        and exists (select from notification m join alert_event e on e.id = m.event_id
                                     where m.alert_id = n.alert_id and m.receiver = n.receiver and m.id > n.id and m.state = 0
                                       and e.state in (0, 3) and m.due_at <= $1)";
    sqlx::query(overtaken).bind(now).execute(db).await?;
    let statement = "select n.id, n.receiver, n.alert_id, n.tenant, n.attempts, e.at, e.state, e.by_whom, e.text
                       from notification n join alert_event e on e.id = n.event_id
                      where n.state = 0 and n.due_at <= $1 and n.receiver <> all($3)
                        and not (e.state = 0 and exists (
                            select from alert a, alert c
                             where a.id = n.alert_id and a.severity < 2 and c.severity = 2 and c.state in (0, 1, 2)
                               and exists (select from notification m where m.alert_id = c.id and m.receiver = n.receiver)
                               and jsonb_path_query_first(a.labels, 'strict $[*] ? (@[0] == \"tenant\")')
                                 = jsonb_path_query_first(c.labels, 'strict $[*] ? (@[0] == \"tenant\")')
                               and jsonb_path_query_first(a.labels, 'strict $[*] ? (@[0] == \"service\")')
                                   is not distinct from jsonb_path_query_first(c.labels, 'strict $[*] ? (@[0] == \"service\")')))
                        and not exists (select from notification m where m.alert_id = n.alert_id and m.receiver = n.receiver
                                           and m.id < n.id and m.state = 0)
                      order by n.id limit $2";
    let rows: Vec<Row> = sqlx::query_as(statement).bind(now).bind(limit).bind(later).fetch_all(db).await?;
    rows.into_iter().map(Due::try_from).collect()
}

impl TryFrom<Row> for Due {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let state = State::from_code(row.state).ok_or_else(|| StoreError::Inconsistent {
            table: "alert_event",
            column: "state",
            id: row.id.to_string(),
        })?;
        let entry = HistoryEntry { at: row.at, state, by: row.by_whom, text: row.text };
        let Row { id, receiver, alert_id, tenant, attempts, .. } = row;
        Ok(Self { id, receiver, alert_id, tenant, attempts, entry })
    }
}

/// What became of an attempt.
#[derive(Debug, Clone, PartialEq)]
pub enum Attempt {
    /// It was taken.
    Delivered,
    /// It was in vain, and is to be tried again then.
    Again {
        /// When.
        due_at: DateTime<Utc>,
        /// Why.
        problem: String,
    },
    /// It was in vain, and is not tried again.
    GivenUp {
        /// Why.
        problem: String,
    },
}

/// Notes what became of notifications. Whoever looks at their alerts sees it.
pub async fn settle(db: &PgPool, attempts: &[(i64, Attempt)], now: DateTime<Utc>) -> Result<(), StoreError> {
    let statement = "
        with said as (
            select * from jsonb_to_recordset($1) as s (id int8, state int2, due_at timestamptz, problem text)
        ), settled as (
            update notification n
               set state = s.state, attempts = n.attempts + case s.state when 1 then 0 else 1 end
                 , due_at = coalesce(s.due_at, n.due_at), problem = s.problem
                 , settled_at = case s.state when 0 then null else $2 end
              from said s where n.id = s.id and n.state = 0 returning n.id
        )
        update change_counter set changes = changes + 1 where subject = 'alerts' and exists (select from settled)";
    let said: Vec<Value> = attempts
        .iter()
        .map(|(id, attempt)| match attempt {
            Attempt::Delivered => json!({"id": id, "state": 1}),
            Attempt::Again { due_at, problem } => json!({"id": id, "state": 0, "due_at": due_at, "problem": problem}),
            Attempt::GivenUp { problem } => json!({"id": id, "state": 2, "problem": problem}),
        })
        .collect();
    sqlx::query(statement).bind(Json(said)).bind(now).execute(db).await?;
    Ok(())
}

/// Whether a receiver was told of anything since then.
pub async fn was_told_since(db: &PgPool, receiver: &str, since: DateTime<Utc>) -> Result<bool, StoreError> {
    let told = "select exists (select from notification where receiver = $1 and state = 1 and settled_at > $2)";
    Ok(sqlx::query_scalar(told).bind(receiver).bind(since).fetch_one(db).await?)
}

/// How the notifications of every receiver stand, by its name.
pub async fn standings(db: &PgPool, now: DateTime<Utc>) -> Result<Vec<Standing>, StoreError> {
    let standings = "
        select receiver, count(*) filter (where state = 0) as waiting
             , count(*) filter (where state = 1 and settled_at > $1::timestamptz - interval '24 hours') as delivered_24h
             , count(*) filter (where state = 2 and settled_at > $1::timestamptz - interval '24 hours') as given_up_24h
             , max(settled_at) filter (where state = 1) as delivered_at
             , (array_agg(problem order by id desc) filter (where state in (0, 2) and problem is not null))[1] as problem
          from notification group by receiver order by receiver";
    type Row = (String, i64, i64, i64, Option<DateTime<Utc>>, Option<String>);
    let rows: Vec<Row> = sqlx::query_as(standings).bind(now).fetch_all(db).await?;
    let standing = |(receiver, waiting, delivered_24h, given_up_24h, delivered_at, problem): Row| Standing {
        receiver,
        waiting,
        delivered_24h,
        given_up_24h,
        delivered_at,
        problem,
    };
    Ok(rows.into_iter().map(standing).collect())
}

/// Who has been told of what happened to an alert, or is to be; the newest first.
pub async fn of_alert(db: &PgPool, alert_id: i64) -> Result<Vec<Delivery>, StoreError> {
    let statement = "select receiver, state, attempts, due_at, settled_at, problem from notification
                      where alert_id = $1 and state <> 3 order by id desc limit 200";
    type Told = (String, i16, i32, DateTime<Utc>, Option<DateTime<Utc>>, Option<String>);
    let rows: Vec<Told> = sqlx::query_as(statement).bind(alert_id).fetch_all(db).await?;
    let delivery = |(receiver, state, attempts, due_at, settled_at, problem): Told| Delivery {
        outcome: match state {
            0 => Outcome::Waiting,
            1 => Outcome::Delivered,
            _ => Outcome::GivenUp,
        },
        receiver,
        attempts,
        at: settled_at.unwrap_or(due_at),
        problem,
    };
    Ok(rows.into_iter().map(delivery).collect())
}

/// The ids of open alerts of which this receiver has been told, with whose they were then.
pub async fn open_of(db: &PgPool, receiver: &str) -> Result<Vec<(i64, Option<String>)>, StoreError> {
    let statement = "select distinct on (a.id) a.id, n.tenant from alert a join notification n on n.alert_id = a.id
                      where a.state <> 3 and n.receiver = $1 and n.state = 1 order by a.id, n.id";
    Ok(sqlx::query_as(statement).bind(receiver).fetch_all(db).await?)
}

#[cfg(test)]
mod tests;
