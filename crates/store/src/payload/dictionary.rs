//! Dictionaries payloads are compressed with: the one that comes with the release, and those trained on a deployment's own
//! spans. A frame names the dictionary it was made with, and a dictionary is kept for as long as there may be such frames.

use std::sync::LazyLock;

use sqlx::{PgExecutor, PgPool};
use zstd::bulk::Compressor;

use super::frame::{LEVEL, dictionary_id};
use crate::StoreError;

/// Trained as `examples/sample_payloads.rs` says, on spans of the demo and keys of the semantic conventions.
const BUNDLED: &[u8] = include_bytes!("payload.zdict");

/// 32 KiB: twice that gains another few bytes per span and costs the processor's cache.
const BYTES_MAX: usize = 32 * 1024;

/// Fewer samples than this say too little; the trainer's authors want a hundred times the dictionary's size in all.
pub const SAMPLES_MIN: usize = 2_000;

/// One in so many samples is not trained on but tells how good the result is.
const HELD_BACK: usize = 4;

/// A new dictionary must save this much of what frames made with the one in use take, else it is not worth keeping.
const SAVES_MIN: f64 = 0.10;

/// A dictionary to compress with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dictionary {
    id: i32,
    bytes: Vec<u8>,
}

impl Dictionary {
    /// The one that comes with the release.
    pub fn bundled() -> &'static Self {
        static BUNDLED_READ: LazyLock<Dictionary> =
            LazyLock::new(|| Dictionary::read(BUNDLED.to_vec()).unwrap_or(Dictionary { id: 0, bytes: Vec::new() }));
        &BUNDLED_READ
    }

    /// `None` when these bytes are no dictionary.
    pub(super) fn read(bytes: Vec<u8>) -> Option<Self> {
        let id = zstd::zstd_safe::get_dict_id_from_dict(&bytes)?;
        // The trainer draws ids below 2^31.
        Some(Self { id: i32::try_from(id.get()).ok()?, bytes })
    }

    /// The number its frames name.
    pub const fn id(&self) -> i32 {
        self.id
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Trains one on payloads as they are before compression; `None` when it is no better than this one by enough to be
    /// kept. Takes a few tenths of a second.
    pub fn improved(&self, samples: &[Vec<u8>]) -> Option<Self> {
        let mut to_train_on: Vec<&[u8]> = Vec::with_capacity(samples.len());
        let mut held_back: Vec<&[u8]> = Vec::with_capacity(samples.len() / HELD_BACK);
        for (place, sample) in samples.iter().enumerate() {
            let of = if place % HELD_BACK == 0 { &mut held_back } else { &mut to_train_on };
            of.push(sample);
        }
        // Fails when samples are too few or too much alike to learn from.
        let trained = Self::read(zstd::dict::from_samples(&to_train_on, BYTES_MAX).ok()?)?;
        let (old, new) = (self.packed_bytes(&held_back)?, trained.packed_bytes(&held_back)?);
        (new as f64 <= old as f64 * (1.0 - SAVES_MIN)).then_some(trained)
    }

    fn packed_bytes(&self, samples: &[&[u8]]) -> Option<usize> {
        let mut compressor = Compressor::with_dictionary(LEVEL, &self.bytes).ok()?;
        samples.iter().try_fold(0, |sum, sample| Some(sum + compressor.compress(sample).ok()?.len()))
    }
}

/// Keeps the dictionary of this release with the payloads it compresses. Its time says that it was not trained here.
pub(crate) async fn keep_bundled(db: impl PgExecutor<'_>) -> Result<(), StoreError> {
    let bundled = Dictionary::bundled();
    sqlx::query("insert into zstd_dict (id, bytes, created_at) values ($1, $2, 'epoch') on conflict do nothing")
        .bind(bundled.id)
        .bind(&bundled.bytes)
        .execute(db)
        .await?;
    Ok(())
}

/// The dictionaries these payloads were made with, except the one that comes with the release.
pub(crate) async fn of_frames<'a>(
    db: impl PgExecutor<'_>,
    frames: impl Iterator<Item = &'a [u8]>,
) -> Result<Vec<(i32, Vec<u8>)>, StoreError> {
    let mut ids: Vec<i32> = frames.filter_map(dictionary_id).collect();
    ids.sort_unstable();
    ids.dedup();
    ids.retain(|id| *id != Dictionary::bundled().id());
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(sqlx::query_as("select id, bytes from zstd_dict where id = any($1)").bind(&ids).fetch_all(db).await?)
}

/// The newest dictionary trained here, unless it is the one with this id.
pub async fn newer_than(db: impl PgExecutor<'_>, id: i32) -> Result<Option<Dictionary>, StoreError> {
    let newest: Option<(i32, Vec<u8>)> = sqlx::query_as(
        "select id, bytes from (select * from zstd_dict where created_at > 'epoch' order by created_at desc limit 1) newest where id <> $1",
    )
    .bind(id)
    .fetch_optional(db)
    .await?;
    Ok(newest.and_then(|(_, bytes)| Dictionary::read(bytes)))
}

/// Keeps a new dictionary, which from then on is the newest; `false` when another one has its number or somebody else
/// was first: `than` is the newest one that the caller knows of.
pub async fn keep(db: &PgPool, new: &Dictionary, than: i32) -> Result<bool, StoreError> {
    let mut transaction = db.begin().await?;
    sqlx::query("select pg_advisory_xact_lock(hashtextextended('tracetab:zstd_dict', 0))")
        .execute(&mut *transaction)
        .await?;
    if newer_than(&mut *transaction, than).await?.is_some() {
        return Ok(false);
    }
    let kept = sqlx::query(
        "insert into zstd_dict (id, bytes, created_at) values ($1, $2, clock_timestamp()) on conflict do nothing",
    )
    .bind(new.id)
    .bind(&new.bytes)
    .execute(&mut *transaction)
    .await?;
    transaction.commit().await?;
    Ok(kept.rows_affected() == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Messages of a program the bundled dictionary has never seen.
    fn samples(word: &str) -> Vec<Vec<u8>> {
        let mixed = |number: usize| number.wrapping_mul(2_654_435_761) % 1_000_003;
        let sample = |number| {
            format!(
                "\n{word}.settings.profile_name\u{12}standard-{}\n{word}.device.serial_number\u{12}{:08}\n{word}.answer.kind\u{12}ok",
                mixed(number) % 7,
                mixed(number)
            )
        };
        (0..SAMPLES_MIN).map(|number| sample(number).into_bytes()).collect()
    }

    #[test]
    fn the_bundled_dictionary_is_whole() {
        assert!(Dictionary::bundled().id() > 0);
    }

    #[test]
    fn a_dictionary_of_ones_own_spans_is_better_and_training_again_gains_nothing() {
        let trained = Dictionary::bundled().improved(&samples("gripper")).unwrap();
        let held_back = samples("gripper");
        let held_back: Vec<&[u8]> = held_back.iter().map(Vec::as_slice).collect();
        let (before, after) = (Dictionary::bundled().packed_bytes(&held_back), trained.packed_bytes(&held_back));
        assert!(after.unwrap() * 2 < before.unwrap(), "{after:?} {before:?}");
        assert_eq!(trained.improved(&samples("gripper")), None);
        assert_eq!(Dictionary::bundled().improved(&[]), None);
    }

    #[sqlx::test(migrator = "crate::MIGRATOR")]
    async fn the_newest_dictionary_is_used_and_of_two_at_once_one_is_kept(db: PgPool) {
        let bundled = Dictionary::bundled();
        keep_bundled(&db).await.unwrap();
        assert_eq!(newer_than(&db, bundled.id).await.unwrap(), None);
        let left = bundled.improved(&samples("gripper")).unwrap();
        let right = bundled.improved(&samples("conveyor")).unwrap();
        assert!(keep(&db, &left, bundled.id).await.unwrap());
        assert!(!keep(&db, &right, bundled.id).await.unwrap(), "somebody was first");
        assert_eq!(newer_than(&db, bundled.id).await.unwrap(), Some(left.clone()));
        assert_eq!(newer_than(&db, left.id).await.unwrap(), None);
        assert!(keep(&db, &right, left.id).await.unwrap());
    }
}
