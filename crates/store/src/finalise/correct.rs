//! What settling a trace changes in the books: signed corrections of `span`, `traces` and the outbox, in one transaction with
//! everything else the finaliser writes.

use model::Usd;
use model::cost::Verdict;
use model::trace::Skeleton;
use model::trace::settle::{Claim, Owner, Settled};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::booked::Booked;
use crate::outbox::entries::{Entries, Sums};
use crate::{StoreError, UNATTRIBUTED};

/// Corrections in the outbox stand under a writer of their own.
const WRITER: i32 = -1;

/// A span whose owners or verdict have changed.
#[derive(Debug, Clone)]
pub struct Correction {
    span_id: i64,
    before: Booked,
    after: Booked,
    verdict: Verdict,
    claimed_pico: Option<i64>,
    owner_from: i16,
}

/// A span as it was read: how it is booked, and by which verdict and provenances.
#[derive(Debug, Clone)]
pub(super) struct Standing {
    pub(super) span_id: i64,
    pub(super) booked: Booked,
    pub(super) verdict: Verdict,
    pub(super) owner_from: i16,
}

impl Standing {
    /// The correction that makes the span what it is settled to, if it is something else.
    pub(super) fn correct(&self, claim: &Claim<i32>, settled: &Settled<i32>) -> Option<Correction> {
        let key = |owner: &Option<Owner<i32>>| owner.as_ref().map(|owner| owner.key);
        let owners = &settled.owners;
        let owner_from = owners.provenances().code();
        let after = Booked {
            tenant: key(&owners.tenant).unwrap_or(UNATTRIBUTED),
            user: key(&owners.user),
            capability: key(&owners.capability),
            counts: settled.verdict == Verdict::Own,
            cost_pico: settled.verdict.counted(claim.cost).map(Usd::pico),
            ..self.booked
        };
        let stands = after == self.booked && settled.verdict == self.verdict && owner_from == self.owner_from;
        let correction = Correction {
            span_id: self.span_id,
            before: self.booked,
            after,
            verdict: settled.verdict,
            claimed_pico: settled.verdict.claimed(claim.cost).map(Usd::pico),
            owner_from,
        };
        (!stands).then_some(correction)
    }
}

impl Correction {
    /// What it adds to the totals of its trace.
    pub(super) fn difference(&self) -> Sums {
        let mut difference = self.after.sums();
        difference += -self.before.sums();
        difference
    }
}

/// Shows what a span is settled to in what the tree is made of.
pub(super) fn show(skeleton: &mut Skeleton, settled: &Settled<i32>, tenant: Option<String>) {
    let said = skeleton.said();
    skeleton.verdict = settled.verdict;
    (skeleton.cost, skeleton.claimed) = (settled.verdict.counted(said), settled.verdict.claimed(said));
    skeleton.tenant = tenant;
}

/// Writes corrections to the rows of the spans, each with its trace and home.
pub(super) async fn write(
    db: &mut PgConnection,
    corrections: &[(Uuid, chrono::DateTime<chrono::Utc>, &Correction)],
) -> Result<(), StoreError> {
    if corrections.is_empty() {
        return Ok(());
    }
    let of = |value: fn(&Correction) -> Option<i32>| -> Vec<Option<i32>> {
        corrections.iter().map(|(.., correction)| value(correction)).collect()
    };
    let pico = |value: fn(&Correction) -> Option<i64>| -> Vec<Option<i64>> {
        corrections.iter().map(|(.., correction)| value(correction)).collect()
    };
    sqlx::query(
        "update span s set tenant_id = u.tenant_id, user_id = u.user_id, capability_id = u.capability_id, \
                cost_pico = u.cost_pico, claimed_pico = u.claimed_pico, verdict = u.verdict, owner_from = u.owner_from \
           from unnest($1::uuid[], $2::timestamptz[], $3::int8[], $4::int4[], $5::int4[], $6::int4[], $7::int8[], $8::int8[], \
                       $9::int2[], $10::int2[]) \
             as u(trace_id, home, span_id, tenant_id, user_id, capability_id, cost_pico, claimed_pico, verdict, owner_from) \
          where s.trace_id = u.trace_id and s.home = u.home and s.span_id = u.span_id",
    )
    .bind(corrections.iter().map(|(trace_id, ..)| *trace_id).collect::<Vec<_>>())
    .bind(corrections.iter().map(|(_, home, _)| *home).collect::<Vec<_>>())
    .bind(corrections.iter().map(|(.., correction)| correction.span_id).collect::<Vec<_>>())
    .bind(of(|correction| Some(correction.after.tenant)))
    .bind(of(|correction| correction.after.user))
    .bind(of(|correction| correction.after.capability))
    .bind(pico(|correction| correction.after.cost_pico))
    .bind(pico(|correction| correction.claimed_pico))
    .bind(corrections.iter().map(|(.., correction)| correction.verdict.code()).collect::<Vec<_>>())
    .bind(corrections.iter().map(|(.., correction)| correction.owner_from).collect::<Vec<_>>())
    .execute(&mut *db)
    .await?;
    let mut entries = Entries::default();
    for (.., correction) in corrections {
        correction.before.replace(&correction.after, &mut entries);
    }
    entries.insert(db, WRITER).await
}
