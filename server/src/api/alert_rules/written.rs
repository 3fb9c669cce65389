//! A rule of alerts as a program writes it, and what is answered when it cannot stand.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use model::alert::Rule;
use model::alert::hold::Person;
use model::alert::rule::book::RULES_MAX;
use model::alert::rule::draft::Draft;
use model::alert::rule::fields;
use model::budget::draft::Mistake;
use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;
use store::alerts::rules::Outcome;

use crate::api::json::text;
use crate::api::kept;
use crate::api::problem::Problem;

/// What may be left out is what it is in the file of rules.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Written {
    #[serde(default)]
    name: String,
    #[serde(default)]
    query: String,
    threshold: Option<Box<RawValue>>,
    #[serde(default)]
    window: String,
    #[serde(default)]
    severity: String,
    #[serde(default, rename = "for")]
    wait: String,
    recovery: Option<Box<RawValue>>,
    #[serde(default)]
    no_data: String,
    #[serde(default)]
    labels: BTreeMap<String, String>,
    runbook: Option<String>,
    #[serde(default)]
    by: String,
    #[serde(default)]
    note: String,
    /// The version that was seen; left out, whatever is there is replaced.
    version: Option<i64>,
}

/// A rule that can stand.
pub struct Wish {
    pub rule: Rule,
    pub person: Person,
    pub version: Option<i64>,
}

impl Written {
    /// The rule and who makes it, or everything that is wrong with them.
    pub fn read(self) -> Result<Wish, Problem> {
        let version = self.version;
        let person = Person::new(&self.by, &self.note).map_err(|error| Mistake::new("by", error.to_string()));
        match (self.draft(), person) {
            (Ok(rule), Ok(person)) => Ok(Wish { rule, person, version }),
            (rule, person) => {
                let mistakes: Vec<_> = rule.err().into_iter().flatten().chain(person.err()).collect();
                Err(kept::refused(&mistakes))
            }
        }
    }

    /// The rule alone, for what is only tried.
    pub fn rule(self) -> Result<Rule, Problem> {
        self.draft().map_err(|mistakes| kept::refused(&mistakes))
    }

    fn draft(self) -> Result<Rule, Vec<Mistake>> {
        let text_of =
            |value: Option<Box<RawValue>>| value.filter(|value| value.get() != "null").map(|value| text(&value));
        // As text a name or a value with a comma in it would be something else.
        let labels: Option<Vec<_>> = self.labels.iter().map(|(name, value)| fields::label(name, value)).collect();
        let wrong = labels.is_none().then(|| Mistake::new("labels", "expected names and values without `,` and `=`"));
        let draft = Draft {
            name: self.name,
            query: self.query,
            threshold: text_of(self.threshold).unwrap_or_default(),
            window: self.window,
            severity: self.severity,
            wait: self.wait,
            recovery: text_of(self.recovery).unwrap_or_default(),
            no_data: self.no_data,
            labels: fields::labels_text(&labels.unwrap_or_default()),
            runbook: self.runbook.unwrap_or_default(),
        };
        match (draft.read(), wrong) {
            (Ok(rule), None) => Ok(rule),
            (read, wrong) => Err(read.err().into_iter().flatten().chain(wrong).collect()),
        }
    }
}

/// What an outcome is told as, other than that it is done.
pub fn problem(outcome: Outcome) -> Problem {
    match outcome {
        Outcome::Done { .. } => Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "it is done, and nobody can say what"),
        Outcome::Gone => {
            Problem::not_found("there is no such rule that was made here; expected an id of /api/v1/alert-rules")
        }
        Outcome::Newer(now) => kept::newer(&now.by, now.at, now.version),
        Outcome::Taken => Problem::conflict("a rule that was made here has this name; expected another one")
            .with("field", json!("name")),
        Outcome::Full => Problem::conflict(format!("there are {RULES_MAX} rules, and there may be no more")),
    }
}
