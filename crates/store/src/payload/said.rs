//! What a span says under one name, read without the rest of its payload.

use model::attribute::Attributes;
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
    let said = decode(frame, unpacker)?;
    // Of equal names the last one counts, as everywhere.
    let under = |named: Vec<message::Named>| named.into_iter().rfind(|named| named.name == name);
    let attribute = under(said.attributes).or_else(|| under(said.resource));
    if let Some(named) = attribute {
        let text = attributes::restore(vec![named]).0.pop().and_then(|(_, value)| value.shown());
        return Ok(text.filter(|text| !text.is_empty()));
    }
    let field = fields(said.session, said.model_call).into_iter().find(|(field, _)| *field == name);
    Ok(field.and_then(|(_, text)| text).filter(|text| !text.is_empty()))
}

/// All a span says under any name.
pub(crate) struct Sayings {
    pub attributes: Attributes,
    pub resource: Attributes,
    /// Fields of the product's own, by name.
    pub fields: Vec<(&'static str, String)>,
}

/// All a span says, without its events and links.
pub(crate) fn sayings(frame: &[u8], unpacker: &mut Unpacker) -> Result<Sayings, StoreError> {
    let said = decode(frame, unpacker)?;
    let fields = fields(said.session, said.model_call).into_iter().chain([("status_message", said.status_message)]);
    Ok(Sayings {
        attributes: attributes::restore(said.attributes),
        resource: attributes::restore(said.resource),
        fields: fields.filter_map(|(name, text)| Some((name, text?))).collect(),
    })
}

fn decode(frame: &[u8], unpacker: &mut Unpacker) -> Result<message::Said, StoreError> {
    let bytes = unpacker.unpack(frame).map_err(|error| unreadable(error.to_string()))?;
    message::Said::decode(bytes.as_slice()).map_err(|error| unreadable(error.to_string()))
}

fn fields(session: Option<String>, call: Option<message::ModelCall>) -> [(&'static str, Option<String>); 4] {
    let call = call.unwrap_or_default();
    [
        ("session", session),
        ("provider", call.provider),
        ("request_model", call.request_model),
        ("service_tier", call.service_tier),
    ]
}

fn unreadable(reason: String) -> StoreError {
    StoreError::Inconsistent { table: "span", column: "payload", id: reason }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use model::attribute::Value;

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
