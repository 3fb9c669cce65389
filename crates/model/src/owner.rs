//! Who a span is for, and how that is known.

use serde::{Deserialize, Serialize};

use crate::span::code_enum;

code_enum! {
    /// Where an owner was named; the later ones are believed first.
    OwnerSource {
        /// Nowhere.
        Nobody = 0, "nobody";
        /// In baggage or a trace state that came along with a request: whoever sent it may have said anything.
        Carried = 1, "carried along";
        /// On the resource: by the program as a whole.
        Resource = 2, "the resource";
        /// On the span itself.
        Span = 3, "the span";
        /// By the key the span was sent with: the only one of these that was checked.
        Key = 4, "the key it was sent with";
    }
}

/// How one owner of a span is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Provenance {
    /// Where it was named.
    pub source: OwnerSource,
    /// It was named not for this span but for one above it.
    pub inherited: bool,
}

impl Provenance {
    /// Nobody was named.
    pub const NOBODY: Self = Self { source: OwnerSource::Nobody, inherited: false };

    /// Named for the span itself.
    pub const fn own(source: OwnerSource) -> Self {
        Self { source, inherited: false }
    }

    /// The same for a span below.
    pub const fn passed_on(self) -> Self {
        Self { source: self.source, inherited: true }
    }
}

impl Default for Provenance {
    fn default() -> Self {
        Self::NOBODY
    }
}

/// How the owners of a span are known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Provenances {
    /// Of the tenant.
    pub tenant: Provenance,
    /// Of the user.
    pub user: Provenance,
    /// Of the capability.
    pub capability: Provenance,
}

/// Names of the operations that named what a span inherits.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedAbove {
    /// Its tenant.
    pub tenant: Option<String>,
    /// Its user.
    pub user: Option<String>,
    /// Its capability.
    pub capability: Option<String>,
}

/// Bits of one provenance as it is kept: two of the source, and whether it is inherited.
const BITS: u32 = 3;

/// Where the third bits of the sources begin: the number was full before there were sources that need one.
const HIGH_BITS: u32 = 3 * BITS;

impl Provenances {
    /// The number kept in the database: three bits each, then one more of each source.
    pub fn code(self) -> i16 {
        let low = |one: Provenance| one.source.code() & 3 | i16::from(one.inherited) << 2;
        let high = |one: Provenance| one.source.code() >> 2;
        let place = |at: u32, one: Provenance| low(one) << (at * BITS) | high(one) << (HIGH_BITS + at);
        place(0, self.tenant) | place(1, self.user) | place(2, self.capability)
    }

    /// What a number stands for; what it does not know is nobody.
    pub fn from_code(code: i16) -> Self {
        let one = |at: u32| {
            let source = code >> (at * BITS) & 3 | (code >> (HIGH_BITS + at) & 1) << 2;
            Provenance {
                source: OwnerSource::from_code(source).unwrap_or(OwnerSource::Nobody),
                inherited: code >> (at * BITS) & 4 != 0,
            }
        };
        Self { tenant: one(0), user: one(1), capability: one(2) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn a_provenance() -> impl Strategy<Value = Provenance> {
        (prop::sample::select(OwnerSource::ALL), any::<bool>())
            .prop_map(|(source, inherited)| Provenance { source, inherited })
    }

    #[test]
    fn the_numbers_of_earlier_releases_mean_what_they_meant() {
        let all = Provenances {
            tenant: Provenance::own(OwnerSource::Span),
            user: Provenance::own(OwnerSource::Carried).passed_on(),
            capability: Provenance::own(OwnerSource::Resource),
        };
        assert_eq!((all.code(), Provenances::from_code(3 | 5 << 3 | 2 << 6)), (3 | 5 << 3 | 2 << 6, all));
    }

    proptest! {
        #[test]
        fn provenances_are_kept_in_one_number(tenant in a_provenance(), user in a_provenance(), capability in a_provenance()) {
            let all = Provenances { tenant, user, capability };
            prop_assert_eq!(Provenances::from_code(all.code()), all);
        }
    }
}
