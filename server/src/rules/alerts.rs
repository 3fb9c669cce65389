//! `trace_alerts.yaml`: a list of named queries with threshold, window and severity.
//!
//! ```yaml
//! alerts:
//!   - name: "Tenant spends"
//!     query: "sum(cost_usd) by tenant > 10"   # what a query is: model::alert::query
//!     window: 5m                              # may be left out of budgets and anomalies
//!     severity: warning
//!     threshold: 1                            # how many; 1 when it is left out
//!     for: 2m                                 # this and all that follows may be left out
//!     recovery: 8                             # over again below this
//!     no_data: keep                           # or ok, fire
//!     labels: {team: payments}
//!     runbook: https://wiki/costs
//! ```

use std::collections::{BTreeMap, HashSet};

use model::alert::query::Query;
use model::alert::rule::book::RULES_MAX;
use model::alert::rule::{NoData, fields};
use model::alert::{Rule, Severity, Terms};
use serde::Deserialize;

use super::ALERTS_FILE;
use super::reload::file::Sort;
use super::scalar::{Parsed, Scalar, given};

/// The file.
pub const ALERT_RULES: Sort<Vec<Rule>> =
    Sort { name: ALERTS_FILE, noun: "alert rules", none: "alerts: []", parse: |_, text| parse(text), count: Vec::len };

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
    #[serde(default, deserialize_with = "given")]
    threshold: Option<Threshold>,
    #[serde(default, deserialize_with = "given")]
    window: Option<Window>,
    severity: Parsed<Severity>,
    #[serde(default, rename = "for", deserialize_with = "given")]
    wait: Option<Wait>,
    #[serde(default, deserialize_with = "given")]
    recovery: Option<Text>,
    #[serde(default, deserialize_with = "given")]
    no_data: Option<NoData>,
    #[serde(default)]
    labels: BTreeMap<String, String>,
    #[serde(default, deserialize_with = "given")]
    runbook: Option<Runbook>,
}

/// The rules in `text`, or what is wrong with it, with line and column where it is of one field.
pub fn parse(text: &str) -> Result<Vec<Rule>, String> {
    let file: File = serde_norway::from_str(text).map_err(|error| error.to_string())?;
    if file.alerts.len() > RULES_MAX {
        return Err(format!("{} rules; expected at most {RULES_MAX}", file.alerts.len()));
    }
    let rules: Vec<Rule> = file.alerts.into_iter().map(rule).collect::<Result<_, _>>()?;
    let mut names = HashSet::new();
    match rules.iter().find(|rule| !names.insert(rule.name.as_str())) {
        // An alert knows its rule by name.
        Some(twice) => Err(format!("two rules are called {:?}; expected every name once", twice.name)),
        None => Ok(rules),
    }
}

fn rule(entry: Entry) -> Result<Rule, String> {
    let Queried { query, text } = entry.query.0;
    let name = entry.name.0.0;
    let wrong = |field: &str, expected: String| format!("the rule {name:?}: `{field}`: {expected}");
    let threshold = entry.threshold.map_or(1, |threshold| threshold.0);
    let window = entry.window.map(|window| window.0).or_else(|| fields::window_by_default(&query));
    let recovery = entry.recovery.map(|Text(text)| fields::recovery(&text, &query, threshold)).transpose();
    let labels: Option<Vec<_>> = entry.labels.iter().map(|(name, value)| fields::label(name, value)).collect();
    let labels = labels.filter(|labels| fields::is_list(labels));
    let terms = Terms {
        of: Some(name.clone()),
        for_seconds: entry.wait.map_or(0, |wait| wait.0),
        recovery: recovery.map_err(|expected| wrong("recovery", expected))?,
        no_data: entry.no_data.unwrap_or_default(),
        labels: labels.ok_or_else(|| wrong("labels", format!("expected {}", fields::LABELS)))?,
        runbook: entry.runbook.map(|runbook| runbook.0),
    };
    let rule = Rule {
        name: name.clone(),
        query,
        query_text: text,
        threshold,
        window_seconds: window.ok_or_else(|| wrong("window", format!("expected {}", fields::WINDOW)))?,
        severity: entry.severity.0,
        terms,
    };
    fields::together(&rule).map_err(|mistake| wrong(&mistake.field, mistake.expected))?;
    Ok(rule)
}

struct Name(String);

impl Scalar for Name {
    const EXPECTED: &'static str = "a name";

    fn from_text(text: &str) -> Result<Self, String> {
        fields::name(text).map(Self)
    }
}

struct Queried {
    query: Query,
    text: String,
}

impl Scalar for Queried {
    const EXPECTED: &'static str = "a query such as \"trace depth > 50\"";

    fn from_text(text: &str) -> Result<Self, String> {
        Ok(Self { query: fields::query(text)?, text: text.trim().to_owned() })
    }
}

struct Threshold(i64);

impl Scalar for Threshold {
    const EXPECTED: &'static str = fields::THRESHOLD;

    fn from_text(text: &str) -> Result<Self, String> {
        fields::threshold(text).map(Self)
    }
}

struct Window(i64);

impl Scalar for Window {
    const EXPECTED: &'static str = fields::WINDOW;

    fn from_text(text: &str) -> Result<Self, String> {
        fields::window(text).map(Self)
    }
}

struct Wait(i64);

impl Scalar for Wait {
    const EXPECTED: &'static str = fields::WAIT;

    fn from_text(text: &str) -> Result<Self, String> {
        fields::wait(text).map(Self)
    }
}

/// What its query tells the unit of.
struct Text(String);

impl Scalar for Text {
    const EXPECTED: &'static str = "a limit such as 8, 1.5s or 2%";

    fn from_text(text: &str) -> Result<Self, String> {
        Ok(Self(text.to_owned()))
    }
}

struct Runbook(String);

impl Scalar for Runbook {
    const EXPECTED: &'static str = fields::RUNBOOK;

    fn from_text(text: &str) -> Result<Self, String> {
        fields::runbook(text).map(Self)
    }
}

impl Scalar for NoData {
    const EXPECTED: &'static str = fields::NO_DATA;

    fn from_text(text: &str) -> Result<Self, String> {
        fields::no_data(text)
    }
}

impl Scalar for Severity {
    const EXPECTED: &'static str = fields::SEVERITY;

    fn from_text(text: &str) -> Result<Self, String> {
        fields::severity(text)
    }
}
