//! Looks for budgets that changed, in the file or in the database, where another server may have written them.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;

use super::{Failures, Running, stops_within};
use crate::budgets::BudgetBook;

/// How often: what is changed by this server is taken over at once, so this is for files and for other servers. A file of rules is
/// read in a millisecond, and one row tells whether there is something new.
const EVERY: Duration = Duration::from_secs(3);

/// Looks again and again until the server stops. When the database is away the budgets stay as they are.
pub(super) async fn keep(running: Running, book: Arc<BudgetBook>) {
    let Running { round_max, mut stopping, .. } = running;
    let mut failures = Failures::new("rulebook");
    loop {
        let looked = tokio::select! {
            looked = timeout(round_max, book.look()) => looked.map_err(anyhow::Error::from).and_then(|read| Ok(read?)),
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
