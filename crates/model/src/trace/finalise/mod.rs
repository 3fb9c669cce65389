//! What only the whole trace can tell: its root, depth, orphans, calls between services, miniature and split.
//!
//! `calls` says which edges a trace adds to the dependency map, `shape` draws its miniature. Both are functions of the
//! spans alone, so finalising a trace again gives the same answer.

use std::collections::BTreeMap;

use super::tree::{Origin, Tree};
use super::{Finalised, Skeleton};
use crate::usd::{Usd, UsdSum};

mod calls;
mod shape;

/// Everything a trace's row and edges need, from its spans in any order.
pub fn finalise(spans: &[Skeleton]) -> Finalised {
    let tree = Tree::of(spans);
    let root = tree.root().map(|root| &spans[tree.nodes()[root].span]);
    let orphans = tree.nodes().iter().filter(|node| matches!(node.origin, Origin::MissingParent(_))).count();
    let depth = tree.nodes().iter().map(|node| node.depth).max().unwrap_or(0);
    Finalised {
        root: root.map(|root| (root.service.clone(), root.name.clone())),
        tenant: root.and_then(|root| root.tenant.clone()).or_else(|| earliest_tenant(spans)),
        max_depth: i32::try_from(depth).unwrap_or(i32::MAX),
        orphans: i32::try_from(orphans).unwrap_or(i32::MAX),
        edges: calls::edges(spans, &tree),
        shape: shape::shape(spans, &tree),
        split: split(spans),
    }
}

/// The tenant of the earliest span that has one.
fn earliest_tenant(spans: &[Skeleton]) -> Option<String> {
    let owned = spans.iter().filter(|span| span.tenant.is_some());
    owned.min_by_key(|span| (span.start, span.span_id)).and_then(|span| span.tenant.clone())
}

/// Own cost by service, dearest first, ties by name; services without a known cost are left out.
fn split(spans: &[Skeleton]) -> Vec<(String, Usd)> {
    sum_by_service(spans.iter().filter_map(|span| Some((span.service.as_str(), span.cost?))))
}

/// The same of spans by service and cost.
pub(super) fn sum_by_service<'a>(costs: impl Iterator<Item = (&'a str, Usd)>) -> Vec<(String, Usd)> {
    let mut sums: BTreeMap<&str, UsdSum> = BTreeMap::new();
    for (service, cost) in costs {
        *sums.entry(service).or_default() += cost.into();
    }
    // A trace's total is kept as one `Usd`, so a part of it fits; past nine million dollars the end of the range stands in.
    let fit = |sum: UsdSum| Usd::from_pico(i64::try_from(sum.pico()).unwrap_or(i64::MAX));
    let mut split: Vec<_> = sums.into_iter().map(|(service, sum)| (service.to_owned(), fit(sum))).collect();
    split.sort_by_key(|(_, cost)| std::cmp::Reverse(*cost));
    split
}

#[cfg(test)]
mod tests;
