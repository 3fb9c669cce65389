//! The budgets in force, and how each stands: those of the file and those that people make, read again while the server runs.
//!
//! [`crate::jobs::budgets`] reads spend, [`crate::jobs::forecasts`] says where it leads, [`crate::jobs::rulebook`] looks for
//! changes; this is where all of them and whoever asks meet. Nobody who asks waits for the database.

use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use app::context::BudgetsInUse;
use chrono::{DateTime, Utc};
use model::budget::rulebook::{BudgetFile, Kept, Rulebook};
use model::budget::{Budget, Reading};
use sqlx::PgPool;
use store::StoreError;
use tokio::sync::{Mutex, watch};

use crate::jobs::budgets::Board;
use crate::rules::budgets::{BUDGETS, Budgets};
use crate::rules::reload::file::{FileOf, Standing};

/// Longest whoever changed a budget waits to see how it stands: a look at the totals takes some milliseconds.
const FIRST_READING_MAX: Duration = Duration::from_secs(2);

/// The budgets.
pub struct BudgetBook {
    db: PgPool,
    now: fn() -> DateTime<Utc>,
    /// One look at a time, so that an older one never replaces a newer one.
    sources: Mutex<Sources>,
    rules: watch::Sender<Arc<Rulebook>>,
    board: Board,
}

/// What the rules were made of.
struct Sources {
    file: FileOf<Budgets>,
    /// The last line of the history of the kept ones.
    revision: Option<i64>,
}

impl BudgetBook {
    /// The budgets that the file within `folder` says, and those that are kept.
    pub async fn open(
        folder: Option<&Path>,
        said: Budgets,
        db: &PgPool,
        now: fn() -> DateTime<Utc>,
    ) -> Result<Self, StoreError> {
        let file = FileOf::new(BUDGETS, folder, said, now());
        let (rules, _) = watch::channel(Arc::default());
        let sources = Mutex::new(Sources { file, revision: None });
        let book = Self { db: db.clone(), now, sources, rules, board: Board::default() };
        book.look().await?;
        Ok(book)
    }

    /// The rules, with word of every change.
    pub fn follow(&self) -> watch::Receiver<Arc<Rulebook>> {
        self.rules.subscribe()
    }

    /// Where readings are put.
    pub const fn board(&self) -> &Board {
        &self.board
    }

    /// Takes over what has changed in the file or in the database.
    pub async fn look(&self) -> Result<(), StoreError> {
        let mut sources = self.sources.lock().await;
        sources.file = sources.file.looked((self.now)()).await;
        let known = self.rules.borrow().clone();
        // The file is heard also while the database is away.
        let read = self.kept(&mut sources).await;
        let Sources { file, .. } = &*sources;
        let kept = match &read {
            Ok(Some(kept)) => kept.clone(),
            Ok(None) | Err(_) => known.kept(),
        };
        let of_file: Vec<Arc<Budget>> = file.said().budgets.iter().cloned().map(Arc::new).collect();
        let told = |Standing { path, is_there, loaded_at, problem }| BudgetFile { path, is_there, loaded_at, problem };
        let rules = Rulebook::new(&of_file, kept, file.said().trace_limit, file.standing().map(told));
        self.rules.send_if_modified(|known| {
            let is_new = **known != rules;
            if is_new {
                *known = Arc::new(rules);
                self.board.stir();
            }
            is_new
        });
        read.map(drop)
    }

    /// What is kept, if it has changed.
    async fn kept(&self, sources: &mut Sources) -> Result<Option<Vec<Kept>>, StoreError> {
        // Before the budgets: what changes in between is read once more, and not missed.
        let revision = store::budgets::kept::revision(&self.db).await?;
        if sources.revision == Some(revision) {
            return Ok(None);
        }
        let kept = store::budgets::kept::all(&self.db).await?;
        sources.revision = Some(revision);
        Ok(Some(kept))
    }
}

impl BudgetsInUse for BudgetBook {
    fn reading(&self) -> Option<Arc<Reading>> {
        self.board.latest()
    }

    fn rules(&self) -> Arc<Rulebook> {
        self.rules.borrow().clone()
    }

    fn pulse(&self) -> u64 {
        self.board.pulse()
    }

    fn look_again(&self) -> Pin<Box<dyn Future<Output = Result<(), StoreError>> + Send + '_>> {
        Box::pin(async move {
            let mut readings = self.board.follow();
            self.look().await?;
            let rules = self.rules.borrow().clone();
            let is_of_now = |reading: &Option<Arc<Reading>>| {
                reading.as_ref().is_some_and(|reading| reading.is_of(&rules.in_force()))
            };
            // Late is no mistake: whoever asks next is told that it has not been read yet.
            let _ = tokio::time::timeout(FIRST_READING_MAX, readings.wait_for(is_of_now)).await;
            Ok(())
        })
    }
}
