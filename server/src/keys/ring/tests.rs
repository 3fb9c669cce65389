//! A ring for tests of what is behind it, and how it finds a key.

use super::*;

impl KeyRing {
    /// A ring that asks nobody for a key.
    pub(crate) fn unlocked(db: PgPool, now: fn() -> DateTime<Utc>) -> Self {
        let state = State { text: None, holders: None, problem: None };
        let (secret, own_key) = (Secret::new(Vec::new()), String::new());
        Self { path: None, db, secret, own_key, state: Mutex::new(state), now }
    }
}

fn a_holder(name: &str) -> Arc<Holder> {
    let hash = Key::hash_of(name.as_bytes());
    Arc::new(Holder { key: Key { name: name.to_owned(), hash, tenant: None, may: vec![May::Read] }, own_space: None })
}

#[test]
fn a_key_is_found_by_its_whole_hash_wherever_it_stands() {
    let holders = ["a", "b", "c"].map(a_holder);
    for holder in &holders {
        assert_eq!(holder_of(&holders, &holder.key.hash).as_ref(), Some(holder));
        for at in [0, HASH_BYTES - 1] {
            let mut other = holder.key.hash;
            other[at] ^= 1;
            assert_eq!(holder_of(&holders, &other), None);
        }
    }
}
