//! A budget as a program writes it, and what is answered when it cannot stand.

use axum::http::StatusCode;
use model::alert::hold::Person;
use model::budget::Budget;
use model::budget::draft::{Draft, Mistake};
use model::budget::rulebook::BUDGETS_MAX;
use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;
use store::budgets::kept::Outcome;

use crate::api::Api;
use crate::api::json::text;
use crate::api::kept;
use crate::api::problem::Problem;

/// What may be left out is what it is in the file of budgets.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Written {
    #[serde(default)]
    name: String,
    #[serde(default)]
    scope: String,
    #[serde(default)]
    period: String,
    limit_usd: Option<Box<RawValue>>,
    thresholds: Option<Vec<Box<RawValue>>>,
    #[serde(default)]
    burn_rate: WrittenRates,
    #[serde(default)]
    by: String,
    #[serde(default)]
    note: String,
    /// The version that was seen; left out, whatever is there is replaced.
    version: Option<i64>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct WrittenRates {
    fast: Option<Box<RawValue>>,
    slow: Option<Box<RawValue>>,
}

/// A budget that can stand.
pub struct Wish {
    pub budget: Budget,
    pub person: Person,
    pub version: Option<i64>,
}

impl Written {
    /// The budget, or everything that is wrong with it.
    pub fn read(self) -> Result<Wish, Problem> {
        let thresholds = self.thresholds.map(|list| match list.as_slice() {
            [] => "none".to_owned(),
            list => list.iter().map(|percent| text(percent)).collect::<Vec<_>>().join(", "),
        });
        let text_of = |value: Option<Box<RawValue>>| value.map(|value| text(&value)).unwrap_or_default();
        let draft = Draft {
            name: self.name,
            scope: self.scope,
            period: self.period,
            limit_usd: text_of(self.limit_usd),
            thresholds: thresholds.unwrap_or_default(),
            burn_fast: text_of(self.burn_rate.fast),
            burn_slow: text_of(self.burn_rate.slow),
        };
        match (draft.read(), Person::new(&self.by, &self.note)) {
            (Ok(budget), Ok(person)) => Ok(Wish { budget, person, version: self.version }),
            (draft, person) => {
                let mut mistakes = draft.err().unwrap_or_default();
                mistakes.extend(person.err().map(|error| Mistake::new("by", error.to_string())));
                Err(kept::refused(&mistakes))
            }
        }
    }
}

/// What an outcome is told as, other than that it is done.
pub fn problem(outcome: Outcome, slug: &str, api: &Api) -> Problem {
    match outcome {
        Outcome::Done(_) => Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "it is done, and nobody can say what"),
        Outcome::Gone if api.budgets.rules().origins().contains_key(slug) => {
            Problem::conflict(format!("`{slug}` is a budget of budgets.yaml; it is changed there"))
        }
        Outcome::Gone => Problem::not_found(format!("there is no budget `{slug}` that was made here")),
        Outcome::Newer(now) => kept::newer(&now.by, now.at, now.version),
        Outcome::Taken => Problem::conflict("a budget that was made here has this name; expected another one")
            .with("field", json!("name")),
        Outcome::Full => Problem::conflict(format!("there are {BUDGETS_MAX} budgets, and there may be no more")),
    }
}
