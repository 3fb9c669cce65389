//! The open connections of one port: who may stay, and who makes room.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::watch_over::Watched;

/// How often it is looked who has been waiting for too long.
const SWEEP_INTERVAL: Duration = Duration::from_secs(1);
/// Part of the open connections that is closed to make room: looking through them costs a fraction of a millisecond, so not
/// once for each connection of a flood.
const ROOM_SHARE: usize = 64;
/// Pause between two warnings that the operating system gives no connection.
const WARNING_PAUSE: Duration = Duration::from_secs(60);

/// The connections of a port.
#[derive(Debug, Default)]
pub struct Port {
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    connections: HashMap<u64, Arc<Watched>>,
    next: u64,
    warned: Option<Instant>,
}

/// A connection on the list of its port, until this is dropped.
#[derive(Debug)]
pub struct Listed {
    port: Arc<Port>,
    number: u64,
    /// What it does.
    pub watched: Arc<Watched>,
}

impl Port {
    /// Lists a new connection.
    pub fn open(self: &Arc<Self>, peer: IpAddr) -> Listed {
        let watched = Watched::new(peer);
        let mut open = self.list();
        let number = open.next;
        open.next += 1;
        open.connections.insert(number, watched.clone());
        Listed { port: self.clone(), number, watched }
    }

    /// Ends connections that have kept us waiting for too long, for as long as it is polled.
    pub async fn sweep(self: Arc<Self>) {
        loop {
            tokio::time::sleep(SWEEP_INTERVAL).await;
            let now = Instant::now();
            self.list().connections.values().filter(|open| open.is_overdue(now)).for_each(|open| open.end.notify_one());
        }
    }

    /// Ends connections that are not being served: of the address that has the most first, the longest idle of it first.
    pub fn make_room(&self, now: Instant) {
        let open = self.list();
        let mut by_peer: HashMap<IpAddr, usize> = HashMap::new();
        open.connections.values().for_each(|open| *by_peer.entry(open.peer).or_default() += 1);
        let idle = open.connections.values().filter_map(|open| Some((open, open.could_go_since(now)?)));
        let mut idle: Vec<_> =
            idle.map(|(open, since)| (std::cmp::Reverse(by_peer[&open.peer]), since, open)).collect();
        idle.sort_unstable_by_key(|(connections, since, _)| (*connections, *since));
        let enough = (open.connections.len() / ROOM_SHARE).max(1);
        idle.into_iter().take(enough).for_each(|(_, _, open)| open.end.notify_one());
    }

    /// Notes that the operating system gave no connection; tells whether to say so.
    pub fn refused(&self) -> bool {
        let mut open = self.list();
        let due = open.warned.is_none_or(|warned| warned.elapsed() > WARNING_PAUSE);
        if due {
            open.warned = Some(Instant::now());
        }
        due
    }

    fn list(&self) -> MutexGuard<'_, Open> {
        // A connection is listed or not; a panic elsewhere leaves none in between.
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Listed {
    fn drop(&mut self) {
        self.port.list().connections.remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    fn address(last: u8) -> IpAddr {
        [10, 0, 0, last].into()
    }

    fn ended(listed: &Listed) -> bool {
        listed.watched.end.notified().now_or_never().is_some()
    }

    #[test]
    fn room_is_made_by_the_address_that_has_the_most_and_by_its_longest_idle_connection() {
        let port = Arc::new(Port::default());
        let quiet = port.open(address(1));
        let flood: Vec<Listed> = (0..5).map(|_| port.open(address(2))).collect();
        let _busy = flood[0].watched.answering();
        port.make_room(Instant::now() + Duration::from_secs(1));
        assert_eq!(flood.iter().map(ended).collect::<Vec<_>>(), [false, true, false, false, false]);
        assert!(!ended(&quiet));
        drop((quiet, flood));
        assert!(port.list().connections.is_empty());
    }
}
