//! A fault of ours is never the sender's loss: what met a panic is sent back, to be sent again.
//!
//! A 500 would be the honest status, and exporters drop what gets one (OTLP/HTTP, "Retryable Response Codes").

use std::any::Any;
use std::panic::AssertUnwindSafe;

use axum::response::{IntoResponse, Response};
use futures::FutureExt;
use http::header::RETRY_AFTER;
use http::{HeaderValue, StatusCode};
use model::ingest::TurnedAway;

use super::Doors;
use super::rpc::{self, Refusal};
use crate::pipeline::Busy;

impl Doors {
    /// Runs the taking of a request to its end, or to its panic, which is logged and counted.
    ///
    /// Whatever it held is given back as it unwinds; what others share is behind locks that hold good after a panic.
    pub async fn attempt<T>(&self, taking: impl Future<Output = Result<T, Refusal>>) -> Result<T, Refusal> {
        AssertUnwindSafe(taking).catch_unwind().await.unwrap_or_else(|panic| {
            tracing::error!(panic = words(&*panic), "a request could not be taken in");
            self.pipeline.turned_away(TurnedAway::Failed, 0);
            Err(Busy::Failed.into())
        })
    }
}

/// What is answered to a panic outside of an attempt, in no protocol's words, since none is known there.
pub fn last_resort(panic: Box<dyn Any + Send>) -> Response {
    tracing::error!(panic = words(&*panic), "a request could not be answered");
    let retry_after = HeaderValue::from(rpc::RETRY_AFTER.as_secs());
    let words = format!("{}\n", Busy::Failed);
    (StatusCode::SERVICE_UNAVAILABLE, [(RETRY_AFTER, retry_after)], words).into_response()
}

fn words(panic: &(dyn Any + Send)) -> &str {
    let text = || panic.downcast_ref::<String>().map(String::as_str);
    panic.downcast_ref::<&str>().copied().or_else(text).unwrap_or("a value that is no text")
}
