//! JSON in the text of an attribute, which is how many dialects send what an attribute could not hold once.

use std::borrow::Cow;

use model::Usd;
use model::attribute::Value;
use serde_json::{Map, Number, Value as Json};

use super::cost::Unusable;

/// The object an attribute holds: as JSON text, or as a map of values.
pub fn object(value: &Value) -> Option<Map<String, Json>> {
    match value {
        Value::String(text) => serde_json::from_str(text).ok(),
        Value::Map(members) => {
            Some(members.0.iter().map(|(key, member)| (key.to_string(), layer(member, shallow))).collect())
        }
        _ => None,
    }
}

/// A member and the members of that; deeper there is nothing that anybody reads.
fn layer(value: &Value, below: fn(&Value) -> Json) -> Json {
    match value {
        Value::Map(members) => {
            Json::Object(members.0.iter().map(|(key, member)| (key.to_string(), below(member))).collect())
        }
        other => shallow(other),
    }
}

fn shallow(value: &Value) -> Json {
    match value {
        Value::String(text) => Json::String(text.to_string()),
        Value::Bool(truth) => Json::Bool(*truth),
        Value::Int(int) => Json::from(*int),
        // NaN and infinities stay visible as what they are, so that a cost of such a kind is refused and not passed over.
        Value::Double(double) => {
            Number::from_f64(*double).map_or_else(|| Json::String(double.to_string()), Json::Number)
        }
        _ => Json::Null,
    }
}

/// A cost in parts: the member `total`, else the sum of all members. One broken part makes the sum unknown.
pub fn cost(value: &Value, total: &str) -> Result<Usd, Unusable> {
    let members = object(value).ok_or(Unusable::NoObject)?;
    let amount = |name: &str, sent: &Json| -> Result<Usd, Unusable> {
        let text = match sent {
            Json::Number(_) | Json::String(_) => crate::json::text(sent),
            _ => None,
        };
        let amount = text.as_deref().unwrap_or_default().parse();
        amount.map_err(|error| Unusable::Part { name: name.to_owned(), error })
    };
    if let Some(sent) = members.get(total).filter(|sent| !sent.is_null()) {
        return amount(total, sent);
    }
    let mut parts = members.iter().filter(|(_, sent)| !sent.is_null()).peekable();
    parts.peek().ok_or(Unusable::NoParts)?;
    parts.try_fold(Usd::ZERO, |sum, (name, sent)| sum.checked_add(amount(name, sent)?).ok_or(Unusable::SumTooLarge))
}

/// A text within JSON as a name, if it is one. An escape may hide a U+0000 from the cleaning that went before.
pub fn name(text: &str) -> Option<String> {
    let name = text.trim().replace('\0', "\u{FFFD}");
    (!name.is_empty()).then_some(name)
}

/// The text without the quotes that JSON puts around one; any other text as it is.
pub fn unquoted(text: &str) -> Cow<'_, str> {
    if !text.starts_with('"') {
        return Cow::Borrowed(text);
    }
    match serde_json::from_str::<String>(text) {
        Ok(inner) => Cow::Owned(name(&inner).unwrap_or_default()),
        Err(_) => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use model::attribute::Attributes;

    use super::*;

    #[test]
    fn quotes_of_json_are_taken_off_and_others_stay() {
        for (sent, text) in [
            ("acme", "acme"),
            ("\"acme\"", "acme"),
            ("\"a\\\"b\"", "a\"b"),
            ("\"a\\u0000b\"", "a\u{FFFD}b"),
            ("\"half", "\"half"),
            ("\"one\" and \"two\"", "\"one\" and \"two\""),
        ] {
            assert_eq!(unquoted(sent), text);
        }
    }

    #[test]
    fn a_map_is_as_good_as_the_text_of_one_and_hides_no_broken_cost() {
        let map = |usd| {
            let inner = Attributes(vec![("cached_tokens".into(), Value::Int(3))]);
            Value::Map(Attributes(vec![("total".into(), Value::Double(usd)), ("details".into(), Value::Map(inner))]))
        };
        assert_eq!(object(&map(0.5)), object(&"{\"total\": 0.5, \"details\": {\"cached_tokens\": 3}}".into()));
        assert_eq!(cost(&map(0.5), "total").unwrap().to_string(), "0.5");
        assert!(cost(&map(f64::NAN), "total").is_err());
    }
}
