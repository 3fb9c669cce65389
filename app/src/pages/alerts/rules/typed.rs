//! What was typed into the form, as it stands in the address when it is tried or could not be taken: nothing of it is lost, also
//! without JavaScript, and the page tells by the same rule what is wrong with it.

use model::alert::Rule;
use model::alert::hold::Person;
use model::alert::rule::draft::Draft;
use model::budget::draft::Mistake;
use serde::{Deserialize, Serialize};

use super::PATH;
use crate::url_state::encode;

/// The fields of the form.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Typed {
    /// The id of the rule that is changed; empty for a new one.
    pub edit: String,
    /// The version of it that was seen.
    pub version: String,
    /// What the rule is made of.
    #[serde(flatten)]
    pub draft: Draft,
    /// Who.
    pub by: String,
    /// Why.
    pub note: String,
    /// Whether it was sent, to be taken or to be tried; else it only fills the form.
    #[serde(skip)]
    pub sent: bool,
    /// Whether it is to be tried on the past.
    #[serde(skip)]
    pub tried: bool,
}

impl Typed {
    /// Out of an address, which has the names of the form when it is tried.
    pub fn from_query(get: impl Fn(&str) -> Option<String>) -> Self {
        let text = |name: &str| get(name).or_else(|| get(&format!("typed[{name}]"))).unwrap_or_default();
        let tried = text("try") == "1";
        Self {
            edit: text("edit"),
            version: text("version"),
            draft: Draft {
                name: text("name"),
                query: text("query"),
                threshold: text("threshold"),
                window: text("window"),
                severity: text("severity"),
                wait: text("for"),
                recovery: text("recovery"),
                no_data: text("no_data"),
                labels: text("labels"),
                runbook: text("runbook"),
            },
            by: text("by"),
            note: text("note"),
            sent: tried || text("sent") == "1",
            tried,
        }
    }

    /// What the form says for a rule as it is.
    pub fn of(rule: &Rule, id: i64, version: i64) -> Self {
        Self { edit: id.to_string(), version: version.to_string(), draft: Draft::of(rule), ..Self::default() }
    }

    /// Where it is shown again, with what is wrong about it.
    pub fn href(&self) -> String {
        let Draft { name, query, threshold, window, severity, wait, recovery, no_data, labels, runbook } = &self.draft;
        let fields = [
            ("edit", &self.edit),
            ("version", &self.version),
            ("name", name),
            ("query", query),
            ("threshold", threshold),
            ("window", window),
            ("severity", severity),
            ("for", wait),
            ("recovery", recovery),
            ("no_data", no_data),
            ("labels", labels),
            ("runbook", runbook),
            ("by", &self.by),
            ("note", &self.note),
        ];
        let fields = fields.into_iter().filter(|(_, text)| !text.is_empty());
        let fields: String = fields.map(|(name, text)| format!("&{name}={}", encode(text))).collect();
        format!("{PATH}?sent=1{fields}#rule-form")
    }

    /// The rule and who makes it, or everything that is wrong.
    pub fn read(&self) -> Result<(Rule, Person), Vec<Mistake>> {
        match (self.draft.read(), Person::new(&self.by, &self.note)) {
            (Ok(rule), Ok(person)) => Ok((rule, person)),
            (draft, person) => {
                let mut mistakes = draft.err().unwrap_or_default();
                mistakes.extend(person.err().map(|error| Mistake::new("by", error.to_string())));
                Err(mistakes)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    fn typed() -> Typed {
        let [name, query, window, severity] =
            ["Spends & spends", "sum(cost_usd) by tenant > 10", "5m", "warning"].map(str::to_owned);
        let draft = Draft { name, query, window, severity, ..Draft::default() };
        Typed { draft, by: "Robin".to_owned(), ..Typed::default() }
    }

    #[test]
    fn what_was_typed_comes_back_from_the_address_and_from_the_form_that_is_tried() {
        let fields = [
            ("name", "Spends & spends"),
            ("query", "sum(cost_usd) by tenant > 10"),
            ("window", "5m"),
            ("severity", "warning"),
            ("by", "Robin"),
        ];
        let form: HashMap<String, &str> = fields.iter().map(|(name, text)| (format!("typed[{name}]"), *text)).collect();
        let tried = Typed::from_query(|name| {
            if name == "try" { Some("1".to_owned()) } else { form.get(name).map(|text| (*text).to_owned()) }
        });
        assert_eq!(tried, Typed { sent: true, tried: true, ..typed() });
        let href = typed().href();
        assert!(href.starts_with("/alerts/rules?sent=1&name=Spends%20%26%20spends&query=sum"), "{href}");
        let address: HashMap<&str, &str> = fields.into_iter().chain([("sent", "1")]).collect();
        let sent = Typed::from_query(|name| address.get(name).map(|text| (*text).to_owned()));
        assert_eq!(sent, Typed { sent: true, ..typed() });
    }

    #[test]
    fn who_makes_it_is_one_of_the_mistakes() {
        let (rule, person) = typed().read().unwrap();
        assert_eq!((rule.window_seconds, person.by()), (300, "Robin"));
        let nobody = Typed { by: String::new(), draft: Draft::default(), ..typed() };
        let fields: Vec<String> = nobody.read().unwrap_err().into_iter().map(|mistake| mistake.field).collect();
        assert_eq!(fields, ["name", "query", "window", "severity", "by"]);
    }
}
