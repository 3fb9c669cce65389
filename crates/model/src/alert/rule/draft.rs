//! A rule as it is typed, before anybody knows whether it is one.

use serde::{Deserialize, Serialize};

use super::fields;
use super::{Rule, Terms};
use crate::budget::draft::Mistake;

/// The fields as text. What may be left out is empty then.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Draft {
    /// Its name.
    pub name: String,
    /// `sum(cost_usd) by tenant > 10`.
    pub query: String,
    /// `100`; empty is 1.
    pub threshold: String,
    /// `5m`; of budgets and odd spend, how long it has to be quiet until it is over, and empty is a minute.
    pub window: String,
    /// `warning`.
    pub severity: String,
    /// `2m`; empty is at once.
    #[serde(rename = "for")]
    pub wait: String,
    /// `8`; empty is the limit itself.
    pub recovery: String,
    /// `ok`, `keep` or `fire`; empty is `ok`.
    pub no_data: String,
    /// `team = payments, env = prod`.
    pub labels: String,
    /// An address; may be empty.
    pub runbook: String,
}

impl Draft {
    /// What would be typed to get this rule.
    pub fn of(rule: &Rule) -> Self {
        let Terms { for_seconds, recovery, no_data, labels, runbook, .. } = &rule.terms;
        let recovery = recovery.map(|limit| rule.query.limit_text(limit)).unwrap_or_default();
        Self {
            name: rule.name.clone(),
            query: rule.query_text.clone(),
            threshold: rule.threshold.to_string(),
            window: fields::seconds_text(rule.window_seconds),
            severity: rule.severity.to_string(),
            wait: fields::seconds_text(*for_seconds),
            recovery,
            no_data: no_data.as_str().to_owned(),
            labels: fields::labels_text(labels),
            runbook: runbook.clone().unwrap_or_default(),
        }
    }

    /// The rule, or everything that keeps it from being one.
    pub fn read(&self) -> Result<Rule, Vec<Mistake>> {
        let mut mistakes = Vec::new();
        let name = noted(&mut mistakes, "name", fields::name(&self.name));
        let query = noted(&mut mistakes, "query", fields::query(&self.query));
        let threshold = noted(&mut mistakes, "threshold", or(&self.threshold, 1, fields::threshold));
        let window = match query.as_ref().and_then(fields::window_by_default) {
            Some(usual) => or(&self.window, usual, fields::window),
            None => fields::window(&self.window),
        };
        let window = noted(&mut mistakes, "window", window);
        let severity = noted(&mut mistakes, "severity", fields::severity(&self.severity));
        let wait = noted(&mut mistakes, "for", or(&self.wait, 0, fields::wait));
        let recovery = match (&query, threshold) {
            (Some(query), Some(threshold)) => {
                let read = or(&self.recovery, None, |text| fields::recovery(text, query, threshold).map(Some));
                noted(&mut mistakes, "recovery", read)
            }
            // Of what it is nobody can tell.
            _ => None,
        };
        let no_data = noted(&mut mistakes, "no_data", or(&self.no_data, super::NoData::Ok, fields::no_data));
        let labels = noted(&mut mistakes, "labels", fields::labels(&self.labels));
        let runbook = noted(&mut mistakes, "runbook", or(&self.runbook, None, |text| fields::runbook(text).map(Some)));
        let besides = (recovery, no_data, labels, runbook);
        let (Some(name), Some(query), Some(threshold), Some(window_seconds), Some(severity), Some(for_seconds)) =
            (name, query, threshold, window, severity, wait)
        else {
            return Err(mistakes);
        };
        let (Some(recovery), Some(no_data), Some(labels), Some(runbook)) = besides else { return Err(mistakes) };
        let terms = Terms { of: Some(name.clone()), for_seconds, recovery, no_data, labels, runbook };
        let query_text = self.query.trim().to_owned();
        let rule = Rule { name, query, query_text, threshold, window_seconds, severity, terms };
        fields::together(&rule).map(|()| rule).map_err(|mistake| vec![mistake])
    }
}

fn noted<T>(mistakes: &mut Vec<Mistake>, field: &str, read: Result<T, String>) -> Option<T> {
    read.map_err(|expected| mistakes.push(Mistake::new(field, expected))).ok()
}

fn or<T>(text: &str, usual: T, read: impl Fn(&str) -> Result<T, String>) -> Result<T, String> {
    if text.trim().is_empty() { Ok(usual) } else { read(text) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::Severity;
    use crate::alert::rule::NoData;

    fn a_draft() -> Draft {
        let [name, query, window, severity] =
            ["Tenant spends", "sum(cost_usd) by tenant > 10", "5m", "warning"].map(str::to_owned);
        Draft { name, query, window, severity, ..Draft::default() }
    }

    #[test]
    fn what_is_left_out_is_the_usual() {
        let rule = a_draft().read().unwrap();
        assert_eq!((rule.threshold, rule.window_seconds, rule.severity), (1, 300, Severity::Warning));
        assert_eq!(rule.terms, Terms { of: Some("Tenant spends".to_owned()), ..Terms::default() });
    }

    #[test]
    fn every_mistake_is_named_with_its_field_and_what_was_expected() {
        let wrong = |text: &str| text.to_owned();
        let draft = Draft {
            name: wrong(" "),
            query: wrong("sum(costs)"),
            threshold: wrong("0"),
            window: wrong("2d"),
            severity: wrong("bad"),
            wait: wrong("soon"),
            recovery: wrong("any"),
            no_data: wrong("maybe"),
            labels: wrong("team"),
            runbook: wrong("wiki/costs"),
        };
        let mistakes = draft.read().unwrap_err();
        let fields: Vec<_> = mistakes.iter().map(|mistake| mistake.field.as_str()).collect();
        let all = ["name", "query", "threshold", "window", "severity", "for", "no_data", "labels", "runbook"];
        assert_eq!(fields, all, "of a query that cannot be read nobody knows what it recovers at");
        assert!(mistakes.iter().all(|mistake| mistake.expected.contains("expected ")), "{mistakes:?}");
    }

    #[test]
    fn a_recovery_is_on_the_quiet_side_of_the_limit() {
        let with = |query: &str, recovery: &str| {
            let draft = Draft { query: query.to_owned(), recovery: recovery.to_owned(), ..a_draft() };
            draft.read().map(|rule| rule.terms.recovery).map_err(|mistakes| mistakes[0].to_string())
        };
        assert_eq!(with("sum(cost_usd) by tenant > 10", "8"), Ok(Some(8_000_000_000_000)));
        assert_eq!(with("count(spans) < 10", "20"), Ok(Some(20)));
        assert_eq!(
            with("sum(cost_usd) by tenant > 10", "12").unwrap_err(),
            "`recovery`: expected the limit of the query or less"
        );
        assert!(with("count(spans) < 10", "5").unwrap_err().ends_with("or more"));
        assert!(with("error_rate > 5%", "2s").unwrap_err().contains("expected a rate"));
        assert!(with("trace depth > 50", "2").unwrap_err().contains("from 1 to 1, the threshold"));
    }

    #[test]
    fn what_does_not_go_together_is_told_of() {
        let with = |draft: Draft| draft.read().unwrap_err().remove(0).field;
        let text = |text: &str| text.to_owned();
        assert_eq!(with(Draft { threshold: text("2"), ..a_draft() }), "threshold");
        assert_eq!(with(Draft { window: text("2h"), ..a_draft() }), "window");
        let counted = Draft { query: text("count(spans)"), threshold: text("9"), ..a_draft() };
        assert!(counted.read().is_ok());
        assert_eq!(with(Draft { no_data: text("fire"), ..counted }), "no_data");
        assert_eq!(with(Draft { query: text("trace depth > 5"), no_data: text("keep"), ..a_draft() }), "no_data");
    }

    #[test]
    fn what_is_shown_for_a_rule_reads_as_that_rule() {
        let text = |text: &str| text.to_owned();
        for draft in [
            a_draft(),
            Draft { wait: text("90s"), recovery: text("7.5"), no_data: text("fire"), ..a_draft() },
            Draft { query: text("p95(duration) > 2s"), recovery: text("1500ms"), ..a_draft() },
            Draft { query: text("error_rate by service > 5%"), recovery: text("2.5%"), ..a_draft() },
            Draft { query: text("traces without parent_id and not root"), threshold: text("100"), ..a_draft() },
            Draft { labels: text("team = a b, env=prod"), runbook: text("https://wiki/costs#spend"), ..a_draft() },
        ] {
            let rule = draft.read().unwrap();
            assert_eq!(Draft::of(&rule).read().unwrap(), rule);
        }
        let rule = Draft { no_data: text("keep"), ..a_draft() }.read().unwrap();
        assert_eq!(rule.terms.no_data, NoData::Keep);
    }
}
