//! The private Postgres: a database of our own for whoever has not set `DATABASE_URL`.
//!
//! It is the distribution's PostgreSQL with our data folder and a unix socket only; it writes safely (fsync on), survives
//! a killed server and is started again when it is killed itself. It is not for sharing: for that, set `DATABASE_URL`.
//!
//! A thread of its own starts and watches it. The kernel tells PostgreSQL to stop when the *thread* that started it ends,
//! so that thread must live as long as the server does, and none of the async runtime's threads promises that.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{Context, anyhow};

pub mod account;
pub mod binaries;
pub mod child;
pub mod cluster;
mod running;
mod settings;
pub mod space;

use cluster::Cluster;
use running::Running;

/// How often the watcher looks whether the database still runs: a crash is noticed before a client's retry.
const WATCH_INTERVAL: Duration = Duration::from_millis(100);
/// Wait before starting a database again that ended by itself, so that one that cannot start does not spin.
const RESTART_PAUSE: Duration = Duration::from_secs(1);

/// A private Postgres that runs until it is stopped or dropped.
#[derive(Debug)]
pub struct PrivatePostgres {
    url: String,
    folder: PathBuf,
    stop: Sender<()>,
    watcher: Option<JoinHandle<()>>,
}

impl PrivatePostgres {
    /// Starts PostgreSQL on the data folder, making it first if need be; returns when it takes connections.
    pub fn start(folder: &Path, say: &'static (dyn Fn(&str) + Sync)) -> anyhow::Result<Self> {
        let cluster = Cluster::open(folder, say)?;
        let url = format!("postgres://postgres@localhost/postgres?host={}", cluster.sockets.display());
        let (stop, stopped) = mpsc::channel();
        let (tell_ready, ready) = mpsc::channel();
        let watcher = std::thread::Builder::new()
            .name("private-postgres".to_owned())
            .spawn(move || watch(&cluster, &tell_ready, &stopped, say))
            .context("starting the database's thread")?;
        ready.recv().unwrap_or_else(|_| Err(anyhow!("the database's thread ended")))?;
        Ok(Self { url, folder: folder.to_owned(), stop, watcher: Some(watcher) })
    }

    /// What to connect to.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Where its data is.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Shuts it down and waits until it has ended.
    pub fn stop(self) {
        drop(self);
    }
}

impl Drop for PrivatePostgres {
    fn drop(&mut self) {
        // The watcher is gone only if it has panicked; then there is nobody to tell.
        let _ = self.stop.send(());
        if let Some(watcher) = self.watcher.take() {
            let _ = watcher.join();
        }
    }
}

fn watch(cluster: &Cluster, ready: &Sender<anyhow::Result<()>>, stop: &Receiver<()>, say: &dyn Fn(&str)) {
    let mut running = match Running::start(cluster) {
        Ok(running) => running,
        Err(error) => {
            let _ = ready.send(Err(error));
            return;
        }
    };
    let _ = ready.send(Ok(()));
    loop {
        match stop.recv_timeout(WATCH_INTERVAL) {
            Err(mpsc::RecvTimeoutError::Timeout) => {}
            Ok(()) | Err(mpsc::RecvTimeoutError::Disconnected) => {
                running.stop();
                // Its socket is gone; an empty folder in /tmp would only be litter.
                let _ = std::fs::remove_dir(&cluster.sockets);
                return;
            }
        }
        let Some(how) = running.ended() else { continue };
        say(&format!("the private PostgreSQL ended unexpectedly ({how}); starting it again"));
        match restart(cluster, stop, say) {
            Some(again) => running = again,
            None => return,
        }
    }
}

/// Tries until the database runs again or we are told to stop.
fn restart(cluster: &Cluster, stop: &Receiver<()>, say: &dyn Fn(&str)) -> Option<Running> {
    loop {
        match Running::start(cluster) {
            Ok(running) => {
                say("the private PostgreSQL runs again");
                return Some(running);
            }
            Err(error) => say(&format!("{error:#}")),
        }
        match stop.recv_timeout(RESTART_PAUSE) {
            Err(mpsc::RecvTimeoutError::Timeout) => {}
            Ok(()) | Err(mpsc::RecvTimeoutError::Disconnected) => return None,
        }
    }
}
