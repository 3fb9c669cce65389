//! What a receiver is told in words of its own: templates in the language of Jinja, from `notifications.yaml`.
//!
//! A template is tried when the file is read. Should one fail all the same when there is something to tell, the usual words are told:
//! a message is never lost for its wording.

use std::collections::BTreeMap;

use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior};
use model::alert::State;
use serde::Serialize;

use super::labels::time;
use super::{Notice, page};

/// Bytes of a template: what people read at a glance is far less.
const TEMPLATE_BYTES_MAX: usize = 4 * 1024;

/// Steps that making one text may take.
const STEPS_MAX: u64 = 20_000;

/// Characters of a text that are sent.
const TEXT_CHARS_MAX: usize = 10_000;

/// What a template may speak of.
const NAMES: [&str; 12] =
    ["state", "severity", "rule", "text", "by", "labels", "tenant", "query", "alert_url", "trace_url", "runbook", "at"];

/// One template; it has been tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template(String);

/// The words of a receiver; where it has none, those of its kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wording {
    /// One line: the subject of a mail, the summary of an incident, the first line of a post.
    pub title: Option<Template>,
    /// What is told of each alert.
    pub text: Option<Template>,
}

/// What happened, as a template sees it: text all of it, empty where there is none.
#[derive(Default, Serialize)]
struct Told {
    state: &'static str,
    severity: &'static str,
    rule: String,
    text: String,
    by: String,
    labels: BTreeMap<String, String>,
    tenant: String,
    query: String,
    alert_url: String,
    trace_url: String,
    runbook: String,
    at: String,
}

impl Template {
    /// Reads and tries it; what is wrong is said with its line.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.len() > TEMPLATE_BYTES_MAX {
            return Err(format!("it is {} bytes long; expected at most {TEMPLATE_BYTES_MAX}", text.len()));
        }
        let template = Self(text.to_owned());
        let environment = environment();
        let read = environment.template_from_str(text).map_err(|error| error.to_string())?;
        let unknown = read.undeclared_variables(false).into_iter().filter(|name| !NAMES.contains(&name.as_str()));
        if let Some(name) = unknown.min() {
            return Err(format!("there is no `{name}`; expected {}", NAMES.join(", ")));
        }
        let labels = BTreeMap::from([("tenant".to_owned(), "acme".to_owned())]);
        template.filled(&Told { state: "firing", severity: "critical", labels, ..Told::default() })?;
        Ok(template)
    }

    /// The text; values are `escaped` for where it is read.
    fn of(&self, notice: &Notice, home: &str, escaped: fn(&str) -> String) -> Option<String> {
        match self.filled(&Told::of(notice, home, escaped)) {
            Ok(text) => Some(text.trim().chars().take(TEXT_CHARS_MAX).collect()),
            Err(problem) => {
                tracing::warn!(problem, "a template of notifications.yaml fails; the usual words are told");
                None
            }
        }
    }

    fn filled(&self, told: &Told) -> Result<String, String> {
        environment().render_str(&self.0, Serde(told)).map_err(|error| error.to_string())
    }
}

fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    // As usual in Jinja, what is not there is empty: a label may be there one time and not another.
    environment.set_undefined_behavior(UndefinedBehavior::Chainable);
    environment.set_fuel(Some(STEPS_MAX));
    environment
}

impl Wording {
    /// The title of what is told of `notice`, in one line.
    pub(super) fn title(&self, notice: &Notice, home: &str, escaped: fn(&str) -> String) -> Option<String> {
        let title = self.title.as_ref()?.of(notice, home, escaped)?;
        Some(title.split_whitespace().collect::<Vec<_>>().join(" ")).filter(|title| !title.is_empty())
    }

    /// What is told of it.
    pub(super) fn text(&self, notice: &Notice, home: &str, escaped: fn(&str) -> String) -> Option<String> {
        self.text.as_ref()?.of(notice, home, escaped).filter(|text| !text.is_empty())
    }
}

impl Told {
    fn of(notice: &Notice, home: &str, escaped: fn(&str) -> String) -> Self {
        let Notice { alert, entry, .. } = notice;
        let text = |text: &Option<String>| escaped(text.as_deref().unwrap_or_default());
        let labels = alert.observation.labels.iter().map(|(name, value)| (name.clone(), escaped(value))).collect();
        Self {
            state: word(entry.state),
            severity: alert.severity.as_str(),
            rule: escaped(&alert.rule),
            text: escaped(&entry.text),
            by: text(&entry.by),
            labels,
            tenant: text(&notice.tenant),
            query: escaped(&alert.query_text),
            alert_url: page(home, alert),
            trace_url: notice.trace.map(|trace| format!("{home}/traces/{trace}")).unwrap_or_default(),
            runbook: text(&alert.runbook),
            at: time(entry.at),
        }
    }
}

/// As it is: for what reads plain text.
pub(super) fn plain(text: &str) -> String {
    text.to_owned()
}

/// The state of an alert in a word.
pub(super) const fn word(state: State) -> &'static str {
    match state {
        State::Firing | State::Pending => "firing",
        State::Acknowledged => "acknowledged",
        State::Snoozed => "snoozed",
        State::Resolved => "resolved",
    }
}
