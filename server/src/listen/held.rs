//! A body that holds something until its end.

use std::pin::Pin;
use std::task::{Context, Poll};

use hyper::body::{Body, Frame, SizeHint};

use super::watch_over::During;

/// A body, and what lasts as long.
#[derive(Debug)]
pub struct Held<B> {
    body: B,
    during: Option<During>,
}

impl<B> Held<B> {
    /// Holds `during` until the body has come to its end, or is given up.
    pub const fn new(body: B, during: During) -> Self {
        Self { body, during: Some(during) }
    }
}

impl<B: Body + Unpin> Body for Held<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(cx);
        if matches!(polled, Poll::Ready(None)) {
            self.during = None;
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
