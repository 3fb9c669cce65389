//! What one connection does, as far as it is judged by it: how long it has been idle, how long the head of a request has been
//! coming, how long an answer has been waiting to be taken.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

/// Longest the head of a request may take from its first byte: it is a packet or two.
pub const HEAD_MAX: Duration = Duration::from_secs(10);
/// Longest a connection may be idle: longer than the minute between two exports of a patient SDK, so that its connection is
/// not closed under it.
pub const IDLE_MAX: Duration = Duration::from_secs(75);
/// The same for HTTP/2, where a connection is opened for a program's whole life, and one that leads nowhere is noticed by
/// its pings.
pub const IDLE_HTTP2_MAX: Duration = Duration::from_secs(600);
/// Longest an answer may wait for a client that takes none of it.
pub const STUCK_MAX: Duration = Duration::from_secs(60);
/// A body of which nothing has come for so long makes room for others, when there is none.
const STARVED_AFTER: Duration = Duration::from_secs(5);

/// A connection keeps its place so long after it has become idle: its next request may be on the way.
const IDLE_MIN: Duration = Duration::from_millis(250);

/// One open connection.
#[derive(Debug)]
pub struct Watched {
    /// Where it comes from.
    pub peer: IpAddr,
    moments: Mutex<Moments>,
    /// Told when it is to end at once.
    pub end: Notify,
}

#[derive(Debug)]
struct Moments {
    /// Requests that are being answered.
    answering: u32,
    /// Bodies that have not come to their end.
    arriving: u32,
    /// The connection was opened, or its last answer ended.
    idle_since: Instant,
    /// The first byte after that.
    head_since: Option<Instant>,
    last_read: Instant,
    stuck_since: Option<Instant>,
    is_http2: bool,
}

/// A request being answered, or its body arriving, until this is dropped.
#[derive(Debug)]
pub struct During(Arc<Watched>, Kind);

#[derive(Debug, Clone, Copy)]
enum Kind {
    Answer,
    Body,
}

impl Watched {
    /// A connection that has just been opened.
    pub fn new(peer: IpAddr) -> Arc<Self> {
        let now = Instant::now();
        let moments = Moments {
            answering: 0,
            arriving: 0,
            idle_since: now,
            head_since: None,
            last_read: now,
            stuck_since: None,
            is_http2: false,
        };
        Arc::new(Self { peer, moments: Mutex::new(moments), end: Notify::new() })
    }

    /// A request has come, of which the answer is in the making.
    pub fn answering(self: &Arc<Self>) -> During {
        let mut moments = self.moments();
        moments.answering += 1;
        moments.head_since = None;
        During(self.clone(), Kind::Answer)
    }

    /// Its body is on its way.
    pub fn arriving(self: &Arc<Self>) -> During {
        self.moments().arriving += 1;
        During(self.clone(), Kind::Body)
    }

    /// Bytes have come.
    pub fn has_read(&self) {
        let mut moments = self.moments();
        moments.last_read = Instant::now();
        if moments.answering == 0 && moments.head_since.is_none() {
            moments.head_since = Some(moments.last_read);
        }
    }

    /// It began as HTTP/2 does.
    pub fn speaks_http2(&self) {
        self.moments().is_http2 = true;
    }

    /// Bytes could, or could not, be sent.
    pub fn sends(&self, ready: bool) {
        let mut moments = self.moments();
        match (ready, moments.stuck_since) {
            (true, Some(_)) => moments.stuck_since = None,
            (false, None) => moments.stuck_since = Some(Instant::now()),
            _ => {}
        }
    }

    /// Whether it has kept us waiting for longer than it may.
    pub fn is_overdue(&self, now: Instant) -> bool {
        let moments = self.moments();
        let longer = |since: Instant, max: Duration| now.saturating_duration_since(since) > max;
        if moments.stuck_since.is_some_and(|since| longer(since, STUCK_MAX)) {
            return true;
        }
        if moments.answering > 0 {
            return false;
        }
        if moments.is_http2 {
            // Frames that are no request come at any time.
            return longer(moments.idle_since, IDLE_HTTP2_MAX);
        }
        moments.head_since.is_some_and(|since| longer(since, HEAD_MAX)) || longer(moments.idle_since, IDLE_MAX)
    }

    /// Since when it has asked for nothing, or sent nothing of what it began; `None` while it is being served.
    pub fn could_go_since(&self, now: Instant) -> Option<Instant> {
        let moments = self.moments();
        if moments.answering == 0 {
            let may_go = now.saturating_duration_since(moments.idle_since) > IDLE_MIN;
            return may_go.then_some(moments.idle_since);
        }
        let starved = moments.arriving > 0 && now.saturating_duration_since(moments.last_read) > STARVED_AFTER;
        starved.then_some(moments.last_read)
    }

    fn moments(&self) -> MutexGuard<'_, Moments> {
        // Times and counts, never left half changed.
        self.moments.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for During {
    fn drop(&mut self) {
        let mut moments = self.0.moments();
        match self.1 {
            Kind::Body => moments.arriving -= 1,
            Kind::Answer => {
                moments.answering -= 1;
                moments.idle_since = Instant::now();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    fn connection() -> Arc<Watched> {
        Watched::new(Ipv4Addr::LOCALHOST.into())
    }

    fn after(seconds: u64) -> Instant {
        Instant::now() + Duration::from_secs(seconds)
    }

    #[test]
    fn a_head_that_has_begun_must_come_soon_and_an_idle_connection_may_wait() {
        let (idle, slow) = (connection(), connection());
        slow.has_read();
        assert_eq!((idle.is_overdue(after(11)), slow.is_overdue(after(11))), (false, true));
        assert!(idle.is_overdue(after(76)));
    }

    #[test]
    fn a_request_being_answered_is_never_overdue_and_its_end_begins_a_new_wait() {
        let open = connection();
        open.has_read();
        let answer = open.answering();
        assert!(!open.is_overdue(after(10_000)));
        drop(answer);
        assert!(!open.is_overdue(after(70)), "no byte of a next head has come");
    }

    #[test]
    fn frames_between_requests_are_no_slow_head() {
        let open = connection();
        open.speaks_http2();
        open.has_read();
        assert_eq!((open.is_overdue(after(300)), open.is_overdue(after(700))), (false, true));
    }

    #[test]
    fn an_answer_nobody_takes_ends_its_connection() {
        let open = connection();
        let _answer = open.answering();
        open.sends(false);
        assert!(open.is_overdue(after(61)));
        open.sends(true);
        assert!(!open.is_overdue(after(61)));
    }

    #[test]
    fn only_what_is_served_keeps_its_place() {
        let open = connection();
        assert!(open.could_go_since(after(0)).is_none(), "its request may be on the way");
        assert!(open.could_go_since(after(1)).is_some());
        let answer = open.answering();
        assert!(open.could_go_since(after(100)).is_none());
        let body = open.arriving();
        assert!(open.could_go_since(after(1)).is_none());
        assert!(open.could_go_since(after(6)).is_some(), "its body does not come");
        drop((answer, body));
    }
}
