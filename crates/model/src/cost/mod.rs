//! What a span costs, how we know, and the totals pages and the API show.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

pub use self::balance::{Balance, Day, DaySum, Open};
pub use self::derived::{DerivedCost, Measure, PriceLine};
pub use self::drift::Drift;
pub use self::grouping::{Facet, Grouping};
pub use self::split::{Compared, Others, Owner, Split, SplitGroup, TraceSpend};
use crate::span::code_enum;
use crate::usd::{Usd, UsdSum};

mod balance;
mod derived;
pub mod drift;
pub mod grouping;
pub mod split;

code_enum! {
    /// How the counted cost of a span came about; the first that applies wins, in this order.
    CostSource {
        /// Nobody knows: not summed, shown as a dash.
        None = 0, "none";
        /// The client sent it on the span itself.
        Reported = 1, "reported";
        /// Tokens times the price book.
        Derived = 2, "derived";
        /// The base price table and formula of the cost model.
        Calculated = 3, "calculated";
    }
}

code_enum! {
    /// Whether what a span says it costs is counted.
    Verdict {
        /// It is the span's own.
        Own = 0, "own";
        /// It was reported, and is the sum of what the spans below it cost.
        RolledUp = 1, "rolled up";
        /// It follows from tokens that a span below it tells as well.
        Repeated = 2, "repeated";
        /// Whether spans below it tell the same is not known before the trace has been quiet.
        Pending = 3, "pending";
        /// Somebody has said that it is counted elsewhere.
        SetAside = 4, "set aside";
        /// A span beside it tells the same answer of the same model.
        ToldTwice = 5, "told twice";
    }
}

/// The cost of one span and everything needed to explain it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cost {
    /// What counts; `None` is unknown, never zero.
    pub usd: Option<Usd>,
    /// Whether what the span says is what counts.
    pub verdict: Verdict,
    /// What it says, when that is not what counts.
    pub claimed: Option<Usd>,
    /// Where it came from.
    pub source: CostSource,
    /// Words for people: the key it was reported under, what it was derived from, or why it is unknown.
    pub note: Option<String>,
    /// What the client reported.
    pub reported: Option<Usd>,
    /// What tokens times price say; kept beside a reported cost so both can be compared.
    pub derived: Option<DerivedCost>,
    /// A running total carried along (`accumulated_cost_usd`): a check value, never summed.
    pub accumulated: Option<Usd>,
}

impl Verdict {
    /// What counts of what a span says it costs. What is not its own is nothing; what is not known yet is unknown.
    pub const fn counted(self, said: Option<Usd>) -> Option<Usd> {
        match self {
            Self::Own => said,
            Self::RolledUp | Self::Repeated | Self::SetAside | Self::ToldTwice => Some(Usd::ZERO),
            Self::Pending => None,
        }
    }

    /// What is kept beside that of what a span says.
    pub const fn claimed(self, said: Option<Usd>) -> Option<Usd> {
        match self {
            Self::Own => None,
            _ => said,
        }
    }

    /// Why a cost is not counted, for people.
    pub const fn reason(self) -> Option<&'static str> {
        match self {
            Self::Own => None,
            Self::RolledUp => Some("rolled up, it is the sum of what the spans below it cost"),
            Self::Repeated => Some("not counted, spans below it tell the same tokens"),
            Self::SetAside => Some("not counted, an override says that it is counted elsewhere"),
            Self::ToldTwice => Some("not counted, another span tells the same answer of the model, by its response id"),
            Self::Pending => Some("not counted yet, the spans below it may tell the same tokens"),
        }
    }
}

impl Cost {
    /// What the span says it costs, counted or not.
    pub const fn said(&self) -> Option<Usd> {
        match self.verdict {
            Verdict::Own => self.usd,
            _ => self.claimed,
        }
    }

    /// Takes a verdict on what the span says.
    pub fn judge(&mut self, verdict: Verdict) {
        let said = self.said();
        self.verdict = verdict;
        (self.usd, self.claimed) = (verdict.counted(said), verdict.claimed(said));
    }

    /// How it came about, in a sentence for people; a reported cost is compared with tokens times price.
    pub fn explanation(&self) -> Option<String> {
        let note = match (self.claimed, self.verdict.reason()) {
            (Some(claimed), Some(reason)) => {
                let note = self.note.as_ref().map(|note| format!(", {note}")).unwrap_or_default();
                Some(format!("{claimed} USD{note}: {reason}"))
            }
            (None, Some(reason)) => Some(reason.to_owned()),
            (_, None) => self.note.clone(),
        };
        let (Some(reported), Some(derived)) = (self.reported, &self.derived) else { return note };
        let words = compare(reported, derived.usd);
        Some(note.map_or_else(|| words.clone(), |note| format!("{note}; {words}")))
    }
}

fn compare(reported: Usd, derived: Usd) -> String {
    let difference = |more: Usd, less: Usd| more.checked_sub(less).unwrap_or_default();
    match reported.cmp(&derived) {
        std::cmp::Ordering::Equal => "tokens times price give the same".to_owned(),
        std::cmp::Ordering::Greater => {
            format!("tokens times price give {derived} USD, {} less", difference(reported, derived))
        }
        std::cmp::Ordering::Less => {
            format!("tokens times price give {derived} USD, {} more", difference(derived, reported))
        }
    }
}

/// Tokens of a model call. `input` includes cached tokens and `output` includes reasoning (OpenTelemetry GenAI).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// All input tokens, cached ones included.
    pub input: Option<u64>,
    /// All output tokens, reasoning included.
    pub output: Option<u64>,
    /// Input tokens read from the provider's cache.
    pub cache_read: Option<u64>,
    /// Input tokens written to the provider's cache.
    pub cache_write: Option<u64>,
    /// Output tokens spent on reasoning.
    pub reasoning: Option<u64>,
    /// How inclusive counts were told from exclusive ones, when it had to be decided.
    pub note: Option<String>,
}

code_enum! {
    /// What a breakdown groups by; the numbers are those of `cost_rollup.dim`.
    Dimension {
        /// One line for everything.
        Total = 0, "total";
        /// By service.
        Service = 1, "service";
        /// By capability.
        Capability = 2, "capability";
        /// By model.
        Model = 3, "model";
        /// By user.
        User = 4, "user";
        /// By data class.
        DataTag = 5, "data_tag";
        /// By tenant; kept under dimension 0 of each tenant.
        Tenant = 6, "tenant";
    }
}

impl Dimension {
    /// The dimension a `group_by` parameter names.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|dimension| dimension.as_str() == text)
    }
}

/// Sums over some set of spans.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sums {
    /// Spans.
    pub spans: i64,
    /// Spans whose cost is known.
    pub priced_spans: i64,
    /// Failed spans.
    pub errors: i64,
    /// Known cost.
    pub cost: UsdSum,
    /// Input tokens.
    pub tokens_in: i64,
    /// Output tokens.
    pub tokens_out: i64,
}

/// Spend over a range, grouped by one dimension, dearest group first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Breakdown {
    /// What it is grouped by.
    pub by: Dimension,
    /// Width of a series bucket in seconds.
    pub bucket_seconds: i64,
    /// Start of every bucket, oldest first; the series of each group has one figure per entry.
    pub buckets: Vec<DateTime<Utc>>,
    /// Everything in range.
    pub total: Sums,
    /// Groups, dearest first; the one without a key is what nobody owns.
    pub groups: Vec<Group>,
}

/// One line of a [`Breakdown`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Name; `None` is unattributed.
    pub key: Option<String>,
    /// Sums over the range.
    pub sums: Sums,
    /// Cost per bucket, aligned with [`Breakdown::buckets`].
    pub series: Vec<UsdSum>,
}

// The macro that makes the enum cannot mark a variant as its default.
#[expect(clippy::derivable_impls, reason = "the variant is declared by a macro")]
impl Default for CostSource {
    fn default() -> Self {
        Self::None
    }
}

#[expect(clippy::derivable_impls, reason = "the variant is declared by a macro")]
impl Default for Verdict {
    fn default() -> Self {
        Self::Own
    }
}
