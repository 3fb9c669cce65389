//! The keys in force, and their file, which is looked at again while the server runs.
//!
//! A file that cannot be used never replaces keys that can, and one that goes away opens nothing: the keys before it stay in
//! force. The reason is logged once, shown on the Settings page, and a gauge in `/metrics`.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use app::context::KeysInUse;
use chrono::{DateTime, Utc};
use http::HeaderMap;
use metrics::gauge;
use model::access::{KeyLine, KeysStatus};
use model::price::FileProblem;
use model::space::{Mask, TenantSpace};
use sqlx::PgPool;
use store::StoreError;

use super::given;
use super::session::{self, Claimed, Secret};
use super::{Caller, HASH_BYTES, Holder, Key, May, make};
use crate::causes;
use crate::rules::{KEYS_FILE, RulesError, keys, parsed, read};

/// How often: a key that got lost must not stay one for long.
const LOOK_INTERVAL: Duration = Duration::from_secs(3);

/// What the key is called with which the server sends its own demo to itself.
const OWN_NAME: &str = "this server";

/// The keys in force.
pub struct KeyRing {
    /// `None` without a folder of rules.
    path: Option<PathBuf>,
    db: PgPool,
    secret: Secret,
    /// The server's key to itself; nobody else ever has it.
    own_key: String,
    state: Mutex<State>,
    now: fn() -> DateTime<Utc>,
}

struct State {
    /// What was read last, whether it could be used or not; `None` is no file, or one that cannot be read.
    text: Option<String>,
    /// `None`: nobody is asked for a key.
    holders: Option<Arc<[Arc<Holder>]>>,
    problem: Option<FileProblem>,
}

impl KeyRing {
    /// The ring with `keys`, which come from the file within `folder`; without keys it is open.
    pub async fn open(
        folder: Option<&Path>,
        keys: Option<Vec<Key>>,
        db: &PgPool,
        now: fn() -> DateTime<Utc>,
    ) -> Result<Self, StoreError> {
        let secret = store::sessions::secret(db, &rand::random::<[u8; 32]>()).await?;
        let own_key = make::text(rand::random());
        let state = State { text: None, holders: None, problem: None };
        let ring = Self {
            path: folder.map(|folder| folder.join(KEYS_FILE)),
            db: db.clone(),
            secret: Secret::new(secret),
            own_key,
            state: Mutex::new(state),
            now,
        };
        if let Some(keys) = keys {
            ring.state().holders = Some(ring.holders(keys).await?);
        }
        ring.tell();
        Ok(ring)
    }

    /// Whether nobody is asked for a key.
    pub fn is_open(&self) -> bool {
        self.state().holders.is_none()
    }

    /// The key with which the server sends to itself.
    pub fn own_key(&self) -> &str {
        &self.own_key
    }

    /// Who sent a request, by the keys in its head; `Err` says whether there were any.
    pub fn caller(&self, headers: &HeaderMap) -> Result<Caller, Unknown> {
        let Some(holders) = self.state().holders.clone() else { return Ok(Caller::Anybody) };
        let given = given::keys(headers);
        let known = given.iter().find_map(|key| holder_of(&holders, &Key::hash_of(key)));
        known.map(Caller::Holder).ok_or(if given.is_empty() { Unknown::Missing } else { Unknown::Wrong })
    }

    /// The same where people come in, who may have a session instead of a key.
    pub fn person(&self, headers: &HeaderMap) -> Result<Caller, Unknown> {
        let unknown = match self.caller(headers) {
            Ok(caller) => return Ok(caller),
            Err(unknown) => unknown,
        };
        let session = given::cookie(headers, session::COOKIE).and_then(Claimed::read);
        session.and_then(|session| self.signed_in(&session)).ok_or(unknown)
    }

    fn signed_in(&self, session: &Claimed<'_>) -> Option<Caller> {
        let holders = self.state().holders.clone()?;
        let now = (self.now)();
        let signed_by = |holder: &&Arc<Holder>| self.secret.is_true(session, &holder.key.hash, now);
        holders.iter().find(signed_by).cloned().map(Caller::Holder)
    }

    /// The cookie of a session for whoever has given this key, as far as it opens the dashboard.
    pub fn sign_in(&self, key: &str) -> Result<String, NotSignedIn> {
        let holders = self.state().holders.clone().ok_or(NotSignedIn::Open)?;
        let holder = holder_of(&holders, &Key::hash_of(key.trim().as_bytes())).ok_or(NotSignedIn::Unknown)?;
        match &holder.key {
            Key { tenant: Some(tenant), .. } => Err(NotSignedIn::OfTenant(tenant.clone())),
            key if !key.may.contains(&May::Read) => Err(NotSignedIn::MayNotRead(key.uses())),
            key => Ok(self.secret.sign(&key.hash, (self.now)())),
        }
    }

    /// Looks at the file every few seconds, for as long as it is polled.
    pub async fn keep_up(&self) {
        loop {
            tokio::time::sleep(LOOK_INTERVAL).await;
            self.look().await;
        }
    }

    /// Takes the file's keys over if it has changed and can be used.
    pub async fn look(&self) {
        let Some(path) = self.path.clone() else { return };
        // Folders may be on slow or distant disks.
        let text = match tokio::task::spawn_blocking(move || text_of(&path)).await {
            Ok(text) => text,
            Err(error) => return tracing::error!(%error, "the key file could not be looked at"),
        };
        match text {
            Ok(None) if self.is_open() => return,
            Ok(None) => self.refuse("there is no such file any more, and its last keys stay in force".to_owned(), None),
            Ok(Some((text, _))) if self.state().text.as_ref() == Some(&text) => return,
            Ok(Some((text, Ok(keys)))) => match self.holders(keys).await {
                Ok(holders) => self.take_over(holders, text),
                // Looked at again: nothing is wrong with the file.
                Err(error) => self.refuse(causes::of(&error.into()), None),
            },
            Ok(Some((text, Err(error)))) => self.refuse(causes::of(&error.into()), Some(text)),
            Err(error) => self.refuse(causes::of(&error.into()), None),
        }
        self.tell();
    }

    /// Keys with the spaces of their tenants, which are made where there are none.
    async fn holders(&self, keys: Vec<Key>) -> Result<Arc<[Arc<Holder>]>, StoreError> {
        let mut spaces: HashMap<String, Arc<TenantSpace>> = HashMap::new();
        for tenant in keys.iter().filter_map(|key| key.tenant.as_ref()) {
            if !spaces.contains_key(tenant) {
                let mask = Mask::from_bytes(rand::random());
                let own = store::spaces::ensure(&self.db, tenant, mask).await?;
                spaces.insert(tenant.clone(), Arc::new(own));
            }
        }
        let hash = Key::hash_of(self.own_key.as_bytes());
        let own = Key { name: OWN_NAME.to_owned(), hash, tenant: None, may: vec![May::Ingest] };
        let holder = |key: Key| {
            let own_space = key.tenant.as_ref().and_then(|tenant| spaces.get(tenant).cloned());
            Arc::new(Holder { key, own_space })
        };
        Ok(keys.into_iter().chain([own]).map(holder).collect())
    }

    fn take_over(&self, holders: Arc<[Arc<Holder>]>, text: String) {
        let mut state = self.state();
        let was_broken = state.problem.take().is_some();
        if state.holders.as_ref() != Some(&holders) {
            tracing::info!(keys = holders.len() - 1, "new keys are in force");
            state.holders = Some(holders);
        } else if was_broken {
            tracing::info!("the key file is what is in force again");
        }
        state.text = Some(text);
    }

    /// Says so once: a file is looked at every few seconds.
    fn refuse(&self, reason: String, text: Option<String>) {
        let mut state = self.state();
        state.text = text;
        if state.problem.as_ref().is_some_and(|problem| problem.reason == reason) {
            return;
        }
        tracing::error!(reason, "the key file cannot be used; the keys before it stay in force");
        let since = state.problem.as_ref().map_or_else(|| (self.now)(), |problem| problem.since);
        state.problem = Some(FileProblem { since, reason });
    }

    fn tell(&self) {
        let state = self.state();
        // Without the server's own.
        let keys = state.holders.as_ref().map_or(0, |holders| holders.len() - 1);
        gauge!("tracetab_keys").set(keys as f64);
        gauge!("tracetab_keys_file_broken").set(if state.problem.is_some() { 1.0 } else { 0.0 });
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Replaced as a whole: a panic in between leaves the file to be looked at again.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why nobody is known to have sent a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unknown {
    /// It has no key.
    Missing,
    /// It has one, which is none here.
    Wrong,
}

/// Why a key does not open the dashboard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotSignedIn {
    /// Nobody needs to.
    Open,
    /// It is none here.
    Unknown,
    /// It is of this tenant alone.
    OfTenant(String),
    /// It may be used for something else.
    MayNotRead(String),
}

/// Who has the key of this hash. All are looked at, and all of each: how long it takes tells nothing.
fn holder_of(holders: &[Arc<Holder>], hash: &[u8; HASH_BYTES]) -> Option<Arc<Holder>> {
    let mut found = None;
    for holder in holders {
        let differs = holder.key.hash.iter().zip(hash).fold(0, |differs, (one, other)| differs | (one ^ other));
        if std::hint::black_box(differs) == 0 {
            found = Some(holder);
        }
    }
    found.cloned()
}

type Text = Option<(String, Result<Vec<Key>, RulesError>)>;

/// The text of the file and what it says; `None` when there is no such file.
fn text_of(path: &Path) -> Result<Text, RulesError> {
    let text = read(path)?;
    Ok(text.map(|text| {
        let keys = parsed(path, &text, |_, text| keys::parse(text));
        (text, keys)
    }))
}

impl KeysInUse for KeyRing {
    fn status(&self) -> Option<KeysStatus> {
        let state = self.state();
        let holders = state.holders.as_ref()?;
        let line = |holder: &Arc<Holder>| KeyLine {
            name: holder.key.name.clone(),
            tenant: holder.key.tenant.clone(),
            uses: holder.key.uses(),
        };
        // The last is the server's own.
        let keys = holders.split_last()?.1.iter().map(line).collect();
        let path = self.path.as_ref().map(|path| path.display().to_string()).unwrap_or_default();
        Some(KeysStatus { path, keys, problem: state.problem.clone() })
    }
}

#[cfg(test)]
mod tests;
