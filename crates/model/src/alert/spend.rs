//! What odd spend raises, as a rule of [`crate::alert`]: the machine decides when it fires and when it is over.

use super::query::Query;
use super::query::owners::SpendQuery;
use super::{Alert, Observation, Rule, Severity, Terms};
use crate::anomaly::{Episode, Kind, Odd, Subject};
use crate::cost::Dimension;
use crate::id::TraceId;
use crate::usd::UsdSum;

/// How long the alert stays after a look that finds nothing: whether spend is quiet again the episode says.
const WINDOW_SECONDS: i64 = 1;

/// Minutes before an alert fired in which what it is about may have begun: windows that are looked at are no shorter than most of
/// what runs away.
pub const BEFORE_MINUTES: i64 = 10;

/// Times what is expected from which on it is worth a look at once.
const CRITICAL_TIMES: f64 = 3.0;

/// The rule that a series spends what is expected; how bad it is, the episode that opens it says.
pub fn rule(subject: &Subject, worst: &Odd) -> Rule {
    let query = Query::OddSpend(SpendQuery::usual(subject.kind));
    let severity = if worst.usd >= CRITICAL_TIMES * worst.expected { Severity::Critical } else { Severity::Warning };
    Rule {
        name: name(subject),
        query_text: query.to_string(),
        query,
        threshold: 1,
        window_seconds: WINDOW_SECONDS,
        severity,
        terms: Terms::default(),
    }
}

/// The name of that rule.
pub fn name(subject: &Subject) -> String {
    format!("Cost anomaly, {subject}")
}

/// Whose spend such an alert is about: the first it names is it, what is odd with it comes after.
pub fn subject(kind: Kind, alert: &Alert) -> Option<Subject> {
    let first = |dimension: Dimension| {
        let wanted = dimension.to_string();
        alert.observation.labels.iter().find(|(name, _)| *name == wanted).map(|(_, value)| value.clone())
    };
    let tenant = if kind == Kind::TenantService { Some(first(Dimension::Tenant)?) } else { None };
    Some(Subject { kind, tenant, name: first(kind.dimension())? })
}

/// What is seen of an episode that is worth an alert: the dollars it is over what was expected, whose it is, and what else is odd
/// with it.
pub fn observation(subject: &Subject, episode: &Episode, evidence: Vec<TraceId>, drivers: &[Subject]) -> Observation {
    let mut labels = subject.labels();
    for label in drivers.iter().flat_map(Subject::labels) {
        if !labels.contains(&label) {
            labels.push(label);
        }
    }
    Observation { count: 1, peak: Some(episode.excess()), evidence, labels }
}

/// Why it fired, for the history.
pub fn words(odd: &Odd) -> String {
    let [usd, expected, spread] = [odd.usd, odd.expected, odd.spread].map(dollars);
    let minutes = odd.minutes;
    format!("Fired: ${usd} in {minutes} minutes, where ${expected} is expected, give or take ${spread}")
}

/// Why it is over, for the history.
pub const OVER: &str = "Resolved: spend is as expected again";

/// For people, and never added up.
fn dollars(usd: f64) -> UsdSum {
    UsdSum::from_pico(((usd * 1e4).round() * 1e8) as i128)
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};

    use super::*;
    use crate::alert::State;
    use crate::alert::machine::observe;

    fn subject(kind: Kind, tenant: Option<&str>, name: &str) -> Subject {
        Subject { kind, tenant: tenant.map(str::to_owned), name: name.to_owned() }
    }

    #[test]
    fn an_episode_fires_with_what_it_cost_and_who_it_was_and_the_first_quiet_look_ends_it() {
        let worst = Odd { minutes: 5, usd: 10.0, expected: 1.0, spread: 0.25 };
        let episode = Episode { since: 100, worst, usd: 12.0, expected: 2.0, until: 106 };
        let acme = subject(Kind::Tenant, None, "acme");
        let drivers = [subject(Kind::TenantService, Some("acme"), "planner")];
        let seen = observation(&acme, &episode, Vec::new(), &drivers);
        let labels = [("tenant", "acme"), ("service", "planner")];
        assert_eq!(seen.labels, labels.map(|(name, value)| (name.to_owned(), value.to_owned())));
        assert_eq!((seen.count, seen.peak), (1, Some(10.0)));
        let now = DateTime::UNIX_EPOCH;
        let rule = rule(&acme, &worst);
        assert_eq!((rule.name.as_str(), rule.severity), ("Cost anomaly, tenant acme", Severity::Critical));
        let fired = observe(&rule, None, &seen, now).unwrap().alert;
        assert_eq!(words(&worst), "Fired: $10 in 5 minutes, where $1 is expected, give or take $0.25");
        let quiet = Observation::default();
        assert_eq!(super::subject(Kind::Tenant, &fired), Some(acme));
        assert_eq!(super::subject(Kind::TenantService, &fired), Some(drivers[0].clone()));
        assert_eq!(super::subject(Kind::User, &fired), None);
        let over = observe(&rule, Some(&fired), &quiet, now + TimeDelta::minutes(1)).unwrap();
        assert_eq!((fired.state, over.alert.state), (State::Firing, State::Resolved));
    }
}
