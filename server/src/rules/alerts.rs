//! `trace_alerts.yaml`: a list of named queries with threshold, window and severity.

use std::collections::HashSet;

use model::alert::books::BOOKS_ALARM;
use model::alert::query::Query;
use model::alert::{Rule, Severity};
use model::budget::alarm::TRACE_ALARM;
use serde::Deserialize;

use super::scalar::{Name, Parsed, Scalar};

/// Rules in one file: each is a query every few seconds.
const RULES_MAX: usize = 200;

/// The longest window. A query looks at everything that arrived within it, every few seconds.
const WINDOW_SECONDS_MAX: i64 = 24 * 3_600;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    alerts: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: Parsed<Name>,
    query: Parsed<Queried>,
    threshold: Parsed<Threshold>,
    window: Parsed<Window>,
    severity: Parsed<Severity>,
}

/// The rules in `text`, or what is wrong with it, with line and column.
pub fn parse(text: &str) -> Result<Vec<Rule>, String> {
    let file: File = serde_norway::from_str(text).map_err(|error| error.to_string())?;
    if file.alerts.len() > RULES_MAX {
        return Err(format!("{} rules; expected at most {RULES_MAX}", file.alerts.len()));
    }
    let rules: Vec<Rule> = file.alerts.into_iter().map(rule).collect();
    let mut names = HashSet::new();
    if rules.iter().any(|rule| rule.name == TRACE_ALARM) {
        return Err(format!(
            "{TRACE_ALARM:?} is the name of another rule, of trace_limit_usd in budgets.yaml; expected any other"
        ));
    }
    if rules.iter().any(|rule| rule.name == BOOKS_ALARM) {
        return Err(format!("{BOOKS_ALARM:?} is the name of a rule that is always there; expected any other"));
    }
    match rules.iter().find(|rule| !names.insert(rule.name.as_str())) {
        // An alert knows its rule by name.
        Some(twice) => Err(format!("two rules are called {:?}; expected every name once", twice.name)),
        None => Ok(rules),
    }
}

fn rule(entry: Entry) -> Rule {
    let Queried { query, text } = entry.query.0;
    Rule {
        name: entry.name.0.0,
        query,
        query_text: text,
        threshold: entry.threshold.0.0,
        window_seconds: entry.window.0.0,
        severity: entry.severity.0,
    }
}

struct Queried {
    query: Query,
    text: String,
}

impl Scalar for Queried {
    const EXPECTED: &'static str = "a query such as \"trace depth > 50\"";

    fn from_text(text: &str) -> Result<Self, String> {
        let query = text.parse().map_err(|error| format!("query {text:?}: {error}"))?;
        if matches!(query, Query::BudgetSpent | Query::BudgetBurn) {
            return Err("expected a query about traces or spans; budgets have a file of their own, budgets.yaml".into());
        }
        if query == Query::BooksDiffer {
            return Err("expected a query about traces or spans; whether the books balance is looked at anyway".into());
        }
        if matches!(query, Query::OddSpend(_)) {
            return Err(
                "expected a query about traces or spans; spend that is not as expected is looked for anyway".into()
            );
        }
        Ok(Self { query, text: text.trim().to_owned() })
    }
}

struct Threshold(i64);

impl Scalar for Threshold {
    const EXPECTED: &'static str = "a whole number of 1 or more";

    fn from_text(text: &str) -> Result<Self, String> {
        let count = text.trim().parse().ok().filter(|count| *count >= 1);
        count.map(Self).ok_or_else(|| format!("expected {}", Self::EXPECTED))
    }
}

struct Window(i64);

impl Scalar for Window {
    const EXPECTED: &'static str = "a window between 1s and 24h, such as 30s, 5m or 1h";

    fn from_text(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let seconds = [("s", 1), ("m", 60), ("h", 3_600)].into_iter().find_map(|(unit, seconds)| {
            let count: i64 = text.strip_suffix(unit)?.trim_end().parse().ok()?;
            count.checked_mul(seconds)
        });
        match seconds {
            Some(seconds) if (1..=WINDOW_SECONDS_MAX).contains(&seconds) => Ok(Self(seconds)),
            _ => Err(format!("expected {}", Self::EXPECTED)),
        }
    }
}

impl Scalar for Severity {
    const EXPECTED: &'static str = "a severity: info, warning or critical";

    fn from_text(text: &str) -> Result<Self, String> {
        let known = Self::ALL.iter().copied().find(|severity| severity.as_str().eq_ignore_ascii_case(text.trim()));
        known.ok_or_else(|| format!("expected {}", Self::EXPECTED))
    }
}
