//! Verdicts, from the bottom up: a cost that repeats what is below it is not counted again.

use super::{Claim, Sight};
use crate::cost::{CostSource, Verdict};
use crate::trace::tree::Node;
use crate::usd::{Usd, UsdSum};

/// A reported cost is that of what is below when it differs by no more than one part in so many: 2 %, since clients round.
const PART_OFF_MAX: i128 = 50;

/// What is below a span.
#[derive(Clone, Default)]
struct Below {
    /// Costs that count; `None` when none is known.
    cost: Option<UsdSum>,
    /// Some span tells tokens of a model.
    has_usage: bool,
}

/// The verdict on every span, in the order of the spans.
pub(super) fn of<K>(claims: &[Claim<K>], nodes: &[Node], sight: Sight) -> Vec<Verdict> {
    let mut verdicts = vec![Verdict::Own; claims.len()];
    let mut below = vec![Below::default(); nodes.len()];
    // Backwards, so that everything below a node has been there.
    for position in (0..nodes.len()).rev() {
        let (node, claim) = (&nodes[position], &claims[nodes[position].span]);
        let verdict = verdict(claim, &below[position], sight);
        verdicts[node.span] = verdict;
        let Some(parent) = node.parent else { continue };
        let counted = claim.cost.filter(|_| verdict == Verdict::Own).map(UsdSum::from);
        let (cost, has_usage) = (sum(below[position].cost, counted), below[position].has_usage || claim.has_usage);
        below[parent].cost = sum(below[parent].cost, cost);
        below[parent].has_usage |= has_usage;
    }
    verdicts
}

fn verdict<K>(claim: &Claim<K>, below: &Below, sight: Sight) -> Verdict {
    let Some(cost) = claim.cost else { return Verdict::Own };
    let repeats = match claim.source {
        CostSource::Derived if below.has_usage => Some(Verdict::Repeated),
        CostSource::Reported if below.cost.is_some_and(|below| is_about(cost, below)) => Some(Verdict::RolledUp),
        _ => None,
    };
    // Whose tokens a group tells is known only once those below it have come or have not.
    let is_open = claim.is_group && sight == Sight::Part && claim.source != CostSource::Calculated;
    repeats.unwrap_or(if is_open { Verdict::Pending } else { Verdict::Own })
}

/// Whether a cost is that of what is below. What is free says nothing.
fn is_about(cost: Usd, below: UsdSum) -> bool {
    let (cost, below) = (i128::from(cost.pico()), below.pico());
    below > 0 && (cost - below).abs().saturating_mul(PART_OFF_MAX) <= below
}

/// The sum of what is known.
fn sum(left: Option<UsdSum>, right: Option<UsdSum>) -> Option<UsdSum> {
    match (left, right) {
        (Some(left), Some(right)) => Some(left + right),
        (known, None) | (None, known) => known,
    }
}
