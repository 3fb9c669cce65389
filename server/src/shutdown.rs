//! When to stop: Ctrl-C, or what a service manager sends.

use std::future::{Future, pending};
use std::task::Poll;

use tokio::signal::unix::{SignalKind, signal};

/// Resolves when somebody asks the process to end. Listens from the call on, within a runtime: whoever asks before anybody waits is
/// heard too.
pub fn requested() -> impl Future<Output = ()> {
    let listening = [SignalKind::interrupt(), SignalKind::terminate()].map(|kind| {
        signal(kind).inspect_err(|error| tracing::error!(%error, "cannot listen for a signal; send SIGKILL to stop"))
    });
    async move {
        let mut signals: Vec<_> = listening.into_iter().flatten().collect();
        if signals.is_empty() {
            return pending().await;
        }
        std::future::poll_fn(|context| {
            let mut is_requested = signals.iter_mut().map(|signal| signal.poll_recv(context).is_ready());
            if is_requested.any(|is_ready| is_ready) { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }
}
