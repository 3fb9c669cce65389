//! Which alerts odd spend is worth: one by every rule that asks about whose it is, and where none does, a usual one.
//!
//! What one tenant spends too much is odd by its service, its model and its user as well: of usual alerts that is one, which says so.
//! What people have written rules about they are told of by every one.

use std::collections::{HashMap, HashSet};

use model::alert::query::Query;
use model::alert::query::owners::{SpendQuery, hold};
use model::alert::{Alert, Rule, State, spend};
use model::anomaly::{Episode, Kind, Sensitivity, Subject};

/// Share of somebody's excess that a tenant's has to be so that it is the same money.
const SAME_MONEY: f64 = 0.5;

/// Odd spend of somebody that is to be told of by one rule.
pub(super) struct Case<'a> {
    pub subject: &'a Subject,
    pub episode: &'a Episode,
    /// The name of its alert.
    pub name: String,
    /// Its alert, if it is open.
    pub open: Option<&'a Alert>,
    /// Who asks; nobody where it is usual.
    by: Option<&'a Rule>,
}

#[cfg(test)]
impl<'a> Case<'a> {
    /// One that is usual and has this alert.
    pub fn of(subject: &'a Subject, episode: &'a Episode, alert: &'a Alert) -> Self {
        Self { subject, episode, name: alert.rule.clone(), open: Some(alert), by: None }
    }
}

impl Case<'_> {
    /// The rule, as one of this subject.
    pub fn rule(&self) -> Rule {
        match self.by {
            Some(rule) => rule.of_group(&self.subject.labels()),
            None => spend::rule(self.subject, &self.episode.worst),
        }
    }
}

/// From when on spend of somebody is worth a look: what the most sensitive of the rules about it says.
pub(super) fn sensitivity(subject: &Subject, rules: &[Rule]) -> Sensitivity {
    let least = |left: Sensitivity, right: Sensitivity| Sensitivity {
        excess_usd: left.excess_usd.min(right.excess_usd),
        excess_share: left.excess_share.min(right.excess_share),
        ..left
    };
    about(subject, rules).map(|(_, query)| query.sensitivity()).reduce(least).unwrap_or_default()
}

/// The rules about somebody.
fn about<'a>(subject: &Subject, rules: &'a [Rule]) -> impl Iterator<Item = (&'a Rule, &'a SpendQuery)> {
    let labels = subject.labels();
    let kind = subject.kind;
    rules.iter().filter_map(move |rule| match &rule.query {
        Query::OddSpend(query) if query.kind == kind && hold(&query.conditions, &labels) => Some((rule, query)),
        _ => None,
    })
}

/// Every case there is.
pub(super) fn all<'a>(odd: &[(&'a Subject, &'a Episode)], rules: &'a [Rule], open: &'a [Alert]) -> Vec<Case<'a>> {
    let open: HashMap<&str, &Alert> = open.iter().map(|alert| (alert.rule.as_str(), alert)).collect();
    let mut cases = Vec::new();
    for (subject, episode) in odd.iter().copied() {
        // What has fired goes on until spend is as expected again.
        let due = |name: String, by, query: &SpendQuery| {
            let open = open.get(name.as_str()).copied();
            let is_due = query.is_reached(episode) || open.is_some_and(|alert| alert.state != State::Pending);
            is_due.then_some(Case { subject, episode, name, open, by })
        };
        let mut is_usual = true;
        for (rule, query) in about(subject, rules) {
            is_usual = false;
            cases.extend(due(rule.of_group(&subject.labels()).name, Some(rule), query));
        }
        if is_usual {
            // It may have become odd by a rule that is gone.
            cases.extend(due(spend::name(subject), None, &SpendQuery::usual(subject.kind)));
        }
    }
    cases
}

/// Those that are told of: not what an alert of a tenant tells of, which is `explained` from then on.
pub(super) fn told<'a>(cases: Vec<Case<'a>>, explained: &mut HashSet<String>) -> Vec<Case<'a>> {
    let odd: Vec<(&Subject, &Episode)> = cases.iter().map(|case| (case.subject, case.episode)).collect();
    let names: HashSet<&str> = cases.iter().map(|case| case.name.as_str()).collect();
    explained.retain(|name| names.contains(name.as_str()));
    let is_told = |case: &Case| {
        let is_explained = case.by.is_none()
            && case.open.is_none()
            && (explained.contains(&case.name) || is_told_by_another(case.subject, case.episode, &odd));
        if is_explained {
            explained.insert(case.name.clone());
        }
        !is_explained
    };
    cases.into_iter().filter(is_told).collect()
}

/// Whether a tenant spends most of the same money too much.
fn is_told_by_another(subject: &Subject, episode: &Episode, odd: &[(&Subject, &Episode)]) -> bool {
    let is_the_same = |(other, of): &(&Subject, &Episode)| match (&subject.kind, &other.kind) {
        (Kind::Tenant, _) => false,
        (Kind::TenantService, Kind::Tenant) => subject.tenant.as_ref() == Some(&other.name),
        (_, Kind::Tenant) => of.excess() >= SAME_MONEY * episode.excess(),
        _ => false,
    };
    odd.iter().any(is_the_same)
}

/// What else is odd by the same money.
pub(super) fn drivers(subject: &Subject, episode: &Episode, odd: &[(&Subject, &Episode)]) -> Vec<Subject> {
    let alone = [(subject, episode)];
    let drives = |(other, of): &&(&Subject, &Episode)| is_told_by_another(other, of, &alone);
    let mut drivers: Vec<&(&Subject, &Episode)> = odd.iter().filter(drives).collect();
    drivers.sort_by(|left, right| right.1.excess().total_cmp(&left.1.excess()));
    drivers.into_iter().map(|(other, _)| (*other).clone()).collect()
}

#[cfg(test)]
mod tests {
    use model::alert::rule::draft::Draft;
    use model::anomaly::Odd;

    use super::*;

    fn tenant(name: &str) -> Subject {
        Subject { kind: Kind::Tenant, tenant: None, name: name.to_owned() }
    }

    fn episode(usd: f64) -> Episode {
        let worst = Odd { minutes: 5, usd, expected: 0.0, spread: 0.1 };
        Episode { since: 0, worst, usd, expected: 0.0, until: 5 }
    }

    fn rule(query: &str) -> Rule {
        let [name, query, severity] = ["Runs away", query, "info"].map(str::to_owned);
        Draft { name, query, severity, ..Draft::default() }.read().unwrap()
    }

    fn names(subject: &Subject, usd: f64, rules: &[Rule]) -> Vec<String> {
        all(&[(subject, &episode(usd))], rules, &[]).into_iter().map(|case| case.name).collect()
    }

    #[test]
    fn whom_a_rule_is_about_is_told_of_by_it_alone_and_from_its_dollars_on() {
        let rules = [rule("anomaly(cost_usd) by tenant > 0.2 where tenant = acme")];
        assert_eq!(names(&tenant("acme"), 0.3, &rules), ["Runs away, tenant acme"]);
        assert!(names(&tenant("acme"), 0.1, &rules).is_empty());
        assert_eq!(names(&tenant("beta"), 2.0, &rules), ["Cost anomaly, tenant beta"]);
        assert_eq!((sensitivity(&tenant("acme"), &rules).excess_usd, Sensitivity::default().excess_usd), (0.2, 1.0));
    }

    #[test]
    fn what_was_odd_only_by_a_rule_that_is_gone_is_not_told_of_as_usual() {
        assert!(names(&tenant("acme"), 0.3, &[]).is_empty());
        assert_eq!(names(&tenant("acme"), 1.3, &[]), ["Cost anomaly, tenant acme"]);
    }
}
