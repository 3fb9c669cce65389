//! What spend may be taken apart by, as data and as the words of `group_by`.
//!
//! Rollups keep every dimension by itself and by tenant. Any other pair, and attributes, are read from the spans, and
//! so over at most a day: [`Grouping::refusal`] says so before anything is read.

use serde::{Deserialize, Serialize};

use super::Dimension;
use super::split::Owner;
use crate::time::TimeRange;

/// The longest range that is read from spans, in seconds: a day of two million spans is added up within two seconds.
pub const SPANS_RANGE_SECONDS_MAX: i64 = 86_400;

/// How much longer a day may be: pages widen it to whole buckets of ten minutes, and ask the API for exactly that.
const WIDENED_SECONDS_MAX: i64 = 1_200;

/// The part of a range that spans are read of: all of it, or its last day.
pub fn spans_range(range: TimeRange) -> TimeRange {
    if is_short(range.seconds()) { range } else { TimeRange::last_seconds(SPANS_RANGE_SECONDS_MAX, range.to) }
}

/// Whether spans are read over so many seconds.
const fn is_short(seconds: i64) -> bool {
    seconds <= SPANS_RANGE_SECONDS_MAX + WIDENED_SECONDS_MAX
}

/// Most spans whose attributes are read for one answer: each is unpacked, half a million take some seconds.
pub const ATTRIBUTE_SPANS_MAX: i64 = 500_000;

/// Longest name of an attribute that can be asked for, in bytes: OpenTelemetry's own have at most 60.
const ATTRIBUTE_NAME_BYTES_MAX: usize = 255;

/// Names of attributes that spans keep in columns of their own: what a span says under them is not looked at.
pub const COLUMNS: [&str; 6] = ["operation", "environment", "peer", "kind", "status", "category"];

/// What stands before the name of an attribute.
const ATTRIBUTE: &str = "attribute:";

/// One thing to take spend apart by.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Facet {
    /// What rollups know.
    Dimension(Dimension),
    /// The value of an attribute, by name.
    Attribute(String),
}

/// One or two of them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Grouping {
    /// The first.
    pub first: Facet,
    /// The second, when there is one.
    pub second: Option<Facet>,
}

/// Words that name no grouping.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GroupingError {
    /// Not a dimension and not an attribute.
    #[error("expected one of {known}, attribute:NAME, or two of them as in tenant,model, got `{got}`", known = known())]
    Unknown {
        /// What was given.
        got: String,
    },
    /// Two that cannot go together.
    #[error("expected two different ones, such as tenant,model; `total` and `{got}` twice say nothing")]
    NotTwo {
        /// What was given.
        got: String,
    },
    /// An attribute before something else.
    #[error("expected the attribute last, as in tenant,attribute:{name}")]
    AttributeFirst {
        /// Its name.
        name: String,
    },
    /// A name nobody has.
    #[error("expected the name of an attribute of 1 to {ATTRIBUTE_NAME_BYTES_MAX} bytes after attribute:")]
    AttributeName,
}

fn known() -> String {
    Dimension::ALL.iter().map(|dimension| dimension.as_str()).collect::<Vec<_>>().join(", ")
}

impl Facet {
    /// The facet these words name.
    pub fn parse(text: &str) -> Result<Self, GroupingError> {
        if let Some(name) = text.strip_prefix(ATTRIBUTE) {
            let fits = !name.is_empty() && name.len() <= ATTRIBUTE_NAME_BYTES_MAX && !name.contains('\0');
            return if fits { Ok(Self::Attribute(name.to_owned())) } else { Err(GroupingError::AttributeName) };
        }
        Dimension::parse(text).map(Self::Dimension).ok_or_else(|| GroupingError::Unknown { got: text.to_owned() })
    }

    /// The dimension, when it is one.
    pub const fn dimension(&self) -> Option<Dimension> {
        match self {
            Self::Dimension(dimension) => Some(*dimension),
            Self::Attribute(_) => None,
        }
    }
}

impl std::fmt::Display for Facet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Dimension(dimension) => f.write_str(dimension.as_str()),
            Self::Attribute(name) => write!(f, "{ATTRIBUTE}{name}"),
        }
    }
}

impl Grouping {
    /// By one dimension.
    pub const fn by(dimension: Dimension) -> Self {
        Self { first: Facet::Dimension(dimension), second: None }
    }

    /// The grouping these words name: `tenant`, `tenant,model`, `attribute:region`, `user,attribute:region`.
    pub fn parse(text: &str) -> Result<Self, GroupingError> {
        if let Some(name) = text.strip_prefix(ATTRIBUTE) {
            // A comma may be part of a name; a dimension behind it is a mistake.
            let (before, after) = name.split_once(',').unwrap_or((name, ""));
            if Facet::parse(after).is_ok() {
                return Err(GroupingError::AttributeFirst { name: before.to_owned() });
            }
            return Ok(Self { first: Facet::parse(text)?, second: None });
        }
        let Some((first, second)) = text.split_once(',') else {
            return Ok(Self { first: Facet::parse(text)?, second: None });
        };
        let (first, second) = (Facet::parse(first)?, Facet::parse(second)?);
        let total = Facet::Dimension(Dimension::Total);
        if first == second || first == total || second == total {
            return Err(GroupingError::NotTwo { got: first.to_string() });
        }
        Ok(Self { first, second: Some(second) })
    }

    /// What it consists of, in order.
    pub fn facets(&self) -> impl Iterator<Item = &Facet> {
        std::iter::once(&self.first).chain(&self.second)
    }

    /// The name of the attribute that must be read from every span, when there is one.
    pub fn attribute(&self) -> Option<&str> {
        self.facets().find_map(|facet| match facet {
            Facet::Attribute(name) if !COLUMNS.contains(&name.as_str()) => Some(name.as_str()),
            Facet::Attribute(_) | Facet::Dimension(_) => None,
        })
    }

    /// Whether rollups know it, over any range: one dimension, or a tenant's, of everybody or of one owner.
    pub fn is_in_rollups(&self, only: Option<&Owner>) -> bool {
        let wanted = self.facets().map(Facet::dimension).chain(only.map(|owner| Some(owner.dimension)));
        let mut besides_tenant = None;
        for dimension in wanted {
            match dimension {
                None => return false,
                Some(Dimension::Tenant | Dimension::Total) => {}
                Some(dimension) if besides_tenant.is_none_or(|known| known == dimension) => {
                    besides_tenant = Some(dimension);
                }
                Some(_) => return false,
            }
        }
        true
    }

    /// Why it cannot be answered over so many seconds with so many spans in them, in words for people.
    pub fn refusal(&self, only: Option<&Owner>, seconds: i64, spans: i64) -> Option<String> {
        if self.is_in_rollups(only) {
            return None;
        }
        if !is_short(seconds) {
            let hours = SPANS_RANGE_SECONDS_MAX / 3_600;
            return Some(format!(
                "by {self}, spend is read from the spans themselves, over at most {hours} hours; \
                 ask for a shorter range, or by what rollups keep: one dimension, or tenant and another one"
            ));
        }
        (self.attribute().is_some() && spans > ATTRIBUTE_SPANS_MAX).then(|| {
            format!(
                "by {self}, spend is read from the attributes of every span, of {ATTRIBUTE_SPANS_MAX} at most; \
                 this range has {spans}, ask for a shorter one or for one tenant"
            )
        })
    }
}

impl std::fmt::Display for Grouping {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.first.fmt(f)?;
        self.second.iter().try_for_each(|second| write!(f, ",{second}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Grouping {
        Grouping::parse(text).expect(text)
    }

    #[test]
    fn a_grouping_reads_back_as_it_was_written() {
        for text in ["tenant", "tenant,model", "model,user", "attribute:region", "user,attribute:a,b", "attribute:a,b"]
        {
            assert_eq!(parse(text).to_string(), text);
        }
    }

    #[test]
    fn what_names_nothing_is_refused_with_what_was_expected() {
        let refused = |text: &str| Grouping::parse(text).expect_err(text).to_string();
        assert!(refused("planet").starts_with("expected one of total, service, capability"));
        assert!(refused("tenant,planet").contains("got `planet`"));
        assert!(refused("tenant,tenant").contains("two different ones"));
        assert!(refused("total,tenant").contains("two different ones"));
        assert_eq!(refused("attribute:region,tenant"), "expected the attribute last, as in tenant,attribute:region");
        for text in ["attribute:", "tenant,attribute:", "attribute:a\0b"] {
            assert!(refused(text).contains("1 to 255 bytes"), "{text}");
        }
    }

    #[test]
    fn rollups_know_one_dimension_and_that_of_a_tenant() {
        let owner = |dimension| Owner { dimension, key: Some("x".into()) };
        let known = |text: &str, only: Option<Dimension>| parse(text).is_in_rollups(only.map(owner).as_ref());
        assert!(known("user", None) && known("tenant,user", None) && known("user,tenant", None));
        assert!(known("service", Some(Dimension::Tenant)) && known("tenant", Some(Dimension::User)));
        assert!(known("user", Some(Dimension::User)) && known("total", Some(Dimension::Model)));
        assert!(!known("model,user", None) && !known("model", Some(Dimension::User)));
        assert!(!known("tenant,model", Some(Dimension::User)) && !known("attribute:region", None));
    }

    #[test]
    fn what_is_read_from_spans_is_refused_over_more_than_a_day_and_says_why() {
        assert_eq!(parse("tenant,user").refusal(None, 400 * 86_400, i64::MAX), None);
        assert_eq!(parse("model,user").refusal(None, 86_400 + 1_200, i64::MAX), None, "a day in whole buckets");
        assert!(parse("model,user").refusal(None, 86_400 + 1_201, 0).expect("too long").contains("at most 24 hours"));
        let too_many = parse("attribute:region").refusal(None, 86_400, ATTRIBUTE_SPANS_MAX + 1);
        assert!(too_many.expect("too many").contains("this range has 500001"));
        assert_eq!(parse("attribute:region").refusal(None, 86_400, ATTRIBUTE_SPANS_MAX), None);
        assert_eq!(parse("attribute:operation").refusal(None, 86_400, i64::MAX), None, "a column");
    }
}
