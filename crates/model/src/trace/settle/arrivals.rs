//! What is known in the end does not depend on how the spans came: in which order, split how, settled how often in between.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::tests::a_trace;
use super::*;
use crate::usd::UsdSum;

/// What counts, by the user who pays for it.
type Books = BTreeMap<Option<u64>, UsdSum>;

/// A span as it is kept: what it was settled to, and beside it what that does not tell.
#[derive(Debug, Clone)]
struct Kept {
    claim: Claim<u64>,
    settled: Settled<u64>,
}

impl Kept {
    /// What it says itself, as far as that can be told from what is kept: an owner it inherited stands in place of its own.
    fn claim(&self) -> Claim<u64> {
        let (claim, settled) = (&self.claim, &self.settled);
        let own = |owner: Option<Owner<u64>>| owner.filter(|owner| !owner.known.inherited);
        let said = match settled.verdict {
            Verdict::Own => settled.verdict.counted(claim.cost),
            verdict => verdict.claimed(claim.cost),
        };
        let Owners { tenant, user, capability } = settled.owners;
        let owners = Owners { tenant: own(tenant), user: own(user), capability: own(capability) };
        Claim { owners, cost: said, ..claim.clone() }
    }

    fn book(&self, books: &mut Books, sign: i128) {
        let counted = UsdSum::from(self.settled.verdict.counted(self.claim.cost).unwrap_or_default());
        *books.entry(self.settled.owners.user.map(|owner| owner.key)).or_default() +=
            UsdSum::from_pico(sign * counted.pico());
    }
}

/// A request, and whether the trace is quiet long enough after it to be settled as a whole.
#[derive(Debug, Clone)]
struct Request {
    claims: Vec<Claim<u64>>,
    then_quiet: bool,
}

/// The books after these requests: every change is booked as what it adds to what was there.
fn books_of(requests: &[Request]) -> Books {
    let (mut kept, mut books) = (Vec::<Kept>::new(), Books::new());
    for request in requests {
        let settled = settle(&request.claims, Sight::Part);
        for (claim, settled) in request.claims.iter().zip(settled) {
            // The first version of a span wins.
            if kept.iter().all(|kept| kept.claim.span_id != claim.span_id) {
                kept.push(Kept { claim: claim.clone(), settled });
                kept[kept.len() - 1].book(&mut books, 1);
            }
        }
        if request.then_quiet {
            settle_whole(&mut kept, &mut books);
        }
    }
    settle_whole(&mut kept, &mut books);
    books.retain(|_, sum| *sum != UsdSum::ZERO);
    books
}

fn settle_whole(kept: &mut [Kept], books: &mut Books) {
    let claims: Vec<Claim<u64>> = kept.iter().map(Kept::claim).collect();
    for (kept, settled) in kept.iter_mut().zip(settle(&claims, Sight::Whole)) {
        kept.book(books, -1);
        kept.settled = settled;
        kept.book(books, 1);
    }
}

/// A trace, and two ways in which it may come: any order, any requests, some spans more than once.
fn two_ways() -> impl Strategy<Value = (Vec<Claim<u64>>, [Vec<Request>; 2])> {
    a_trace().prop_flat_map(|trace| {
        let (one, other) = (a_way(&trace), a_way(&trace));
        (Just(trace), [one, other])
    })
}

fn a_way(trace: &[Claim<u64>]) -> impl Strategy<Value = Vec<Request>> + use<> {
    let twice: Vec<Claim<u64>> = trace.iter().chain(trace).cloned().collect();
    let count = twice.len();
    let ends = prop::collection::vec((any::<bool>(), any::<bool>()), count);
    (Just(twice).prop_shuffle(), ends).prop_map(|(claims, ends)| {
        let mut requests = vec![Request { claims: Vec::new(), then_quiet: false }];
        for (claim, (ends, then_quiet)) in claims.into_iter().zip(ends) {
            if let Some(request) = requests.last_mut() {
                request.claims.push(claim);
                request.then_quiet = then_quiet;
            }
            if ends {
                requests.push(Request { claims: Vec::new(), then_quiet: false });
            }
        }
        requests
    })
}

/// The trace with no parents that lead back to themselves: each span is caused by one with a lower number, or by none that came.
fn without_circles(trace: &[Claim<u64>]) -> Vec<Claim<u64>> {
    let is_above = |claim: &Claim<u64>| claim.parent_span_id.is_some_and(|parent| parent < claim.span_id);
    let one = |claim: &Claim<u64>| Claim {
        parent_span_id: claim.parent_span_id.filter(|_| is_above(claim)),
        ..claim.clone()
    };
    trace.iter().map(one).collect()
}

fn straight(requests: &[Request]) -> Vec<Request> {
    requests.iter().map(|request| Request { claims: without_circles(&request.claims), ..request.clone() }).collect()
}

fn total(books: &Books) -> UsdSum {
    books.values().copied().sum()
}

proptest! {
    #[test]
    fn everybody_pays_the_same_in_the_end_however_the_spans_came((trace, ways) in two_ways()) {
        let at_once = books_of(&[Request { claims: without_circles(&trace), then_quiet: true }]);
        for way in &ways {
            prop_assert_eq!(&books_of(&straight(way)), &at_once);
        }
    }

    #[test]
    fn the_total_is_the_same_however_the_spans_came_even_if_parents_lead_back_to_themselves((trace, ways) in two_ways()) {
        let at_once = total(&books_of(&[Request { claims: trace, then_quiet: true }]));
        for way in &ways {
            prop_assert_eq!(total(&books_of(way)), at_once);
        }
    }
}
