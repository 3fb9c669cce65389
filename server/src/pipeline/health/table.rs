//! A table of bounded length by name: when it is full, the one that was longest unheard of makes room.

use std::collections::HashMap;
use std::hash::Hash;

/// The table. What had to make room is handed over to be summed up elsewhere.
#[derive(Debug)]
pub struct Table<K, V> {
    rows_max: usize,
    rows: HashMap<K, Row<V>>,
    /// Rises with every look, so that rows know which of them was looked at last.
    clock: u64,
}

#[derive(Debug)]
struct Row<V> {
    looked_at: u64,
    value: V,
}

impl<K: Clone + Eq + Hash, V: Default> Table<K, V> {
    /// An empty one.
    pub fn new(rows_max: usize) -> Self {
        Self { rows_max, rows: HashMap::new(), clock: 0 }
    }

    /// The row of `key`, and the one that had to make room for it.
    pub fn row(&mut self, key: &K) -> (&mut V, Option<V>) {
        self.clock += 1;
        let is_full = self.rows.len() >= self.rows_max && !self.rows.contains_key(key);
        let gone = if is_full { self.oldest().and_then(|oldest| self.rows.remove(&oldest)) } else { None };
        let fresh = || Row { looked_at: 0, value: V::default() };
        let row = self.rows.entry(key.clone()).or_insert_with(fresh);
        row.looked_at = self.clock;
        (&mut row.value, gone.map(|row| row.value))
    }

    /// All rows, the one looked at last first.
    pub fn rows(&self) -> impl Iterator<Item = (&K, &V)> {
        let mut rows: Vec<_> = self.rows.iter().collect();
        rows.sort_unstable_by_key(|(_, row)| std::cmp::Reverse(row.looked_at));
        rows.into_iter().map(|(key, row)| (key, &row.value))
    }

    fn oldest(&self) -> Option<K> {
        self.rows.iter().min_by_key(|(_, row)| row.looked_at).map(|(key, _)| key.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_one_longest_unheard_of_makes_room_and_nothing_is_lost() {
        let mut table = Table::<&str, u64>::new(2);
        let mut gone = 0;
        for name in ["a", "b", "a", "c", "c", "d"] {
            let (value, made_room) = table.row(&name);
            *value += 1;
            gone += made_room.unwrap_or_default();
        }
        assert_eq!(table.rows().map(|(name, value)| (*name, *value)).collect::<Vec<_>>(), [("d", 1), ("c", 2)]);
        assert_eq!(gone, 3);
    }
}
