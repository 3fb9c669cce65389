//! What a span says under one name, read without the rest of its payload.

use model::attribute::{Attributes, Text, Value, not_finite};
use prost::Message;
use sqlx::PgConnection;

use super::{Unpacker, attributes, dictionary, message};
use crate::StoreError;

/// An unpacker that knows the dictionaries of these frames.
pub(crate) async fn unpacker(
    db: &mut PgConnection,
    frames: impl Iterator<Item = &[u8]>,
) -> Result<Unpacker, StoreError> {
    let trained = dictionary::of_frames(db, frames).await?;
    Unpacker::new(trained).map_err(|error| unreadable(error.to_string()))
}

/// What a span says under `name`: as an attribute, else its resource does, else in a field of its own. Nothing and empty
/// text are `None`.
pub(crate) fn said(frame: &[u8], name: &str, unpacker: &mut Unpacker) -> Result<Option<String>, StoreError> {
    let bytes = unpacker.unpack(frame).map_err(|error| unreadable(error.to_string()))?;
    let said = message::Said::decode(bytes.as_slice()).map_err(|error| unreadable(error.to_string()))?;
    // Of equal names the last one counts, as everywhere.
    let under = |named: Vec<message::Named>| named.into_iter().rfind(|named| named.name == name);
    let attribute = under(said.attributes).or_else(|| under(said.resource));
    if let Some(named) = attribute {
        let text = attributes::restore(vec![named]).0.pop().and_then(|(_, value)| shown(&value));
        return Ok(text.filter(|text| !text.is_empty()));
    }
    let call = said.model_call.unwrap_or_default();
    let field = match name {
        "session" => said.session,
        "provider" => call.provider,
        "request_model" => call.request_model,
        "service_tier" => call.service_tier,
        _ => None,
    };
    Ok(field.filter(|text| !text.is_empty()))
}

fn unreadable(reason: String) -> StoreError {
    StoreError::Inconsistent { table: "span", column: "payload", id: reason }
}

/// A value as the name of a group. Values nest as deep as the decoder lets them, which is less than a stack holds.
fn shown(value: &Value) -> Option<String> {
    Some(match value {
        Value::Empty => return None,
        Value::String(text) => text.to_string(),
        Value::Bool(truth) => truth.to_string(),
        Value::Int(number) => number.to_string(),
        Value::Double(number) if number.is_finite() => number.to_string(),
        Value::Double(number) => not_finite(*number).to_owned(),
        Value::Bytes(bytes) => format!("{} bytes", bytes.len()),
        Value::Array(items) => format!("[{}]", listed(items.iter().map(|item| shown(item).unwrap_or_default()))),
        Value::Map(Attributes(pairs)) => {
            let pair = |(key, value): &(Text, Value)| format!("{key}={}", shown(value).unwrap_or_default());
            format!("{{{}}}", listed(pairs.iter().map(pair)))
        }
    })
}

fn listed(items: impl Iterator<Item = String>) -> String {
    items.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::payload::{Packer, pack};
    use crate::testing::a_span;

    fn said_by(attributes: Vec<(&str, Value)>, resource: Vec<(&str, Value)>, name: &str) -> Option<String> {
        let named =
            |pairs: Vec<(&str, Value)>| Attributes(pairs.into_iter().map(|(key, value)| (key.into(), value)).collect());
        let mut span = a_span(1, 1);
        span.session = Some("talk".to_owned());
        span.detail.attributes = named(attributes);
        span.detail.resource = Arc::new(named(resource));
        let mut frame = Vec::new();
        pack(&mut span, &mut Packer::new(super::super::Dictionary::bundled()), &mut frame);
        said(&frame, name, &mut Unpacker::new(Vec::new()).unwrap()).unwrap()
    }

    #[test]
    fn a_span_is_believed_before_its_resource_and_that_before_the_product() {
        let region = |name: &str| vec![("region", Value::from(name))];
        assert_eq!(said_by(region("eu"), region("us"), "region").as_deref(), Some("eu"));
        assert_eq!(said_by(vec![], region("us"), "region").as_deref(), Some("us"));
        assert_eq!(said_by(region(""), region("us"), "region"), None, "empty is said to be none");
        assert_eq!(said_by(vec![], vec![], "session").as_deref(), Some("talk"));
        assert_eq!(said_by(vec![], vec![], "region"), None);
    }

    #[test]
    fn values_of_every_sort_have_a_name() {
        let map = Value::Map(Attributes(vec![("a".into(), Value::Int(1))]));
        for (value, name) in [
            (Value::Int(-3), "-3"),
            (Value::Double(0.5), "0.5"),
            (Value::Double(f64::NAN), "NaN"),
            (Value::Bool(true), "true"),
            (Value::Array(vec![Value::from("x"), map]), "[x, {a=1}]"),
        ] {
            assert_eq!(said_by(vec![("key", value)], vec![], "key").as_deref(), Some(name));
        }
    }
}
