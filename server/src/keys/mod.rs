//! Keys: who may send, read and change, and for which tenant.
//!
//! [`ring`] holds the keys in force, which come from `keys.yaml` ([`crate::rules::keys`]); `given` finds a key in a request,
//! [`session`] stands in for one in a browser, and [`gate`] is what a request passes before its body is read. Without the
//! file everything is open, as far as the server listens ([`crate::config::Config::check_exposure`]).
//!
//! Only hashes of keys are kept. A key is never logged, answered or counted; its name may be.

use std::fmt;
use std::sync::Arc;

use model::space::TenantSpace;
use sha2::{Digest, Sha256};

pub mod gate;
mod given;
pub mod make;
pub mod ring;
pub mod session;

pub use gate::Gate;
pub use ring::KeyRing;

/// Bytes of a SHA-256.
pub const HASH_BYTES: usize = 32;

/// What a key may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum May {
    /// Send spans.
    Ingest,
    /// Read what is kept.
    Read,
    /// Change what people can change: take an alert, start the demo.
    Change,
}

/// A key as the file has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// What people call it.
    pub name: String,
    /// SHA-256 of its text.
    pub hash: [u8; HASH_BYTES],
    /// The tenant it is of; `None` is everybody's.
    pub tenant: Option<String>,
    /// What it may be used for, each once, in their order.
    pub may: Vec<May>,
}

/// A key in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// The key.
    pub key: Key,
    /// The space of the tenant it is of.
    pub own_space: Option<Arc<TenantSpace>>,
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// Anybody: nobody is asked for a key here.
    Anybody,
    /// Whoever has this key.
    Holder(Arc<Holder>),
}

/// What a request needs a key for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Sending spans.
    Ingest,
    /// Reading what can be answered for one tenant alone: what answers must do so when the caller has a tenant.
    ReadOwn,
    /// Reading what is of all tenants.
    Read,
    /// Changing something, which is of all tenants.
    Change,
}

impl May {
    /// Every use, in their order.
    pub const ALL: [Self; 3] = [Self::Ingest, Self::Read, Self::Change];

    /// Its word in the file.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ingest => "ingest",
            Self::Read => "read",
            Self::Change => "change",
        }
    }

    /// The use this word stands for.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|may| may.as_str() == word)
    }
}

impl Key {
    /// The hash a key is known by.
    pub fn hash_of(text: &[u8]) -> [u8; HASH_BYTES] {
        Sha256::digest(text).into()
    }

    /// What it may be used for, in words: `ingest, read`.
    pub fn uses(&self) -> String {
        self.may.iter().map(|may| may.as_str()).collect::<Vec<_>>().join(", ")
    }
}

/// A line as `tracetab check-rules` shows it.
impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}  key: may {}", self.name, self.uses())?;
        self.tenant.as_ref().map_or(Ok(()), |tenant| write!(f, ", for the tenant {tenant} alone"))
    }
}

impl Need {
    const fn may(self) -> May {
        match self {
            Self::Ingest => May::Ingest,
            Self::ReadOwn | Self::Read => May::Read,
            Self::Change => May::Change,
        }
    }

    /// Whether it is about all tenants.
    const fn is_of_all(self) -> bool {
        matches!(self, Self::Read | Self::Change)
    }
}

impl Caller {
    /// The tenant that alone may be answered about.
    pub fn own_space(&self) -> Option<&TenantSpace> {
        match self {
            Self::Anybody => None,
            Self::Holder(holder) => holder.own_space.as_deref(),
        }
    }

    /// Whether it may be used for this.
    pub fn may(&self, what: May) -> bool {
        match self {
            Self::Anybody => true,
            Self::Holder(holder) => holder.key.may.contains(&what),
        }
    }
}
