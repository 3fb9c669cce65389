//! Ports: binding them, accepting connections within limits, letting them finish at the end.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use anyhow::anyhow;
use axum::Router;
use http::Request;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tower::Layer;
use tower::util::MapRequestLayer;

/// Longest wait for the head of a request, from the moment the connection is free: longer than the minute between two
/// exports of a patient SDK, so that its connection is not closed under it; a slow client only costs its own connection.
const HEAD_MAX: Duration = Duration::from_secs(75);
/// Requests one HTTP/2 connection may have open: OTLP exporters use a handful.
const STREAMS_MAX: u32 = 256;
/// Longest wait for open connections at the end: an accepted batch commits within this, an idle stream never ends.
const FINISH_MAX: Duration = Duration::from_secs(10);
/// Pause after the operating system refused a connection, usually for want of file descriptors.
const REFUSED_PAUSE: Duration = Duration::from_millis(100);

/// What a port takes.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Open connections.
    pub connections_max: usize,
}

/// The other end of the connection a request came by.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub IpAddr);

/// Binds a port, or says which setting moves it elsewhere.
pub async fn bind(setting: &str, address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => anyhow!(
            "{address} is taken: another program (another tracetab?) listens there; stop it, or set {setting} to another address"
        ),
        std::io::ErrorKind::PermissionDenied => {
            anyhow!("{address} may not be listened on by this user; set {setting} to a port above 1023")
        }
        std::io::ErrorKind::AddrNotAvailable => {
            anyhow!("{address} is not an address of this machine; set {setting} to one that is, such as 127.0.0.1:8080")
        }
        _ => anyhow!("cannot listen on {address} ({setting}): {error}"),
    })
}

/// Serves until told to stop; then accepts nothing more and waits for what is being answered.
pub async fn serve(listener: TcpListener, router: Router, limits: Limits, mut stopping: watch::Receiver<bool>) {
    let permits = Arc::new(Semaphore::new(limits.connections_max));
    let builder = builder();
    let open = GracefulShutdown::new();
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listener, &permits) => accepted,
            _ = stopping.wait_for(|stop| *stop) => break,
        };
        let Some((stream, peer, permit)) = accepted else { continue };
        let named = MapRequestLayer::new(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(peer);
            request
        });
        let service = TowerToHyperService::new(named.layer(router.clone()));
        let connection = builder.serve_connection(TokioIo::new(stream), service).into_owned();
        let connection = open.watch(connection);
        tokio::spawn(async move {
            // A client that hangs up or talks nonsense is its own affair; its spans are in or it sends them again.
            if let Err(error) = connection.await {
                tracing::debug!(%error, "connection ended early");
            }
            drop(permit);
        });
    }
    drop(listener);
    if tokio::time::timeout(FINISH_MAX, open.shutdown()).await.is_err() {
        tracing::info!("some connections were still open at the end");
    }
}

type Accepted = (TcpStream, Peer, tokio::sync::OwnedSemaphorePermit);

async fn accept(listener: &TcpListener, permits: &Arc<Semaphore>) -> Option<Accepted> {
    let permit = permits.clone().acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, address)) => {
            // Answers are short: waiting to fill a packet only delays them.
            let _ = stream.set_nodelay(true);
            Some((stream, Peer(address.ip()), permit))
        }
        Err(error) => {
            tracing::warn!(%error, "a connection could not be accepted");
            tokio::time::sleep(REFUSED_PAUSE).await;
            None
        }
    }
}

fn builder() -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_MAX);
    builder.http2().timer(TokioTimer::new()).max_concurrent_streams(STREAMS_MAX);
    builder
}
