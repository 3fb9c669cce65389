//! How often the traces behind cases are looked for again: each time reads up to tens of thousands of them.
//!
//! Where that is quick they are looked for at every look, so that evidence is always that of now. Where it takes long, a case keeps
//! what it has for a while; one that has none yet does not wait.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use model::TraceId;

use super::case::Case;

/// How many times as long as it took is waited: it takes a hundredth of the time.
const PAUSE_PER_LOOK: i32 = 99;

/// The longest wait.
const PAUSE_MAX: TimeDelta = TimeDelta::minutes(5);

/// When it is time to look for the traces of all cases. Lost with the server: then it is done again.
#[derive(Default)]
pub(super) struct Gathered {
    next: Option<DateTime<Utc>>,
}

impl Gathered {
    /// The traces its alert has, as long as they are to do.
    pub fn known(&self, case: &Case, now: DateTime<Utc>) -> Option<Vec<TraceId>> {
        let evidence = &case.open?.observation.evidence;
        // A clock that was set back must not put it off.
        let is_due = self.next.is_none_or(|next| now >= next || next - now > PAUSE_MAX);
        (!is_due && !evidence.is_empty()).then(|| evidence.clone())
    }

    /// Notes that those of all cases have been looked for now, and how long that took.
    pub fn note(&mut self, now: DateTime<Utc>, took: Duration) {
        self.next = Some(now + pause(took));
    }
}

fn pause(took: Duration) -> TimeDelta {
    TimeDelta::from_std(took)
        .ok()
        .and_then(|took| took.checked_mul(PAUSE_PER_LOOK))
        .map_or(PAUSE_MAX, |pause| pause.min(PAUSE_MAX))
}

#[cfg(test)]
mod tests {
    use model::alert::rule::draft::Draft;
    use model::alert::{Alert, Observation};
    use model::anomaly::{Episode, Kind, Odd, Subject};

    use super::*;

    #[test]
    fn what_took_long_is_not_done_again_for_a_hundred_times_as_long_unless_there_is_nothing_yet() {
        assert_eq!(
            [10, 1_000, 60_000].map(|ms| pause(Duration::from_millis(ms)).num_milliseconds()),
            [990, 99_000, 300_000]
        );
        let subject = Subject { kind: Kind::Tenant, tenant: None, name: "acme".to_owned() };
        let worst = Odd { minutes: 5, usd: 9.0, expected: 0.0, spread: 0.1 };
        let episode = Episode { since: 0, worst, usd: 9.0, expected: 0.0, until: 5 };
        let [name, query, severity] = ["Runs away", "anomaly(cost_usd) by tenant", "info"].map(str::to_owned);
        let rule = Draft { name, query, severity, ..Draft::default() }.read().unwrap();
        let traces = vec![TraceId::from_bytes([1; 16]).unwrap()];
        let now = DateTime::UNIX_EPOCH;
        let seen = |evidence| Observation { count: 1, evidence, ..Observation::default() };
        let alert =
            |evidence| -> Alert { model::alert::machine::observe(&rule, None, &seen(evidence), now).unwrap().alert };
        let (told, untold) = (alert(traces.clone()), alert(Vec::new()));
        let mut gathered = Gathered::default();
        let known = |gathered: &Gathered, alert, seconds| {
            gathered.known(&Case::of(&subject, &episode, alert), now + TimeDelta::seconds(seconds))
        };
        assert_eq!(known(&gathered, &told, 0), None, "nobody knows whether it is of now");
        gathered.note(now, Duration::from_secs(1));
        assert_eq!(known(&gathered, &told, 60), Some(traces.clone()));
        assert_eq!(known(&gathered, &untold, 60), None);
        assert_eq!(known(&gathered, &told, 120), None);
        assert_eq!(known(&gathered, &told, -3_600), None, "the clock was set back");
    }
}
