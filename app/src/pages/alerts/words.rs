//! An alert in words: what is measured, in which unit, against which limit.

use model::UsdSum;
use model::alert::query::owners::BudgetFigure;
use model::alert::query::spans::{self, Amount, Bound, By, Figure, SpanQuery};
use model::alert::query::{Measure, Query};
use model::alert::{Alert, Severity, State};

use crate::components::icon::Glyph;
use crate::format::{duration, money, number};

/// What an alert's rule looks at.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measured {
    /// Unit of [`Measured::value`] and [`Measured::limit`].
    pub unit: Unit,
    /// Name of the figure: `Highest trace`.
    pub name: &'static str,
    /// The figure itself; `None` when nothing has been measured.
    pub value: Option<f64>,
    /// What it is compared with.
    pub limit: f64,
    /// What it is a figure of.
    pub of: Of,
}

/// What a rule looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// Single traces, so that its count is a number of traces.
    Traces,
    /// What arrived in a window, or what was spent of a budget: something that is counted.
    Count,
    /// The spans that arrived in a window, and a figure of them.
    Spans {
        /// Whether less of it is worse.
        is_small: bool,
    },
    /// The sums of the books, and by how much they differ.
    Books,
    /// What somebody spends, and by how much it is over what is expected.
    Spend,
}

impl Measured {
    /// It is a budget's: a figure that goes on from period to period, not one of what arrived in a window.
    pub const fn is_of_a_budget(&self) -> bool {
        matches!(self.unit, Unit::Percent | Unit::Rate)
    }

    /// The rule looks at single traces.
    pub fn is_of_traces(&self) -> bool {
        self.of == Of::Traces
    }

    /// It looks at what arrived in its window; the books and whoever spends are looked at as they stand.
    pub fn has_window(&self) -> bool {
        matches!(self.of, Of::Traces | Of::Count | Of::Spans { .. })
    }

    /// It is told by its worst figure, not by how many there are.
    pub fn is_worst_figure(&self) -> bool {
        matches!(self.of, Of::Traces | Of::Spend | Of::Spans { .. })
    }
}

/// What a figure is measured in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Dollars.
    Usd,
    /// Nanoseconds.
    Nanos,
    /// Percents of a whole.
    Percent,
    /// A share of one.
    Share,
    /// Thousandths of a rate.
    Rate,
    /// Anything counted.
    Count,
}

impl Unit {
    /// The unit of a figure of spans.
    pub const fn of_figure(figure: Figure) -> Self {
        match figure.unit() {
            spans::Unit::Usd => Self::Usd,
            spans::Unit::Nanoseconds => Self::Nanos,
            spans::Unit::Rate => Self::Share,
            spans::Unit::Count => Self::Count,
        }
    }

    /// A figure in this unit.
    pub fn text(self, value: f64) -> String {
        match self {
            // Twelve decimals are all a double of this size can mean.
            Self::Usd => money::amount(UsdSum::from_f64(value)),
            Self::Nanos => duration::nanos(value as i64),
            Self::Percent => format!("{value:.0} %"),
            Self::Share => format!("{} %", (value * 1e4).round() / 1e2),
            Self::Rate => format!("{}×", value / 1e3),
            Self::Count => number::count(value as i64),
        }
    }

    /// A figure on an axis.
    pub fn axis(self, value: f64) -> String {
        match self {
            Self::Usd => money::axis(UsdSum::from_f64(value)),
            _ => self.text(value),
        }
    }
}

/// The rule's query; `None` when it is of a later release, which this one cannot read.
pub fn query(alert: &Alert) -> Option<Query> {
    alert.query_text.parse().ok()
}

/// What the rule of `alert` measures. A query of a later release, which this one cannot read, is shown by its count.
pub fn measured(alert: &Alert) -> Measured {
    let peak = alert.observation.peak;
    let counted = |name| Measured {
        unit: Unit::Count,
        name,
        value: Some(alert.observation.count as f64),
        limit: alert.threshold as f64,
        of: Of::Count,
    };
    let of_traces = |unit, name, limit| Measured { unit, name, value: peak, limit, of: Of::Traces };
    match query(alert) {
        Some(Query::TraceCost { limit, .. }) => of_traces(Unit::Usd, "Highest trace", limit.to_f64()),
        Some(Query::TraceMeasure { measure, limit, .. }) => {
            let (unit, name) = match measure {
                Measure::Depth => (Unit::Count, "Deepest trace"),
                Measure::DurationNs => (Unit::Nanos, "Slowest trace"),
                Measure::Spans => (Unit::Count, "Largest trace"),
                Measure::Errors => (Unit::Count, "Most failures in a trace"),
            };
            of_traces(unit, name, limit as f64)
        }
        Some(Query::Budget(query)) if query.figure == BudgetFigure::Spent => {
            Measured { unit: Unit::Percent, ..counted("Of the budget") }
        }
        Some(Query::Budget(_)) => Measured { unit: Unit::Rate, ..counted("Burn rate") },
        Some(Query::BooksDiffer) => {
            Measured { unit: Unit::Usd, name: "Largest difference", value: peak, limit: 0.0, of: Of::Books }
        }
        Some(Query::OddSpend(query)) => Measured {
            unit: Unit::Usd,
            name: "Over what is expected",
            value: peak,
            limit: query.sensitivity().excess_usd,
            of: Of::Spend,
        },
        Some(Query::OrphanSpans) => counted("Orphaned spans"),
        Some(Query::SpansWithoutCost) => counted("Spans without a cost"),
        Some(Query::Spans(query)) => of_spans(&query, alert),
        None => counted("Matches"),
    }
}

/// A figure of spans, against its own limit where it has one and else against the threshold.
fn of_spans(query: &SpanQuery, alert: &Alert) -> Measured {
    let unit = Unit::of_figure(query.figure);
    let name = match (query.figure, &query.by) {
        (_, By::Trace) => "Highest trace",
        (Figure::Spans, _) => "Spans",
        (Figure::Traces, _) => "Traces",
        (Figure::Errors, _) => "Errors",
        (Figure::ErrorRate, _) => "Error rate",
        (Figure::Sum(Amount::Cost), _) => "Spent",
        (Figure::Sum(_), _) => "Tokens",
        (Figure::Max(_), _) => "Highest span",
        (Figure::Mean(_), _) => "Mean of spans",
        (Figure::Percentile(_), _) => "Percentile",
    };
    let limit = query.bound.map_or(alert.threshold as f64, |bound| query.figure.to_people(bound.limit.into()));
    let is_small = query.bound.is_some_and(Bound::looks_for_small);
    let of = if query.by == By::Trace { Of::Traces } else { Of::Spans { is_small } };
    Measured { unit, name, value: alert.observation.peak, limit, of }
}

/// The figure of the last window that had one; how many there were at most when none had.
pub fn value(alert: &Alert) -> String {
    let measured = measured(alert);
    match measured.value {
        Some(value) => measured.unit.text(value),
        None => format!("{} at most", number::count(alert.peak_count)),
    }
}

/// The limit it is over, with the window for counts: `$0.10`, `1,000 in 10 min`.
pub fn limit(alert: &Alert) -> String {
    let measured = measured(alert);
    let limit = measured.unit.axis(measured.limit);
    match measured.of {
        Of::Count | Of::Spans { .. } if !measured.is_of_a_budget() => {
            format!("{limit} in {}", duration::width(alert.window_seconds))
        }
        _ => limit,
    }
}

/// On which side of the limit it is.
pub fn side(alert: &Alert) -> &'static str {
    match measured(alert).of {
        Of::Spans { is_small: true } => "under",
        _ => "over",
    }
}

/// Who or what is behind most of it, without the ids of traces and spans: the evidence leads there.
pub fn labels(alert: &Alert) -> impl Iterator<Item = &(String, String)> {
    alert.observation.labels.iter().filter(|(name, _)| !["trace", "span"].contains(&name.as_str()))
}

/// The same as one line.
pub fn who(alert: &Alert) -> String {
    let names: Vec<&str> = labels(alert).map(|(_, value)| value.as_str()).collect();
    if names.is_empty() { "everything".into() } else { names.join(" · ") }
}

/// The sign of a severity; over is over.
pub const fn glyph(alert: &Alert) -> Glyph {
    match (alert.state, alert.severity) {
        (State::Resolved, _) => Glyph::Ok,
        (_, Severity::Critical) => Glyph::Error,
        _ => Glyph::Warn,
    }
}

/// The colours of a state: what is held is no longer red.
pub const fn state_tone(alert: &Alert) -> &'static str {
    match alert.state {
        State::Acknowledged | State::Snoozed => "warn",
        State::Firing | State::Pending | State::Resolved => tone(alert),
    }
}

/// The class of a severity's colours.
pub const fn tone(alert: &Alert) -> &'static str {
    match (alert.state, alert.severity) {
        (State::Resolved, _) => "res",
        (_, Severity::Critical) => "crit",
        _ => "warn",
    }
}
