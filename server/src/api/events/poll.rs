//! Reads what the events tell. Runs once per process, whoever listens.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use model::UsdSum;
use model::alert::Counts;
use model::cost::Dimension;
use model::health::IngestHealth;
use model::repricing::State;
use model::time::TimeRange;
use model::usd::json;
use serde::Serialize;
use serde_json::value::RawValue;
use store::StoreError;

use crate::api::Api;

/// Minutes of spend in a `cost` event: the one in progress and the one before, whose last spans may just have come.
const COST_MINUTES: i64 = 2;

/// One event as it goes over the wire.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// `cost`, `alerts`, `ingest`, `repricing`, `verdicts` or `budgets`.
    pub name: &'static str,
    /// JSON.
    pub data: Arc<str>,
}

/// What was last told, so that only news is told.
#[derive(Debug, Default)]
pub struct Told {
    cost: Option<Message>,
    alerts: Option<Message>,
    ingest: Option<Message>,
    repricing: Option<Message>,
    verdicts: Option<Message>,
    budgets: Option<Message>,
    alert_changes: Option<i64>,
}

#[derive(Serialize)]
struct Cost {
    bucket_seconds: i64,
    /// Spend in the minutes told.
    #[serde(serialize_with = "json::total")]
    total_cost_usd: UsdSum,
    groups: Vec<CostGroup>,
}

#[derive(Serialize)]
struct CostGroup {
    /// The tenant; `None` is unattributed.
    key: Option<String>,
    series: Vec<(DateTime<Utc>, Box<RawValue>)>,
}

#[derive(Serialize)]
struct Alerts {
    /// Rises with every change of any alert.
    change: i64,
    #[serde(flatten)]
    counts: Counts,
}

#[derive(Serialize)]
struct Repricing {
    id: i64,
    state: Option<&'static str>,
    /// Calls looked at and changed so far.
    calls: i64,
}

#[derive(Serialize)]
struct Verdicts {
    /// The newest run that settles traces again.
    id: i64,
    looked_count: i64,
    put_count: i64,
    /// Traces that wait for the finaliser, while that is about this run.
    waiting_trace_count: i64,
}

#[derive(Serialize)]
struct Budgets {
    /// Another number whenever there are other budgets or other forecasts.
    change: u64,
}

impl Told {
    /// Everything known, for a listener who has just come.
    pub fn all(&self) -> Vec<Message> {
        let told = [&self.cost, &self.alerts, &self.ingest, &self.repricing, &self.verdicts, &self.budgets];
        told.into_iter().flatten().cloned().collect()
    }

    /// Reads the state of now and adds what is new in it to `news`, as far as it comes.
    pub async fn refresh(&mut self, api: &Api, news: &mut Vec<Message>) -> Result<(), StoreError> {
        let mut tell = |slot: &mut Option<Message>, message: Option<Message>| {
            if message.is_some() && *slot != message {
                news.extend(message.clone());
                *slot = message;
            }
        };
        tell(&mut self.ingest, ingest(&(api.ingest)()));
        tell(&mut self.budgets, message("budgets", &Budgets { change: api.budgets.pulse() }));
        let change = store::alerts::change_count(&api.pools.readers.get()).await?;
        if self.alert_changes != Some(change) {
            tell(&mut self.alerts, alerts(api, change).await?);
            self.alert_changes = Some(change);
        }
        tell(&mut self.repricing, repricing(api).await?);
        tell(&mut self.verdicts, verdicts(api).await?);
        tell(&mut self.cost, cost(api).await?);
        Ok(())
    }
}

fn message(name: &'static str, data: &impl Serialize) -> Option<Message> {
    match serde_json::to_string(data) {
        Ok(text) => Some(Message { name, data: text.into() }),
        Err(error) => {
            tracing::error!(name, %error, "an event could not be written");
            None
        }
    }
}

fn ingest(health: &IngestHealth) -> Option<Message> {
    message("ingest", health)
}

async fn alerts(api: &Api, change: i64) -> Result<Option<Message>, StoreError> {
    let counts = store::alerts::counts(&api.pools.readers.get(), (api.now)()).await?;
    Ok(message("alerts", &Alerts { change, counts }))
}

/// The newest run of pricing calls again, and how far it is.
async fn repricing(api: &Api) -> Result<Option<Message>, StoreError> {
    let newest = store::repricing::pulse(&api.pools.readers.get()).await?;
    let newest =
        newest.map(|(id, state, calls)| Repricing { id, state: State::from_code(state).map(State::as_str), calls });
    // Before the first there is nothing to tell; a page that waits for it is told that, so that the first is news.
    Ok(message("repricing", &newest))
}

/// How far the newest run is that settles traces again because of an override of verdicts.
async fn verdicts(api: &Api) -> Result<Option<Message>, StoreError> {
    let newest = store::overrides::again::pulse(&api.pools.readers.get(), (api.now)()).await?;
    let newest = newest.map(|(id, looked_count, put_count, waiting_trace_count)| Verdicts {
        id,
        looked_count,
        put_count,
        waiting_trace_count,
    });
    Ok(message("verdicts", &newest))
}

async fn cost(api: &Api) -> Result<Option<Message>, StoreError> {
    let now = (api.now)();
    let minute = now - TimeDelta::seconds(now.timestamp().rem_euclid(60));
    let range = TimeRange { from: minute - TimeDelta::minutes(COST_MINUTES - 1), to: now };
    let breakdown = store::costs::breakdown(&api.pools.readers.get(), range, Dimension::Tenant, None, 60).await?;
    let groups = breakdown.groups.into_iter().map(|group| CostGroup {
        key: group.key,
        series: breakdown.buckets.iter().copied().zip(group.series.into_iter().map(json::raw)).collect(),
    });
    let groups = groups.collect();
    Ok(message("cost", &Cost { bucket_seconds: 60, total_cost_usd: breakdown.total.cost, groups }))
}
