//! Ports: binding them, accepting connections within limits, letting them finish at the end.
//!
//! A port has so many places. When all are taken, those who ask for nothing make room, first at the address that has the
//! most; so a flood of connections shuts nobody out (`port`). How long a connection may keep us waiting, `watch_over` says.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::anyhow;
use axum::Router;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

mod connection;
pub mod descriptors;
mod held;
mod port;
mod stream;
mod watch_over;

use port::Port;

/// Longest wait for open connections at the end: an accepted batch commits within this, an idle stream never ends.
const FINISH_MAX: Duration = Duration::from_secs(10);
/// Pause after the operating system refused a connection, usually for want of file descriptors.
const REFUSED_PAUSE: Duration = Duration::from_millis(100);
/// Pause before room is made again where every connection was busy.
const ROOM_PAUSE: Duration = Duration::from_millis(250);

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
    let places = Arc::new(Semaphore::new(limits.connections_max));
    let port = Arc::new(Port::default());
    let builder = connection::builder();
    let sweeping = tokio::spawn(port.clone().sweep());
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listener, &port, &places) => accepted,
            _ = stopping.wait_for(|stop| *stop) => break,
        };
        let Some((stream, peer, place)) = accepted else { continue };
        let open = port.open(peer.0);
        let serving = connection::serve(builder.clone(), stream, peer, open, router.clone(), stopping.clone());
        tokio::spawn(async move {
            serving.await;
            drop(place);
        });
    }
    drop(listener);
    // As many as there are: each connection has ended then.
    let all = u32::try_from(limits.connections_max).unwrap_or(u32::MAX);
    if tokio::time::timeout(FINISH_MAX, places.acquire_many(all)).await.is_err() {
        tracing::info!("some connections were still open at the end");
    }
    sweeping.abort();
}

type Accepted = (TcpStream, Peer, OwnedSemaphorePermit);

async fn accept(listener: &TcpListener, port: &Port, places: &Arc<Semaphore>) -> Option<Accepted> {
    let place = loop {
        if let Ok(place) = places.clone().try_acquire_owned() {
            break place;
        }
        port.make_room(Instant::now());
        match tokio::time::timeout(ROOM_PAUSE, places.clone().acquire_owned()).await {
            Ok(place) => break place.ok()?,
            Err(_) => continue,
        }
    };
    match listener.accept().await {
        Ok((stream, address)) => {
            // Answers are short: waiting to fill a packet only delays them.
            let _ = stream.set_nodelay(true);
            Some((stream, Peer(address.ip()), place))
        }
        Err(error) => {
            if port.refused() {
                tracing::warn!(%error, "a connection could not be accepted; idle ones are closed to make room");
            }
            port.make_room(Instant::now());
            tokio::time::sleep(REFUSED_PAUSE).await;
            None
        }
    }
}
