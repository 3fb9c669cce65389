//! One connection: HTTP/1 or HTTP/2, within limits, until it ends, is ended, or the server stops.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use http::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tower::ServiceExt;

use super::Peer;
use super::held::Held;
use super::port::Listed;
use super::stream::Stream;

/// Bytes of a request's head, and of one read: browsers' cookies and addresses are below, and a thousand bodies that arrive at
/// once take a third of the hundred megabytes a flood may.
const HEAD_BYTES_MAX: usize = 32 * 1024;
/// Requests one HTTP/2 connection may have open: OTLP exporters use a handful.
const STREAMS_MAX: u32 = 256;
/// Bytes of an HTTP/2 request's headers, unpacked: a dozen short ones.
const HEADER_LIST_BYTES_MAX: u32 = 16 * 1024;
/// Requests a client may have taken back before we saw them, and ones we refused, before its connection is ended: who opens
/// and resets without end ("rapid reset", CVE-2023-44487) would have us work for nothing.
const RESETS_MAX: usize = 20;
const REFUSED_STREAMS_MAX: usize = 256;
/// Bytes of an answer that wait for a slow client, per request: the rest is made as it is taken.
const SENDING_BYTES_MAX: usize = 64 * 1024;
/// How often a quiet HTTP/2 connection is asked whether it still lives, and how long its answer may take: a peer that is gone
/// without a word holds its place for no longer.
const PING_INTERVAL: Duration = Duration::from_secs(60);
const PONG_MAX: Duration = Duration::from_secs(20);

/// How connections are served.
pub fn builder() -> Arc<Builder<TokioExecutor>> {
    let mut builder = Builder::new(TokioExecutor::new());
    // Times are `watch_over`'s: hyper cannot tell an idle connection from a slow head, and starts no clock before the
    // first bytes have told HTTP/1 from HTTP/2.
    builder.http1().timer(TokioTimer::new()).header_read_timeout(None).max_buf_size(HEAD_BYTES_MAX);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS_MAX)
        .max_header_list_size(HEADER_LIST_BYTES_MAX)
        .max_pending_accept_reset_streams(RESETS_MAX)
        .max_local_error_reset_streams(REFUSED_STREAMS_MAX)
        .max_send_buf_size(SENDING_BYTES_MAX)
        .keep_alive_interval(PING_INTERVAL)
        .keep_alive_timeout(PONG_MAX);
    Arc::new(builder)
}

/// Serves one connection to its end.
pub async fn serve(
    builder: Arc<Builder<TokioExecutor>>,
    stream: TcpStream,
    peer: Peer,
    listed: Listed,
    router: Router,
    mut stopping: watch::Receiver<bool>,
) {
    let watched = listed.watched.clone();
    let service = service_fn(|request: Request<Incoming>| {
        let answering = watched.answering();
        let arriving = watched.arriving();
        let mut request = request.map(|body| Held::new(body, arriving));
        request.extensions_mut().insert(peer);
        let router = router.clone();
        async move { router.oneshot(request).await.map(|answer| answer.map(|body| Held::new(body, answering))) }
    });
    let stream = TokioIo::new(Stream::new(stream, watched.clone()));
    let mut connection = std::pin::pin!(builder.serve_connection(stream, service));
    let mut is_stopping = false;
    loop {
        tokio::select! {
            ended = connection.as_mut() => {
                // A client that hangs up or talks nonsense is its own affair; its spans are in or it sends them again.
                if let Err(error) = ended {
                    tracing::debug!(%error, "connection ended early");
                }
                return;
            }
            () = watched.end.notified() => return,
            _ = stopping.wait_for(|stop| *stop), if !is_stopping => {
                is_stopping = true;
                connection.as_mut().graceful_shutdown();
            }
        }
    }
}
