//! What a key means, looked up once per attribute of every span.
//!
//! The keys are ours and fixed, so nobody can make them collide: a quick hash and a table four times their number beat a
//! map that is safe against strangers. Keys of spans are hashed but never kept.

use std::sync::LazyLock;

use super::field::{Carrier, Field};
use super::precedence;

/// A meaning of a key: the field, how far down its row the key stands, and whether a resource may say it.
#[derive(Debug, Clone, Copy)]
pub struct Meaning {
    pub field: Field,
    pub rank: u8,
    pub carrier: Carrier,
}

/// The table of all keys.
pub struct Keys {
    /// Indexes into `entries`, by hash; a taken slot sends to the next.
    slots: Vec<Option<u16>>,
    entries: Vec<(&'static str, Vec<Meaning>)>,
    /// No key is longer.
    bytes_max: usize,
}

impl Keys {
    /// The one table.
    pub fn all() -> &'static Self {
        static ALL: LazyLock<Keys> = LazyLock::new(Keys::assemble);
        &ALL
    }

    fn assemble() -> Self {
        let mut entries: Vec<(&'static str, Vec<Meaning>)> = Vec::new();
        for (field, carrier, lists) in precedence::rows() {
            for (rank, key) in (0u8..).zip(lists.iter().copied().flatten()) {
                let meaning = Meaning { field: *field, rank, carrier: *carrier };
                match entries.iter_mut().find(|(known, _)| known == key) {
                    Some((_, meanings)) => meanings.push(meaning),
                    None => entries.push((key, vec![meaning])),
                }
            }
        }
        let mut slots = vec![None; (4 * entries.len()).next_power_of_two()];
        for (index, (key, _)) in (0u16..).zip(&entries) {
            let free = probe(&slots, hash(key)).find(|slot| slots[*slot].is_none());
            if let Some(free) = free {
                slots[free] = Some(index);
            }
        }
        let bytes_max = entries.iter().map(|(key, _)| key.len()).max().unwrap_or(0);
        Self { slots, entries, bytes_max }
    }

    /// What `key` means; a few keys mean two things, most keys that are sent mean nothing.
    pub fn meanings(&self, key: &str) -> &[Meaning] {
        if key.len() > self.bytes_max {
            return &[];
        }
        for slot in probe(&self.slots, hash(key)) {
            let Some(index) = self.slots[slot] else { break };
            let (known, meanings) = &self.entries[usize::from(index)];
            if *known == key {
                return meanings;
            }
        }
        &[]
    }
}

/// The slots to look at for `hash`, each once. The number of slots is a power of two.
fn probe(slots: &[Option<u16>], hash: u64) -> impl Iterator<Item = usize> + use<> {
    let mask = slots.len() - 1;
    let first = hash as usize & mask;
    (0..=mask).map(move |step| (first + step) & mask)
}

/// Eight bytes at a time, mixed by a multiplication whose upper half is folded down.
fn hash(key: &str) -> u64 {
    // An odd number without pattern: the golden ratio times 2^64.
    const MIX: u64 = 0x9E37_79B9_7F4A_7C15;
    let (chunks, rest) = key.as_bytes().as_chunks::<8>();
    let mut hash = key.len() as u64;
    for chunk in chunks {
        hash = (hash ^ u64::from_le_bytes(*chunk)).wrapping_mul(MIX);
        hash ^= hash >> 32;
    }
    let tail = rest.iter().fold(0u64, |tail, byte| tail << 8 | u64::from(*byte));
    hash = (hash ^ tail).wrapping_mul(MIX);
    hash ^ hash >> 32
}

#[cfg(test)]
mod tests;
