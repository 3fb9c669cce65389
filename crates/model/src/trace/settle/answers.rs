//! One answer of a model that several spans tell: two instrumentations of one program each make a span for the same call, side by side.
//!
//! What is below a span is told apart by the tree alone (`verdicts`); spans that stand beside each other are the same call only when
//! the provider gave the answer one id. Of equal tokens alone nobody can tell.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::Claim;
use crate::attribute::Attributes;
use crate::cost::CostSource;
use crate::ruling::Ruling;
use crate::trace::tree::Node;

/// Where instrumentations put the id of an answer (OpenTelemetry GenAI; Vercel AI SDK).
const ID_KEYS: [&str; 2] = ["gen_ai.response.id", "ai.response.id"];

/// An answer: the id its provider gave it, and the tokens that a span counts in it. It is nothing to keep: another release may make
/// other numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Answer(u64);

impl Answer {
    /// The answer that a span tells; `None` when it names none, or not how many tokens it took and gave.
    pub fn of(attributes: &Attributes, tokens: [Option<i64>; 2]) -> Option<Self> {
        let id = ID_KEYS.iter().find_map(|key| attributes.text(key))?;
        let [Some(tokens_in), Some(tokens_out)] = tokens else { return None };
        let mut hasher = DefaultHasher::new();
        (id, tokens_in, tokens_out).hash(&mut hasher);
        Some(Self(hasher.finish()))
    }
}

/// Which spans tell an answer that another one, which is neither above nor below, tells as well and counts; in their order.
pub(super) fn told_twice<K>(claims: &[Claim<K>], nodes: &[Node]) -> Vec<bool> {
    let mut twice = vec![false; claims.len()];
    // Places in `nodes` of the spans that tell an answer.
    let mut told: HashMap<Answer, Vec<usize>> = HashMap::new();
    for (position, node) in nodes.iter().enumerate() {
        let claim = &claims[node.span];
        if let Some(answer) = claim.answer.filter(|_| claim.has_usage && claim.ruling == Ruling::Default) {
            told.entry(answer).or_default().push(position);
        }
    }
    told.retain(|_, positions| positions.len() > 1);
    if told.is_empty() {
        return twice;
    }
    let ends = subtree_ends(nodes);
    // What is counted elsewhere says nothing here.
    let tells = |place: &usize| {
        let claim = &claims[nodes[*place].span];
        claim.has_usage && claim.ruling != Ruling::RolledUp
    };
    for positions in told.values() {
        // In pre-order the next one is below, if any is. Those above another are for the tree to judge.
        let is_above = |place: usize| positions.get(place + 1).is_some_and(|next| *next < ends[positions[place]]);
        let deepest = || (0..positions.len()).filter(|place| !is_above(*place)).map(|place| positions[place]);
        let counted = deepest().min_by_key(|&position| {
            let repeats = (position + 1..ends[position]).any(|below| tells(&below));
            (repeats, rank(&claims[nodes[position].span]))
        });
        deepest().filter(|position| Some(*position) != counted).for_each(|position| twice[nodes[position].span] = true);
    }
    twice
}

/// Which of the spans that tell an answer counts, unless it repeats what is below it: one that knows what it cost, as it was
/// reported, the first.
fn rank<K>(claim: &Claim<K>) -> impl Ord + use<K> {
    (claim.cost.is_none(), claim.source != CostSource::Reported, claim.start, claim.span_id)
}

/// Where the nodes below each end.
fn subtree_ends(nodes: &[Node]) -> Vec<usize> {
    let mut ends: Vec<usize> = (1..=nodes.len()).collect();
    // Backwards, so that everything below a node has been there.
    for position in (0..nodes.len()).rev() {
        if let Some(parent) = nodes[position].parent {
            ends[parent] = ends[parent].max(ends[position]);
        }
    }
    ends
}
