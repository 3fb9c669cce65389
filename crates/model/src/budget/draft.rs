//! A budget as it is typed, before anybody knows whether it is one.

use serde::{Deserialize, Serialize};

use super::period::PeriodError;
use super::{Budget, BurnLimits, THRESHOLDS_BY_DEFAULT, fields};

/// What stands for no threshold at all.
const NO_THRESHOLDS: &str = "none";

/// The fields as text. What may be left out is empty then.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// Its name.
    pub name: String,
    /// `all`, `tenant acme`, `each tenant`.
    pub scope: String,
    /// `day`, `week`, `month`, `rolling 30d`.
    pub period: String,
    /// `25000`.
    pub limit_usd: String,
    /// `50, 80, 100`, or `none`; empty is the usual ones.
    pub thresholds: String,
    /// `14.4`; empty is the usual one.
    pub burn_fast: String,
    /// `3`; empty is the usual one.
    pub burn_slow: String,
}

/// A field that cannot stand as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("`{field}`: {expected}")]
pub struct Mistake {
    /// Its name in the API and in the form.
    pub field: String,
    /// What was expected.
    pub expected: String,
}

impl Mistake {
    /// A mistake in `field`.
    pub fn new(field: &str, expected: impl Into<String>) -> Self {
        Self { field: field.to_owned(), expected: expected.into() }
    }
}

impl Draft {
    /// What would be typed to get this budget.
    pub fn of(budget: &Budget) -> Self {
        let percents: Vec<String> = budget.thresholds.iter().map(ToString::to_string).collect();
        Self {
            name: budget.name.clone(),
            scope: budget.scope.to_string(),
            period: budget.period.to_string(),
            limit_usd: budget.limit.to_string(),
            thresholds: if percents.is_empty() { NO_THRESHOLDS.to_owned() } else { percents.join(", ") },
            burn_fast: fields::burn_words(budget.burn_limits.fast),
            burn_slow: fields::burn_words(budget.burn_limits.slow),
        }
    }

    /// The budget, or everything that keeps it from being one.
    pub fn read(&self) -> Result<Budget, Vec<Mistake>> {
        let mut mistakes = Vec::new();
        let name = noted(&mut mistakes, "name", fields::name(&self.name));
        let scope = self.scope.parse().map_err(|error: fields::ScopeError| error.to_string());
        let scope = noted(&mut mistakes, "scope", scope);
        let period = self.period.parse().map_err(|error: PeriodError| error.to_string());
        let period = noted(&mut mistakes, "period", period);
        let limit = noted(&mut mistakes, "limit_usd", fields::limit(&self.limit_usd));
        let thresholds = noted(&mut mistakes, "thresholds", thresholds(&self.thresholds));
        let usual = BurnLimits::default();
        let fast = noted(&mut mistakes, "burn_fast", burn_rate(&self.burn_fast, usual.fast));
        let slow = noted(&mut mistakes, "burn_slow", burn_rate(&self.burn_slow, usual.slow));
        match (name, scope, period, limit, thresholds, fast.zip(slow)) {
            (Some(name), Some(scope), Some(period), Some(limit), Some(thresholds), Some((fast, slow))) => {
                Ok(Budget { name, scope, period, limit, thresholds, burn_limits: BurnLimits { fast, slow } })
            }
            _ => Err(mistakes),
        }
    }
}

fn noted<T>(mistakes: &mut Vec<Mistake>, field: &str, read: Result<T, String>) -> Option<T> {
    read.map_err(|expected| mistakes.push(Mistake::new(field, expected))).ok()
}

fn thresholds(text: &str) -> Result<Vec<u16>, String> {
    match text.trim() {
        "" => Ok(THRESHOLDS_BY_DEFAULT.to_vec()),
        NO_THRESHOLDS => Ok(Vec::new()),
        list => {
            let percents = list.split(',').map(fields::percent).collect::<Result<Vec<_>, _>>();
            let percents =
                percents.map_err(|_| format!("expected {} each, such as 50, 80, 100", fields::PERCENT_EXPECTED))?;
            fields::thresholds(percents)
        }
    }
}

fn burn_rate(text: &str, usual: i64) -> Result<i64, String> {
    if text.trim().is_empty() { Ok(usual) } else { fields::burn_rate(text) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::budget::{Period, Scope};
    use crate::cost::Dimension;

    fn a_draft() -> Draft {
        let [name, scope, period, limit_usd] = ["Acme", "tenant acme", "month", "40"].map(str::to_owned);
        Draft { name, scope, period, limit_usd, ..Draft::default() }
    }

    #[test]
    fn what_is_left_out_is_the_usual() {
        let budget = a_draft().read().unwrap();
        assert_eq!((budget.scope, budget.period), (Scope::One(Dimension::Tenant, "acme".into()), Period::Month));
        assert_eq!((budget.thresholds, budget.burn_limits), (vec![50, 80, 100], BurnLimits::default()));
    }

    #[test]
    fn every_mistake_is_named_with_its_field_and_what_was_expected() {
        let wrong = |text: &str| text.to_owned();
        let draft = Draft {
            name: wrong("!"),
            scope: wrong("tenant "),
            period: wrong("year"),
            limit_usd: wrong("$5"),
            thresholds: wrong("50, many"),
            burn_fast: wrong("0"),
            burn_slow: wrong("1.2345"),
        };
        let mistakes = draft.read().unwrap_err();
        let fields: Vec<_> = mistakes.iter().map(|mistake| mistake.field.as_str()).collect();
        assert_eq!(fields, ["name", "scope", "period", "limit_usd", "thresholds", "burn_fast", "burn_slow"]);
        assert_eq!(
            mistakes[3].to_string(),
            "`limit_usd`: expected an amount of US dollars above 0, such as 25000 or 0.5"
        );
        assert!(mistakes.iter().all(|mistake| mistake.expected.starts_with("expected ")), "{mistakes:?}");
    }

    #[test]
    fn what_is_shown_for_a_budget_reads_as_that_budget() {
        let text = |text: &str| text.to_owned();
        for draft in [
            a_draft(),
            Draft { scope: text("each user"), period: text("rolling 36h"), ..a_draft() },
            Draft { thresholds: text("none"), burn_fast: text("2.5"), burn_slow: text("0.125"), ..a_draft() },
            Draft { thresholds: text("90 %, 10%, 90"), limit_usd: text("0.000000000001"), ..a_draft() },
        ] {
            let budget = draft.read().unwrap();
            assert_eq!(Draft::of(&budget).read().unwrap(), budget);
        }
    }
}
