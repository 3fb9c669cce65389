//! Where what spend is taken apart by is found: in rollups, in the outbox, in spans, and in which dictionary its names are.

use model::cost::{Dimension, Facet};
use model::span::{Category, DataTag, SpanKind, Status};

/// A facet as SQL: the ids of its groups, and their names.
pub(crate) struct Place {
    /// Id in a row `r` of `cost_rollup`.
    pub(super) rollup: &'static str,
    /// Id in an entry `u` of the outbox.
    pub(super) outbox: &'static str,
    /// Id in a row `s` of `span`.
    pub(crate) span: &'static str,
    /// Something with the columns `id` and `name`; `None` when there is only one group.
    pub(crate) dictionary: Option<String>,
}

/// A place that only spans have.
fn column(span: &'static str, dictionary: String) -> Place {
    Place { rollup: "0", outbox: "0", span, dictionary: Some(dictionary) }
}

/// Words of the product as a dictionary; they are literals of ours.
fn words(words: impl Iterator<Item = (i16, &'static str)>) -> String {
    let rows: Vec<String> = words.map(|(code, word)| format!("({code}, '{word}')")).collect();
    format!("(select id, name from (values {}) as word(id, name))", rows.join(", "))
}

/// The place of a dimension.
pub(super) fn of_dimension(dimension: Dimension) -> Place {
    let keyed = |span, dictionary: &str| Place {
        rollup: "r.key",
        outbox: "u.key",
        span,
        dictionary: Some(dictionary.to_owned()),
    };
    match dimension {
        Dimension::Total => Place { rollup: "0", outbox: "0", span: "0", dictionary: None },
        // Tenants are kept as the totals (dimension 0) of each tenant.
        Dimension::Tenant => Place {
            rollup: "r.tenant_id",
            outbox: "u.tenant_id",
            span: "s.tenant_id",
            dictionary: Some("dim_tenant".to_owned()),
        },
        Dimension::Service => keyed("s.service_id", "dim_service"),
        Dimension::Capability => keyed("coalesce(s.capability_id, 0)", "dim_capability"),
        // A span that only repeats a call is none of the model's (`booked`).
        Dimension::Model => keyed("case when s.verdict = 0 then coalesce(s.model_id, 0) else 0 end", "dim_model"),
        Dimension::User => keyed("coalesce(s.user_id, 0)", "dim_user"),
        Dimension::DataTag => Place {
            dictionary: Some(words(DataTag::ALL.iter().map(|tag| (tag.code(), tag.as_str())))),
            ..keyed("s.data_tag::int4", "")
        },
    }
}

/// The place of a facet; `None` for an attribute that is only in the payload of spans.
pub(crate) fn of(facet: &Facet) -> Option<Place> {
    let name = match facet {
        Facet::Dimension(dimension) => return Some(of_dimension(*dimension)),
        Facet::Attribute(name) => name.as_str(),
    };
    // As many as `model::cost::grouping::COLUMNS`; a test compares the two.
    Some(match name {
        "operation" => column("s.operation_id", "dim_operation".to_owned()),
        "environment" => column("coalesce(s.environment_id, 0)", "dim_environment".to_owned()),
        "peer" => column("coalesce(s.peer_id, 0)", "dim_service".to_owned()),
        "kind" => column("s.kind::int4", words(SpanKind::ALL.iter().map(|kind| (kind.code(), kind.as_str())))),
        "status" => column("s.status::int4", words(Status::ALL.iter().map(|status| (status.code(), status.as_str())))),
        "category" => column("s.category::int4", words(Category::ALL.iter().map(|sort| (sort.code(), sort.as_str())))),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use model::cost::grouping::COLUMNS;

    use super::*;

    #[test]
    fn every_attribute_with_a_column_has_a_place_and_no_other_one() {
        for name in COLUMNS {
            assert!(of(&Facet::Attribute(name.to_owned())).is_some(), "{name}");
        }
        assert!(of(&Facet::Attribute("region".to_owned())).is_none());
    }
}
