//! What compresses payloads: packers that are used again, and the dictionary they use, trained on what passes through.
//!
//! A span is too short to repeat itself, so its compression lives off a dictionary, and the best one is made of the
//! deployment's own spans. Every so often, in the background, one is trained on samples; it is used when it saves enough, by
//! every server on the database. Frames made with an earlier one stay readable: they name it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use sqlx::PgPool;
use store::payload::dictionary::{self, SAMPLES_MIN};
use store::payload::{Dictionary, Packer};
use tokio::time::Instant;

/// Packers kept for the next batch: as many as there are writers at most times.
const FREE_MAX: usize = 8;
/// Samples kept, and their bytes: twice what training needs.
const SAMPLES_MAX: usize = 2 * SAMPLES_MIN;
const SAMPLES_BYTES_MAX: usize = 4 * 1024 * 1024;
/// How often it is looked whether there are enough samples, or a dictionary that another server has trained.
const LOOK_INTERVAL: Duration = Duration::from_secs(5);
/// Longest one look may take: training takes a few seconds, and a database that hangs must not end the learning.
const LOOK_MAX: Duration = Duration::from_secs(120);
/// Pause between two trainings: traffic changes with releases, not by the minute, and dictionaries are kept for years.
const TRAINING_PAUSE: Duration = Duration::from_secs(3_600);

/// The packers of one process.
pub struct Packers(Mutex<State>);

struct State {
    dictionary: Arc<Dictionary>,
    free: Vec<Packer>,
    samples: Vec<Vec<u8>>,
    sample_bytes: usize,
}

impl Packers {
    /// With the dictionary of the release, until a better one is found.
    pub fn new() -> Arc<Self> {
        let dictionary = Arc::new(Dictionary::bundled().clone());
        Arc::new(Self(Mutex::new(State { dictionary, free: Vec::new(), samples: Vec::new(), sample_bytes: 0 })))
    }

    /// A packer for a batch.
    pub fn take(&self) -> Packer {
        let dictionary = {
            let mut state = self.state();
            if let Some(packer) = state.free.pop() {
                return packer;
            }
            state.dictionary.clone()
        };
        Packer::new(&dictionary)
    }

    /// Takes a packer back, with the samples it has set aside.
    pub fn give_back(&self, mut packer: Packer) {
        let samples = packer.take_samples();
        let mut state = self.state();
        for sample in samples {
            if state.samples.len() < SAMPLES_MAX && state.sample_bytes + sample.len() <= SAMPLES_BYTES_MAX {
                state.sample_bytes += sample.len();
                state.samples.push(sample);
            }
        }
        if state.free.len() < FREE_MAX && packer.dictionary() == state.dictionary.id() {
            state.free.push(packer);
        }
    }

    /// Looks for better dictionaries for as long as anybody uses these packers.
    pub async fn keep_learning(packers: Weak<Self>, db: PgPool) {
        let mut next_training = Instant::now();
        // At once, because a deployment that has a dictionary of its own has it after a restart too.
        loop {
            let Some(packers) = packers.upgrade() else { return };
            let is_due = Instant::now() >= next_training && packers.state().samples.len() >= SAMPLES_MIN;
            match tokio::time::timeout(LOOK_MAX, packers.look(&db, is_due)).await {
                Ok(Ok(())) if is_due => next_training = Instant::now() + TRAINING_PAUSE,
                Ok(Ok(())) => {}
                // Nothing is lost without a better dictionary; it is looked for again.
                Err(_) => tracing::debug!("dictionaries were not looked up in time"),
                Ok(Err(error)) => tracing::debug!(error = %error, "dictionaries could not be looked up"),
            }
            drop(packers);
            tokio::time::sleep(LOOK_INTERVAL).await;
        }
    }

    /// Uses what another server has trained, else trains, when that is due.
    async fn look(&self, db: &PgPool, is_due: bool) -> Result<(), store::StoreError> {
        let known = self.state().dictionary.clone();
        if let Some(newer) = dictionary::newer_than(db, known.id()).await? {
            self.switch(newer);
            return Ok(());
        }
        if !is_due {
            return Ok(());
        }
        let samples = self.take_samples();
        let id = known.id();
        // A trainer that panics has found nothing better.
        let trained = tokio::task::spawn_blocking(move || known.improved(&samples)).await.ok().flatten();
        if let Some(trained) = trained
            && dictionary::keep(db, &trained, id).await?
        {
            tracing::info!(
                id = trained.id(),
                "payloads are compressed with a dictionary trained on this deployment's spans"
            );
            self.switch(trained);
        }
        Ok(())
    }

    fn switch(&self, dictionary: Dictionary) {
        let mut state = self.state();
        state.free.clear();
        state.dictionary = Arc::new(dictionary);
    }

    fn take_samples(&self) -> Vec<Vec<u8>> {
        let mut state = self.state();
        state.sample_bytes = 0;
        std::mem::take(&mut state.samples)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A packer is free or in use; a panic elsewhere leaves none in between.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Messages of a program the dictionary of the release has never seen.
    fn samples() -> Vec<Vec<u8>> {
        let serial = |number: usize| number.wrapping_mul(2_654_435_761) % 1_000_003;
        let sample =
            |number| format!("\npress.settings.profile_name\u{12}standard\npress.serial\u{12}{:08}", serial(number));
        (0..SAMPLES_MIN).map(|number| sample(number).into_bytes()).collect()
    }

    #[sqlx::test(migrator = "store::MIGRATOR")]
    async fn what_one_process_has_trained_is_used_by_it_by_others_and_after_a_restart(db: PgPool) {
        let packers = Packers::new();
        let at_first = packers.take();
        packers.state().samples = samples();
        packers.look(&db, false).await.unwrap();
        assert_eq!(packers.take().dictionary(), Dictionary::bundled().id(), "training is not due");
        packers.look(&db, true).await.unwrap();
        let trained = packers.take().dictionary();
        assert_ne!(trained, Dictionary::bundled().id());
        packers.give_back(at_first);
        assert_eq!(packers.take().dictionary(), trained, "a packer of the dictionary before is not used again");
        let restarted = Packers::new();
        restarted.look(&db, false).await.unwrap();
        assert_eq!(restarted.take().dictionary(), trained);
    }
}
