//! What is encoded decodes to the same spans, whatever they say.

use proptest::prelude::{any, *};

use model::attribute::Text;

use super::super::decode;
use super::*;

fn attributes_of(pairs: &[(&str, Value)]) -> Attributes {
    Attributes(pairs.iter().map(|(key, value)| ((*key).into(), value.clone())).collect())
}

fn origin(name: &str) -> Arc<Origin> {
    let resource = attributes_of(&[("service.name", name.into())]);
    Arc::new(Origin { resource: Arc::new(resource), scope_name: "demo".into(), scope_version: "1".into() })
}

fn a_span(number: u8, origin: &Arc<Origin>) -> RawSpan {
    let trace_id = TraceId::from_bytes([7; 16]).expect("not zero");
    let id = SpanId::from_bytes([number; 8]).expect("not zero");
    RawSpan {
        parent_span_id: SpanId::from_bytes([number - 1; 8]).ok(),
        name: "llm.generate".into(),
        kind: 3,
        start_ns: 1,
        end_ns: u64::MAX,
        status_code: 2,
        status_message: "timed out".into(),
        fields: attributes_of(&[("tenant", "acme".into()), ("cost_usd", Value::Double(0.25))]),
        attributes: attributes_of(&[
            ("text", "\u{fffd}".into()),
            ("none", Value::Empty),
            ("list", Value::Array(vec![Value::Int(-1), Value::Bool(true), Value::Bytes(vec![0, 255])])),
            ("map", Value::Map(attributes_of(&[("cost", Value::Double(5e-5))]))),
        ]),
        origin: Arc::clone(origin),
        events: vec![RawEvent { time_ns: 9, name: "exception".into(), attributes: Attributes::default() }],
        links: vec![Link { trace_id, span_id: id, attributes: Attributes::default() }],
        trace_state: "a=b".into(),
        flags: 0x101,
        dropped: [1, 2, 3],
        warnings: vec!["no duration was sent".into()],
        ..RawSpan::new(trace_id, id)
    }
}

#[test]
fn what_is_encoded_decodes_to_the_same_spans() {
    let (one, other) = (origin("one"), origin("other"));
    let spans = [a_span(1, &one), a_span(2, &other), a_span(3, &one)];
    let decoded = decode(&encode(&spans)).expect("our own encoding");
    assert_eq!(decoded.rejected, []);
    assert_eq!(decoded.spans, [spans[0].clone(), spans[2].clone(), spans[1].clone()]);
}

#[test]
fn declared_totals_come_along_and_a_broken_one_is_no_loss() {
    let span = a_span(1, &origin("one"));
    let declared = [(span.trace_id, "0.000000000001".parse().expect("money"))];
    let mut encoder = Encoder::new();
    encoder.add(&span);
    let mut body = encoder.finish(&declared);
    assert_eq!(decode(&body).expect("our own encoding").declared, declared);
    // Field 5001 once more, with a byte that is no message.
    body.extend([0xca, 0xb8, 0x02, 0x01, 0xff]);
    let decoded = decode(&body).expect("the spans are fine");
    assert_eq!((decoded.spans.len(), decoded.declared), (1, declared.to_vec()));
}

#[test]
fn warnings_that_are_sent_do_not_multiply() {
    let mut span = a_span(1, &origin("one"));
    span.warnings = (0..500).map(|number| format!("odd {number}")).collect();
    assert_eq!(decode(&encode(&[span])).expect("our own encoding").spans[0].warnings.len(), 20);
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Empty),
        ".{0,5}".prop_map(Value::from),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Int),
        (-1e9..1e9).prop_map(Value::Double),
        prop::collection::vec(any::<u8>(), 0..4).prop_map(Value::Bytes),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            prop::collection::vec((".{0,3}".prop_map(Text::from), inner), 0..4)
                .prop_map(|pairs| Value::Map(Attributes(pairs))),
        ]
    })
}

fn any_attributes() -> impl Strategy<Value = Attributes> {
    prop::collection::vec((".{0,4}".prop_map(Text::from), any_value()), 0..4).prop_map(Attributes)
}

prop_compose! {
    fn any_span()(
        ids in (1u8.., 1u8.., any::<bool>()),
        texts in (".{0,6}", ".{0,6}", ".{0,6}"),
        numbers in (any::<i32>(), any::<i32>(), any::<u32>(), any::<[u32; 3]>(), any::<[u64; 3]>()),
        said in (any_attributes(), any_attributes(), any_attributes(), any_attributes()),
        warnings in prop::collection::hash_set(".{1,5}", 0..3),
        origin in 0usize..3,
    ) -> RawSpan {
        let (trace_id, span_id) = (TraceId::from_bytes([ids.0; 16]).expect("not zero"), SpanId::from_bytes([ids.1; 8]).expect("not zero"));
        let (fields, attributes, of_event, of_link) = said;
        RawSpan {
            parent_span_id: ids.2.then_some(span_id),
            name: texts.0,
            kind: numbers.0,
            start_ns: numbers.4[0],
            end_ns: numbers.4[1],
            status_code: numbers.1,
            status_message: texts.1,
            fields,
            attributes,
            origin: self::origin(["one", "two", "three"][origin]),
            events: vec![RawEvent { time_ns: numbers.4[2], name: texts.2.clone(), attributes: of_event }],
            links: vec![Link { trace_id, span_id, attributes: of_link }],
            trace_state: texts.2,
            flags: numbers.2,
            dropped: numbers.3,
            warnings: warnings.into_iter().collect(),
            ..RawSpan::new(trace_id, span_id)
        }
    }
}

proptest! {
    #[test]
    fn any_span_arrives_as_it_was_sent(span in any_span()) {
        let decoded = decode(&encode(std::slice::from_ref(&span))).expect("our own encoding");
        prop_assert_eq!(decoded.spans, [span]);
        prop_assert!(decoded.warnings.is_empty() && decoded.rejected.is_empty());
    }

    #[test]
    fn the_size_is_known_before_the_end(spans in prop::collection::vec(any_span(), 0..6)) {
        let mut encoder = Encoder::new();
        spans.iter().for_each(|span| encoder.add(span));
        let (count, known) = (encoder.spans(), encoder.bytes());
        let whole = encoder.finish(&[]).len();
        prop_assert_eq!(count, spans.len());
        // Lengths and scopes are what is not counted.
        prop_assert!(known <= whole && whole <= known + 40 * spans.len(), "{} of {}", known, whole);
    }
}
