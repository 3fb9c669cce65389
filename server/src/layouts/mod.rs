//! Traces that are looked at, laid out once: pages, windows of rows and everybody who looks at the same trace share it.
//!
//! Whoever asks for a trace that nobody has laid out yet does it for all who ask meanwhile. What is kept is bounded in bytes and
//! given back when nobody has asked for it for a while (`shelf`); what is under way is bounded in spans.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use app::context::{Comparing, Judging, LayingOut, LayoutsInUse};
use app::error::ApiError;
use metrics::{counter, gauge};
use model::TraceId;
use model::trace::Revision;
use model::trace::compare::Comparison;
use model::trace::waste::{Avoidable, Waste};
use model::trace::waterfall::{Layout, Times};
use store::Readers;
use store::traces::Reader;
use tokio::sync::{Semaphore, SemaphorePermit};

use self::shelf::{Key, Shelf};

mod shelf;

/// Spans of one trace that are laid out. A span takes about 130 bytes, so the largest trace takes what all of them may; of a
/// larger one the page says how many are left out.
const SPANS_MAX: i64 = 2_000_000;

/// Memory for traces that nobody may be looking at any more: a thousand of ordinary size, or two of a million spans.
const BYTES_MAX: usize = 256 << 20;

/// Spans of all traces that are being laid out at a time, in thousands: while that goes on a span takes another 100 bytes.
const UNDER_WAY_THOUSANDS_MAX: u32 = 2_000;

/// How long a trace is kept that nobody asks for: whoever reads a span's detail comes back for the next rows.
const UNUSED_MAX: Duration = Duration::from_secs(120);

/// How often it is looked for such traces.
const LOOK_INTERVAL: Duration = Duration::from_secs(5);

/// The traces that are laid out.
pub struct Layouts {
    readers: Readers,
    shelf: Mutex<Shelf>,
    /// Traces that are being laid out: who holds the lock does it, the others wait for it.
    making: Mutex<HashMap<TraceId, Arc<tokio::sync::Mutex<()>>>>,
    room: Semaphore,
}

impl Layouts {
    /// Lays out what is in the database behind `readers`.
    pub fn new(readers: Readers) -> Self {
        gauge!("tracetab_layouts_bytes_max").set(BYTES_MAX as f64);
        Self {
            readers,
            shelf: Mutex::new(Shelf::of(BYTES_MAX)),
            making: Mutex::default(),
            room: Semaphore::new(UNDER_WAY_THOUSANDS_MAX as usize),
        }
    }

    /// Gives back what nobody asks for any more, for as long as it is polled.
    pub async fn keep_up(&self) {
        loop {
            tokio::time::sleep(LOOK_INTERVAL).await;
            if let Some(before) = Instant::now().checked_sub(UNUSED_MAX) {
                self.with_shelf(|shelf| shelf.drop_unused_since(before));
            }
        }
    }

    async fn look(
        self: Arc<Self>,
        kept: TraceId,
        seen: Option<Revision>,
        times: Times,
    ) -> Result<Option<Arc<Layout>>, ApiError> {
        let key = |revision| Key { trace: kept, revision, times };
        if let Some(layout) = seen.and_then(|seen| self.take(key(seen))) {
            return Ok(Some(layout));
        }
        let Some((revision, spans)) = store::traces::state(&self.readers.get(), kept).await? else { return Ok(None) };
        if let Some(layout) = self.take(key(revision)) {
            return Ok(Some(layout));
        }
        let lock = self.lock_of(kept);
        let held = lock.lock().await;
        let layout = match self.take(key(revision)) {
            Some(layout) => Ok(layout),
            None => self.make(key(revision), spans).await,
        };
        drop(held);
        self.forget_lock(kept, lock);
        layout.map(Some)
    }

    async fn make(&self, key: Key, spans: i64) -> Result<Arc<Layout>, ApiError> {
        let _room = self.room_for(spans).await;
        let db = self.readers.get();
        // The state was read before the spans: what comes in between makes another one.
        let columns = store::spans::light(&db, key.trace, SPANS_MAX).await?;
        let calls = store::spans::inputs(&db, Reader::Everything, key.trace).await?;
        let layout = tokio::task::spawn_blocking(move || Layout::of(key.revision, columns, key.times, &calls)).await;
        let layout = Arc::new(layout.map_err(|error| failed(&error))?);
        counter!("tracetab_layouts_made_total").increment(1);
        self.with_shelf(|shelf| shelf.put(key, layout.clone(), Instant::now()));
        Ok(layout)
    }

    /// Who sees all spans of a trace shares its layout; of what a part of them says nothing is kept.
    async fn judge(self: Arc<Self>, reader: Reader<'_>, kept: TraceId) -> Result<Avoidable, ApiError> {
        if matches!(reader, Reader::Everything) {
            let layout = LayoutsInUse::of(self, kept, None).await?;
            return Ok(layout.map(|layout| layout.waterfall.avoidable()).unwrap_or_default());
        }
        let db = self.readers.get();
        let spans = store::traces::state(&db, kept).await?.map_or(0, |(_, spans)| spans);
        let _room = self.room_for(spans).await;
        let columns = store::spans::light_for(&db, reader, kept, SPANS_MAX).await?;
        let calls = store::spans::inputs(&db, reader, kept).await?;
        let work = tokio::task::spawn_blocking(move || Waste::of(&columns, &calls).avoidable(&columns));
        work.await.map_err(|error| failed(&error))
    }

    /// A place for so many spans among those that are under way; closed by nobody.
    async fn room_for(&self, spans: i64) -> Option<SemaphorePermit<'_>> {
        let thousands = u32::try_from(spans / 1_000 + 1).unwrap_or(u32::MAX).min(UNDER_WAY_THOUSANDS_MAX);
        self.room.acquire_many(thousands).await.ok()
    }

    fn take(&self, key: Key) -> Option<Arc<Layout>> {
        self.with_shelf(|shelf| shelf.take(key, Instant::now()))
    }

    fn with_shelf<T>(&self, work: impl FnOnce(&mut Shelf) -> T) -> T {
        // Nothing on it is left half done by a panic: a trace is there or not.
        let mut shelf = self.shelf.lock().unwrap_or_else(PoisonError::into_inner);
        let result = work(&mut shelf);
        gauge!("tracetab_layouts_bytes").set(shelf.bytes() as f64);
        result
    }

    fn lock_of(&self, kept: TraceId) -> Arc<tokio::sync::Mutex<()>> {
        self.making.lock().unwrap_or_else(PoisonError::into_inner).entry(kept).or_default().clone()
    }

    /// The last one who waited takes the lock away.
    fn forget_lock(&self, kept: TraceId, lock: Arc<tokio::sync::Mutex<()>>) {
        let mut making = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        drop(lock);
        if making.get(&kept).is_some_and(|lock| Arc::strong_count(lock) == 1) {
            making.remove(&kept);
        }
    }
}

impl LayoutsInUse for Layouts {
    fn with(self: Arc<Self>, kept: TraceId, seen: Option<Revision>, times: Times) -> LayingOut {
        // Goes on when whoever asked first has left: the next one finds it done.
        let work = tokio::spawn(self.look(kept, seen, times));
        Box::pin(async move { work.await.unwrap_or_else(|error| Err(failed(&error))) })
    }

    fn compare(&self, first: Arc<Layout>, second: Arc<Layout>) -> Comparing {
        let work = tokio::task::spawn_blocking(move || Comparison::of(&first.waterfall, &second.waterfall));
        Box::pin(async move { work.await.map_err(|error| failed(&error)) })
    }

    fn avoidable(self: Arc<Self>, reader: Reader<'_>, kept: TraceId) -> Judging<'_> {
        Box::pin(self.judge(reader, kept))
    }
}

/// Laying out ended in the middle: a fault of ours, or the server ends.
fn failed(error: &tokio::task::JoinError) -> ApiError {
    tracing::error!(%error, "a trace could not be laid out");
    ApiError::Internal
}
