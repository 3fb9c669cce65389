//! Verdicts, from the bottom up: a cost that repeats what is below it is not counted again.

use super::{Claim, Sight, answers};
use crate::cost::{CostSource, Verdict};
use crate::ruling::Ruling;
use crate::trace::tree::Node;
use crate::usd::{Usd, UsdSum};

/// The cost that a group reports is that of what is below when it differs by no more than one part in so many: 2 %, since
/// clients round.
const PART_OFF_MAX: i128 = 50;

/// Spans that group nothing have costs of their own, and now and then such a cost is like the sum of others: with 2 %, traces
/// of ten random costs in a row lost 12 % of their money. Theirs is a sum only when it is exact, to the pico-dollar that each
/// part may have been rounded by, and of several costs: services in a row often report the same.
const PARTS_MIN: usize = 2;

/// What is below a span.
#[derive(Clone, Default)]
struct Below {
    /// Costs that count.
    cost: UsdSum,
    /// How many they are.
    parts: usize,
    /// Some span tells tokens of a model.
    has_usage: bool,
}

/// The verdict on every span, in the order of the spans.
pub(super) fn of<K>(claims: &[Claim<K>], nodes: &[Node], sight: Sight) -> Vec<Verdict> {
    let mut verdicts = vec![Verdict::Own; claims.len()];
    let mut below = vec![Below::default(); nodes.len()];
    let told_twice = answers::told_twice(claims, nodes);
    // Backwards, so that everything below a node has been there.
    for position in (0..nodes.len()).rev() {
        let (node, claim) = (&nodes[position], &claims[nodes[position].span]);
        let verdict = match told_twice[node.span] {
            true => Verdict::ToldTwice,
            false => verdict(claim, &below[position], sight),
        };
        verdicts[node.span] = verdict;
        let Some(parent) = node.parent else { continue };
        let mut subtree = below[position].clone();
        if let Some(cost) = claim.cost.filter(|_| verdict == Verdict::Own) {
            subtree.cost += cost.into();
            subtree.parts += usize::from(cost > Usd::ZERO);
        }
        let parent = &mut below[parent];
        parent.cost += subtree.cost;
        parent.parts += subtree.parts;
        // What is counted elsewhere says nothing here: else nobody would count what only it and those above it tell.
        parent.has_usage |= subtree.has_usage || (claim.has_usage && verdict != Verdict::SetAside);
    }
    verdicts
}

fn verdict<K>(claim: &Claim<K>, below: &Below, sight: Sight) -> Verdict {
    if claim.cost.is_none() && !claim.has_usage {
        return Verdict::Own;
    }
    match claim.ruling {
        Ruling::Own => return Verdict::Own,
        Ruling::RolledUp => return Verdict::SetAside,
        Ruling::Default => {}
    }
    // Tokens that have no price repeat others as well as those that have one.
    let repeats = match (claim.source, claim.cost) {
        (CostSource::Derived | CostSource::None, _) if claim.has_usage && below.has_usage => Some(Verdict::Repeated),
        (CostSource::Reported, Some(cost)) if is_sum(cost, claim.is_group, below) => Some(Verdict::RolledUp),
        _ => None,
    };
    // Whose cost a group tells is known only once those below it have come or have not.
    let is_told = claim.source == CostSource::Calculated || below.parts > 0;
    let is_open = claim.is_group && sight == Sight::Part && !is_told;
    repeats.unwrap_or(if is_open { Verdict::Pending } else { Verdict::Own })
}

/// Whether a reported cost is that of what is below. What is free says nothing.
fn is_sum(cost: Usd, is_group: bool, below: &Below) -> bool {
    let (cost, sum) = (i128::from(cost.pico()), below.cost.pico());
    let off = (cost - sum).abs();
    let is_about = is_group && off.saturating_mul(PART_OFF_MAX) <= sum;
    // As many as memory holds fits.
    let is_exact = below.parts >= PARTS_MIN && off <= below.parts as i128;
    sum > 0 && (is_about || is_exact)
}
