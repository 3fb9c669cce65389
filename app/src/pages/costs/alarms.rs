//! Alerts about money that fired in a range, as the chart and the breakdown mark them.

use chrono::{DateTime, Utc};
use model::alert::Alert;
use model::alert::query::Query;
use model::cost::Owner;
use model::time::TimeRange;
use serde::{Deserialize, Serialize};

use crate::charts::pins::Pin;
use crate::error::ApiError;
use crate::format::{number, time};
use crate::pages::alerts::words::{self, Unit};

/// Most alerts that are marked, the newest: bundled they are a few dozen dots, and the list of alerts has the others.
const ALARMS_MAX: usize = 300;

/// One time that an alert about money fired.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alarm {
    /// The alert.
    pub id: i64,
    /// When it fired.
    pub at: DateTime<Utc>,
    /// Who and how much, in a few words: `acme-robotics 3.9×`.
    pub label: String,
    /// All of it in a sentence.
    pub words: String,
    /// Who is behind it: `("tenant", "acme-robotics")`.
    pub labels: Vec<(String, String)>,
}

/// The alarms of a range.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alarms {
    /// Newest first.
    pub alarms: Vec<Alarm>,
    /// There were more than are marked.
    pub is_cut: bool,
}

/// Alarms in `range` about everybody's spend, or about one owner's.
pub async fn load(
    db: &store::Db,
    range: TimeRange,
    only: Option<&Owner>,
    now: DateTime<Utc>,
) -> Result<Alarms, ApiError> {
    /// Firings of any rule that are looked at: other rules may fire as often.
    const FIRED_MAX: i64 = 2_000;
    let fired = store::alerts::fired(db, range, FIRED_MAX).await?;
    let is_cut = fired.len() as i64 == FIRED_MAX;
    Ok(of(&fired, only, is_cut, now))
}

fn of(fired: &[(DateTime<Utc>, Alert)], only: Option<&Owner>, is_cut: bool, now: DateTime<Utc>) -> Alarms {
    let mut concerned = fired.iter().filter(|(_, alert)| is_about_money(alert) && concerns(alert, only));
    let alarms = concerned.by_ref().take(ALARMS_MAX).map(|(at, alert)| alarm(*at, alert, now)).collect();
    Alarms { alarms, is_cut: is_cut || concerned.next().is_some() }
}

/// A rule about cost, a budget, spans that tell no cost, or books that do not balance: any of them says how to read what is drawn.
fn is_about_money(alert: &Alert) -> bool {
    match words::query(alert) {
        Some(
            Query::TraceCost { .. }
            | Query::Budget(_)
            | Query::SpansWithoutCost
            | Query::BooksDiffer
            | Query::OddSpend(_),
        ) => true,
        Some(Query::Spans(query)) => Unit::of_figure(query.figure) == Unit::Usd,
        Some(Query::TraceMeasure { .. } | Query::OrphanSpans) | None => false,
    }
}

fn concerns(alert: &Alert, only: Option<&Owner>) -> bool {
    let is_its = |owner: &Owner| {
        let dimension = owner.dimension.as_str();
        alert.observation.labels.iter().any(|(name, value)| name == dimension && Some(value) == owner.key.as_ref())
    };
    only.is_none_or(is_its)
}

fn alarm(at: DateTime<Utc>, alert: &Alert, now: DateTime<Utc>) -> Alarm {
    let measured = words::measured(alert);
    let labels = &alert.observation.labels;
    let tenant = labels.iter().find(|(name, _)| name == "tenant").or(labels.first());
    let who = tenant.map(|(_, value)| value.as_str());
    let label = match (who, measured.value) {
        (Some(who), Some(value)) if measured.unit == Unit::Usd && measured.limit > 0.0 => {
            format!("{who} {}", number::times(value / measured.limit))
        }
        _ => alert.rule.clone(),
    };
    let said = words::labels(alert).map(|(_, value)| value.as_str()).collect::<Vec<_>>().join(" · ");
    let (value, limit) = (words::value(alert), words::limit(alert));
    let by = if said.is_empty() { String::new() } else { format!(" {said},") };
    let words = format!("Alert: {},{by} {value} over {limit}, {} UTC", alert.rule, time::day_minute(at, now));
    Alarm { id: alert.id, at, label, words, labels: labels.clone() }
}

impl Alarm {
    /// Its page.
    pub fn href(&self) -> String {
        format!("/alerts/{}", self.id)
    }
}

impl Alarms {
    /// Pins for a chart of `buckets` that ends with `range`.
    pub fn pins(&self, buckets: &[DateTime<Utc>], range: TimeRange) -> Vec<Pin> {
        let within = self.alarms.iter().filter(|alarm| range.from <= alarm.at && alarm.at < range.to);
        within
            .map(|alarm| Pin {
                // The bucket that begins at it or before it; the range begins with the first.
                bucket: buckets.partition_point(|start| *start <= alarm.at).saturating_sub(1),
                href: alarm.href(),
                label: alarm.label.clone(),
                words: alarm.words.clone(),
            })
            .collect()
    }

    /// The newest alarm about one owner.
    pub fn newest_about(&self, owner: &Owner) -> Option<&Alarm> {
        let dimension = owner.dimension.as_str();
        let is_its = |(name, value): &(String, String)| name == dimension && Some(value) == owner.key.as_ref();
        self.alarms.iter().find(|alarm| alarm.labels.iter().any(is_its))
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use model::alert::{Observation, Severity, State};
    use model::cost::Dimension;

    use super::*;

    fn noon() -> DateTime<Utc> {
        "2026-11-17T12:00:00Z".parse().unwrap()
    }

    fn fired(id: i64, query_text: &str, labels: &[(&str, &str)]) -> (DateTime<Utc>, Alert) {
        let labels = labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let alert = Alert {
            id,
            version: 1,
            rule: format!("rule {id}"),
            of_rule: None,
            runbook: None,
            query_text: query_text.to_owned(),
            threshold: 1,
            window_seconds: 300,
            severity: Severity::Critical,
            state: State::Firing,
            observation: Observation { count: 1, peak: Some(0.93), labels, ..Observation::default() },
            peak_count: 1,
            fired_at: noon(),
            last_true_at: noon(),
            resolved_at: None,
            hold: None,
        };
        (noon(), alert)
    }

    fn acme() -> Owner {
        Owner { dimension: Dimension::Tenant, key: Some("acme".into()) }
    }

    fn some() -> Vec<(DateTime<Utc>, Alert)> {
        vec![
            fired(1, "sum(cost_usd) by trace_id > 0.1", &[("tenant", "acme"), ("operation", "plan")]),
            fired(2, "trace depth > 50", &[("tenant", "acme")]),
            fired(3, "budget spent", &[("budget", "Everything")]),
            fired(4, "a query of next year", &[("tenant", "acme")]),
        ]
    }

    #[test]
    fn only_what_is_about_money_is_marked_and_says_what_it_is() {
        let alarms = of(&some(), None, false, noon()).alarms;
        assert_eq!(alarms.iter().map(|alarm| alarm.id).collect::<Vec<_>>(), [1, 3]);
        assert_eq!((alarms[0].label.as_str(), alarms[0].href().as_str()), ("acme 9.3×", "/alerts/1"));
        assert_eq!(alarms[0].words, "Alert: rule 1, acme · plan, $0.930 over $0.10, 17 Nov 12:00 UTC");
        assert_eq!(alarms[1].label, "rule 3");
    }

    #[test]
    fn the_page_of_one_who_spends_has_its_own_alarms() {
        let alarms = of(&some(), Some(&acme()), false, noon());
        assert_eq!(alarms.alarms.iter().map(|alarm| alarm.id).collect::<Vec<_>>(), [1]);
        assert_eq!(alarms.newest_about(&acme()).map(|alarm| alarm.id), Some(1));
        let nobody = Owner { dimension: Dimension::Tenant, key: None };
        assert_eq!(of(&some(), Some(&nobody), false, noon()).alarms, []);
    }

    #[test]
    fn an_alarm_is_pinned_to_the_bucket_it_fired_in() {
        let buckets: Vec<_> = (0..3).map(|index| noon() + TimeDelta::hours(index)).collect();
        let range = TimeRange { from: noon(), to: noon() + TimeDelta::hours(3) };
        let pinned = |minutes: i64| {
            let alarms = of(&[(noon() + TimeDelta::minutes(minutes), some()[0].1.clone())], None, false, noon());
            alarms.pins(&buckets, range).first().map(|pin| pin.bucket)
        };
        assert_eq!([pinned(0), pinned(59), pinned(60), pinned(179)], [Some(0), Some(0), Some(1), Some(2)]);
        assert_eq!([pinned(-1), pinned(180)], [None, None]);
    }

    #[test]
    fn alarms_beyond_what_is_marked_are_not_kept_quiet() {
        let many = vec![some()[0].clone(); ALARMS_MAX + 1];
        assert!(of(&many, None, false, noon()).is_cut);
        assert!(!of(&many[..ALARMS_MAX], None, false, noon()).is_cut);
    }
}
