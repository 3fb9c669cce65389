//! What the rules say about whole traces, without a server: who pays and what counts, added up in every way.

use chrono::{DateTime, Utc};
use model::cost::{CostSource, Verdict};
use model::owner::{OwnerSource, Provenance};
use model::ruling::Ruling;
use model::time::UnixNanos;
use model::trace::settle::{Claim, Owner, Owners, Settled, Sight, settle};
use model::{Usd, UsdSum};

use super::figures::{Figures, Question};
use super::traces::{Prices, Says, Told};

/// A span as the books are to have it.
struct Booked<'a> {
    told: &'a Told,
    settled: Settled<String>,
    cost: Option<Usd>,
}

/// The figures of all traces at these prices, for every question; and what they cost together.
pub fn figures(told: &[Told], prices: Prices, questions: &[Question]) -> (Vec<Figures>, UsdSum) {
    let traces = told.chunk_by(|left, right| left.trace == right.trace);
    let booked: Vec<Booked<'_>> = traces.flat_map(|trace| booked(trace, prices)).collect();
    let total = booked.iter().filter_map(|span| span.cost).sum();
    (questions.iter().map(|question| asked(&booked, question)).collect(), total)
}

fn booked(trace: &[Told], prices: Prices) -> Vec<Booked<'_>> {
    let claims: Vec<Claim<String>> = trace.iter().map(|told| claim(told, prices)).collect();
    let settled = settle(&claims, Sight::Whole);
    let spans = trace.iter().zip(&claims).zip(settled);
    spans.map(|((told, claim), settled)| Booked { told, cost: settled.verdict.counted(claim.cost), settled }).collect()
}

fn claim(told: &Told, prices: Prices) -> Claim<String> {
    let owner =
        |name: &Option<String>| name.clone().map(|key| Owner { key, known: Provenance::own(OwnerSource::Span) });
    let (cost, source) = match &told.says {
        Says::Nothing => (None, CostSource::None),
        Says::Reports(cost) => (Some(*cost), CostSource::Reported),
        Says::Tells(tokens) => match prices.of(tokens) {
            Some(cost) => (Some(cost), CostSource::Derived),
            None => (None, CostSource::None),
        },
    };
    Claim {
        span_id: told.span_id(),
        parent_span_id: told.parent_span_id(),
        start: UnixNanos::from_datetime(told.start),
        service: told.service.clone(),
        owners: Owners { tenant: owner(&told.tenant), user: owner(&told.user), capability: owner(&told.capability) },
        cost,
        source,
        has_usage: matches!(told.says, Says::Tells(_)),
        is_group: told.is_group,
        answer: None,
        ruling: Ruling::Default,
    }
}

fn asked(booked: &[Booked<'_>], question: &Question) -> Figures {
    let mut figures = Figures::default();
    for span in booked {
        let keys = question.by.split(',').map(|dimension| span.key(dimension)).collect();
        let counts = span.settled.verdict == Verdict::Own;
        let (tokens_in, tokens_out) = match &span.told.says {
            Says::Tells(tokens) if counts => (tokens.input, tokens.output),
            _ => (0, 0),
        };
        let group = figures.group(keys);
        group.spans += 1;
        (group.tokens_in, group.tokens_out) = (group.tokens_in + tokens_in, group.tokens_out + tokens_out);
        group.add(bucket_of(span.told.start, question.seconds), span.cost.unwrap_or_default().into());
    }
    figures.without_empty_groups()
}

fn bucket_of(time: DateTime<Utc>, seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(time.timestamp().div_euclid(seconds) * seconds, 0).unwrap()
}

impl Booked<'_> {
    fn key(&self, dimension: &str) -> Option<String> {
        let owner = |owner: &Option<Owner<String>>| owner.as_ref().map(|owner| owner.key.clone());
        match dimension {
            "tenant" => owner(&self.settled.owners.tenant),
            "user" => owner(&self.settled.owners.user),
            "capability" => owner(&self.settled.owners.capability),
            "service" => Some(self.told.service.clone()),
            "data_tag" => Some(self.told.data_tag.unwrap_or("EXPORT_OK").to_owned()),
            // A span that only repeats a call is none of the model's.
            "model" => match &self.told.says {
                Says::Tells(tokens) if self.settled.verdict == Verdict::Own => Some(tokens.model.to_owned()),
                _ => None,
            },
            other => panic!("the test asks for {other} and does not know it"),
        }
    }
}
