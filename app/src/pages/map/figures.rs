//! Figures of nodes and edges as words, and the steps of the colour scales.

use model::UsdSum;
use model::dependency::{Node, NodeKind};

use super::links::ColourBy;
use crate::components::icon::Glyph;
use crate::format::number;

/// Dollars per hour from which a node is one step darker.
const COST_STEPS: [f64; 6] = [0.02, 0.2, 1.0, 4.0, 10.0, 20.0];

/// Milliseconds of the 95th percentile from which a node is one step darker.
const LATENCY_STEPS: [f64; 6] = [20.0, 100.0, 500.0, 2_000.0, 5_000.0, 20_000.0];

/// Shares of failed calls from which a node is one step darker.
const ERROR_STEPS: [f64; 6] = [0.001, 0.005, 0.01, 0.03, 0.1, 0.3];

/// The step of the colour scale a node has, 0 to 6.
pub fn heat(node: &Node, by: ColourBy, minutes: f64) -> u8 {
    let (value, steps) = match by {
        ColourBy::Cost => (dollars_per_hour(node.cost, minutes), COST_STEPS),
        ColourBy::Latency => (node.p95_ms.unwrap_or(0.0), LATENCY_STEPS),
        ColourBy::Errors => (error_share(node.errors, node.calls), ERROR_STEPS),
    };
    steps.iter().filter(|step| value >= **step).count() as u8
}

/// What both ends of the colour scale mean.
pub const fn scale_words(by: ColourBy) -> (&'static str, &'static str) {
    match by {
        ColourBy::Cost => ("Cost per hour", "$0.02 to $20+"),
        ColourBy::Latency => ("p95", "20 ms to 20 s+"),
        ColourBy::Errors => ("Errors", "0.1% to 30%+"),
    }
}

/// For the colour scale only; what is shown comes from the exact sum.
fn dollars_per_hour(cost: UsdSum, minutes: f64) -> f64 {
    cost.to_f64() / minutes * 60.0
}

/// Share of calls that failed.
pub fn error_share(errors: i64, calls: i64) -> f64 {
    number::share(i128::from(errors), i128::from(calls))
}

/// Calls as a rate: per minute, or per hour where that would be next to nothing.
pub fn rate(calls: i64, minutes: f64) -> String {
    let per_minute = calls as f64 / minutes;
    if per_minute >= 0.1 || calls == 0 {
        format!("{}/min", number::rate(per_minute))
    } else {
        format!("{}/h", number::rate(per_minute * 60.0))
    }
}

/// The icon of a sort of node.
pub const fn glyph(kind: NodeKind) -> Glyph {
    match kind {
        NodeKind::Service => Glyph::Server,
        NodeKind::Client => Glyph::Browser,
        NodeKind::Database => Glyph::Database,
        NodeKind::Queue => Glyph::Queue,
        NodeKind::Provider => Glyph::Model,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(cost_dollars: i64, p95_ms: f64, errors: i64) -> Node {
        Node {
            name: "shop".to_owned(),
            kind: NodeKind::Service,
            cost: UsdSum::from_f64(cost_dollars as f64),
            p50_ms: None,
            p95_ms: Some(p95_ms),
            calls: 100,
            errors,
        }
    }

    #[test]
    fn the_dearest_the_slowest_and_the_worst_are_darkest() {
        assert_eq!(heat(&node(25, 0.0, 0), ColourBy::Cost, 60.0), 6);
        assert_eq!(heat(&node(25, 0.0, 0), ColourBy::Cost, 60.0 * 24.0), 3);
        assert_eq!(heat(&node(0, 450.0, 0), ColourBy::Latency, 60.0), 2);
        assert_eq!(heat(&node(0, 0.0, 40), ColourBy::Errors, 60.0), 6);
        assert_eq!(heat(&node(0, 0.0, 0), ColourBy::Errors, 60.0), 0);
    }

    #[test]
    fn a_rate_is_never_next_to_nothing() {
        assert_eq!(rate(120, 60.0), "2/min");
        assert_eq!(rate(3, 60.0), "3/h");
        assert_eq!(rate(0, 60.0), "0/min");
    }
}
