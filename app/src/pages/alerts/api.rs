//! What the alerts page asks of the server.

use chrono::{DateTime, TimeDelta, Utc};
use model::UsdSum;
use model::alert::drivers::{Drivers, Part};
use model::alert::notification::Delivery;
use model::alert::query::Query;
use model::alert::query::owners::SpendQuery;
use model::alert::query::spans::SpanQuery;
use model::alert::{Alert, HistoryEntry, State, opened_at, spend};
use model::anomaly::{Kind, QUIET_SCORE};
use model::time::TimeRange;
use model::trace::TraceSummary;
use serde::{Deserialize, Serialize};
use store::alerts::Found;

use super::list_url::ListUrl;
use crate::error::ApiError;

/// Alerts of one state that are listed: with more of them, people look for what they want.
pub const ALERTS_MAX: i64 = 200;

/// The alerts that are looked for.
#[derive(Debug, Clone, PartialEq)]
pub struct AlertList {
    /// The server's clock.
    pub now: DateTime<Utc>,
    /// The first of each state, in the order of the list.
    pub alerts: Vec<Alert>,
    /// How many there are in each state, listed or not.
    pub counts: Vec<(State, i64)>,
    /// The name this browser used last, for the form.
    pub who: String,
}

impl AlertList {
    /// The alerts in one of `states`.
    pub fn of<'a>(&'a self, states: &'a [State]) -> impl Iterator<Item = &'a Alert> {
        self.alerts.iter().filter(|alert| states.contains(&alert.state))
    }

    /// How many are in one of `states`, listed or not.
    pub fn count(&self, states: &[State]) -> i64 {
        self.counts.iter().filter(|(state, _)| states.contains(state)).map(|(_, count)| count).sum()
    }
}

/// Alerts that are open, or were until a day ago, as far as they are looked for.
pub async fn load_alerts(url: ListUrl) -> Result<AlertList, ApiError> {
    let (db, now) = (crate::context::db()?, crate::context::now()?);
    let Found { alerts, counts } = listed(&db, &url, now).await?;
    Ok(AlertList { now, alerts, counts, who: who() })
}

async fn listed(db: &store::Db, url: &ListUrl, now: DateTime<Utc>) -> Result<Found, ApiError> {
    Ok(store::alerts::find(db, &url.wanted()?, now - TimeDelta::days(1), ALERTS_MAX).await?)
}

fn who() -> String {
    crate::context::cookie(crate::context::WHO_COOKIE).unwrap_or_default()
}

/// One alert with everything that explains it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Detail {
    /// The server's clock.
    pub now: DateTime<Utc>,
    /// The alert.
    pub alert: Alert,
    /// What happened to it, newest first.
    pub history: Vec<HistoryEntry>,
    /// Who has been told of it, or is to be; the newest first.
    pub deliveries: Vec<Delivery>,
    /// What the chart spans.
    pub range: TimeRange,
    /// The figure of its rule over that range.
    pub series: Vec<(DateTime<Utc>, Option<f64>)>,
    /// What was expected at each point of it, from the least to the most; empty where the rule has a limit.
    pub band: Vec<Option<(f64, f64)>>,
    /// What was spent since what it is about began, where the rule is about that.
    pub spending: Option<Spending>,
    /// What the traces behind it do more of than others.
    pub drivers: Option<Drivers>,
    /// What went up of all that its tenant spends.
    pub parts: Vec<Part>,
    /// Traces that caused it, dearest first, as far as they are still kept.
    pub evidence: Vec<TraceSummary>,
    /// The name this browser used last, for the form.
    pub who: String,
}

/// One alert; without an id, the first of the list, if there is any.
pub async fn load_alert(id: Option<i64>, url: ListUrl) -> Result<Option<Detail>, ApiError> {
    let (db, now) = (crate::context::db()?, crate::context::now()?);
    let alert = match id {
        Some(id) => store::alerts::get(&db, id).await?.ok_or_else(|| ApiError::NotFound("alert".into())).map(Some)?,
        None => listed(&db, &url, now).await?.alerts.into_iter().next(),
    };
    let Some(alert) = alert else { return Ok(None) };
    let history = store::alerts::history(&db, alert.id).await?;
    let deliveries = store::notifications::of_alert(&db, alert.id).await?;
    let opened = opened_at(&history).unwrap_or(alert.fired_at);
    let range = super::chart::range_of(&alert, opened, now);
    let Case { series, band } = case(&db, &alert, range).await?;
    let (spending, parts) = spent(&db, &alert, opened, range).await?;
    let drivers = store::traces::drivers(&db, &alert.observation.evidence).await?;
    let evidence = store::traces::dearest_of(&db, &alert.observation.evidence, EVIDENCE_SHOWN_MAX).await?;
    let who = who();
    Ok(Some(Detail { now, alert, history, deliveries, range, series, band, spending, drivers, parts, evidence, who }))
}

/// Money of a time that has not ended. An excess may be of a longer one.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Spending {
    /// When it begins.
    pub since: DateTime<Utc>,
    /// Spent.
    pub cost: UsdSum,
    /// Dollars expected.
    pub expected: f64,
}

/// What an alert is drawn from.
#[derive(Default)]
pub struct Case {
    /// The figure of its rule.
    pub series: Vec<(DateTime<Utc>, Option<f64>)>,
    band: Vec<Option<(f64, f64)>>,
}

/// Reads it over a range.
pub async fn case(db: &store::Db, alert: &Alert, range: TimeRange) -> Result<Case, ApiError> {
    let step = crate::url_state::bucket_seconds(range.seconds());
    let Some(query) = super::words::query(alert) else { return Ok(Case::default()) };
    if let Query::Spans(query) = &query {
        return Ok(Case { series: of_spans(db, query, alert, range).await?, ..Case::default() });
    }
    let Query::OddSpend(SpendQuery { kind, .. }) = query else {
        return Ok(Case { series: store::alerts::series(db, &query, range, step).await?, ..Case::default() });
    };
    let Some(subject) = spend::subject(kind, alert) else { return Ok(Case::default()) };
    let mut steps = store::spend::against_expected(db, &subject, range, step).await?;
    // Of a step that is not over yet nobody knows what it will bring.
    steps.retain(|spent| spent.at + TimeDelta::seconds(step) <= range.to);
    let band = |(usd, spread): (f64, f64)| ((usd - QUIET_SCORE * spread).max(0.0), usd + QUIET_SCORE * spread);
    Ok(Case {
        series: steps.iter().map(|step| (step.at, Some(step.cost.to_f64()))).collect(),
        band: steps.iter().map(|step| step.expected.map(band)).collect(),
    })
}

/// What was spent since what an alert about spend is about began, to the minute, and what of it went up. That began before it was
/// `opened`, which an alert that fires again does not say; no more of it is told than the chart spans.
async fn spent(
    db: &store::Db,
    alert: &Alert,
    opened: DateTime<Utc>,
    range: TimeRange,
) -> Result<(Option<Spending>, Vec<Part>), ApiError> {
    let Some(Query::OddSpend(SpendQuery { kind, .. })) = super::words::query(alert) else {
        return Ok((None, Vec::new()));
    };
    let Some(subject) = spend::subject(kind, alert) else { return Ok((None, Vec::new())) };
    let began = opened - TimeDelta::minutes(spend::BEFORE_MINUTES);
    let since = began.max(range.from);
    let in_all = store::spend::in_all(db, &subject, TimeRange { from: since, to: range.to }).await?;
    let parts = match kind {
        Kind::Tenant => store::spend::parts(db, &subject.name, TimeRange { from: began, to: range.to }).await?,
        // What others spend is not taken apart in the totals.
        _ => Vec::new(),
    };
    Ok((in_all.map(|(cost, expected)| Spending { since, cost, expected }), parts))
}

/// The figure of the group an alert is about, a point for every window; of traces the highest.
async fn of_spans(
    db: &store::Db,
    query: &SpanQuery,
    alert: &Alert,
    range: TimeRange,
) -> Result<Vec<(DateTime<Utc>, Option<f64>)>, ApiError> {
    /// Points of a chart: past it windows are longer than that of the rule.
    const POINTS_MAX: i64 = 500;
    let seconds = alert.window_seconds.max(range.seconds() / POINTS_MAX).max(1);
    let query = query.of_group(&alert.observation.labels);
    let (slices, _) = store::alerts::spans::slices(db, &query, None, range, seconds).await?;
    let first = range.from.timestamp().div_euclid(seconds) * seconds;
    let at = |place: i64| DateTime::from_timestamp(first + place * seconds, 0);
    let mut points: Vec<_> = (0..).map_while(at).take_while(|at| *at < range.to).map(|at| (at, None)).collect();
    for (at, group) in slices {
        let value = query.figure.to_people(group.value);
        let place = usize::try_from((at.timestamp() - first) / seconds).ok();
        if let Some((_, point)) = place.and_then(|place| points.get_mut(place)) {
            *point = Some(point.map_or(value, |known: f64| known.max(value)));
        }
    }
    Ok(points)
}

/// Evidence traces shown: enough to see the pattern; the list of traces has the others.
const EVIDENCE_SHOWN_MAX: i64 = 12;
