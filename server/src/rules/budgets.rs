//! `budgets.yaml`: what may be spent, by whom, over which time, and by one trace.
//!
//! ```yaml
//! trace_limit_usd: 0.01            # of every trace; `none` raises no alarm
//! budgets:
//!   - name: "Everything"
//!     scope: all                   # or `tenant acme`, `each tenant`; tenant, user, service, capability, model
//!     period: month                # or day, week, rolling 24h, rolling 30d
//!     limit_usd: 25000
//!     thresholds: [50, 80, 100]    # percent; these are the ones without it
//!     burn_rate: {fast: 14.4, slow: 3}
//! ```

use std::collections::HashSet;
use std::fmt;

use model::budget::fields::{self, BURN_EXPECTED, LIMIT_EXPECTED, PERCENT_EXPECTED, SCOPE_EXPECTED, ScopeError};
use model::budget::period::PeriodError;
use model::budget::rulebook::BUDGETS_MAX;
use model::budget::{BurnLimits, Period, Scope, THRESHOLDS_BY_DEFAULT, TRACE_LIMIT_BY_DEFAULT};
use model::{Usd, budget};
use serde::Deserialize;

use super::BUDGETS_FILE;
use super::reload::file::Sort;
use super::scalar::{Parsed, Scalar};

/// The file.
pub const BUDGETS: Sort<Budgets> = Sort {
    name: BUDGETS_FILE,
    noun: "budgets",
    none: "budgets: []",
    parse: |_, text| parse(text),
    count: |said| said.budgets.len(),
};

/// What the file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Budgets {
    /// The budgets, in the order of the file.
    pub budgets: Vec<budget::Budget>,
    /// What one trace may cost; `None` is as much as it likes.
    pub trace_limit: Option<Usd>,
}

impl Default for Budgets {
    /// No budget, and the documented limit of one trace.
    fn default() -> Self {
        Self { budgets: Vec::new(), trace_limit: Some(TRACE_LIMIT_BY_DEFAULT) }
    }
}

/// A line each, as `tracetab check-rules` shows them.
impl fmt::Display for Budgets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for budget in &self.budgets {
            writeln!(f, "{}  budget: {budget}", budget.name)?;
        }
        match self.trace_limit {
            Some(limit) => writeln!(f, "BUDGET ALARM  for every trace that costs more than {limit} USD"),
            None => writeln!(f, "BUDGET ALARM  for no trace"),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    trace_limit_usd: Option<Parsed<TraceLimit>>,
    #[serde(default)]
    budgets: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: Parsed<BudgetName>,
    scope: Parsed<Scope>,
    period: Parsed<Period>,
    limit_usd: Parsed<Limit>,
    thresholds: Option<Vec<Parsed<Percent>>>,
    #[serde(default)]
    burn_rate: BurnRate,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct BurnRate {
    fast: Option<Parsed<Thousandths>>,
    slow: Option<Parsed<Thousandths>>,
}

/// The budgets in `text`, or what is wrong with it, with line and column.
pub fn parse(text: &str) -> Result<Budgets, String> {
    let file: File = serde_norway::from_str(text).map_err(|error| error.to_string())?;
    if file.budgets.len() > BUDGETS_MAX {
        return Err(format!("{} budgets; expected at most {BUDGETS_MAX}", file.budgets.len()));
    }
    let budgets = file.budgets.into_iter().map(budget).collect::<Result<Vec<_>, _>>()?;
    let mut slugs = HashSet::new();
    match budgets.iter().find(|budget| !slugs.insert(budget.slug())) {
        Some(twice) => {
            Err(format!("two budgets are addressed as {:?}; expected every name once, whatever its case", twice.slug()))
        }
        None => {
            let trace_limit = file.trace_limit_usd.map_or(Some(TRACE_LIMIT_BY_DEFAULT), |limit| limit.0.0);
            Ok(Budgets { budgets, trace_limit })
        }
    }
}

fn budget(entry: Entry) -> Result<budget::Budget, String> {
    let name = entry.name.0.0;
    let thresholds = match entry.thresholds {
        Some(list) => list.into_iter().map(|percent| percent.0.0).collect(),
        None => THRESHOLDS_BY_DEFAULT.to_vec(),
    };
    let thresholds = fields::thresholds(thresholds).map_err(|why| format!("the budget {name:?} has {why}"))?;
    let usual = BurnLimits::default();
    let burn_limits = BurnLimits {
        fast: entry.burn_rate.fast.map_or(usual.fast, |rate| rate.0.0),
        slow: entry.burn_rate.slow.map_or(usual.slow, |rate| rate.0.0),
    };
    let (scope, period, limit) = (entry.scope.0, entry.period.0, entry.limit_usd.0.0);
    Ok(budget::Budget { name, scope, period, limit, thresholds, burn_limits })
}

struct BudgetName(String);

impl Scalar for BudgetName {
    const EXPECTED: &'static str = "a name";

    fn from_text(text: &str) -> Result<Self, String> {
        fields::name(text).map(Self)
    }
}

impl Scalar for Scope {
    const EXPECTED: &'static str = SCOPE_EXPECTED;

    fn from_text(text: &str) -> Result<Self, String> {
        text.parse().map_err(|error: ScopeError| error.to_string())
    }
}

impl Scalar for Period {
    const EXPECTED: &'static str = "a period: day, week, month, or a rolling window such as rolling 24h or rolling 30d";

    fn from_text(text: &str) -> Result<Self, String> {
        text.parse().map_err(|error: PeriodError| error.to_string())
    }
}

struct Limit(Usd);

impl Scalar for Limit {
    const EXPECTED: &'static str = LIMIT_EXPECTED;

    fn from_text(text: &str) -> Result<Self, String> {
        fields::limit(text).map(Self)
    }
}

struct TraceLimit(Option<Usd>);

impl Scalar for TraceLimit {
    const EXPECTED: &'static str = "an amount of US dollars above 0, such as 0.01, or none";

    fn from_text(text: &str) -> Result<Self, String> {
        if text.trim() == "none" {
            return Ok(Self(None));
        }
        fields::limit(text).map(|limit| Self(Some(limit))).map_err(|_| format!("expected {}", Self::EXPECTED))
    }
}

struct Percent(u16);

impl Scalar for Percent {
    const EXPECTED: &'static str = PERCENT_EXPECTED;

    fn from_text(text: &str) -> Result<Self, String> {
        fields::percent(text).map(Self)
    }
}

/// A rate of at most three decimals.
struct Thousandths(i64);

impl Scalar for Thousandths {
    const EXPECTED: &'static str = BURN_EXPECTED;

    fn from_text(text: &str) -> Result<Self, String> {
        fields::burn_rate(text).map(Self)
    }
}
