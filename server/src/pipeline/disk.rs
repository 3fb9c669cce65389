//! Want of room on the database's disk: noticed before it is gone where the disk is ours, and told when the database says so.
//!
//! PostgreSQL that cannot write its log ends itself, and with it every page. So spans are turned away while there is still
//! room to work: reads, jobs and the end of what was begun go on.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use metrics::gauge;
use model::health::DiskAlarm;
use model::ingest::DiskSpace;

/// Shortest alarm after the database has said that it has no room: a small transaction may fit beside a large one that did
/// not.
const FULL_MIN: Duration = Duration::from_secs(10);

/// Most that must be free beyond the limit for an alarm to end: it is a quarter of the limit, unless that is large.
const MORE_MAX: u64 = 64 * 1024 * 1024;

/// What is known about the disk.
#[derive(Debug, Default)]
pub struct Disk(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// `None` where the database is somebody else's.
    space: Option<DiskSpace>,
    is_low: bool,
    said_full: Option<Instant>,
}

impl Disk {
    /// So much is free, and so much must be. Spans are taken again when there is a little more, so that a disk at the brink
    /// does not flicker.
    pub fn measured(&self, free_bytes: u64, free_bytes_min: u64) {
        let mut state = self.state();
        let enough = if state.is_low { free_bytes_min + (free_bytes_min / 4).min(MORE_MAX) } else { free_bytes_min };
        let is_low = free_bytes < enough;
        match (state.is_low, is_low) {
            (false, true) => tracing::error!(free_bytes, free_bytes_min, "{}", DiskAlarm::Low.words()),
            (true, false) => tracing::info!(free_bytes, "there is room on the disk again; spans are taken"),
            _ => {}
        }
        state.is_low = is_low;
        state.space = Some(DiskSpace { free_bytes, free_bytes_min });
        gauge!("tracetab_disk_free_bytes").set(free_bytes as f64);
        gauge!("tracetab_disk_free_bytes_min").set(free_bytes_min as f64);
        state.show();
    }

    /// The database could not write for want of room.
    pub fn said_full(&self) {
        let mut state = self.state();
        if state.said_full.replace(Instant::now()).is_none() {
            tracing::error!("{}", DiskAlarm::Full.words());
        }
        state.show();
    }

    /// The database has written.
    pub fn committed(&self) {
        let mut state = self.state();
        if state.said_full.is_some_and(|at| at.elapsed() > FULL_MIN) {
            state.said_full = None;
            tracing::info!("the database writes again");
            state.show();
        }
    }

    /// Whether spans are turned away before the database is asked.
    pub fn is_low(&self) -> bool {
        self.state().is_low
    }

    /// What is wrong.
    pub fn alarm(&self) -> Option<DiskAlarm> {
        self.state().alarm()
    }

    /// How much room there is, where that can be seen.
    pub fn space(&self) -> Option<DiskSpace> {
        self.state().space
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Each change is one assignment; a panic elsewhere leaves none half made.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn alarm(&self) -> Option<DiskAlarm> {
        let full = self.said_full.map(|_| DiskAlarm::Full);
        full.or(self.is_low.then_some(DiskAlarm::Low))
    }

    fn show(&self) {
        gauge!("tracetab_disk_alarm").set(f64::from(u8::from(self.alarm().is_some())));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_at_the_brink_does_not_flicker() {
        let disk = Disk::default();
        let low = [1_000, 400, 399, 450, 499, 500, 450].map(|free| {
            disk.measured(free, 400);
            disk.is_low()
        });
        assert_eq!(low, [false, false, true, true, true, false, false]);
    }

    #[test]
    fn what_the_database_says_is_an_alarm_and_turns_nobody_away() {
        let disk = Disk::default();
        disk.said_full();
        disk.committed();
        assert_eq!((disk.alarm(), disk.is_low()), (Some(DiskAlarm::Full), false));
    }
}
