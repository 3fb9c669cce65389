//! What drove an alert: what the traces behind it do more of, or pay more for, than traces like them, and whose spend went up.
//!
//! Dollars are `f64` here, per trace or for judging; nothing of it is ever booked.

use serde::{Deserialize, Serialize};

use crate::cost::Dimension;

/// A figure that changed by less than this share is unchanged.
const UNCHANGED_SHARE: f64 = 0.1;

/// What the traces behind an alert do, each, against what such traces do ordinarily.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Drivers {
    /// Traces behind the alert that were looked at.
    pub traces: i64,
    /// Ordinary traces with the same root that they are held against.
    pub ordinary: i64,
    /// Where those are from.
    pub against: Against,
    /// What costs more than ordinarily, by service, operation and model; the most first.
    pub operations: Vec<Driver>,
}

/// What is ordinary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Against {
    /// The same hour of the last four weeks.
    SameHour,
    /// The day before, where the weeks have too little.
    DayBefore,
}

/// One operation of these traces.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Driver {
    /// The service.
    pub service: String,
    /// The operation.
    pub operation: String,
    /// The model that is called, if one is.
    pub model: Option<String>,
    /// In a trace behind the alert.
    pub now: Spend,
    /// In an ordinary one.
    pub usual: Spend,
}

/// Whose spend went up, of all that a tenant spent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// What it is.
    pub dimension: Dimension,
    /// Its name; `None` is what has none.
    pub key: Option<String>,
    /// Since the alert.
    pub now: Spend,
    /// In as long a time ordinarily.
    pub usual: Spend,
}

/// Calls that cost something, and what they cost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Spend {
    /// How many; of traces, on average.
    pub calls: f64,
    /// Dollars for all of them.
    pub usd: f64,
}

/// Why something costs more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It is ordinarily not there.
    New,
    /// It is called more often.
    Calls,
    /// A call is dearer.
    Price,
    /// Neither changed by much.
    Neither,
}

impl Spend {
    /// Dollars of one call.
    pub fn price(&self) -> f64 {
        if self.calls > 0.0 { self.usd / self.calls } else { 0.0 }
    }

    /// Dollars over what is usual.
    pub fn over(&self, usual: &Self) -> f64 {
        self.usd - usual.usd
    }

    /// Why it is more than usual: what more calls cost at the usual price against what dearer calls add.
    pub fn change(&self, usual: &Self) -> Change {
        if usual.calls <= 0.0 {
            return Change::New;
        }
        let by_calls = (self.calls - usual.calls) * usual.price();
        let by_price = (self.price() - usual.price()) * self.calls;
        let grew = |now: f64, before: f64| now > before * (1.0 + UNCHANGED_SHARE);
        match (grew(self.calls, usual.calls), grew(self.price(), usual.price())) {
            (true, true) if by_price > by_calls => Change::Price,
            (true, _) => Change::Calls,
            (false, true) => Change::Price,
            (false, false) => Change::Neither,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const fn spend(calls: f64, usd: f64) -> Spend {
        Spend { calls, usd }
    }

    #[test]
    fn more_calls_dearer_calls_and_new_calls_are_told_apart() {
        let usual = spend(4.0, 0.04);
        assert_eq!(spend(16.0, 0.16).change(&usual), Change::Calls);
        assert_eq!(spend(4.0, 0.16).change(&usual), Change::Price);
        assert_eq!(spend(5.0, 0.20).change(&usual), Change::Price, "a call more, at four times the price");
        assert_eq!(spend(4.2, 0.043).change(&usual), Change::Neither);
        assert_eq!(spend(1.0, 0.01).change(&Spend::default()), Change::New);
    }

    proptest! {
        #[test]
        fn whatever_costs_much_more_says_why(calls in 1.0..1e4_f64, price in 1e-6..1e2_f64, more in 1.3..50.0_f64, share in 0.0..1.0_f64) {
            let usual = spend(calls, calls * price);
            let by_calls = more.powf(share);
            let now = spend(calls * by_calls, calls * price * more);
            prop_assert!(now.over(&usual) > 0.0);
            prop_assert!(matches!(now.change(&usual), Change::Calls | Change::Price));
        }
    }
}
