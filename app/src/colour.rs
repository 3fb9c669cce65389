//! Which of the twelve categorical colours a service, tenant or model has.
//!
//! The slot is a hash of the name, so it is the same on every page and in every session. Within one view a taken slot
//! moves the later name to the next free one, so that neighbours in a chart never share a colour.

use std::collections::HashMap;

/// Categorical colours there are; `--c1` to `--c12` in the tokens.
pub const SLOTS: u8 = 12;

/// What every name past the twelfth gets: the neutral colour.
pub const OTHER: u8 = 0;

/// What kind of name a colour is for: equal names of different kinds may differ in colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A service.
    Service,
    /// A tenant.
    Tenant,
    /// A model.
    Model,
    /// Anything else that has a name.
    Label,
}

impl Kind {
    const fn prefix(self) -> &'static str {
        match self {
            Self::Service => "service:",
            Self::Tenant => "tenant:",
            Self::Model => "model:",
            Self::Label => "label:",
        }
    }
}

/// The slot of a name on its own, 1..=12: FNV-1a of kind and name.
pub fn slot(kind: Kind, name: &str) -> u8 {
    let hash = kind
        .prefix()
        .bytes()
        .chain(name.bytes())
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    // A remainder of twelve fits a byte.
    (hash % u64::from(SLOTS)) as u8 + 1
}

/// The slots of all names of one view.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Palette(HashMap<String, u8>);

impl Palette {
    /// Gives every name its slot; of two that want the same one, the earlier in `names` (the dearer) keeps it.
    pub fn assign<'a>(kind: Kind, names: impl IntoIterator<Item = &'a str>) -> Self {
        let mut taken = [false; SLOTS as usize];
        let mut slots = HashMap::new();
        for name in names {
            if slots.contains_key(name) {
                continue;
            }
            let wanted = slot(kind, name) - 1;
            let free = (0..SLOTS).map(|step| (wanted + step) % SLOTS).find(|slot| !taken[usize::from(*slot)]);
            if let Some(free) = free {
                taken[usize::from(free)] = true;
            }
            slots.insert(name.to_owned(), free.map_or(OTHER, |free| free + 1));
        }
        Self(slots)
    }

    /// The slot of `name`; [`OTHER`] for a name the view did not have.
    pub fn slot(&self, name: &str) -> u8 {
        self.0.get(name).copied().unwrap_or(OTHER)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_the_same_slot_everywhere() {
        assert_eq!(slot(Kind::Service, "orchestrator"), slot(Kind::Service, "orchestrator"));
        assert!((1..=SLOTS).contains(&slot(Kind::Tenant, "")));
    }

    #[test]
    fn twelve_names_have_twelve_colours_and_the_thirteenth_none() {
        let names: Vec<String> = (0..13).map(|n| format!("service-{n}")).collect();
        let palette = Palette::assign(Kind::Service, names.iter().map(String::as_str));
        let mut used: Vec<u8> = names[..12].iter().map(|name| palette.slot(name)).collect();
        used.sort_unstable();
        assert_eq!(used, (1..=12).collect::<Vec<u8>>());
        assert_eq!(palette.slot(&names[12]), OTHER);
    }

    #[test]
    fn the_dearest_keeps_the_colour_of_its_name() {
        let palette = Palette::assign(Kind::Tenant, ["acme", "globex", "initech"]);
        assert_eq!(palette.slot("acme"), slot(Kind::Tenant, "acme"));
    }
}
