//! Tells receivers of what happens to alerts, until each has taken it or it is not worth it any more.
//!
//! What is to be told is in the database, so a server that ends loses nothing; the one that runs this job is the only one that
//! tells. A receiver that does not answer keeps none of the others waiting for longer than one request.

use std::collections::HashMap;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use app::context::NotificationsInUse;
use chrono::{DateTime, TimeDelta, Utc};
use metrics::counter;
use model::alert::receiver::ReceiverBook;
use model::alert::{Alert, HistoryEntry};
use sqlx::PgPool;
use store::notifications::{Attempt, Due, Route};
use tokio::sync::{Mutex, watch};
use tokio::time::Instant;

use self::deliver::{Refusal, again, post};
use super::Progress;
use crate::notify::{Kind, Notice, Receiver, message};
use crate::rules::notifications::RECEIVERS;
use crate::rules::reload::file::FileOf;

mod deliver;
mod trial;

/// Notifications that are sent in one round.
const ROUND_MAX: i64 = 500;

/// How long one receiver is told in one round, before the request that is on its way: one that is slow waits for the next.
const ROUND_TIME_MAX: Duration = Duration::from_secs(20);

/// How often an Alertmanager is told of every open alert again.
const REFRESH_EVERY: TimeDelta = TimeDelta::minutes(1);

/// Who is told, and what is remembered between two rounds.
pub struct Notify {
    file: Mutex<FileOf<Vec<Receiver>>>,
    receivers: watch::Sender<Arc<Vec<Receiver>>>,
    /// Where the dashboard is, for links.
    home: String,
    now: fn() -> DateTime<Utc>,
    refreshed_at: Mutex<Option<DateTime<Utc>>>,
}

impl Notify {
    /// Tells those that the file within `folder` names, which said this; links lead to `home`.
    pub fn new(folder: Option<&Path>, receivers: Vec<Receiver>, home: String, now: fn() -> DateTime<Utc>) -> Self {
        let (sender, _) = watch::channel(Arc::new(receivers.clone()));
        let file = Mutex::new(FileOf::new(RECEIVERS, folder, receivers, now()));
        Self { file, receivers: sender, home, now, refreshed_at: Mutex::default() }
    }

    /// Those that are told now.
    pub fn receivers(&self) -> Arc<Vec<Receiver>> {
        self.receivers.borrow().clone()
    }

    /// Takes over what the file says, if that has changed and can be used.
    pub async fn look(&self) {
        let mut known = self.file.lock().await;
        *known = known.looked((self.now)()).await;
        let receivers = known.said();
        self.receivers.send_if_modified(|told| {
            let is_new = **told != *receivers;
            if is_new {
                *told = Arc::new(receivers.clone());
            }
            is_new
        });
    }

    async fn tell_test(&self, name: &str) -> Result<(), String> {
        let receivers = self.receivers();
        let receiver = receivers.iter().find(|receiver| receiver.name == name);
        let receiver = receiver.ok_or_else(|| format!("there is no receiver called {name:?}"))?;
        for notice in trial::notices(&receiver.kind, (self.now)()) {
            let told = message(receiver, &[notice], &self.home);
            post(receiver, told).await.map_err(|refusal| refusal.problem)?;
        }
        Ok(())
    }
}

impl NotificationsInUse for Notify {
    fn book(&self) -> Pin<Box<dyn Future<Output = ReceiverBook> + Send + '_>> {
        Box::pin(async move {
            let file = self.file.lock().await;
            let (loaded_at, standing) = (Some(file.loaded_at()), file.standing());
            let path = standing.as_ref().map(|standing| standing.path.clone());
            let problem = standing.and_then(|standing| standing.problem);
            let receivers = self.receivers().iter().map(Receiver::line).collect();
            ReceiverBook { receivers, path, loaded_at, problem }
        })
    }

    fn test<'a>(&'a self, name: &'a str) -> Pin<Box<dyn Future<Output = Result<(), String>> + Send + 'a>> {
        Box::pin(self.tell_test(name))
    }
}

/// Who is told of what.
fn routes(receivers: &[Receiver]) -> Vec<Route> {
    let route = |receiver: &Receiver| Route {
        receiver: receiver.name.clone(),
        severities: receiver.severities.clone(),
        tenants: receiver.tenants.clone(),
        takes_holds: receiver.kind.takes_holds(),
    };
    receivers.iter().map(route).collect()
}

/// Those that were told lately and are to be told seldom: what is due for them waits.
async fn told_lately(db: &PgPool, receivers: &[Receiver], now: DateTime<Utc>) -> anyhow::Result<Vec<String>> {
    let mut later = Vec::new();
    for receiver in receivers {
        let Some(seconds) = receiver.every_seconds else { continue };
        let since = now - TimeDelta::seconds(seconds);
        if store::notifications::was_told_since(db, &receiver.name, since).await.context("reading who was told")? {
            later.push(receiver.name.clone());
        }
    }
    Ok(later)
}

/// One round: what has happened, then what is due.
pub async fn run(db: PgPool, notify: Arc<Notify>, now: DateTime<Utc>) -> anyhow::Result<Progress> {
    // Also when nobody is to be told: what happened before there was a receiver is not told later.
    let receivers = notify.receivers();
    let routes = routes(&receivers);
    let expanded = store::notifications::expand(&db, &routes).await.context("reading what has happened")?;
    if receivers.is_empty() {
        return Ok(if expanded > 0 { Progress::More } else { Progress::Idle });
    }
    let later = told_lately(&db, &receivers, now).await?;
    let due = store::notifications::due(&db, now, &later, ROUND_MAX).await.context("reading what is to be told")?;
    let full = due.len() as i64 == ROUND_MAX;
    let mut gone = Vec::new();
    let mut by_receiver: HashMap<&str, Vec<Due>> = HashMap::new();
    for due in due {
        match receivers.iter().find(|receiver| receiver.name == due.receiver) {
            Some(receiver) => by_receiver.entry(receiver.name.as_str()).or_default().push(due),
            None => gone.push((due.id, Attempt::GivenUp { problem: "it is no longer in notifications.yaml".into() })),
        }
    }
    store::notifications::settle(&db, &gone, now).await?;
    let told = receivers.iter().filter_map(|receiver| {
        let due = by_receiver.remove(receiver.name.as_str())?;
        Some(tell(&db, receiver, due, &notify.home, now))
    });
    let results = futures::future::join_all(told).await;
    let is_all_taken = results.iter().all(|taken| matches!(taken, Ok(true)));
    results.into_iter().collect::<anyhow::Result<Vec<bool>>>()?;
    refresh(&db, &notify, &receivers, now).await?;
    Ok(if full && is_all_taken { Progress::More } else { Progress::Idle })
}

/// Tells one receiver, group by group, until it does not take one or takes long; tells whether it took all.
async fn tell(db: &PgPool, receiver: &Receiver, due: Vec<Due>, home: &str, now: DateTime<Utc>) -> anyhow::Result<bool> {
    let attempts: HashMap<i64, (i32, DateTime<Utc>)> =
        due.iter().map(|due| (due.id, (due.attempts, due.entry.at))).collect();
    let begun = Instant::now();
    for group in groups(receiver, notices(db, due).await?) {
        if begun.elapsed() > ROUND_TIME_MAX {
            return Ok(false);
        }
        let result = post(receiver, message(receiver, &group, home)).await;
        let outcome = if result.is_ok() { "delivered" } else { "failed" };
        counter!("tracetab_notifications_total", "receiver" => receiver.name.clone(), "outcome" => outcome)
            .increment(group.len() as u64);
        let settled: Vec<(i64, Attempt)> = group
            .iter()
            .map(|notice| {
                let (tried, since) = attempts.get(&notice.id).copied().unwrap_or((0, now));
                (
                    notice.id,
                    result.as_ref().map_or_else(|refusal| again(refusal, tried, since, now), |()| Attempt::Delivered),
                )
            })
            .collect();
        store::notifications::settle(db, &settled, now).await.context("noting what was told")?;
        if let Err(Refusal { problem, .. }) = &result {
            tracing::warn!(receiver = receiver.name, problem, "a notification was not taken; it is sent again");
            // What follows would wait as long, and find it as it is.
            return Ok(false);
        }
    }
    Ok(true)
}

/// With each notification its alert as it is now.
async fn notices(db: &PgPool, due: Vec<Due>) -> anyhow::Result<Vec<Notice>> {
    let ids: Vec<i64> = due.iter().map(|due| due.alert_id).collect();
    let alerts = store::alerts::several(db, &ids).await.context("reading alerts")?;
    let alerts: HashMap<i64, Alert> = alerts.into_iter().map(|alert| (alert.id, alert)).collect();
    let with_alert = due.into_iter().filter_map(|due| {
        let alert = alerts.get(&due.alert_id)?.clone();
        Some((due.id, due.entry, alert, due.tenant))
    });
    described(db, with_alert.collect()).await
}

type Told = (i64, HistoryEntry, Alert, Option<String>);

/// With the dearest trace of each alert, by what it is called.
async fn described(db: &PgPool, told: Vec<Told>) -> anyhow::Result<Vec<Notice>> {
    let kept: Vec<_> = told.iter().filter_map(|(_, _, alert, _)| alert.observation.evidence.first().copied()).collect();
    let called = store::spaces::called(db, &kept).await.context("reading what traces are called")?;
    let notice = |(id, entry, alert, tenant): Told| {
        let trace = alert.observation.evidence.first().map(|kept| called.id(*kept));
        Notice { id, entry, alert, tenant, trace }
    };
    Ok(told.into_iter().map(notice).collect())
}

/// What goes into one message: of one tenant where messages are grouped, and no more than a message takes.
fn groups(receiver: &Receiver, notices: Vec<Notice>) -> Vec<Vec<Notice>> {
    let mut groups: Vec<Vec<Notice>> = Vec::new();
    for notice in notices {
        let fits = |group: &&mut Vec<Notice>| {
            group.len() < receiver.kind.together_max()
                && (!receiver.is_grouped() || group.first().is_some_and(|first| first.tenant == notice.tenant))
        };
        match groups.iter_mut().find(fits) {
            Some(group) => group.push(notice),
            None => groups.push(vec![notice]),
        }
    }
    groups
}

/// Tells every Alertmanager of the open alerts it has been told of: it forgets what it does not hear of again.
async fn refresh(db: &PgPool, notify: &Notify, receivers: &[Receiver], now: DateTime<Utc>) -> anyhow::Result<()> {
    let mut refreshed_at = notify.refreshed_at.lock().await;
    // A clock that was set back must not put this off.
    if refreshed_at.is_some_and(|at| (now - at).abs() < REFRESH_EVERY) {
        return Ok(());
    }
    for receiver in receivers.iter().filter(|receiver| matches!(receiver.kind, Kind::Alertmanager { .. })) {
        let open = store::notifications::open_of(db, &receiver.name).await.context("reading open alerts")?;
        let ids: Vec<i64> = open.iter().map(|(id, _)| *id).collect();
        let tenants: HashMap<i64, Option<String>> = open.into_iter().collect();
        let alerts = store::alerts::several(db, &ids).await.context("reading open alerts")?;
        let told = alerts.into_iter().map(|alert| {
            let text = format!("since {}", alert.fired_at.format("%F %T UTC"));
            let entry = HistoryEntry { at: now, state: alert.state, by: None, text };
            (0, entry, alert.clone(), tenants.get(&alert.id).cloned().flatten())
        });
        for group in groups(receiver, described(db, told.collect()).await?) {
            if let Err(Refusal { problem, .. }) = post(receiver, message(receiver, &group, &notify.home)).await {
                tracing::warn!(receiver = receiver.name, problem, "open alerts could not be told of again");
                break;
            }
        }
    }
    *refreshed_at = Some(now);
    Ok(())
}
