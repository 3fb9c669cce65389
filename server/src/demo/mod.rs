//! Demo traffic: an invented company of six tenants and a dozen services, sent through the real door.
//!
//! `schedule` says when traces arrive, `cast` who they belong to, `shapes` what they look like, `sketch` and `parts`
//! draw them, `send` posts them as any exporter would, `play` does all of it in order. Nothing here touches the database.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use model::health::DemoStatus;
use tokio::sync::watch;

mod cast;
mod parts;
mod play;
mod rhythm;
mod schedule;
mod send;
mod shapes;
mod sketch;
mod talk;
pub mod terminal;

/// What is played.
#[derive(Debug, Clone, Copy)]
pub struct Script {
    /// Decides everything that is left to chance: the same seed gives the same traces at the same hours.
    pub seed: u64,
    /// Traces of history, about.
    pub history_traces: u64,
    /// Whether traffic goes on after history.
    pub live: bool,
}

impl Default for Script {
    fn default() -> Self {
        Self { seed: 1, history_traces: 6_000, live: true }
    }
}

/// The demo of one server; cheap to clone.
#[derive(Clone)]
pub struct Demo(Arc<Inner>);

struct Inner {
    url: String,
    key: Option<String>,
    script: Script,
    now: fn() -> DateTime<Utc>,
    status: Mutex<DemoStatus>,
    stop: watch::Sender<bool>,
}

impl Demo {
    /// A demo for the server whose OTLP/HTTP address is `url`; it does not play yet.
    pub fn new(url: impl Into<String>, script: Script, now: fn() -> DateTime<Utc>) -> Self {
        Self::with_key(url, None, script, now)
    }

    /// The same for a server that asks for a key.
    pub fn with_key(url: impl Into<String>, key: Option<String>, script: Script, now: fn() -> DateTime<Utc>) -> Self {
        let (stop, _) = watch::channel(false);
        Self(Arc::new(Inner { url: url.into(), key, script, now, status: Mutex::default(), stop }))
    }

    /// Begins to play in the background, unless it does already.
    pub fn start(&self) -> DemoStatus {
        if self.claim() {
            let demo = self.clone();
            tokio::spawn(async move { demo.play().await });
        }
        self.status()
    }

    /// How far it is.
    pub fn status(&self) -> DemoStatus {
        self.lock().clone()
    }

    /// Ends it after the requests that are on their way.
    pub fn stop(&self) {
        self.0.stop.send_replace(true);
    }

    /// Plays until it is over or stopped.
    pub async fn run(&self) -> DemoStatus {
        if self.claim() {
            self.play().await;
        }
        self.status()
    }

    /// Whether the caller is the one to play.
    fn claim(&self) -> bool {
        let mut status = self.lock();
        if status.running || *self.0.stop.borrow() {
            return false;
        }
        *status = DemoStatus { running: true, ..DemoStatus::default() };
        true
    }

    async fn play(&self) {
        let mut stopped = self.0.stop.subscribe();
        let result = tokio::select! {
            result = play::play(self) => result,
            // An error would mean that the sender is gone, and it lives as long as `self`.
            _ = stopped.wait_for(|stop| *stop) => Ok(()),
        };
        let mut status = self.lock();
        status.running = false;
        if let Err(error) = result {
            tracing::warn!(error = %format!("{error:#}"), "the demo stopped");
            status.error = Some(error.to_string());
        }
    }

    /// A poisoned lock only means that a holder panicked between plain assignments; the figures are still usable.
    fn lock(&self) -> MutexGuard<'_, DemoStatus> {
        self.0.status.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_demo_that_plays_is_not_started_twice_and_ends_when_told() {
        // Nobody listens there, so it keeps trying.
        let demo = Demo::new("http://127.0.0.1:1", Script::default(), Utc::now);
        assert!(!demo.status().running);
        assert!(demo.start().running);
        assert!(!demo.claim(), "it is taken");
        assert!(demo.start().running);
        demo.stop();
        while demo.status().running {
            tokio::task::yield_now().await;
        }
        assert!(!demo.start().running, "a server that stops does not begin to play");
    }
}
