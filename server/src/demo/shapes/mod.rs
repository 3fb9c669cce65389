//! The shapes traces have. To add one: a file here, a case in [`draw`], and a want in [`super::cast::TENANTS`] if tenants ask for it.

mod agent;
mod arm;
mod chat;
mod corpus;
mod evaluation;
mod light;
mod storm;
mod task;

use rand::seq::IndexedRandom;
use wire::RawSpan;

use super::cast::{self, Cast, Tenant};
use super::schedule::{Arrival, Job, Traffic};
use super::sketch::{self, Sketch};

type Shape = fn(&mut Sketch);

/// What tenants ask for, in the order of [`Tenant::wants`].
const WORK: [Shape; 6] =
    [agent::run, chat::answer, task::orchestrate, corpus::reindex, evaluation::nightly, arm::move_to];

/// The spans of the trace that arrives.
pub fn draw(cast: &Cast, arrival: &Arrival) -> Vec<RawSpan> {
    let mut rng = sketch::rng(arrival.key);
    let (tenant, shape): (&'static Tenant, Shape) = match arrival.traffic {
        Traffic::Work => {
            let tenant = cast::any_tenant(&mut rng);
            let wanted: Vec<(Shape, u32)> = WORK.into_iter().zip(tenant.wants).collect();
            let shape = wanted.choose_weighted(&mut rng, |(_, weight)| *weight).map_or(WORK[0], |(shape, _)| *shape);
            (tenant, shape)
        }
        Traffic::Light => (cast::any_tenant(&mut rng), light::any as Shape),
        Traffic::Storm => (cast::tenant("acme-robotics"), storm::retry as Shape),
        Traffic::Runaway(Job::Reindex) => (cast::tenant("northwind"), corpus::reindex_everything as Shape),
        Traffic::Runaway(Job::Evaluation) => (cast::tenant("halden-labs"), evaluation::oversized as Shape),
    };
    let user = cast::any_user(tenant, &mut rng);
    let mut trace = Sketch::new(cast, rng, tenant, user);
    shape(&mut trace);
    trace.finish(arrival.at)
}

#[cfg(test)]
mod tests;
