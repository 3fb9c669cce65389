//! Spaces of trace ids. Whoever sends with a key of a tenant has a space to itself: the same id sent by two tenants is two
//! traces. All others share one.
//!
//! A trace in a tenant's own space is kept under another id, the one it was sent with seen through the [`Mask`] of the space,
//! so that the database needs no second column to tell two such traces apart. A mask never leaves the server: whoever knew
//! it could choose ids that are kept where another trace is.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::id::TraceId;

/// Which space of trace ids a trace is in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Space(i32);

impl Space {
    /// The one that all have who send without the key of a tenant.
    pub const SHARED: Self = Self(0);

    /// The space with this number.
    pub const fn from_number(number: i32) -> Self {
        Self(number)
    }

    /// Its number: 0 is the shared one.
    pub const fn number(self) -> i32 {
        self.0
    }

    /// Whether it is the shared one.
    pub const fn is_shared(self) -> bool {
        self.0 == 0
    }
}

/// What is between an id as it was sent and as it is kept.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mask([u8; 16]);

impl Mask {
    /// That of the shared space: ids are kept as they were sent.
    pub const NONE: Self = Self([0; 16]);

    /// The mask of these bytes.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    pub const fn to_bytes(self) -> [u8; 16] {
        self.0
    }

    /// The id as it is kept, of the id as it was sent, and the other way round.
    ///
    /// No two ids become the same one. The one id that would become zero, which is none, stays as it is: it is the place that
    /// only zero would have taken.
    #[must_use]
    pub fn apply(self, id: TraceId) -> TraceId {
        let mut bytes = id.to_bytes();
        bytes.iter_mut().zip(self.0).for_each(|(byte, mask)| *byte ^= mask);
        TraceId::from_bytes(bytes).unwrap_or(id)
    }
}

impl fmt::Debug for Mask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mask(secret)")
    }
}

/// A tenant's own space.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TenantSpace {
    /// Whose it is.
    pub tenant: String,
    /// Which it is.
    pub space: Space,
    /// How ids are kept in it.
    pub mask: Mask,
}

/// Where to look for an id that several may have sent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Within {
    /// Everywhere.
    #[default]
    Anywhere,
    /// In the shared space.
    Shared,
    /// In the space of this tenant, else in the shared one.
    Tenant(String),
}

impl Within {
    /// Reads the parameters `tenant` and `shared` of an address.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Self {
        match get("tenant").filter(|tenant| !tenant.is_empty()) {
            Some(tenant) => Self::Tenant(tenant),
            None if get("shared").is_some_and(|shared| shared == "1") => Self::Shared,
            None => Self::Anywhere,
        }
    }

    /// The parameter that reads back as this, if it needs one.
    pub fn to_query(&self) -> Option<(&'static str, &str)> {
        match self {
            Self::Anywhere => None,
            Self::Shared => Some(("shared", "1")),
            Self::Tenant(tenant) => Some(("tenant", tenant)),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_mask_undoes_itself_and_keeps_ids_apart(one in any::<[u8; 16]>(), other in any::<[u8; 16]>(), mask in any::<[u8; 16]>()) {
            let mask = Mask::from_bytes(mask);
            if let (Ok(one), Ok(other)) = (TraceId::from_bytes(one), TraceId::from_bytes(other)) {
                prop_assert_eq!(mask.apply(mask.apply(one)), one);
                prop_assert_eq!(mask.apply(one) == mask.apply(other), one == other);
                prop_assert_eq!(Mask::NONE.apply(one), one);
            }
        }
    }

    #[test]
    fn the_id_that_is_the_mask_itself_has_a_place_of_its_own() {
        let id: TraceId = "7d3f4e8a9b2c1d5e6f7a8b9c0d1e2f3a".parse().unwrap();
        let mask = Mask::from_bytes(id.to_bytes());
        assert_eq!((mask.apply(id), mask.apply(mask.apply(id))), (id, id));
        assert!(!format!("{mask:?}").contains("7d"), "it is no use to whoever reads a log");
    }
}
