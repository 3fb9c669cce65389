//! When to stop: Ctrl-C, or what a service manager sends.

use tokio::signal::unix::{SignalKind, signal};

/// Resolves when somebody asks the process to end.
pub async fn requested() {
    let Ok(mut terminate) = signal(SignalKind::terminate()) else { return interrupted().await };
    tokio::select! {
        () = interrupted() => {}
        _ = terminate.recv() => {}
    }
}

async fn interrupted() {
    if let Err(error) = tokio::signal::ctrl_c().await {
        tracing::error!(%error, "cannot listen for Ctrl-C; send SIGKILL to stop");
        std::future::pending::<()>().await;
    }
}
