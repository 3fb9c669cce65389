//! Who pays and what counts, as far as the spans of one request can tell. The finaliser looks at the whole trace later and
//! corrects what they could not see; most traces of one program come in one request, and need nothing then.

use model::Span;
use model::cost::Verdict;
use model::owner::Provenance;
use model::ruling::{Named, Overrides};
use model::trace::settle::{Answer, Claim, Owner, Owners, Settled, Sight, settle};

/// An owner that a span inherits.
type Inherited = Option<(String, Provenance)>;

/// What becomes of a span.
struct Change {
    /// Its place in the request.
    at: usize,
    verdict: Verdict,
    tenant: Inherited,
    user: Inherited,
    capability: Inherited,
}

/// Settles the spans of a request, trace by trace, as operators say or the spans around them tell.
pub fn request(spans: &mut [Span], overrides: &Overrides) {
    let mut order: Vec<usize> = (0..spans.len()).collect();
    // Stable: of spans with the same ids the first one is kept, here as in the database.
    order.sort_by_key(|at| spans[*at].trace_id);
    let mut changes = Vec::new();
    for trace in order.chunk_by(|left, right| spans[*left].trace_id == spans[*right].trace_id) {
        let claims: Vec<Claim<&str>> = trace.iter().map(|at| claim(&spans[*at], overrides)).collect();
        let settled = settle(&claims, Sight::Part);
        changes.extend(trace.iter().zip(settled).filter_map(|(at, settled)| Change::of(*at, &settled)));
    }
    changes.into_iter().for_each(|change| change.make(spans));
}

fn owner(name: &Option<String>, known: Provenance) -> Option<Owner<&str>> {
    name.as_deref().map(|key| Owner { key, known })
}

fn claim<'a>(span: &'a Span, overrides: &Overrides) -> Claim<&'a str> {
    let call = span.model_call.as_ref();
    let usage = call.filter(|call| call.model.is_some()).map(|call| &call.usage);
    Claim {
        span_id: span.span_id,
        parent_span_id: span.parent_span_id,
        start: span.start,
        service: span.service.as_str(),
        owners: Owners {
            tenant: owner(&span.tenant, span.known.tenant),
            user: owner(&span.user, span.known.user),
            capability: owner(&span.capability, span.known.capability),
        },
        cost: span.cost.usd,
        source: span.cost.source,
        has_usage: usage.is_some_and(|usage| usage.input.is_some() || usage.output.is_some()),
        is_group: span.category.is_group(),
        answer: usage.and_then(|usage| Answer::of(&span.detail.attributes, [usage.input, usage.output].map(kept))),
        ruling: overrides.ruling(Named {
            service: &span.service,
            scope: &span.detail.scope_name,
            operation: &span.name,
        }),
    }
}

/// A count of tokens as it is kept.
fn kept(tokens: Option<u64>) -> Option<i64> {
    tokens.map(|tokens| i64::from(i32::try_from(tokens).unwrap_or(i32::MAX)))
}

impl Change {
    /// The change that makes a span what it is settled to, if it is something else.
    fn of(at: usize, settled: &Settled<&str>) -> Option<Self> {
        let inherited = |owner: &Option<Owner<&str>>| {
            owner.as_ref().filter(|owner| owner.known.inherited).map(|owner| (owner.key.to_owned(), owner.known))
        };
        let Settled { owners, verdict } = settled;
        let (tenant, user, capability) =
            (inherited(&owners.tenant), inherited(&owners.user), inherited(&owners.capability));
        let changes = *verdict != Verdict::Own || tenant.is_some() || user.is_some() || capability.is_some();
        changes.then_some(Self { at, verdict: *verdict, tenant, user, capability })
    }

    fn make(self, spans: &mut [Span]) {
        let span = &mut spans[self.at];
        span.cost.judge(self.verdict);
        let known = &mut span.known;
        for (inherited, owner, known) in [
            (self.tenant, &mut span.tenant, &mut known.tenant),
            (self.user, &mut span.user, &mut known.user),
            (self.capability, &mut span.capability, &mut known.capability),
        ] {
            if let Some((name, how)) = inherited {
                (*owner, *known) = (Some(name), how);
            }
        }
    }
}
