//! The rules of alerts in force: those of the file and those that people make, read again while the server runs.
//!
//! [`crate::jobs::rulebook`] looks for changes, [`crate::jobs::detect`] goes by what is in force, and pages show it.

use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;

use app::context::{AlertRules, AlertRulesInUse};
use chrono::{DateTime, Utc};
use model::alert::Rule;
use model::alert::rule::book::{self, Kept, RuleFile};
use sqlx::PgPool;
use store::StoreError;
use tokio::sync::{Mutex, watch};

use crate::rules::alerts::ALERT_RULES;
use crate::rules::reload::file::FileOf;

/// The rules.
pub struct AlertBook {
    db: PgPool,
    now: fn() -> DateTime<Utc>,
    /// One look at a time, so that an older one never replaces a newer one.
    sources: Mutex<Sources>,
    rules: watch::Sender<Arc<AlertRules>>,
}

/// What the rules were made of.
struct Sources {
    file: FileOf<Vec<Rule>>,
    /// The last line of the history of the kept ones, and those.
    kept: Option<(i64, Vec<Kept>)>,
}

impl AlertBook {
    /// The rules that the file within `folder` says, or are built in, and those that are kept.
    pub async fn open(
        folder: Option<&Path>,
        said: Vec<Rule>,
        db: &PgPool,
        now: fn() -> DateTime<Utc>,
    ) -> Result<Self, StoreError> {
        let file = FileOf::new(ALERT_RULES, folder, said, now());
        let about = RuleFile { path: None, loaded_at: now(), problem: None };
        let (rules, _) = watch::channel(Arc::new(AlertRules { rules: Vec::new(), file: about }));
        let book = Self { db: db.clone(), now, sources: Mutex::new(Sources { file, kept: None }), rules };
        book.look().await?;
        Ok(book)
    }

    /// The rules as they are at any time.
    pub fn follow(&self) -> watch::Receiver<Arc<AlertRules>> {
        self.rules.subscribe()
    }

    /// Takes over what has changed in the file or in the database.
    pub async fn look(&self) -> Result<(), StoreError> {
        let mut sources = self.sources.lock().await;
        sources.file = sources.file.looked((self.now)()).await;
        // The file is heard also while the database is away.
        let read = self.read_kept(&mut sources).await;
        let Sources { file, kept } = &*sources;
        let kept = kept.as_ref().map(|(_, kept)| kept.clone()).unwrap_or_default();
        let standing = file.standing();
        let about = RuleFile {
            path: standing.as_ref().map(|standing| standing.path.clone()),
            loaded_at: file.loaded_at(),
            problem: standing.and_then(|standing| standing.problem),
        };
        let rules = AlertRules { rules: book::listed(file.said(), kept), file: about };
        self.rules.send_if_modified(|known| {
            let is_new = **known != rules;
            if is_new {
                *known = Arc::new(rules);
            }
            is_new
        });
        read
    }

    /// Reads what is kept, if it has changed.
    async fn read_kept(&self, sources: &mut Sources) -> Result<(), StoreError> {
        // Before the rules: what changes in between is read once more, and not missed.
        let revision = store::alerts::rules::revision(&self.db).await?;
        if sources.kept.as_ref().is_none_or(|(known, _)| *known != revision) {
            sources.kept = Some((revision, store::alerts::rules::all(&self.db).await?));
        }
        Ok(())
    }
}

impl AlertRulesInUse for AlertBook {
    fn rules(&self) -> Arc<AlertRules> {
        self.rules.borrow().clone()
    }

    fn look_again(&self) -> Pin<Box<dyn Future<Output = Result<(), StoreError>> + Send + '_>> {
        Box::pin(self.look())
    }
}
