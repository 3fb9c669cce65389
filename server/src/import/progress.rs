//! How far an import is, shared by the thread that reads and the task that sends.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use app::format::number;

use crate::meter::bar;

/// Characters of a file's name in the line: the end of a path says more than its beginning.
const NAME_CHARS_MAX: usize = 24;

/// The progress of one file after the other.
#[derive(Debug, Default)]
pub struct Progress {
    bytes: AtomicU64,
    spans: AtomicU64,
    now: Mutex<Now>,
}

/// What goes on now.
#[derive(Debug, Default)]
struct Now {
    /// The file and its bytes, as far as known.
    file: Option<(String, Option<u64>)>,
    began: Option<Instant>,
    /// Why nothing can be sent just now.
    waits: Option<String>,
}

impl Progress {
    /// Nothing is being read yet.
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    /// A file begins that has so many bytes, if that is known.
    pub fn begin(&self, path: &Path, bytes: Option<u64>) {
        self.bytes.store(0, Relaxed);
        self.spans.store(0, Relaxed);
        let file = Some((short(&name_of(path)), bytes));
        *self.now() = Now { file, began: Some(Instant::now()), waits: None };
    }

    /// More of the file was read.
    pub fn add_bytes(&self, bytes: usize) {
        self.bytes.fetch_add(bytes as u64, Relaxed);
    }

    /// More of its spans were sent.
    pub fn add_spans(&self, spans: u64) {
        self.spans.fetch_add(spans, Relaxed);
        self.now().waits = None;
    }

    /// The server takes nothing just now. Says whether that is news.
    pub fn wait(&self, why: &str) -> bool {
        self.now().waits.replace(why.to_owned()).is_none()
    }

    /// The file is done.
    pub fn end(&self) {
        *self.now() = Now::default();
    }

    /// All of it in a line, while there is something to say.
    pub fn line(&self) -> Option<String> {
        let began = self.now().began?;
        self.line_after(began.elapsed().as_secs_f64())
    }

    /// The same for a file that began so many seconds ago.
    fn line_after(&self, seconds: f64) -> Option<String> {
        let now = self.now();
        let (name, size) = now.file.as_ref()?;
        let (bytes, spans) = (self.bytes.load(Relaxed), self.spans.load(Relaxed));
        let sent = number::count(i64::try_from(spans).unwrap_or(i64::MAX));
        if let Some(why) = &now.waits {
            return Some(format!("{name}: waiting for the server, {sent} spans sent: {why}"));
        }
        let read = match size {
            Some(size) => format!("{} {} of {}", bar(bytes, *size), number::bytes(bytes), number::bytes(*size)),
            None => number::bytes(bytes),
        };
        let rate = number::count((spans as f64 / seconds.max(1.0)) as i64);
        Some(format!("{name}: {read}, {sent} spans, {rate} a second"))
    }

    /// A poisoned lock only means that a holder panicked between plain assignments.
    fn now(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What people call the file.
pub fn name_of(path: &Path) -> String {
    if path == Path::new("-") { "standard input".to_owned() } else { path.display().to_string() }
}

fn short(name: &str) -> String {
    let over = name.chars().count().saturating_sub(NAME_CHARS_MAX);
    if over == 0 { name.to_owned() } else { format!("…{}", name.chars().skip(over + 1).collect::<String>()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_says_how_far_the_file_is_and_why_it_waits() {
        let progress = Progress::new();
        assert_eq!(progress.line_after(2.0), None);
        progress.begin(Path::new("a/very/long/way/to/the/folder/of/traces.json"), Some(4_096));
        progress.add_bytes(2_048);
        progress.add_spans(3_000);
        let line = "…e/folder/of/traces.json: [##########..........] 2 kB of 4 kB, 3,000 spans, 1,500 a second";
        assert_eq!(progress.line_after(2.0).as_deref(), Some(line));
        assert!(progress.wait("it is full") && !progress.wait("it is away"));
        assert!(progress.line_after(2.0).unwrap().ends_with(": waiting for the server, 3,000 spans sent: it is away"));
        progress.begin(Path::new("-"), None);
        assert_eq!(progress.line_after(2.0).as_deref(), Some("standard input: 0 B, 0 spans, 0 a second"));
        progress.end();
        assert_eq!(progress.line_after(2.0), None);
    }
}
