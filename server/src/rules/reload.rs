//! The price file is looked at again while the server runs.
//!
//! A file that cannot be used never replaces prices that can: they stay in force, and the reason is logged once, shown on the
//! Settings page, and a gauge in `/metrics`. A file that goes away is such a file, since editors take files away to write them.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use app::context::PricesInUse;
use chrono::{DateTime, Utc};
use metrics::gauge;
use model::price::{BookStatus, FileProblem, FileStatus};
use model::{Span, Usd};

use super::{PRICES_FILE, parsed, prices, read};
use crate::causes;
use crate::pipeline::price::overrides::Overrides;
use crate::pipeline::price::{PriceBook, REVISION};

/// How often: soon enough for who watches the page after saving, and a file of rules is read in a millisecond.
const LOOK_INTERVAL: Duration = Duration::from_secs(3);

/// The price file and the book its prices are put into.
pub struct PriceFile {
    /// `None` without a folder of rules.
    path: Option<PathBuf>,
    book: Arc<PriceBook>,
    state: Mutex<State>,
    now: fn() -> DateTime<Utc>,
}

struct State {
    /// What was read last, whether it could be used or not; `None` is no file, or one that cannot be read.
    text: Option<String>,
    loaded_at: DateTime<Utc>,
    problem: Option<FileProblem>,
}

impl PriceFile {
    /// The file within `folder`, whose prices are `prices` and go into `book`.
    pub fn new(folder: Option<&Path>, prices: Overrides, book: Arc<PriceBook>, now: fn() -> DateTime<Utc>) -> Self {
        book.put_in_front(prices);
        let state = State { text: None, loaded_at: now(), problem: None };
        let file = Self { path: folder.map(|folder| folder.join(PRICES_FILE)), book, state: Mutex::new(state), now };
        file.tell(&file.state());
        file
    }

    /// Looks at the file every few seconds, for as long as it is polled.
    pub async fn keep_up(self: &Arc<Self>) {
        loop {
            tokio::time::sleep(LOOK_INTERVAL).await;
            let file = Arc::clone(self);
            // Folders may be on slow or distant disks.
            if let Err(error) = tokio::task::spawn_blocking(move || file.look()).await {
                tracing::error!(%error, "the price file could not be looked at");
            }
        }
    }

    /// Takes the file's prices over if it has changed and can be used.
    pub fn look(&self) {
        let Some(path) = &self.path else { return };
        let read = match read(path) {
            Ok(None) if self.book.overrides().is_from_file() => Err(format!(
                "{}: there is no such file any more, and its last prices stay in force; for none, write `prices: []`",
                path.display()
            )),
            Ok(None) => return,
            Ok(Some(text)) => Ok(text),
            Err(error) => Err(causes::of(&error.into())),
        };
        let mut state = self.state();
        match read {
            Ok(text) if state.text.as_ref() == Some(&text) => return,
            Ok(text) => {
                match parsed(path, &text, prices::parse) {
                    Ok(prices) => self.take_over(prices, &mut state),
                    Err(error) => self.refuse(causes::of(&error.into()), &mut state),
                }
                state.text = Some(text);
            }
            Err(reason) => {
                self.refuse(reason, &mut state);
                state.text = None;
            }
        }
        self.tell(&state);
    }

    fn take_over(&self, prices: Overrides, state: &mut State) {
        let was_broken = state.problem.take().is_some();
        if self.book.overrides().revision() != prices.revision() {
            tracing::info!(revision = prices.revision(), entries = prices.entries().len(), "new prices are in force");
            self.book.put_in_front(prices);
            state.loaded_at = (self.now)();
        } else if was_broken {
            tracing::info!(revision = prices.revision(), "the price file is what is in force again");
        }
    }

    /// Says so once: a file is looked at every few seconds.
    fn refuse(&self, reason: String, state: &mut State) {
        if state.problem.as_ref().is_some_and(|problem| problem.reason == reason) {
            return;
        }
        tracing::error!(reason, "the price file cannot be used; the prices before it stay in force");
        let since = state.problem.as_ref().map_or_else(|| (self.now)(), |problem| problem.since);
        state.problem = Some(FileProblem { since, reason });
    }

    fn tell(&self, state: &State) {
        gauge!("tracetab_prices_file_entries").set(self.book.overrides().entries().len() as f64);
        gauge!("tracetab_prices_file_broken").set(if state.problem.is_some() { 1.0 } else { 0.0 });
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Replaced as a whole: a panic in between leaves the file to be looked at again.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl PricesInUse for PriceFile {
    fn status(&self) -> BookStatus {
        let (state, prices) = (self.state(), self.book.overrides());
        let file = self.path.as_ref().map(|path| FileStatus {
            path: path.display().to_string(),
            revision: prices.is_from_file().then(|| prices.revision().to_owned()),
            loaded_at: state.loaded_at,
            entries: prices.entries().iter().map(ToString::to_string).collect(),
            problem: state.problem.clone(),
        });
        BookStatus { built_in: REVISION.to_owned(), file }
    }

    fn is_priced(&self, provider: Option<&str>, model: &str) -> bool {
        self.book.knows(provider, model, (self.now)())
    }

    fn price_again(&self, span: Span) -> Option<Usd> {
        self.book.price_again(span)
    }

    fn named(&self, provider: Option<&str>, model: &str) -> (String, String) {
        self.book.named(provider, model, (self.now)())
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    const GOOD: &str = "prices:\n  - {model: acme, per_call: 0.5}\n";

    /// A price file in a folder of its own, which is removed in the end.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let folder = std::env::temp_dir().join(format!("tracetab-{name}-{}", std::process::id()));
            fs::create_dir_all(&folder).unwrap();
            Self(folder)
        }

        fn write(&self, text: &str) {
            fs::write(self.0.join(PRICES_FILE), text).unwrap();
        }

        fn file(&self) -> PriceFile {
            let rules = crate::rules::Rules::load(Some(&self.0)).unwrap();
            PriceFile::new(Some(&self.0), rules.prices, Arc::new(PriceBook::bundled()), || DateTime::UNIX_EPOCH)
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn looked(file: &PriceFile) -> FileStatus {
        file.look();
        file.status().file.unwrap()
    }

    #[test]
    fn a_changed_file_is_taken_over_and_a_broken_one_leaves_what_was_there() {
        let folder = Folder::new("reload");
        folder.write(GOOD);
        let file = folder.file();
        let first = looked(&file);
        assert_eq!(
            (first.entries.as_slice(), &first.problem),
            (["acme: 0.5 USD per call".to_owned()].as_slice(), &None)
        );

        folder.write(&GOOD.replace("0.5", "half"));
        let broken = looked(&file);
        assert_eq!((&broken.revision, &broken.entries), (&first.revision, &first.entries));
        let problem = broken.problem.unwrap();
        assert!(
            problem.reason.contains("prices.yaml: ") && problem.reason.contains("at line 2 "),
            "{}",
            problem.reason
        );

        folder.write(&GOOD.replace("0.5", "0.25"));
        let better = looked(&file);
        assert_eq!(
            (better.entries.as_slice(), &better.problem),
            (["acme: 0.25 USD per call".to_owned()].as_slice(), &None)
        );
        assert_ne!(better.revision, first.revision);
    }

    #[test]
    fn a_file_that_goes_away_leaves_its_prices_and_one_that_comes_is_taken_over() {
        let folder = Folder::new("reload-gone");
        let file = folder.file();
        assert_eq!((looked(&file).revision, looked(&file).problem), (None, None), "no file is no mistake");
        folder.write(GOOD);
        assert_eq!(looked(&file).entries.len(), 1);
        fs::remove_file(folder.0.join(PRICES_FILE)).unwrap();
        let gone = looked(&file);
        assert_eq!(gone.entries.len(), 1);
        assert!(gone.problem.unwrap().reason.contains("write `prices: []`"));
        folder.write(GOOD);
        assert_eq!(looked(&file).problem, None, "it is back as it was");
        folder.write("prices: []");
        let empty = looked(&file);
        assert_eq!((empty.entries.len(), empty.problem), (0, None));
    }

    #[test]
    fn a_file_that_is_too_large_or_no_text_is_not_taken_over() {
        let folder = Folder::new("reload-large");
        folder.write(GOOD);
        let file = folder.file();
        folder.write(&format!("{GOOD}#{}", "x".repeat(1024 * 1024)));
        assert!(looked(&file).problem.unwrap().reason.contains("larger than 1048576 bytes"));
        fs::write(folder.0.join(PRICES_FILE), [0xff, 0xfe]).unwrap();
        let broken = looked(&file);
        assert!(broken.problem.unwrap().reason.contains("cannot read"));
        assert_eq!(broken.entries.len(), 1);
    }
}
