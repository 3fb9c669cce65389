//! Prices that are fetched from an address (`TRACETAB_PRICES_URL`): a whole price book in the format of the `genai-prices` project,
//! or entries as in `prices.yaml`.
//!
//! One server asks for them now and then ([`FetchedPrices::refresh`]); what is good is kept in the database, and every server takes
//! it from there ([`FetchedPrices::keep_up`]), also when it starts without a network. What is broken ([`Fetched`] cannot be read from
//! it) or suspicious (`doubts`) never replaces what is good, and the reason is logged once, shown on the Settings page, and a gauge.

pub mod address;
mod doubts;
mod get;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::Context;
use chrono::{DateTime, Utc};
use metrics::gauge;
use model::price::FetchedStatus;
use model::time::UnixNanos;
use sha2::{Digest, Sha256};
use sqlx::PgPool;
use store::fetched_prices::{self as kept, Fetched as Kept};

use self::address::Address;
use self::get::Got;
use super::prices::{self, HASH_DIGITS};
use crate::causes;
use crate::pipeline::price::{Fetched, PriceBook, RatesBook};

/// How often it is looked whether there are newer ones in the database: one row is read.
const LOOK_INTERVAL: Duration = Duration::from_secs(3);

/// After what cannot be used it is asked again so soon: somebody may be mending it.
const MENDED_WITHIN: Duration = Duration::from_secs(600);

/// Where they are from, the book they are put into, and how that stands.
pub struct FetchedPrices {
    address: Address,
    every: Duration,
    book: Arc<PriceBook>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// What the database says of them.
    kept: Option<Kept>,
    /// What is in the book.
    revision: Option<String>,
    models: usize,
}

impl FetchedPrices {
    /// Those at `address`, which is asked so often.
    pub fn new(address: Address, every: Duration, book: Arc<PriceBook>) -> Self {
        Self { address, every, book, state: Mutex::default() }
    }

    /// How they stand.
    pub fn status(&self) -> FetchedStatus {
        let state = self.state();
        let kept = state.kept.as_ref();
        FetchedStatus {
            url: self.address.shown().to_owned(),
            revision: state.revision.clone(),
            models: state.models,
            fetched_at: kept.and_then(|kept| kept.fetched_at),
            checked_at: kept.map(|kept| kept.checked_at),
            problem: kept.and_then(|kept| kept.problem.clone()),
        }
    }

    /// Looks at the database every few seconds, for as long as it is polled.
    pub async fn keep_up(&self, db: &PgPool) {
        loop {
            tokio::time::sleep(LOOK_INTERVAL).await;
            // An outage shows in many other places.
            if let Err(error) = self.look(db).await {
                tracing::debug!(error = causes::of(&error), "fetched prices could not be looked at");
            }
        }
    }

    /// Puts what is in the database into the book, if it is something else.
    pub async fn look(&self, db: &PgPool) -> anyhow::Result<()> {
        let kept = kept::status(db, self.address.shown()).await?;
        let revision = kept.as_ref().and_then(|kept| kept.revision.clone());
        if revision.is_some()
            && self.state().revision != revision
            && let Some(body) = kept::body(db, self.address.shown()).await?
        {
            let fetched = self.read(body).await?.map_err(anyhow::Error::msg).context("reading fetched prices")?;
            tracing::info!(revision = fetched.revision(), "fetched prices are in force");
            let mut state = self.state();
            (state.revision, state.models) = (Some(fetched.revision().to_owned()), fetched.len());
            drop(state);
            self.book.put_behind(fetched);
        }
        gauge!("tracetab_prices_fetched_broken").set(match &kept {
            Some(Kept { problem: Some(_), .. }) => 1.0,
            _ => 0.0,
        });
        self.state().kept = kept;
        Ok(())
    }

    /// Asks for newer ones, if it is time to.
    pub async fn refresh(&self, db: &PgPool, now: DateTime<Utc>) -> anyhow::Result<()> {
        let kept = kept::status(db, self.address.shown()).await?;
        if kept.as_ref().is_some_and(|kept| !self.is_time(kept, now)) {
            return Ok(());
        }
        let etag = kept.as_ref().and_then(|kept| kept.etag.as_deref());
        let result = match get::get(&self.address, etag).await {
            Ok(Got::Unchanged) => return Ok(kept::confirm(db, self.address.shown(), now).await?),
            Ok(Got::New { body, etag }) => match self.judge(body.clone(), now).await? {
                Ok(fetched) => {
                    let new = (fetched.revision(), body.as_slice());
                    kept::keep(db, self.address.shown(), new, etag.as_deref(), now).await?;
                    return self.look(db).await;
                }
                Err(reason) => reason,
            },
            Err(reason) => reason,
        };
        let known = kept.and_then(|kept| kept.problem).is_some_and(|problem| problem.reason == result);
        if !known {
            tracing::error!(
                reason = result,
                from = self.address.shown(),
                "fetched prices cannot be used; those before stay"
            );
        }
        kept::refuse(db, self.address.shown(), &result, now).await?;
        self.look(db).await
    }

    fn is_time(&self, kept: &Kept, now: DateTime<Utc>) -> bool {
        let pause = if kept.problem.is_some() { self.every.min(MENDED_WITHIN) } else { self.every };
        // A clock that was set back is no reason to wait.
        let since = now - kept.checked_at;
        since.to_std().map_or(true, |since| since >= pause)
    }

    /// What `body` is, if it can be used in place of what is in force.
    async fn judge(&self, body: Vec<u8>, now: DateTime<Utc>) -> anyhow::Result<Result<Fetched, String>> {
        let (book, at) = (self.book.clone(), UnixNanos::from_datetime(now));
        let read = self.read(body).await?;
        let judged = tokio::task::spawn_blocking(move || {
            let fetched = read?;
            doubts::about(&fetched, &book, at).map_or(Ok(fetched), Err)
        });
        judged.await.context("judging fetched prices")
    }

    /// Reading a whole book takes tens of milliseconds.
    async fn read(&self, body: Vec<u8>) -> anyhow::Result<Result<Fetched, String>> {
        let address = self.address.clone();
        tokio::task::spawn_blocking(move || read(&address, &body)).await.context("reading fetched prices")
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Replaced field by field: a panic in between leaves it to be looked at again.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A price book when it is a list in JSON, else entries as in `prices.yaml`.
fn read(address: &Address, body: &[u8]) -> Result<Fetched, String> {
    let text = std::str::from_utf8(body).map_err(|_| "it is no text; expected JSON or YAML".to_owned())?;
    if text.trim_start().starts_with('[') {
        let hash: String = Sha256::digest(body).iter().map(|byte| format!("{byte:02x}")).collect();
        let revision = format!("genai-prices {}", &hash[..HASH_DIGITS]);
        return RatesBook::read(body, revision).map(Fetched::Book);
    }
    prices::parse(address.file(), text).map(Fetched::Entries)
}
