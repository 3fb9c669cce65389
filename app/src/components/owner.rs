//! The way to one that spends, and to the traces behind its spend: what every name and figure of money leads to.

use leptos::prelude::*;
use model::cost::{Dimension, Owner};

use crate::url_state::{RangeChoice, encode};

/// The page of what one spent: `/costs/tenant/acme`; `/costs/tenant` is what has no tenant.
pub fn href(owner: &Owner, range: Option<RangeChoice>) -> String {
    let dimension = owner.dimension;
    let range = range.map(RangeChoice::to_query);
    let (path, name) = match owner.key.as_deref() {
        None => (format!("/costs/{dimension}"), None),
        // A browser takes these for steps of the path.
        Some(dots @ ("." | "..")) => (format!("/costs/{dimension}"), Some(format!("key={dots}"))),
        Some(key) => (format!("/costs/{dimension}/{}", encode(key)), None),
    };
    let query: Vec<String> = name.into_iter().chain(range).collect();
    if query.is_empty() { path } else { format!("{path}?{}", query.join("&")) }
}

/// The condition on traces that some span is the owner's.
pub fn condition(owner: &Owner) -> Option<String> {
    match (owner.dimension, owner.key.as_deref()) {
        (Dimension::Total, _) | (Dimension::Service | Dimension::DataTag, None) => None,
        (dimension, None) => Some(format!("without={dimension}")),
        (dimension, Some(key)) => Some(format!("{dimension}={}", encode(key))),
    }
}

/// The traces behind the spend of all of these owners at once, dearest first; `None` when they cannot be looked for.
pub fn traces_href<'a>(owners: impl IntoIterator<Item = &'a Owner>, range: &str) -> Option<String> {
    let conditions: Option<Vec<String>> = owners.into_iter().map(condition).collect();
    Some(traces_where(range, &conditions?.join("&")))
}

/// The traces of a range that meet `conditions`, dearest first; no condition is all of them.
pub fn traces_where(range: &str, conditions: &str) -> String {
    let and = if conditions.is_empty() { "" } else { "&" };
    format!("/traces?{range}&order=cost{and}{conditions}")
}

/// A name that leads to what it spent.
#[component]
pub fn OwnerLink(
    /// Who.
    owner: Owner,
    /// Over which range; the page's own when not given.
    #[prop(optional_no_strip)]
    range: Option<RangeChoice>,
    /// What it is called where it has no name.
    #[prop(default = "unattributed")]
    without: &'static str,
) -> impl IntoView {
    let name = owner.key.clone().unwrap_or_else(|| without.to_owned());
    let class = if owner.key.is_some() { "trunc" } else { "trunc muted" };
    view! { <a class=class href=href(&owner, range)>{name}</a> }.into_any()
}

/// A figure that leads to the traces behind it, where they can be looked for.
#[component]
pub fn Behind(
    /// Its address; `None` when they cannot be looked for.
    href: Option<String>,
    /// The figure.
    children: Children,
) -> impl IntoView {
    match href {
        Some(href) => {
            view! { <a class="behind" href=href title="The traces behind it, dearest first">{children()}</a> }
                .into_any()
        }
        None => children().into_any(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owner(dimension: Dimension, key: Option<&str>) -> Owner {
        Owner { dimension, key: key.map(str::to_owned) }
    }

    #[test]
    fn every_name_has_a_page_of_its_own() {
        let range = Some(RangeChoice::Last(86_400));
        assert_eq!(href(&owner(Dimension::Tenant, Some("acme")), None), "/costs/tenant/acme");
        assert_eq!(
            href(&owner(Dimension::Model, Some("meta/llama 3")), range),
            "/costs/model/meta%2Fllama%203?from=-24h"
        );
        assert_eq!(href(&owner(Dimension::User, None), range), "/costs/user?from=-24h");
        assert_eq!(href(&owner(Dimension::User, Some("..")), range), "/costs/user?key=..&from=-24h");
    }

    #[test]
    fn spend_leads_to_its_traces_where_they_can_be_looked_for() {
        let traces = |owners: &[Owner]| traces_href(owners, "from=-24h");
        let (acme, nobody) = (owner(Dimension::Tenant, Some("a&b")), owner(Dimension::User, None));
        assert_eq!(traces(&[acme, nobody]).as_deref(), Some("/traces?from=-24h&order=cost&tenant=a%26b&without=user"));
        assert_eq!(traces(&[owner(Dimension::Service, None)]), None);
    }
}
