//! What server functions and pages get from the server they run in; native only.

mod alerts;

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use chrono::{DateTime, Utc};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use model::access::KeysStatus;
use model::budget::Reading;
use model::budget::rulebook::Rulebook;
use model::cost::{Balance, Cost};
use model::health::{DemoStatus, Endpoints, IngestHealth};
use model::ingest::IngestReport;
use model::price::{BookStatus, NewPrice};
use model::trace::Revision;
use model::trace::compare::Comparison;
use model::trace::waste::Avoidable;
use model::trace::waterfall::{Layout, Times};
use model::{Span, TraceId};
use serde::{Deserialize, Serialize};
use store::traces::Reader;
use store::{Db, Pools, StoreError};

use crate::error::ApiError;

pub use alerts::{AlertRules, AlertRulesInUse, NotificationsInUse};

/// Everything a page may ask of the server, provided to leptos as a context by `server::ui`.
#[derive(Clone)]
pub struct Services {
    /// Database pools; pages use `readers`.
    pub pools: Pools,
    /// The clock.
    pub now: fn() -> DateTime<Utc>,
    /// Where the server listens.
    pub endpoints: Endpoints,
    /// How ingest is doing.
    pub ingest: Arc<dyn Fn() -> IngestHealth + Send + Sync>,
    /// Everything there is to know about it.
    pub ingest_report: Arc<dyn Fn() -> IngestReport + Send + Sync>,
    /// The prices in use.
    pub prices: Arc<dyn PricesInUse>,
    /// Whether the books balance.
    pub books: Arc<dyn BooksInUse>,
    /// The keys in force.
    pub keys: Arc<dyn KeysInUse>,
    /// Traces that are laid out.
    pub layouts: Arc<dyn LayoutsInUse>,
    /// Traces as text.
    pub texts: Arc<dyn TraceTexts>,
    /// The budgets in force, and how they stand.
    pub budgets: Arc<dyn BudgetsInUse>,
    /// The rules of alerts in force.
    pub alert_rules: Arc<dyn AlertRulesInUse>,
    /// Those who hear of alerts.
    pub notifications: Arc<dyn NotificationsInUse>,
    /// Starts the demo data if it is not running, and tells how far it is.
    pub demo_start: Arc<dyn Fn() -> DemoStatus + Send + Sync>,
    /// How far the demo data is.
    pub demo_status: Arc<dyn Fn() -> DemoStatus + Send + Sync>,
}

/// What a server knows about the prices it uses.
pub trait PricesInUse: Send + Sync {
    /// What is in force, and what is wrong with the price file.
    fn status(&self) -> BookStatus;

    /// Whether a call of the model would have a price now.
    fn is_priced(&self, provider: Option<&str>, model: &str) -> bool;

    /// All prices that are in force, in words: the same words are the same prices.
    fn revision(&self) -> String;

    /// What a stored span would cost, were it to arrive now, whatever the verdict on it.
    fn price_again(&self, span: Span) -> Cost;

    /// Whether prices can be added here: the price file, or the folder it would be in, can be written.
    fn takes_prices(&self) -> bool;

    /// Adds a price to the price file, which is in force then. `Err` says why it was not taken, and the file is as it was.
    fn add_price(self: Arc<Self>, price: NewPrice) -> Pin<Box<dyn Future<Output = Result<(), String>> + Send>>;

    /// The names a provider and a model have in the price book, whatever a span or a bill calls them.
    fn named(&self, provider: Option<&str>, model: &str) -> (String, String);
}

/// Remembers who acted last in this browser; a name for forms, never a proof of anything.
pub const WHO_COOKIE: &str = "tracetab_who";

/// The books as they were added up.
#[derive(Debug, Clone)]
pub struct Checked {
    /// When.
    pub as_of: DateTime<Utc>,
    /// How long it took.
    pub took: Duration,
    /// What came of it.
    pub balance: Arc<Balance>,
}

/// How new a check of the books has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// It has to begin after it was asked for.
    Now,
    /// One that is not long ago will do: however many pages are open, adding up takes a small part of the database's time.
    Recent,
    /// Everything has to be added up anew, also the days that are over.
    Anew,
}

/// Adds the books up: one check at a time, shared by all who wait for it.
pub trait BooksInUse: Send + Sync {
    /// The books, as new as asked for.
    fn check(&self, freshness: Freshness) -> Checking<'_>;
}

/// A check under way.
pub type Checking<'a> = Pin<Box<dyn Future<Output = Result<Checked, StoreError>> + Send + 'a>>;

/// What a server knows about budgets. Answered from memory.
pub trait BudgetsInUse: Send + Sync {
    /// How every budget stood last; `None` until they have been read.
    fn reading(&self) -> Option<Arc<Reading>>;

    /// Every budget there is, with where it comes from, and what is wrong with the file.
    fn rules(&self) -> Arc<Rulebook>;

    /// Another number whenever there are other budgets or other forecasts.
    fn pulse(&self) -> u64;

    /// Takes over at once what has just been changed.
    fn look_again(&self) -> Pin<Box<dyn Future<Output = Result<(), StoreError>> + Send + '_>>;
}

/// Lays traces out, each state of a trace once for all who look at it.
pub trait LayoutsInUse: Send + Sync {
    /// The trace kept under this id: in the state it was seen in if that is still at hand, else as it is now; `None` when
    /// there is no such trace. With clocks corrected, or with the times as they were sent.
    fn with(self: Arc<Self>, kept: TraceId, seen: Option<Revision>, times: Times) -> LayingOut;

    /// The same with clocks corrected.
    fn of(self: Arc<Self>, kept: TraceId, seen: Option<Revision>) -> LayingOut {
        self.with(kept, seen, Times::Corrected)
    }

    /// Two traces beside each other.
    fn compare(&self, first: Arc<Layout>, second: Arc<Layout>) -> Comparing;

    /// What of the trace's money was avoidable, as far as `reader` may see its spans.
    fn avoidable(self: Arc<Self>, reader: Reader<'_>, kept: TraceId) -> Judging<'_>;
}

/// Two traces that are being compared.
pub type Comparing = Pin<Box<dyn Future<Output = Result<Comparison, ApiError>> + Send>>;

/// What was avoidable, being worked out.
pub type Judging<'a> = Pin<Box<dyn Future<Output = Result<Avoidable, ApiError>> + Send + 'a>>;

/// A trace that is being laid out.
pub type LayingOut = Pin<Box<dyn Future<Output = Result<Option<Arc<Layout>>, ApiError>> + Send>>;

/// Writes traces in the formats of `GET /api/v1/traces/{trace_id}`.
pub trait TraceTexts: Send + Sync {
    /// The beginning of the trace kept under an id, and all of it when that is short, in a format of this name. `trace_id` is the
    /// id it was asked for by; `None` when there is no such trace or format.
    fn excerpt(self: Arc<Self>, trace_id: TraceId, kept: TraceId, format: &'static str) -> Excerpting;
}

/// The beginning of a trace as text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Excerpt {
    /// The text, which ends anywhere unless it is whole.
    pub text: String,
    /// Spans in it.
    pub spans: i64,
    /// It is all of the trace.
    pub is_whole: bool,
}

/// An excerpt that is being written.
pub type Excerpting = Pin<Box<dyn Future<Output = Result<Option<Excerpt>, ApiError>> + Send>>;

/// What a server tells about its keys.
pub trait KeysInUse: Send + Sync {
    /// The keys in force; `None` when nobody is asked for one.
    fn status(&self) -> Option<KeysStatus>;
}

/// Who looks at a page, as the server that let them in says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Viewer {
    /// The name of the key they signed in with; `None` where nobody is asked for one.
    pub key: Option<String>,
    /// Whether they may change things.
    pub may_change: bool,
}

/// Who looks at the page being made; of whom nothing was said, that they may change nothing.
pub fn viewer() -> Viewer {
    use_context::<Parts>().and_then(|request| request.extensions.get::<Viewer>().cloned()).unwrap_or_default()
}

/// Refuses those who may look and not touch.
pub fn may_change() -> Result<(), ApiError> {
    let viewer = viewer();
    if viewer.may_change { Ok(()) } else { Err(ApiError::Forbidden(viewer.key.unwrap_or_default())) }
}

/// The services of the server this runs in.
pub fn services() -> Result<Services, ApiError> {
    use_context().ok_or_else(|| {
        tracing::error!("a server function ran without Services in its context");
        ApiError::Internal
    })
}

/// The pool pages read from.
pub fn db() -> Result<Db, ApiError> {
    Ok(services()?.pools.readers.get())
}

/// The time, by the server's clock.
pub fn now() -> Result<DateTime<Utc>, ApiError> {
    Ok((services()?.now)())
}

/// Sets the HTTP status of the page or answer being made.
pub fn set_status(status: u16) {
    if let (Some(response), Ok(status)) = (use_context::<ResponseOptions>(), axum::http::StatusCode::from_u16(status)) {
        response.set_status(status);
    }
}

/// The value of a cookie of the request being answered.
pub fn cookie(name: &str) -> Option<String> {
    let request = use_context::<Parts>()?;
    let cookies = request.headers.get(header::COOKIE)?.to_str().ok()?;
    let value = cookies.split(';').find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))?;
    decode(value)
}

/// Sets a cookie for a year: only for this site, and out of reach of scripts.
pub fn set_cookie(name: &str, value: &str) {
    let cookie =
        format!("{name}={}; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly", crate::url_state::encode(value));
    if let (Some(response), Ok(cookie)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(&cookie)) {
        response.append_header(header::SET_COOKIE, cookie);
    }
}

/// Undoes [`crate::url_state::encode`]; `None` for what it cannot have written.
fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next()?, rest.next()?];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

/// Logs what went wrong with its whole chain, once, and keeps only what the browser may know.
impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        let chain = std::iter::successors(std::error::Error::source(&error), |cause| cause.source())
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(": ");
        tracing::error!(error = %error, chain, "a page could not read the database");
        if error.is_unavailable() { Self::Unavailable } else { Self::Internal }
    }
}

#[cfg(test)]
mod tests {
    use super::decode;
    use crate::url_state::encode;

    #[test]
    fn a_name_survives_a_cookie() {
        for name in ["Robin", "Zoë Müller; Path=/", "100 %", ""] {
            assert_eq!(decode(&encode(name)).as_deref(), Some(name));
        }
        assert_eq!(decode("%zz"), None);
    }
}
