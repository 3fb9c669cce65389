//! What the page asks of the server.

use chrono::{DateTime, Utc};
use model::Usd;
use model::budget::rulebook::{BudgetFile, Change, Listed};
use serde::{Deserialize, Serialize};

use crate::components::budgets::BudgetBar;
use crate::error::ApiError;

/// What there is to see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ledger {
    /// The server's clock.
    pub now: DateTime<Utc>,
    /// When spend was read; `None` while it has not been.
    pub as_of: Option<DateTime<Utc>>,
    /// Every budget.
    pub lines: Vec<LedgerLine>,
    /// The file; `None` when there is no folder for it.
    pub file: Option<BudgetFile>,
    /// What one trace may cost.
    pub trace_limit: Option<Usd>,
    /// The budget whose form is shown.
    pub edited: Option<Listed>,
    /// Who did what, newest first.
    pub changes: Vec<Change>,
    /// Whether there are older ones.
    pub more_changes: bool,
    /// What has just been done.
    pub done: Option<Change>,
    /// Tenants to choose from.
    pub tenants: Vec<String>,
    /// The name this browser used last, for the form.
    pub who: String,
}

/// A budget, and how it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerLine {
    /// Its rule, and where it comes from.
    pub listed: Listed,
    /// How it stands; the most used, when it is about each of them.
    pub bars: Vec<BudgetBar>,
    /// How many there are besides, each less used.
    pub left_out: usize,
}

/// Every budget; the one addressed as `edited` for the form, and the line of the history that says what was done.
pub async fn load_ledger(edited: String, done: Option<i64>) -> Result<Ledger, ApiError> {
    /// Bars of a budget of each of them.
    const BARS_MAX: usize = 3;
    /// Lines of the history; the API has more.
    const CHANGES_MAX: usize = 20;
    let services = crate::context::services()?;
    let db = services.pools.readers.get();
    let (rules, reading) = (services.budgets.rules(), services.budgets.reading());
    let of_rule = |listed: &Listed| {
        let lines = reading.iter().flat_map(|reading| &reading.lines);
        let mut lines: Vec<_> =
            lines.filter(|line| listed.in_force && line.budget.slug() == listed.budget.slug()).collect();
        lines.sort_by_key(|line| std::cmp::Reverse(line.standing.used_millionths));
        let left_out = lines.len().saturating_sub(BARS_MAX);
        let bars = lines.into_iter().take(BARS_MAX).map(BudgetBar::from).collect();
        LedgerLine { listed: listed.clone(), bars, left_out }
    };
    // One more than is shown tells whether there are more.
    let mut changes = store::budgets::kept::history(&db, None, CHANGES_MAX as i64 + 1).await?;
    let more_changes = changes.len() > CHANGES_MAX;
    changes.truncate(CHANGES_MAX);
    let done = match done {
        Some(id) => store::budgets::kept::change(&db, id).await?,
        None => None,
    };
    Ok(Ledger {
        now: (services.now)(),
        as_of: reading.as_ref().map(|reading| reading.as_of),
        lines: rules.budgets.iter().map(of_rule).collect(),
        file: rules.file.clone(),
        trace_limit: rules.trace_limit,
        edited: rules.made_here(&edited).cloned(),
        changes,
        more_changes,
        done,
        tenants: store::tenants::names(&db).await?,
        who: crate::context::cookie(crate::context::WHO_COOKIE).unwrap_or_default(),
    })
}

/// How many budgets there are of the file and how many that were made here, for the page of all settings.
pub async fn load_summary() -> Result<(usize, usize, bool), ApiError> {
    let rules = crate::context::services()?.budgets.rules();
    let here = rules.kept().len();
    let is_broken = rules.file.as_ref().is_some_and(|file| file.problem.is_some());
    Ok((rules.budgets.len() - here, here, is_broken))
}
