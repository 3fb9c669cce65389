//! What spans share, kept small: it is sent once for all of them, and kept with each.
//!
//! Without a bound, a body of eight megabytes of resource and a thousand spans would be eight gigabytes by the time it is
//! written. Only what is too large is left out or cut, so that the spans keep the name of their service.

use std::sync::Arc;

use model::attribute::{Attributes, Value};

use crate::raw::{Origin, warn};

/// Bytes of the attributes of a resource: ten times what Kubernetes detectors send.
const RESOURCE_BYTES_MAX: usize = 64 * 1024;

/// Bytes of one of them: a long command line, and room for the others.
const VALUE_BYTES_MAX: usize = 16 * 1024;

/// Bytes of the name and of the version of an instrumentation scope, which are those of a package.
const SCOPE_BYTES_MAX: usize = 1_024;

/// The attributes that spans may share; the others are left out with a warning.
pub fn fit(mut attributes: Attributes, warnings: &mut Vec<String>) -> Attributes {
    let mut left = RESOURCE_BYTES_MAX;
    attributes.0.retain(|(key, value)| {
        let bytes = key.len() + weigh(value);
        let fits = bytes <= VALUE_BYTES_MAX.min(left);
        if fits {
            left -= bytes;
        } else {
            let key: String = key.chars().take(64).collect();
            let most = format!("at most {VALUE_BYTES_MAX}, and {RESOURCE_BYTES_MAX} in all");
            warn(warnings, format!("the resource attribute {key} has {bytes} bytes and was left out; expected {most}"));
        }
        fits
    });
    attributes
}

/// Where spans came from, with a scope that is cut when it is too long, which is then said.
pub fn origin(resource: &Arc<Attributes>, name: String, version: String, warnings: &mut Vec<String>) -> Origin {
    let mut cut = |mut text: String| {
        if text.len() > SCOPE_BYTES_MAX {
            let bytes = text.len();
            warn(warnings, format!("an instrumentation scope of {bytes} bytes was cut to {SCOPE_BYTES_MAX}"));
            text.truncate(text.floor_char_boundary(SCOPE_BYTES_MAX));
            // What was cut off is not kept in memory either.
            text.shrink_to_fit();
        }
        text
    };
    Origin { resource: Arc::clone(resource), scope_name: cut(name), scope_version: cut(version) }
}

/// Recursion ends where decoding did: no protocol reads values nested more than 128 deep.
fn weigh(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len(),
        Value::Bytes(bytes) => bytes.len(),
        Value::Array(items) => items.iter().map(|item| 2 + weigh(item)).sum(),
        Value::Map(map) => map.0.iter().map(|(key, item)| 2 + key.len() + weigh(item)).sum(),
        _ => 8,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_large_for_every_span_is_left_out_and_the_rest_kept() {
        let large = |bytes| Value::from("x".repeat(bytes));
        let mut sent = vec![("large".into(), large(VALUE_BYTES_MAX)), ("service.name".into(), "shop".into())];
        sent.push(("nested".into(), Value::Map(Attributes(vec![("k".into(), large(VALUE_BYTES_MAX))]))));
        sent.extend((0..10).map(|number| (format!("k{number}").into(), large(10_000))));
        let mut warnings = Vec::new();
        let kept = fit(Attributes(sent), &mut warnings);
        let keys: Vec<_> = kept.0.iter().map(|(key, _)| key.as_str()).collect();
        assert_eq!(keys, ["service.name", "k0", "k1", "k2", "k3", "k4", "k5"]);
        assert!(warnings.len() == 6 && warnings[0].starts_with("the resource attribute large has 16389 bytes"));
    }

    #[test]
    fn a_long_scope_is_cut_at_a_character() {
        let mut warnings = Vec::new();
        let origin = origin(&Arc::default(), "ä".repeat(5_000), "1.0".into(), &mut warnings);
        assert_eq!((origin.scope_name.len(), origin.scope_version.as_str(), warnings.len()), (1_024, "1.0", 1));
    }
}
