//! Owners, from the top down: a span that does not say itself is for whom the one above it is for.

use super::{Claim, Owner, Owners};
use crate::trace::tree::Node;

/// The owners of every span, in the order of the spans. Of what a span says itself and what comes from above, the more
/// specific counts; its own, when they are alike.
pub(super) fn inherit<K: Clone>(claims: &[Claim<K>], nodes: &[Node]) -> Vec<Owners<K>> {
    let mut settled: Vec<Owners<K>> = claims.iter().map(|claim| claim.owners.clone()).collect();
    // Parents come before their children.
    for node in nodes {
        let Some(parent) = node.parent.map(|parent| nodes[parent].span) else { continue };
        let above = settled[parent].clone();
        let own = &mut settled[node.span];
        pass_on(&above.tenant, &mut own.tenant);
        pass_on(&above.user, &mut own.user);
        pass_on(&above.capability, &mut own.capability);
    }
    settled
}

fn pass_on<K: Clone>(above: &Option<Owner<K>>, own: &mut Option<Owner<K>>) {
    let Some(above) = above else { return };
    if own.as_ref().is_none_or(|own| own.known.source < above.known.source) {
        *own = Some(Owner { key: above.key.clone(), known: above.known.passed_on() });
    }
}
