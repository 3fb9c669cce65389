//! Traces whose sender declared another total than their spans add up to, and what explains it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::TraceId;
use crate::review::{self, Entry};
use crate::usd::{PICO_PER_USD, Usd, UsdSum};

/// A trace whose declared total is not the sum of its spans.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drift {
    /// The trace, by its id as it was sent.
    pub trace_id: TraceId,
    /// The tenant in whose own space of ids it is; `None` in the shared one.
    pub own_space_of: Option<String>,
    /// The id it is kept under.
    pub kept: TraceId,
    /// What the sender declared.
    pub declared: Usd,
    /// What its spans add up to.
    pub calculated: Usd,
}

impl Drift {
    /// The sum of the spans less what was declared.
    pub fn difference(&self) -> UsdSum {
        UsdSum::from(self.calculated) - UsdSum::from(self.declared)
    }
}

/// A difference people care about, where they say nothing else: a tenth of a cent, as in the documented audit.
pub const TOLERANCE: Usd = Usd::from_pico(1_000_000_000);

/// What a review of the trace is kept under, by the id it is kept under itself.
pub fn subject(kept: TraceId) -> String {
    format!("trace/{kept}")
}

/// A line of the audit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditLine {
    /// The trace and its figures.
    pub drift: Drift,
    /// The operation of its root, else of nothing.
    pub operation: Option<String>,
    /// Its tenant.
    pub tenant: Option<String>,
    /// When it began.
    pub start: DateTime<Utc>,
    /// What its spans tell about it.
    pub facts: Facts,
    /// What people said about it, newest first.
    pub said: Vec<Entry>,
}

impl AuditLine {
    /// The acknowledgement in force.
    pub fn acknowledged(&self) -> Option<&Entry> {
        review::in_force(&self.said, self.drift.difference())
    }

    /// What explains the difference, as far as it can be told.
    pub fn reasons(&self) -> Vec<String> {
        self.facts.reasons(&self.drift)
    }
}

/// What the spans of a trace tell about a difference.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// Spans.
    pub spans: i64,
    /// Those of them whose cost nobody knows.
    pub unknown: i64,
    /// Those of them whose verdict waits for the trace to be quiet.
    pub pending: i64,
    /// Those of them whose parent never came; `None` before the trace was settled.
    pub orphans: Option<i32>,
    /// Spans whose reported cost is the sum of those below, and what they say together.
    pub rolled_up: (i64, UsdSum),
    /// Spans that tell tokens which spans below them tell as well, and what these would cost.
    pub repeated: (i64, UsdSum),
    /// The running total the root carries (`accumulated_cost_usd`), which should be that of the trace.
    pub accumulated: Option<Usd>,
}

impl Facts {
    /// What explains a difference, the surest first.
    pub fn reasons(&self, drift: &Drift) -> Vec<String> {
        let (declared, calculated) = (i128::from(drift.declared.pico()), i128::from(drift.calculated.pico()));
        let difference = calculated - declared;
        let mut reasons = Vec::new();
        let again = self.rolled_up.1.pico() + self.repeated.1.pico();
        if again > 0 && declared == calculated + again {
            reasons.push(format!(
                "exactly what {} say again of the spans below them",
                spans(self.rolled_up.0 + self.repeated.0)
            ));
        } else if again > 0 && difference < 0 {
            let count = spans(self.rolled_up.0 + self.repeated.0);
            reasons.push(format!(
                "{count} repeat {} USD of the spans below them, which counts once here",
                UsdSum::from_pico(again)
            ));
        }
        if let Some(decimals) = rounded_to(calculated, declared) {
            reasons.push(format!("the sender rounded to {decimals} decimals"));
        }
        if calculated > 0 && declared > 0 && declared % calculated == 0 && declared / calculated > 1 {
            reasons.push(format!("declared is exactly {} times the sum of the spans", declared / calculated));
        }
        if self.pending > 0 {
            reasons.push(format!("the verdict on {} is open", spans(self.pending)));
        }
        if let Some(orphans @ 1..) = self.orphans {
            reasons.push(format!("the parents of {} never came: spans are missing", spans(orphans.into())));
        }
        // What is not known can only be missing.
        if self.unknown > self.pending && difference < 0 {
            reasons.push(format!("the cost of {} is not known", spans(self.unknown - self.pending)));
        }
        reasons.extend(self.accumulated.map(|accumulated| running_total(accumulated, drift)));
        if reasons.is_empty() {
            reasons.push(if difference < 0 {
                "nothing here tells: the sender counts spans that did not come, or one id twice, which counts once here"
                    .into()
            } else {
                "nothing here tells: spans came that the sender did not count when it declared its total".into()
            });
        }
        reasons
    }
}

/// Whom the running total of the root agrees with.
fn running_total(accumulated: Usd, drift: &Drift) -> String {
    let words = "the running total of the root (accumulated_cost_usd)";
    if accumulated == drift.declared {
        format!("{words} is what was declared: the sender counted so itself")
    } else if accumulated == drift.calculated {
        format!("{words} is the sum of the spans: what was declared is not")
    } else {
        format!("{words} is yet another, {accumulated} USD")
    }
}

fn spans(count: i64) -> String {
    if count == 1 { "1 span".to_owned() } else { format!("{count} spans") }
}

/// The decimals to which `rounded` is `exact` rounded or cut, two or more; `None` when it is not.
fn rounded_to(exact: i128, rounded: i128) -> Option<u32> {
    let unit = |decimals: u32| i128::from(PICO_PER_USD) / 10_i128.pow(decimals);
    (2..=9).find(|decimals| {
        let unit = unit(*decimals);
        let cut = exact / unit * unit;
        let nearest = (exact + unit / 2) / unit * unit;
        (rounded == cut || rounded == nearest) && rounded != exact
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reasons(facts: Facts, declared: &str, calculated: &str) -> Vec<String> {
        let usd = |text: &str| text.parse::<Usd>().expect("an amount");
        let trace_id = TraceId::from_bytes(1_u128.to_be_bytes()).expect("an id");
        facts.reasons(&Drift {
            trace_id,
            own_space_of: None,
            kept: trace_id,
            declared: usd(declared),
            calculated: usd(calculated),
        })
    }

    #[test]
    fn a_sender_that_adds_roll_ups_up_again_is_found_out() {
        let rolled_up = (2, UsdSum::from_pico(20_000_000_000));
        let facts = Facts { spans: 5, rolled_up, ..Facts::default() };
        assert_eq!(reasons(facts, "0.05", "0.03"), ["exactly what 2 spans say again of the spans below them"]);
        assert!(reasons(facts, "0.06", "0.03")[0].starts_with("2 spans repeat 0.02 USD"));
    }

    #[test]
    fn rounding_doubling_missing_and_unknown_spans_are_told() {
        assert_eq!(reasons(Facts::default(), "0.02", "0.015"), ["the sender rounded to 2 decimals"]);
        assert_eq!(reasons(Facts::default(), "0.06", "0.03"), ["declared is exactly 2 times the sum of the spans"]);
        let facts = Facts { unknown: 3, pending: 1, orphans: Some(1), ..Facts::default() };
        assert_eq!(
            reasons(facts, "0.07", "0.031"),
            [
                "the verdict on 1 span is open",
                "the parents of 1 span never came: spans are missing",
                "the cost of 2 spans is not known",
            ]
        );
    }

    #[test]
    fn the_running_total_of_the_root_is_held_against_both() {
        let with = |accumulated: &str| {
            let facts = Facts { accumulated: accumulated.parse().ok(), ..Facts::default() };
            reasons(facts, "0.07", "0.031").remove(0)
        };
        assert!(with("0.07").ends_with("the sender counted so itself"));
        assert!(with("0.031").ends_with("what was declared is not"));
        assert!(with("0.05").ends_with("yet another, 0.05 USD"));
    }

    #[test]
    fn what_cannot_be_told_says_so() {
        assert!(reasons(Facts::default(), "0.07", "0.031")[0].contains("did not come"));
        assert!(reasons(Facts::default(), "0.031", "0.07")[0].contains("did not count"));
    }
}
