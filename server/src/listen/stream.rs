//! A connection's bytes, with an eye on when they move.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use super::watch_over::Watched;

/// What HTTP/2 begins with (RFC 9113, section 3.4), as far as nothing else does.
const PREFACE: &[u8] = b"PRI * HTTP/2.0";

/// A stream that tells what it does.
#[derive(Debug)]
pub struct Stream {
    inner: TcpStream,
    watched: Arc<Watched>,
    /// Bytes of the preface that have come; `None` once it is known what is spoken.
    preface: Option<usize>,
}

impl Stream {
    /// Watches a stream.
    pub const fn new(inner: TcpStream, watched: Arc<Watched>) -> Self {
        Self { inner, watched, preface: Some(0) }
    }

    fn look(&mut self, bytes: &[u8]) {
        self.watched.has_read();
        let Some(seen) = self.preface else { return };
        let expected = &PREFACE[seen..];
        let part = expected.len().min(bytes.len());
        self.preface = (bytes[..part] == expected[..part]).then_some(seen + part);
        if self.preface == Some(PREFACE.len()) {
            self.watched.speaks_http2();
            self.preface = None;
        }
    }

    fn sends<T>(&self, polled: Poll<T>) -> Poll<T> {
        self.watched.sends(polled.is_ready());
        polled
    }
}

impl AsyncRead for Stream {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.inner).poll_read(cx, buffer);
        let bytes = &buffer.filled()[before..];
        if !bytes.is_empty() {
            self.look(bytes);
        }
        polled
    }
}

impl AsyncWrite for Stream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.inner).poll_write(cx, bytes);
        self.sends(polled)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.inner).poll_write_vectored(cx, parts);
        self.sends(polled)
    }
}
