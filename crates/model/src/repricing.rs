//! Pricing stored calls again: what was asked, how far it is, what it would change and what it has changed.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::cost::{Cost, DerivedCost, Verdict};
use crate::span::code_enum;
use crate::time::TimeRange;
use crate::usd::{Usd, UsdSum};

code_enum! {
    /// How far it is.
    State {
        /// Calls are being looked at; nothing is written to them.
        Looking = 0, "looking";
        /// What would change is known, and can be applied.
        Ready = 1, "ready";
        /// The changes are being written.
        Applying = 2, "applying";
        /// They are written.
        Applied = 3, "applied";
        /// Another one was asked for before it was applied.
        Replaced = 4, "replaced";
        /// It could not be finished; the problem says why.
        Failed = 5, "failed";
    }
}

impl State {
    /// Whether the server works on it.
    pub const fn is_under_way(self) -> bool {
        matches!(self, Self::Looking | Self::Applying)
    }
}

/// Which calls are priced again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// Those that began in this time.
    pub range: TimeRange,
    /// Only those of this tenant.
    pub tenant: Option<String>,
    /// Only those of this model.
    pub model: Option<String>,
}

/// What calls cost before and after, as far as it counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Calls looked at.
    pub calls: i64,
    /// Those whose counted cost is another one.
    pub changed: i64,
    /// Calls whose cost nobody knows as stored.
    pub unpriced_before: i64,
    /// Calls whose cost nobody would know.
    pub unpriced_after: i64,
    /// What they cost as stored.
    pub before: UsdSum,
    /// What they would cost.
    pub after: UsdSum,
    /// Calls that have been changed.
    pub applied: i64,
    /// What that added to the books.
    pub moved: UsdSum,
}

impl Change {
    /// What a call says it costs, now and then. What a verdict does not count moves no money.
    pub fn of_call(verdict: Verdict, before: Option<Usd>, after: Option<Usd>) -> Self {
        let unpriced = |said: Option<Usd>| i64::from(verdict == Verdict::Own && said.is_none());
        let counted = |said| verdict.counted(said);
        let sum = |usd: Option<Usd>| usd.map_or(UsdSum::ZERO, UsdSum::from);
        Self {
            calls: 1,
            changed: i64::from(counted(before) != counted(after)),
            unpriced_before: unpriced(before),
            unpriced_after: unpriced(after),
            before: sum(counted(before)),
            after: sum(counted(after)),
            applied: 0,
            moved: UsdSum::ZERO,
        }
    }

    /// What it makes dearer; negative is cheaper.
    pub fn difference(&self) -> UsdSum {
        self.after - self.before
    }
}

impl std::ops::AddAssign for Change {
    fn add_assign(&mut self, other: Self) {
        self.calls += other.calls;
        self.changed += other.changed;
        self.unpriced_before += other.unpriced_before;
        self.unpriced_after += other.unpriced_after;
        self.before += other.before;
        self.after += other.after;
        self.applied += other.applied;
        self.moved += other.moved;
    }
}

/// Whether a call has to be written for its cost to be as `new` says. The same lines under another revision are the same cost: what
/// a file says of other models does not touch it.
pub fn differs(stored: &Cost, new: &Cost) -> bool {
    let lines = |cost: &Cost| cost.derived.as_ref().map(|derived: &DerivedCost| derived.lines.clone());
    stored.said() != new.said() || stored.source != new.source || lines(stored) != lines(new)
}

/// One line of what would change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Who pays; `None` is unattributed.
    pub tenant: Option<String>,
    /// Who serves the model; `None` when nobody said.
    pub provider: Option<String>,
    /// The model.
    pub model: String,
    /// What changes.
    pub change: Change,
}

/// One time that calls were priced again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// Its number.
    pub id: i64,
    /// How far it is.
    pub state: State,
    /// Which calls.
    pub scope: Scope,
    /// Which prices: all that were in force.
    pub revision: String,
    /// When it was asked for; spans that came later are no part of it.
    pub started_at: DateTime<Utc>,
    /// When all calls had been looked at.
    pub looked_at: Option<DateTime<Utc>>,
    /// Calls there are to look at; `None` until they are counted.
    pub calls: Option<i64>,
    /// Calls looked at.
    pub looked: i64,
    /// Calls to be changed, those whose cost is counted elsewhere included.
    pub changes: i64,
    /// Why it failed.
    pub problem: Option<String>,
    /// Who applied it, why and when.
    pub application: Option<Application>,
    /// The sum of its lines.
    pub total: Change,
}

/// That a run was applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Application {
    /// Who did.
    pub by: String,
    /// Why, in their words.
    pub note: String,
    /// When they did.
    pub at: DateTime<Utc>,
    /// When the last call was changed.
    pub finished_at: Option<DateTime<Utc>>,
    /// Calls changed so far.
    pub applied: i64,
    /// Calls that had changed since they were looked at, or were gone: they stay as they are.
    pub skipped: i64,
}

/// Why a run cannot be applied.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CannotApply {
    /// It is not waiting for that.
    #[error("it is {0}; only one that is ready can be applied")]
    NotReady(State),
    /// There is nothing to do.
    #[error("nothing would change")]
    NothingToChange,
    /// What was looked at is not what is in force.
    #[error("the prices have changed since it was looked at: they are {0} now; look again")]
    PricesChanged(String),
}

impl Run {
    /// Whether it can be applied while these prices are in force.
    pub fn can_apply(&self, in_force: &str) -> Result<(), CannotApply> {
        if self.state != State::Ready {
            return Err(CannotApply::NotReady(self.state));
        }
        if self.changes == 0 {
            return Err(CannotApply::NothingToChange);
        }
        if self.revision != in_force {
            return Err(CannotApply::PricesChanged(in_force.to_owned()));
        }
        Ok(())
    }

    /// How far the work that is under way is: of how many calls.
    pub fn progress(&self) -> (i64, Option<i64>) {
        match (self.state, &self.application) {
            (State::Applying, Some(application)) => (application.applied + application.skipped, Some(self.changes)),
            _ => (self.looked, self.calls),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cost::{CostSource, PriceLine};

    fn usd(text: &str) -> Option<Usd> {
        text.parse().ok()
    }

    #[test]
    fn only_what_is_counted_moves() {
        let mut sum = Change::of_call(Verdict::Own, None, usd("0"));
        sum += Change::of_call(Verdict::Own, usd("2"), None);
        sum += Change::of_call(Verdict::Own, usd("1"), usd("0.5"));
        sum += Change::of_call(Verdict::Repeated, usd("7"), usd("9"));
        sum += Change::of_call(Verdict::Pending, None, usd("9"));
        assert_eq!([sum.before, sum.after, sum.difference()].map(|sum| sum.to_string()), ["3", "0.5", "-2.5"]);
        assert_eq!((sum.calls, sum.changed, sum.unpriced_before, sum.unpriced_after), (5, 3, 1, 1));
    }

    fn derived(per_million: &str, revision: &str) -> Cost {
        let line = PriceLine::new("Input", 1_000, usd(per_million).unwrap()).unwrap();
        let derived = DerivedCost::new(vec![line], revision).unwrap();
        Cost { usd: Some(derived.usd), source: CostSource::Derived, derived: Some(derived), ..Cost::default() }
    }

    #[test]
    fn the_same_lines_under_another_revision_are_the_same_cost() {
        assert!(!differs(&derived("2", "prices.yaml 1"), &derived("2", "prices.yaml 2")));
        assert!(differs(&derived("2", "prices.yaml 1"), &derived("3", "prices.yaml 2")));
        let mut repeated = derived("2", "prices.yaml 1");
        repeated.judge(Verdict::Repeated);
        assert!(!differs(&repeated, &derived("2", "prices.yaml 2")), "a verdict is no difference");
        assert!(differs(&Cost::default(), &derived("2", "prices.yaml 1")));
    }
}
