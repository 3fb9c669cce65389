//! What is printed reads back, and finds find what they say.

use proptest::prelude::*;

use super::matching::{Known, Outcome, Said};
use super::*;
use crate::attribute::{Attributes, Value};

fn find(text: &str) -> Find {
    text.parse().unwrap()
}

fn refusal(text: &str) -> String {
    text.parse::<Find>().unwrap_err().to_string()
}

fn any_sign() -> impl Strategy<Value = Sign> {
    (0..Sign::ALL.len()).prop_map(|at| Sign::ALL[at].1)
}

/// Texts with everything in them that means something.
fn any_text() -> impl Strategy<Value = String> {
    "[a-c=<>!\"\\\\ :.é]{1,8}"
}

fn any_term() -> impl Strategy<Value = Term> {
    prop_oneof![
        any_text().prop_map(Term::Word),
        prop_oneof!["status:", "name:a", "cost"].prop_map(Term::Word),
        (any_sign(), 0i64..).prop_map(|(sign, ns)| Term::Time(Field::Duration, sign, ns)),
        (any_sign(), 0i64..).prop_map(|(sign, ns)| Term::Time(Field::SelfTime, sign, ns)),
        (any_sign(), 0i64..1_000_000_000_000_000).prop_map(|(sign, pico)| Term::Cost(sign, Usd::from_pico(pico))),
        any::<bool>().prop_map(Term::Failed),
        (0..SpanKind::ALL.len(), any::<bool>()).prop_map(|(at, is_equal)| Term::Kind(SpanKind::ALL[at], is_equal)),
        (any_text(), any::<bool>()).prop_map(|(text, is_equal)| Term::Text(Field::Service, text, is_equal)),
        ("[a-c. =!\"]{1,5}|name", any::<bool>(), any_text()).prop_filter_map("has a name", |(key, is_equal, value)| {
            let sign = if is_equal { Sign::Equal } else { Sign::Other };
            (!key.is_empty()).then_some(Term::Attribute(key, sign, value))
        }),
        ("[a-c.]{1,5}", -9i32..9).prop_map(|(key, number)| Term::Attribute(key, Sign::Above, number.to_string())),
    ]
}

proptest! {
    #[test]
    fn a_printed_find_reads_back(terms in proptest::collection::vec(any_term(), 1..6)) {
        let find = Find { terms };
        prop_assume!(find.to_string().len() <= TEXT_BYTES_MAX);
        prop_assert_eq!(find.to_string().parse(), Ok(find));
    }

    #[test]
    fn any_text_is_a_find_or_refused_and_never_a_panic(text in "[a-z=<>!\"\\\\ :.0-9é]{0,40}") {
        let _ = text.parse::<Find>();
    }

    #[test]
    fn words_stand_where_they_are_said_to_stand(text in "[a-cA-Cé]{0,20}", word in "[a-c]{1,3}") {
        let places = places(&text, std::slice::from_ref(&word));
        prop_assert_eq!(places.is_empty(), !contains(&text, &word));
        prop_assert!(places.iter().all(|&(from, to)| text[from..to].eq_ignore_ascii_case(&word)));
        prop_assert!(places.windows(2).all(|pair| pair[0].1 <= pair[1].0));
    }
}

#[test]
fn words_and_conditions_are_told_apart() {
    let text = |text: &str| text.to_owned();
    assert_eq!(
        find(r#"embed cost > $0.01 duration>=1.5s "two words" gen_ai.system = openai status=error service:shop http://x:80"#).terms(),
        [
            Term::Word(text("embed")),
            Term::Cost(Sign::Above, "0.01".parse().unwrap()),
            Term::Time(Field::Duration, Sign::AtLeast, 1_500_000_000),
            Term::Word(text("two words")),
            Term::Attribute(text("gen_ai.system"), Sign::Equal, text("openai")),
            Term::Failed(true),
            Term::Text(Field::Service, text("shop"), true),
            Term::Word(text("http://x:80")),
        ]
    );
    assert_eq!(find("status != ok").terms(), [Term::Failed(true)]);
    assert_eq!(find(r#""status"=paid"#).terms(), [Term::Attribute(text("status"), Sign::Equal, text("paid"))]);
}

#[test]
fn errors_say_what_was_expected_and_where() {
    assert_eq!(refusal("  "), "expected a word, or a condition such as `duration > 1s`, got nothing");
    assert_eq!(refusal("cost >"), "expected a value after `cost >`, got nothing");
    assert_eq!(refusal("cost > much"), "expected an amount of US dollars such as 0.01 after `cost >`, got `much`");
    assert_eq!(refusal("duration>5"), "expected a length of time such as 250ms or 1.5s after `duration >`, got `5`");
    assert_eq!(refusal("= 5"), "expected a name before `=`, got nothing");
    assert_eq!(refusal("a = = 5"), "expected a value after `a =`, got `=`");
    assert_eq!(refusal("service > a"), "expected `=` or `!=` after `service`, got `>`");
    assert_eq!(refusal("status=broken"), "expected `error` or `ok` after `status =`, got `broken`");
    assert_eq!(refusal("retries > few"), "expected a number after `retries >`, got `few`");
    assert_eq!(refusal("\"open"), "expected a quote at the end, got `\"open`");
    assert_eq!(refusal(&"a ".repeat(21)), "expected at most 20 words and conditions, got 21");
    assert_eq!(refusal(&"a".repeat(501)), "expected at most 500 bytes, got 501");
}

fn a_call() -> Known<'static> {
    Known {
        name: "llm.generate",
        service: "OpenAI",
        kind: SpanKind::Client,
        failed: false,
        duration_ns: 2_000_000_000,
        self_ns: 500,
        cost: Some(Usd::from_pico(20_000_000_000)),
    }
}

#[test]
fn what_rows_know_is_decided_without_what_spans_say() {
    let outcome = |text: &str| find(text).outcome(&a_call());
    for text in ["generate", "openai", "duration > 1s cost>0.01 status=ok", "kind=client self<1us", "name=llm.generate"]
    {
        assert_eq!(outcome(text), Outcome::Yes, "{text}");
    }
    for text in ["cost>0.02", "status=error generate", "service=openai", "kind!=client", "duration<2s region=eu"] {
        assert_eq!(outcome(text), Outcome::No, "{text}");
    }
    assert_eq!(outcome("llm eu region=eu"), Outcome::Open(0b110));
    let unpriced = Known { cost: None, ..a_call() };
    assert_eq!(find("cost < 1").outcome(&unpriced), Outcome::No, "unknown is not zero");
}

#[test]
fn what_a_span_says_meets_what_is_open() {
    let own = Attributes(vec![("region".into(), "EU-west".into()), ("retries".into(), Value::Int(3))]);
    let resource = Attributes(vec![("region".into(), "us".into()), ("host".into(), "one".into())]);
    let fields = [("tenant", "acme".to_owned())];
    let said = Said { attributes: &own, resource: &resource, fields: &fields };
    let meets = |text: &str| find(text).meets(u32::MAX, &said);
    for text in ["eu-w", "acme", "region=EU-west", "retries>2", "retries = 3", "host=one tenant=acme", "retries!=4"] {
        assert!(meets(text), "{text}");
    }
    for text in ["asia", "region=us", "retries>3", "region > 1", "nothing!=4", "tenant=northwind"] {
        assert!(!meets(text), "{text}");
    }
}
