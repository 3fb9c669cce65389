//! Looks for rules that changed, in a file or in the database, where another server may have written them.

use std::sync::Arc;
use std::time::Duration;

use app::context::AlertRules;
use model::alert::Rule;
use model::alert::query::Query;
use model::alert::rule::book::Listed;
use store::StoreError;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::{Failures, Matter, Running, stops_within};

/// How often: what is changed by this server is taken over at once, so this is for files and for other servers. A file of rules is
/// read in a millisecond, and one row tells whether there is something new.
const EVERY: Duration = Duration::from_secs(3);

/// The rules that count, of those with such a query.
pub(super) fn in_force(rules: &AlertRules, is_meant: impl Fn(&Query) -> bool) -> Vec<Rule> {
    let is_meant = |listed: &&Listed| listed.in_force && is_meant(&listed.rule.query);
    rules.rules.iter().filter(is_meant).map(|listed| listed.rule.clone()).collect()
}

/// Follows budgets, rules of alerts and receivers, each on a task of its own.
pub(super) fn spawn(tasks: &mut JoinSet<()>, running: &Running, matter: Matter) {
    let Matter { budgets, alert_rules, notify, .. } = matter;
    tasks.spawn(keep("rulebook", running.clone(), move || {
        let budgets = Arc::clone(&budgets);
        async move { budgets.look().await }
    }));
    tasks.spawn(keep("alert rules", running.clone(), move || {
        let alert_rules = Arc::clone(&alert_rules);
        async move { alert_rules.look().await }
    }));
    tasks.spawn(keep("receivers", running.clone(), move || {
        let notify = Arc::clone(&notify);
        async move {
            notify.look().await;
            Ok(())
        }
    }));
}

/// Looks again and again until the server stops. When the database is away the rules stay as they are.
async fn keep<F>(name: &'static str, running: Running, look: impl Fn() -> F)
where
    F: Future<Output = Result<(), StoreError>>,
{
    let Running { round_max, mut stopping, .. } = running;
    let mut failures = Failures::new(name);
    loop {
        let looked = tokio::select! {
            looked = timeout(round_max, look()) => looked.map_err(anyhow::Error::from).and_then(|read| Ok(read?)),
            _ = stopping.wait_for(|stop| *stop) => return,
        };
        let pause = match looked {
            Ok(()) => {
                failures.over();
                EVERY
            }
            Err(error) => failures.note(&error),
        };
        if stops_within(pause, &mut stopping).await {
            return;
        }
    }
}
