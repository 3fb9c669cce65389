//! The origins of a body's spans: equal ones are one [`Origin`], however often they are sent.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use model::attribute::Attributes;

use crate::raw::Origin;

/// Origins remembered: far more than the programs behind one body. Past it, equal ones are told apart again, which costs
/// memory and nothing else.
const ORIGINS_MAX: usize = 1_000;

/// Origins by what a protocol tells processes apart with (`K`) and by instrumentation scope.
pub struct Origins<K> {
    resources: HashMap<K, Arc<Attributes>>,
    origins: HashMap<(K, Scope), Arc<Origin>>,
}

/// Instrumentation scope name and version.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Scope {
    /// Name of the instrumenting library, possibly empty.
    pub name: String,
    /// Its version, possibly empty.
    pub version: String,
}

impl<K: Clone + Eq + Hash> Origins<K> {
    /// None yet.
    pub fn new() -> Self {
        Self { resources: HashMap::new(), origins: HashMap::new() }
    }

    /// The origin of this process and scope; `resource` says what is known of a process that was not seen before.
    pub fn of(&mut self, process: K, scope: Scope, resource: impl FnOnce(&K) -> Attributes) -> Arc<Origin> {
        let resources = &mut self.resources;
        let key = (process, scope);
        if let Some(known) = self.origins.get(&key) {
            return Arc::clone(known);
        }
        if self.origins.len() >= ORIGINS_MAX {
            resources.clear();
            self.origins.clear();
        }
        let resource = resources.entry(key.0.clone()).or_insert_with_key(|process| Arc::new(resource(process)));
        let origin = Arc::new(Origin {
            resource: Arc::clone(resource),
            scope_name: key.1.name.clone(),
            scope_version: key.1.version.clone(),
        });
        self.origins.insert(key, Arc::clone(&origin));
        origin
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_origins_are_shared_and_scopes_share_their_resource() {
        let mut origins = Origins::new();
        let scope = |name: &str| Scope { name: name.into(), version: String::new() };
        let named = |process: &&str| Attributes(vec![("service.name".into(), (*process).into())]);
        let one = origins.of("shop", scope("a"), named);
        assert!(Arc::ptr_eq(&one, &origins.of("shop", scope("a"), named)));
        let other = origins.of("shop", scope("b"), named);
        assert!(!Arc::ptr_eq(&one, &other) && Arc::ptr_eq(&one.resource, &other.resource));
        assert_ne!(origins.of("stock", scope("a"), named), one);
    }
}
