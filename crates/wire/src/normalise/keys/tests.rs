//! The table finds every key it was made of and nothing else.

use proptest::prelude::*;

use super::*;

#[test]
fn every_key_of_every_row_is_found_with_its_rank() {
    let keys = Keys::all();
    for (field, carrier, lists) in precedence::rows() {
        for (rank, key) in lists.concat().iter().enumerate() {
            let mut meanings = keys.meanings(key).iter();
            let meaning = meanings.find(|meaning| meaning.field == *field).unwrap();
            assert_eq!((usize::from(meaning.rank), meaning.carrier), (rank, *carrier), "{key}");
        }
    }
}

#[test]
fn hardly_any_key_has_to_be_looked_for() {
    let keys = Keys::all();
    let steps = |key: &str| {
        probe(&keys.slots, hash(key))
            .position(|slot| keys.slots[slot].is_some_and(|index| keys.entries[usize::from(index)].0 == key))
    };
    let steps: usize = keys.entries.iter().map(|(key, _)| steps(key).unwrap()).sum();
    assert!(steps < keys.entries.len() / 4, "{steps} steps for {} keys", keys.entries.len());
}

proptest! {
    #[test]
    fn no_other_key_means_anything(key in ".{0,80}") {
        let known = Keys::all().entries.iter().any(|(known, _)| *known == key);
        prop_assert_eq!(Keys::all().meanings(&key).is_empty(), !known);
    }
}
