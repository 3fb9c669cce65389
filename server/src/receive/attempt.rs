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

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use axum::body::Body;
    use axum::extract::Request;
    use axum::routing::post;
    use http::header::CONTENT_TYPE;
    use tower::ServiceExt;
    use tower_http::catch_panic::CatchPanicLayer;

    use super::*;
    use crate::keys::KeyRing;
    use crate::pipeline::price::PriceBook;
    use crate::pipeline::{Encoding, Pipeline, Room, Sender, Writing};
    use crate::receive::commit::Turns;

    /// Doors to a database that is not there, which nothing gets as far as.
    fn doors() -> Doors {
        let pool = sqlx::PgPool::connect_lazy("postgres://nobody@127.0.0.1:1/none").unwrap();
        let room = Room { spans_max: 10, bytes_max: 1_000 };
        let writing = Writing { writers: 1, write_max: Duration::from_secs(20) };
        let (pipeline, _) = Pipeline::start(&pool, writing, room, PriceBook::bundled(), chrono::Utc::now);
        let keys = Arc::new(KeyRing::unlocked(pool, chrono::Utc::now));
        Doors {
            pipeline,
            body_bytes_max: 1_000_000,
            body_timeout: Duration::from_secs(30),
            turns: Turns::default(),
            keys,
        }
    }

    fn failed(doors: &Doors) -> u64 {
        doors.pipeline.full_reporter()().turned_away[TurnedAway::Failed as usize].requests
    }

    #[tokio::test]
    async fn what_meets_a_panic_is_sent_back_counted_and_holds_no_room() {
        let doors = doors();
        let mut room = doors.pipeline.reserve(Sender::unknown());
        room.hold(5, 500).unwrap();
        let refusal = doors.attempt::<()>(async {
            let _room = room;
            panic!("a fault")
        });
        assert!(refusal.await.unwrap_err().retry_after().is_some());
        assert_eq!((failed(&doors), doors.pipeline.full_reporter()().queue.bytes), (1, 0));
        // A large body is decoded on another thread.
        let room = doors.pipeline.reserve(Sender::unknown());
        let refusal = doors.commit_slices(Encoding::ZipkinJson, room, |_| panic!("a fault")).await.unwrap_err();
        assert!(refusal.retry_after().is_some());
        assert_eq!((failed(&doors), doors.pipeline.full_reporter()().queue.bytes), (2, 0));
        let refusal = doors.attempt::<()>(async { panic!("{}", "a fault with words") }).await.unwrap_err();
        assert!(refusal.retry_after().is_some() && refusal.message.contains("send again"));
    }

    #[tokio::test]
    async fn a_panic_that_nothing_else_caught_is_worth_sending_again() {
        let router = axum::Router::new().route("/", post(|| async { panic!("a fault") as () }));
        let router = router.layer(CatchPanicLayer::custom(last_resort));
        let answer = router.oneshot(Request::post("/").body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(
            (answer.status(), &answer.headers()[RETRY_AFTER]),
            (StatusCode::SERVICE_UNAVAILABLE, &"2".parse().unwrap())
        );
        assert!(answer.headers()[CONTENT_TYPE].to_str().unwrap().starts_with("text/plain"));
    }
}
