//! Many listeners, one poller: it runs while somebody listens and stops when the last one leaves.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::response::sse::Event;
use futures::Stream;
use tokio::sync::broadcast;
use tokio_stream::wrappers::BroadcastStream;

use super::poll::{Message, Told};
use crate::api::Api;

/// Open streams per process: each holds a connection and a few kilobytes; more readers belong behind more processes.
const LISTENERS_MAX: usize = 1_000;

/// Messages kept for a slow listener before it misses some; events are states, so the next ones make it good.
const BACKLOG_MESSAGES_MAX: usize = 64;

/// How often the database is asked, for all listeners together.
const POLL_INTERVAL: Duration = Duration::from_secs(1);

/// The meeting place of listeners and poller; cheap to clone.
#[derive(Clone)]
pub struct Events(Arc<Mutex<Hub>>);

struct Hub {
    /// `None` once the server is stopping: every stream ends then.
    sender: Option<broadcast::Sender<Message>>,
    listeners: usize,
    polling: bool,
    /// What a new listener is told first.
    known: Vec<Message>,
}

impl Default for Events {
    fn default() -> Self {
        let (sender, _) = broadcast::channel(BACKLOG_MESSAGES_MAX);
        Self(Arc::new(Mutex::new(Hub { sender: Some(sender), listeners: 0, polling: false, known: Vec::new() })))
    }
}

impl Events {
    /// Ends every open stream and takes no new ones, so that the server can stop without waiting for readers.
    pub fn close(&self) {
        self.hub().sender = None;
    }

    /// A stream for one more listener; `None` when there are too many, or the server is stopping.
    pub fn listen(&self, api: Api) -> Option<Listener> {
        let mut hub = self.hub();
        if hub.listeners >= LISTENERS_MAX {
            return None;
        }
        let news = BroadcastStream::new(hub.sender.as_ref()?.subscribe());
        hub.listeners += 1;
        if !hub.polling {
            hub.polling = true;
            hub.known.clear();
            tokio::spawn(poll(self.clone(), api));
        }
        let known = hub.known.iter().cloned().collect();
        drop(hub);
        Some(Listener { events: self.clone(), known, news })
    }

    /// A poisoned lock only means that a holder panicked between two plain assignments; the counts are still usable.
    fn hub(&self) -> MutexGuard<'_, Hub> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Passes news on. `false` when nobody listens any more, and the poller is then counted as gone.
    fn publish(&self, known: Vec<Message>, news: Vec<Message>) -> bool {
        let mut hub = self.hub();
        if hub.listeners == 0 || hub.sender.is_none() {
            hub.polling = false;
            return false;
        }
        hub.known = known;
        if let Some(sender) = &hub.sender {
            // An error only says that every listener left in this moment.
            news.into_iter().for_each(|message| drop(sender.send(message)));
        }
        true
    }
}

/// Longest a look at the state may take: its statements are cut off before, unless nothing comes back at all.
const REFRESH_MAX: Duration = Duration::from_secs(20);

async fn poll(events: Events, api: Api) {
    let mut told = Told::default();
    loop {
        let mut news = Vec::new();
        match tokio::time::timeout(REFRESH_MAX, told.refresh(&api, &mut news)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                tracing::warn!(error = %format!("{:#}", anyhow::Error::from(error)), "events could not be read; trying again");
            }
            Err(_) => tracing::warn!("the database did not answer in time; events are read again"),
        }
        if !events.publish(told.all(), news) {
            return;
        }
        tokio::time::sleep(POLL_INTERVAL).await;
    }
}

/// One open stream; dropping it gives its place to another.
pub struct Listener {
    events: Events,
    known: VecDeque<Message>,
    news: BroadcastStream<Message>,
}

impl Stream for Listener {
    type Item = Result<Event, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(message) = self.known.pop_front() {
                return Poll::Ready(Some(Ok(Event::default().event(message.name).data(&*message.data))));
            }
            match std::task::ready!(Pin::new(&mut self.news).poll_next(context)) {
                Some(Ok(message)) => self.known.push_back(message),
                // Fell behind: what was missed is outdated anyway.
                Some(Err(_)) => {}
                None => return Poll::Ready(None),
            }
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.events.hub().listeners -= 1;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use app::context::{AlertRules, AlertRulesInUse, BudgetsInUse};
    use chrono::Utc;
    use model::alert::rule::book::RuleFile;
    use model::budget::Reading;
    use model::budget::rulebook::Rulebook;
    use model::health::{Endpoints, IngestHealth};
    use model::ingest::IngestReport;
    use sqlx::PgPool;
    use store::{Pools, Readers, StoreError};

    use super::*;
    use crate::pipeline::price::PriceBook;
    use crate::pipeline::price::overrides::Overrides;
    use crate::rules::reload::PriceFile;

    /// An API whose database is not there: listening needs none.
    fn an_api() -> Api {
        let pool = PgPool::connect_lazy("postgres://nobody@127.0.0.1:1/nothing").expect("a valid URL");
        let pools = Pools { writers: pool.clone(), readers: Readers::of(pool.clone()), jobs: pool };
        let (ingest, ingest_report) = (Arc::new(IngestHealth::default), Arc::new(IngestReport::default));
        let (endpoints, prices, events) = (Endpoints::default(), prices(), Events::default());
        let books = Arc::new(crate::books::Books::new(pools.clone(), Utc::now));
        let budgets = Arc::new(NoBudgets);
        let layouts = Arc::new(crate::layouts::Layouts::new(pools.readers.clone()));
        let (now, alert_rules) = (Utc::now, Arc::new(NoRules));
        Api { pools, now, endpoints, ingest, ingest_report, prices, books, budgets, alert_rules, layouts, events }
    }

    struct NoBudgets;

    impl BudgetsInUse for NoBudgets {
        fn reading(&self) -> Option<Arc<Reading>> {
            None
        }
        fn rules(&self) -> Arc<Rulebook> {
            Arc::default()
        }
        fn pulse(&self) -> u64 {
            0
        }
        fn look_again(&self) -> Pin<Box<dyn Future<Output = Result<(), StoreError>> + Send + '_>> {
            Box::pin(async { Ok(()) })
        }
    }

    struct NoRules;

    impl AlertRulesInUse for NoRules {
        fn rules(&self) -> Arc<AlertRules> {
            let file = RuleFile { path: None, loaded_at: Utc::now(), problem: None };
            Arc::new(AlertRules { rules: Vec::new(), file })
        }
        fn look_again(&self) -> Pin<Box<dyn Future<Output = Result<(), StoreError>> + Send + '_>> {
            Box::pin(async { Ok(()) })
        }
    }

    fn prices() -> Arc<PriceFile> {
        Arc::new(PriceFile::new(None, Overrides::default(), Arc::new(PriceBook::bundled()), Utc::now))
    }

    #[tokio::test]
    async fn one_listener_too_many_is_turned_away_until_another_leaves() {
        let api = an_api();
        let mut listeners: Vec<_> = (0..LISTENERS_MAX).map_while(|_| api.events.listen(api.clone())).collect();
        assert_eq!(listeners.len(), LISTENERS_MAX);
        assert!(api.events.listen(api.clone()).is_none());
        listeners.pop();
        assert!(api.events.listen(api.clone()).is_some());
    }

    #[tokio::test]
    async fn the_poller_runs_only_while_somebody_listens() {
        let api = an_api();
        assert!(!api.events.hub().polling);
        let listener = api.events.listen(api.clone());
        assert!(api.events.hub().polling);
        assert!(api.events.publish(Vec::new(), Vec::new()), "there is somebody to tell");
        drop(listener);
        assert!(!api.events.publish(Vec::new(), Vec::new()));
        assert!(!api.events.hub().polling);
    }

    #[tokio::test]
    async fn a_server_that_stops_takes_no_listeners() {
        let api = an_api();
        api.events.close();
        assert!(api.events.listen(api.clone()).is_none());
    }
}
