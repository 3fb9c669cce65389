//! What fails is said once, and tried again after ever longer pauses.

use std::time::Duration;

use metrics::counter;

use crate::causes;

/// Longest pause after failures in a row: an outage is noticed to be over within it.
const BACK_OFF_MAX: Duration = Duration::from_secs(60);
/// Failures in a row of one job.
pub(super) struct Failures {
    job: &'static str,
    in_a_row: u32,
}

impl Failures {
    /// None so far.
    pub const fn new(job: &'static str) -> Self {
        Self { job, in_a_row: 0 }
    }

    /// Logs the first with its causes; the next ones would only repeat it. Tells how long to wait.
    pub fn note(&mut self, error: &anyhow::Error) -> Duration {
        counter!("tracetab_job_runs_total", "job" => self.job, "outcome" => "failed").increment(1);
        if self.in_a_row == 0 {
            let error = causes::of(error);
            tracing::error!(job = self.job, error, "a job failed; trying again until it works");
        }
        self.in_a_row = self.in_a_row.saturating_add(1);
        Duration::from_secs(1 << self.in_a_row.min(6)).min(BACK_OFF_MAX)
    }

    /// It works, again or still.
    pub fn over(&mut self) {
        if self.in_a_row > 0 {
            tracing::info!(job = self.job, failures = self.in_a_row, "the job works again");
            self.in_a_row = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_with_failures_up_to_a_limit_and_start_over() {
        let mut failures = Failures::new("test");
        let error = anyhow::anyhow!("no");
        let pauses: Vec<u64> = (0..8).map(|_| failures.note(&error).as_secs()).collect();
        assert_eq!(pauses, [2, 4, 8, 16, 32, 60, 60, 60]);
        failures.over();
        assert_eq!(failures.note(&error).as_secs(), 2);
    }
}
