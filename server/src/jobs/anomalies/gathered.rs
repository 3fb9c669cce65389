//! When the traces behind a case are looked for again: each time reads tens of thousands of them, and most minutes add few.

use std::collections::{HashMap, HashSet};

use model::TraceId;
use model::anomaly::Episode;

use super::case::Case;

/// How many times what it was the excess has to be.
const GROWN: f64 = 1.25;

/// Minutes after which any more is enough.
const MINUTES_MAX: i64 = 5;

/// What cases stood at when their traces were looked for, by the names of their alerts. Lost with the server: then it is done again.
#[derive(Default)]
pub(super) struct Gathered(HashMap<String, At>);

struct At {
    excess_usd: f64,
    minute: i64,
}

impl From<&Episode> for At {
    fn from(episode: &Episode) -> Self {
        Self { excess_usd: episode.excess(), minute: episode.until }
    }
}

impl Gathered {
    /// The traces its alert has, where they still tell what it is about.
    pub fn known(&self, case: &Case) -> Option<Vec<TraceId>> {
        let evidence = &case.open?.observation.evidence;
        let before = self.0.get(&case.name)?;
        let now = At::from(case.episode);
        let is_more = now.excess_usd > before.excess_usd && now.minute - before.minute >= MINUTES_MAX;
        let is_due = evidence.is_empty() || is_more || now.excess_usd > before.excess_usd * GROWN;
        (!is_due).then(|| evidence.clone())
    }

    /// Notes that those of these cases have been looked for.
    pub fn note(&mut self, cases: &[&Case]) {
        self.0.extend(cases.iter().map(|case| (case.name.clone(), At::from(case.episode))));
    }

    /// Forgets all but these cases.
    pub fn keep(&mut self, cases: &[Case]) {
        let names: HashSet<&str> = cases.iter().map(|case| case.name.as_str()).collect();
        self.0.retain(|name, _| names.contains(name.as_str()));
    }
}
