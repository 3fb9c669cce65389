//! Layouts that are kept, by trace and state; those used least recently make room for new ones.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use model::TraceId;
use model::trace::Revision;
use model::trace::waterfall::{Layout, Times};

/// What a layout is known by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key {
    /// The trace.
    pub trace: TraceId,
    /// Its state.
    pub revision: Revision,
    /// Whose times it has.
    pub times: Times,
}

/// What is kept.
pub struct Shelf {
    kept: HashMap<Key, Kept>,
    bytes: usize,
    bytes_max: usize,
}

struct Kept {
    layout: Arc<Layout>,
    bytes: usize,
    used: Instant,
}

impl Shelf {
    /// An empty one with room for so many bytes.
    pub fn of(bytes_max: usize) -> Self {
        Self { kept: HashMap::new(), bytes: 0, bytes_max }
    }

    /// Bytes of all that is kept.
    pub const fn bytes(&self) -> usize {
        self.bytes
    }

    /// A trace in this state, if it is here.
    pub fn take(&mut self, key: Key, now: Instant) -> Option<Arc<Layout>> {
        let kept = self.kept.get_mut(&key)?;
        kept.used = now;
        Some(kept.layout.clone())
    }

    /// Keeps a layout and drops those used least recently until all fit; the new one stays, whatever its size: somebody looks at it.
    pub fn put(&mut self, key: Key, layout: Arc<Layout>, now: Instant) {
        let bytes = layout.bytes();
        self.drop_one(key);
        while self.bytes + bytes > self.bytes_max {
            let Some(oldest) = self.kept.iter().min_by_key(|(_, kept)| kept.used).map(|(key, _)| *key) else { break };
            self.drop_one(oldest);
        }
        self.kept.insert(key, Kept { layout, bytes, used: now });
        self.bytes += bytes;
    }

    /// Drops what was last used before this moment.
    pub fn drop_unused_since(&mut self, before: Instant) {
        let unused: Vec<_> = self.kept.iter().filter(|(_, kept)| kept.used < before).map(|(key, _)| *key).collect();
        unused.into_iter().for_each(|key| self.drop_one(key));
    }

    fn drop_one(&mut self, key: Key) {
        if let Some(kept) = self.kept.remove(&key) {
            self.bytes -= kept.bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use model::span::{Category, SpanKind, Status};
    use model::time::UnixNanos;
    use model::trace::waste::Calls;
    use model::trace::waterfall::columns::{Columns, LightSpan};
    use model::{SpanId, Usd};

    use super::*;

    fn trace(number: u8) -> Key {
        let trace = TraceId::from_bytes([number; 16]).unwrap();
        Key { trace, revision: Revision::default(), times: Times::Corrected }
    }

    fn layout(spans: u64) -> Arc<Layout> {
        let mut columns = Columns::default();
        for number in 1..=spans {
            columns.push(LightSpan {
                span_id: SpanId::from_bytes(number.to_be_bytes()).unwrap(),
                parent_span_id: None,
                operation: 0,
                service: 0,
                kind: SpanKind::Internal,
                category: Category::Other,
                status: Status::Ok,
                start: UnixNanos(1),
                duration_ns: 1,
                cost: Some(Usd::ZERO),
                received: UnixNanos(1),
            });
        }
        Arc::new(Layout::of(Revision::default(), columns, Times::Corrected, &Calls::default()))
    }

    #[test]
    fn the_least_recently_used_makes_room_and_bytes_stay_bounded() {
        let one = layout(100);
        let mut shelf = Shelf::of(one.bytes() * 5 / 2);
        let began = Instant::now();
        let at = |seconds| began + Duration::from_secs(seconds);
        shelf.put(trace(1), one.clone(), at(1));
        shelf.put(trace(2), one.clone(), at(2));
        assert!(shelf.take(trace(1), at(3)).is_some());
        shelf.put(trace(3), one.clone(), at(4));
        assert_eq!(shelf.bytes(), 2 * one.bytes());
        assert!(shelf.take(trace(2), at(5)).is_none());
        assert!(shelf.take(trace(1), at(6)).is_some());
        assert!(
            shelf.take(Key { revision: Revision { version: 2, finalised: 0 }, ..trace(1) }, at(6)).is_none(),
            "another state"
        );
        assert!(shelf.take(Key { times: Times::AsSent, ..trace(1) }, at(6)).is_none(), "other times");
    }

    #[test]
    fn one_that_is_larger_than_all_may_be_stays_alone() {
        let (small, large) = (layout(10), layout(1_000));
        let mut shelf = Shelf::of(large.bytes() - 1);
        let now = Instant::now();
        shelf.put(trace(1), small.clone(), now);
        shelf.put(trace(2), large.clone(), now);
        assert_eq!(shelf.bytes(), large.bytes());
        shelf.put(trace(1), small.clone(), now);
        assert_eq!(shelf.bytes(), small.bytes());
    }

    #[test]
    fn what_nobody_asks_for_is_given_back() {
        let mut shelf = Shelf::of(usize::MAX);
        let began = Instant::now();
        let later = began + Duration::from_secs(10);
        shelf.put(trace(1), layout(10), began);
        shelf.put(trace(2), layout(10), later);
        shelf.put(trace(2), layout(10), later);
        shelf.drop_unused_since(later);
        assert_eq!(shelf.bytes(), layout(10).bytes());
        assert!(shelf.take(trace(2), later).is_some());
    }
}
