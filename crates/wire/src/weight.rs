//! How much a span becomes once it is read, told before it is: two bytes of an empty value take about ninety in memory, so
//! a span of the largest size would take hundreds of megabytes if it were read to find that out.

use crate::fields::{Fields, LENGTH_DELIMITED};

/// Bytes of one span as sent: room for an attribute of several megabytes.
pub const SPAN_BYTES_MAX: usize = 8 * 1024 * 1024;

/// Attribute values of one span, nested ones included: more than twice what the most talkative span we know of has. They
/// take about 20 MB once read.
pub const SPAN_VALUES_MAX: usize = 250_000;

/// The same for a span in JSON, whose parts are counted before their meaning is known: an OTLP attribute has four, an
/// annotation of Zipkin's first version up to seven.
const SPAN_PARTS_MAX: usize = 3 * SPAN_VALUES_MAX;

/// A span of no more bytes cannot have more values than it may, and is not counted.
const LIGHT_BYTES_MAX: usize = 256 * 1024;

/// A span as it was sent.
#[derive(Clone, Copy)]
pub struct Sent<'a> {
    bytes: &'a [u8],
    count: fn(&[u8], usize) -> usize,
    parts_max: usize,
}

impl<'a> Sent<'a> {
    /// OTLP's message `Span`.
    pub const fn otlp(bytes: &'a [u8]) -> Self {
        Self { bytes, count: values_of_otlp, parts_max: SPAN_VALUES_MAX }
    }

    /// A message whose values are fields of its own.
    pub const fn flat(bytes: &'a [u8]) -> Self {
        Self { bytes, count: fields, parts_max: SPAN_VALUES_MAX }
    }

    /// JSON in which a value is one member of an object, as tags of Zipkin and our own attributes are.
    pub const fn json_members(text: &'a str) -> Self {
        Self { bytes: text.as_bytes(), count: parts_of_json, parts_max: SPAN_VALUES_MAX }
    }

    /// JSON in which a value has several parts.
    pub const fn json(text: &'a str) -> Self {
        Self::json_bytes(text.as_bytes())
    }

    /// The same before it is known to be text.
    pub const fn json_bytes(bytes: &'a [u8]) -> Self {
        Self { bytes, count: parts_of_json, parts_max: SPAN_PARTS_MAX }
    }

    /// Bytes whose reader counts values by itself.
    pub const fn counted_when_read(bytes: &'a [u8]) -> Self {
        Self { bytes, count: |_, _| 0, parts_max: SPAN_VALUES_MAX }
    }

    /// Bytes it was sent as.
    pub const fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Why it is too much to be read, if it is.
    pub fn excess(&self) -> Option<String> {
        let bytes = self.bytes.len();
        if bytes > SPAN_BYTES_MAX {
            return Some(format!("a span of {bytes} bytes; expected at most {SPAN_BYTES_MAX}"));
        }
        let is_heavy = bytes > LIGHT_BYTES_MAX && (self.count)(self.bytes, self.parts_max) > self.parts_max;
        is_heavy.then(|| format!("a span of more than {} attribute values", SPAN_VALUES_MAX))
    }
}

/// Messages of OTLP on the way to an attribute's value.
#[derive(Clone, Copy)]
enum Message {
    Span,
    Event,
    Link,
    KeyValue,
    AnyValue,
    ArrayValue,
    KeyValueList,
}

impl Message {
    /// What the field with this number holds, if there are values in it (`trace.proto`, `common.proto`).
    const fn field(self, number: u64) -> Option<Self> {
        match (self, number) {
            (Self::Span, 11) => Some(Self::Event),
            (Self::Span, 13) => Some(Self::Link),
            // 5001 is our own (`otlp::messages`).
            (Self::Span, 9 | 5001) | (Self::Event, 3) | (Self::Link, 4) | (Self::KeyValueList, 1) => {
                Some(Self::KeyValue)
            }
            (Self::KeyValue, 2) | (Self::ArrayValue, 1) => Some(Self::AnyValue),
            (Self::AnyValue, 5) => Some(Self::ArrayValue),
            (Self::AnyValue, 6) => Some(Self::KeyValueList),
            _ => None,
        }
    }
}

/// Messages within messages that are looked into: decoding refuses what is nested deeper.
const DEPTH_MAX: usize = 100;

/// Values, events and links of a span, counted until there are more than `most`. What is broken is for the decoder to find.
fn values_of_otlp(span: &[u8], most: usize) -> usize {
    let mut values = 0;
    let mut open = vec![(Message::Span, Fields::of(span))];
    while let Some((message, fields)) = open.last_mut()
        && values <= most
    {
        let message = *message;
        let Some(Ok(field)) = fields.next() else {
            open.pop();
            continue;
        };
        let Some(within) = message.field(field.number).filter(|_| field.kind == LENGTH_DELIMITED) else { continue };
        // A pair and its value are one, like a value and the list it is.
        values += usize::from(!matches!(within, Message::ArrayValue | Message::KeyValueList))
            - usize::from(matches!((message, within), (Message::KeyValue, Message::AnyValue)));
        if open.len() < DEPTH_MAX {
            open.push((within, Fields::of(field.payload)));
        }
    }
    values
}

fn fields(message: &[u8], most: usize) -> usize {
    Fields::of(message).take(most + 1).count()
}

/// Members and entries of everything in a JSON text: each but the first of a list follows a comma.
fn parts_of_json(text: &[u8], most: usize) -> usize {
    let (mut parts, mut in_string, mut escaped) = (0, false, false);
    for byte in text {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b',' | b'{' | b'[' if !in_string => {
                parts += 1;
                if parts > most {
                    break;
                }
            }
            _ => {}
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use model::attribute::{Attributes, Value};
    use model::{SpanId, TraceId};

    use super::*;
    use crate::RawSpan;
    use crate::raw::RawEvent;

    fn sent(span: &RawSpan) -> Vec<u8> {
        let request = crate::otlp::protobuf::encode(std::slice::from_ref(span));
        let within = |bytes: &[u8], number| crate::fields::messages(bytes, number).last().unwrap().unwrap().to_vec();
        within(&within(&within(&request, 1), 2), 2)
    }

    fn a_span() -> RawSpan {
        RawSpan::new(TraceId::from_bytes([1; 16]).unwrap(), SpanId::from_bytes([1; 8]).unwrap())
    }

    #[test]
    fn every_value_of_an_otlp_span_is_counted_once_however_deep_it_is() {
        let mut span = a_span();
        let map = Value::Map(Attributes(vec![("a".into(), Value::Int(1)), ("b".into(), Value::Empty)]));
        let list = Value::Array(vec![Value::Empty, map, Value::from("text")]);
        span.attributes = Attributes(vec![("one".into(), Value::Int(1)), ("list".into(), list)]);
        let attributes = Attributes(vec![("c".into(), Value::Bool(true))]);
        span.events = vec![RawEvent { time_ns: 1, name: "e".into(), attributes }];
        // One, the list, three entries, two members of the map; the event and its one.
        assert_eq!(values_of_otlp(&sent(&span), 100), 9);
        assert_eq!(values_of_otlp(&sent(&span), 3), 4, "no further than it matters");
    }

    #[test]
    fn a_span_of_too_many_values_is_told_without_reading_it() {
        let mut span = a_span();
        let nothing = |count| Attributes(vec![("k".into(), Value::Array(vec![Value::Empty; count]))]);
        span.attributes = nothing(SPAN_VALUES_MAX - 1);
        assert_eq!(Sent::otlp(&sent(&span)).excess(), None);
        span.attributes = nothing(SPAN_VALUES_MAX);
        assert!(Sent::otlp(&sent(&span)).excess().unwrap().contains("250000 attribute values"));
        let list = |entries: usize| format!("{{\"k\":[{}1]}}", "1,".repeat(entries));
        assert_eq!(Sent::json(&list(SPAN_PARTS_MAX - 2)).excess(), None);
        assert!(Sent::json(&list(SPAN_PARTS_MAX)).excess().is_some());
        let text = format!("{{\"k\":\"{}\\\",,\"}}", ",[{".repeat(SPAN_PARTS_MAX));
        assert_eq!(Sent::json(&text).excess(), None, "punctuation in a text is text");
        assert!(Sent::json_members(&list(SPAN_VALUES_MAX)).excess().is_some());
    }

    #[test]
    fn a_hundred_thousand_attributes_are_not_too_many_in_any_encoding() {
        let keys: Vec<_> = (0..100_000).map(|key| (format!("key.{key}").into(), Value::Int(key))).collect();
        let json: Vec<_> =
            keys.iter().map(|(key, _)| format!(r#"{{"key":"{key}","value":{{"intValue":1}}}}"#)).collect();
        assert_eq!(Sent::json(&format!("{{\"attributes\":[{}]}}", json.join(","))).excess(), None);
        let members: Vec<_> = keys.iter().map(|(key, _)| format!(r#""{key}":"v""#)).collect();
        assert_eq!(Sent::json_members(&format!("{{\"tags\":{{{}}}}}", members.join(","))).excess(), None);
        assert_eq!(Sent::otlp(&sent(&RawSpan { attributes: Attributes(keys), ..a_span() })).excess(), None);
    }

    #[test]
    fn a_span_of_more_bytes_than_any_is_too_much_whatever_is_in_it() {
        let bytes = vec![0; SPAN_BYTES_MAX + 1];
        assert!(Sent::counted_when_read(&bytes).excess().unwrap().contains("8388609 bytes"));
        assert_eq!(Sent::counted_when_read(&bytes[1..]).excess(), None);
    }
}
