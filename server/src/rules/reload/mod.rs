//! The price file is looked at again while the server runs; [`mod@file`] does the same for others.
//!
//! A file that cannot be used never replaces prices that can: they stay in force, and the reason is logged once, shown on the
//! Settings page, and a gauge in `/metrics`. A file that goes away is such a file, since editors take files away to write them.

use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use app::context::PricesInUse;
use chrono::{DateTime, Utc};
use metrics::gauge;
use model::Span;
use model::cost::Cost;
use model::price::{BookStatus, FileProblem, FileStatus, NewPrice};
use rustix::fs::{Access, access};

use super::fetched::FetchedPrices;
use super::prices::append;
use super::{PRICES_FILE, RulesError, parsed, prices, read};
use crate::causes;
use crate::pipeline::price::overrides::Overrides;
use crate::pipeline::price::{BUNDLED, PriceBook};

pub mod file;

/// How often: soon enough for who watches the page after saving, and a file of rules is read in a millisecond.
const LOOK_INTERVAL: Duration = Duration::from_secs(3);

/// The price file and the book its prices are put into.
pub struct PriceFile {
    /// `None` without a folder of rules.
    path: Option<PathBuf>,
    book: Arc<PriceBook>,
    state: Mutex<State>,
    /// Prices are added one after the other.
    adding: Mutex<()>,
    fetched: Option<Arc<FetchedPrices>>,
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
        let path = folder.map(|folder| folder.join(PRICES_FILE));
        let file = Self { path, book, state: Mutex::new(state), adding: Mutex::new(()), fetched: None, now };
        file.tell(&file.state());
        file
    }

    /// Tells of prices that are fetched as well.
    #[must_use]
    pub fn beside(self, fetched: Option<Arc<FetchedPrices>>) -> Self {
        Self { fetched, ..self }
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

    /// Adds a price at the end of the file and takes it over.
    fn add(&self, price: &NewPrice) -> Result<(), String> {
        let path = self.path.as_ref().ok_or("there is no folder for a price file: TRACETAB_RULES names none")?;
        let lines = price.lines()?;
        let told = |error: RulesError| causes::of(&error.into());
        let one_after_the_other = self.adding.lock().unwrap_or_else(PoisonError::into_inner);
        let text = read(path).map_err(told)?;
        let before = text.as_deref().map(|text| parsed(path, text, prices::parse)).transpose().map_err(told)?;
        let new = append::appended(text.as_deref(), &lines)?;
        let after = parsed(path, &new, prices::parse).map_err(told)?;
        let entries = |prices: &Overrides| prices.entries().iter().map(ToString::to_string).collect::<Vec<_>>();
        let before = before.map(|prices| entries(&prices)).unwrap_or_default();
        if entries(&after).split_last().is_none_or(|(_, others)| *others != before) {
            return Err("nothing can be added to the price file the way it is written; copy the lines".to_owned());
        }
        append::replace(path, text.as_deref(), &new).map_err(|error| format!("{}: {error}", path.display()))?;
        drop(one_after_the_other);
        tracing::info!(model = price.model, "a price was added to the price file");
        self.look();
        Ok(())
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
        let fetched = self.fetched.as_ref().map(|fetched| fetched.status());
        BookStatus { built_in: BUNDLED.to_owned(), file, fetched }
    }

    fn revision(&self) -> String {
        self.book.revision()
    }

    fn is_priced(&self, provider: Option<&str>, model: &str) -> bool {
        self.book.knows(provider, model, (self.now)())
    }

    fn price_again(&self, span: Span) -> Cost {
        self.book.price_again(span)
    }

    fn takes_prices(&self) -> bool {
        let Some(path) = &self.path else { return false };
        let can_write = |path: &Path| access(path, Access::WRITE_OK).is_ok();
        // Who may not write the file is not meant to replace it either.
        path.parent().is_some_and(can_write) && (!path.exists() || can_write(path))
    }

    fn add_price(self: Arc<Self>, price: NewPrice) -> Pin<Box<dyn Future<Output = Result<(), String>> + Send>> {
        Box::pin(async move {
            // Folders may be on slow or distant disks.
            let added = tokio::task::spawn_blocking(move || self.add(&price)).await;
            added.unwrap_or_else(|error| Err(format!("the price file could not be written: {error}")))
        })
    }

    fn named(&self, provider: Option<&str>, model: &str) -> (String, String) {
        self.book.named(provider, model, (self.now)())
    }
}

#[cfg(test)]
mod tests;
