//! Who a span is for, as far as it says so itself: on the span, on its resource, or in the trace state that came along.

use model::owner::{OwnerSource, Provenance, Provenances};

use super::field::Field;
use super::found::Found;
use super::label;
use crate::raw::RawSpan;

/// The owners a span names, and where.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Owners {
    pub tenant: Option<String>,
    pub user: Option<String>,
    pub capability: Option<String>,
    pub known: Provenances,
}

/// Reads them.
pub fn of_span(raw: &RawSpan, found: &Found<'_>, warnings: &mut Vec<String>) -> Owners {
    let mut owner = |what: &str, field, key: &str| {
        let said = found.text_from(field).map(|(name, source)| (name.into_owned(), source));
        let carried = || Some((carried(&raw.trace_state, key)?.to_owned(), OwnerSource::Carried));
        match said.or_else(carried) {
            Some((name, source)) => (Some(label::fit(what, &name, warnings)), Provenance::own(source)),
            None => (None, Provenance::NOBODY),
        }
    };
    let (tenant, of_tenant) = owner("the tenant", Field::Tenant, "tenant");
    let (user, of_user) = owner("the user", Field::User, "user");
    let (capability, of_capability) = owner("the capability", Field::Capability, "capability");
    Owners {
        tenant,
        user,
        capability,
        known: Provenances { tenant: of_tenant, user: of_user, capability: of_capability },
    }
}

/// What a W3C trace state says under a key: `key=value,...`, of which the first of a key is the latest.
fn carried<'a>(trace_state: &'a str, key: &str) -> Option<&'a str> {
    let mut members = trace_state.split(',').filter_map(|member| member.split_once('='));
    members.find(|(name, _)| name.trim() == key).map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use model::owner::OwnerSource;
    use serde_json::json;

    use super::carried;
    use crate::normalise::span;
    use crate::normalise::testing::a_span;

    #[test]
    fn the_trace_state_names_an_owner_when_nothing_else_does() {
        let state = "cost_usd=0.0001, tenant=tenant_123,capability=,tenant=older";
        assert_eq!((carried(state, "tenant"), carried(state, "capability")), (Some("tenant_123"), None));
        let mut sent = a_span("step").with(json!({"user.id": "u1"}));
        sent.0.trace_state = state.into();
        let span = span(sent.0);
        assert_eq!((span.tenant.as_deref(), span.user.as_deref()), (Some("tenant_123"), Some("u1")));
        let sources = [span.known.tenant, span.known.user, span.known.capability].map(|known| known.source);
        assert_eq!(sources, [OwnerSource::Carried, OwnerSource::Span, OwnerSource::Nobody]);
    }
}
