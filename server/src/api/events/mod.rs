//! `GET /api/v1/events`: what changes, as server-sent events, so that pages follow without asking.
//!
//! Six events, each the state of now rather than a difference, so one that is missed is made good by the next:
//! `cost` (spend per minute by tenant, the last two minutes), `alerts` (how many are in each state), `ingest` (how the
//! doors are doing), `repricing` and `verdicts` (how far the newest run of each is) and `budgets` (another number when there are
//! others, or other forecasts). To add one: a field and a case in [`poll`], and its name where browsers listen.

mod hub;
mod poll;

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use futures::Stream;

pub use self::hub::Events;
use super::Api;
use super::problem::Problem;

/// Silence after which a comment is sent: under the 30 to 60 seconds after which proxies give up on a connection.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// The stream: first what is known, then what changes.
pub async fn stream(State(api): State<Api>) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let events = api.events.clone();
    let listener = events.listen(api).ok_or_else(|| {
        Problem::unavailable("too many event streams are open on this server; close one or try again later")
    })?;
    Ok(Sse::new(listener).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)))
}
