//! What the language reads, and how it explains what it cannot read.

use proptest::prelude::*;

use super::*;

fn parsed(text: &str) -> Query {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn usd(text: &str) -> Usd {
    text.parse().unwrap()
}

#[test]
fn the_documented_queries_are_read() {
    assert_eq!(parsed("traces without parent_id and not root"), Query::OrphanSpans);
    assert_eq!(parsed("spans without cost_usd attribute"), Query::SpansWithoutCost);
    let cost = Query::TraceCost { op: Comparison::Greater, limit: usd("0.1") };
    assert_eq!(parsed("sum(cost_usd) by trace_id > 0.1"), cost);
    let depth = Query::TraceMeasure { measure: Measure::Depth, op: Comparison::Greater, limit: 50 };
    assert_eq!(parsed("trace depth > 50"), depth);
}

#[test]
fn any_figure_can_be_compared_in_any_spacing_and_case() {
    let measure = |measure, op, limit| Query::TraceMeasure { measure, op, limit };
    for (text, query) in [
        ("Trace  DURATION >= 1.5ms", measure(Measure::DurationNs, Comparison::GreaterOrEqual, 1_500_000)),
        ("trace duration>2h", measure(Measure::DurationNs, Comparison::Greater, 7_200_000_000_000)),
        ("trace duration < 250µs", measure(Measure::DurationNs, Comparison::Less, 250_000)),
        (" trace spans == 3 ", measure(Measure::Spans, Comparison::Equal, 3)),
        ("trace errors>=1", measure(Measure::Errors, Comparison::GreaterOrEqual, 1)),
        ("count( spans ) by trace_id <= 7", measure(Measure::Spans, Comparison::LessOrEqual, 7)),
        ("count(errors) by trace_id > 7", measure(Measure::Errors, Comparison::Greater, 7)),
        ("max(depth) by trace_id > 7", measure(Measure::Depth, Comparison::Greater, 7)),
        ("trace cost > $5e-5", Query::TraceCost { op: Comparison::Greater, limit: usd("0.00005") }),
        ("SUM( cost_usd )BY trace_id>1", Query::TraceCost { op: Comparison::Greater, limit: usd("1") }),
        ("spans without parent_id and not root", Query::OrphanSpans),
        ("spans without cost", Query::SpansWithoutCost),
        ("Books differ", Query::BooksDiffer),
    ] {
        assert_eq!(parsed(text), query, "{text}");
    }
}

#[test]
fn an_error_says_where_and_what_was_expected() {
    for (text, error) in [
        ("", "at column 1: expected `traces without …`"),
        ("tracer depth > 5", "at column 1: expected `traces without …`"),
        ("trace weight > 5", "at column 7: expected cost, depth, duration, spans or errors"),
        ("trace depth 5", "at column 13: expected a comparison: >, >=, <, <= or ="),
        ("trace depth > 5.5", "at column 15: expected a whole number"),
        ("trace depth > 5s", "at column 15: expected a whole number"),
        ("trace depth > 99999999999999999999", "at column 15: expected a whole number"),
        ("trace duration > 30", "at column 20: expected a duration such as 30s"),
        ("trace duration > 0.5ns", "at column 18: expected a duration such as 30s"),
        ("trace duration > 9999999d", "at column 18: expected a duration such as 30s"),
        ("trace cost > lots", "at column 14: expected an amount of US dollars such as 0.1"),
        ("trace cost > -1", "at column 14: expected an amount of US dollars such as 0.1"),
        ("sum(tokens) by trace_id > 1", "at column 5: expected `(cost_usd)`"),
        ("count(cats) by trace_id > 1", "at column 7: expected `(spans)`, `(traces)` or `(errors)`"),
        ("spans without > 5", "at column 15: expected `parent_id` or the name of an attribute"),
        ("traces without parent_id", "at column 25: expected `and not root`"),
        ("trace depth > 50 please", "at column 18: expected the end of the query"),
    ] {
        let message = text.parse::<Query>().expect_err(text).to_string();
        assert!(message.starts_with(error), "{text}: {message}");
    }
}

fn any_query() -> impl Strategy<Value = Query> {
    let op = || {
        prop::sample::select(vec![
            Comparison::Greater,
            Comparison::GreaterOrEqual,
            Comparison::Less,
            Comparison::LessOrEqual,
            Comparison::Equal,
        ])
    };
    let measure = prop::sample::select(vec![Measure::Depth, Measure::DurationNs, Measure::Spans, Measure::Errors]);
    prop_oneof![
        Just(Query::OrphanSpans),
        Just(Query::SpansWithoutCost),
        Just(Query::BooksDiffer),
        (op(), 0..i64::MAX).prop_map(|(op, pico)| Query::TraceCost { op, limit: Usd::from_pico(pico) }),
        (measure, op(), prop_oneof![0..i64::MAX, 0..10_000i64, (0..1000i64).prop_map(|s| s * 1_000_000_000)])
            .prop_map(|(measure, op, limit)| Query::TraceMeasure { measure, op, limit }),
    ]
}

proptest! {
    #[test]
    fn a_printed_query_reads_back_as_itself(query in any_query()) {
        prop_assert_eq!(query.to_string().parse(), Ok(query));
    }

    #[test]
    fn any_text_is_a_query_or_an_error_and_never_a_panic(text in ".{0,60}") {
        let _ = text.parse::<Query>();
    }

    #[test]
    fn what_is_nearly_a_query_never_panics(words in prop::collection::vec(
        prop::sample::select(vec!["trace", "sum", "(", ")", "by", ">", "0.1", "spans", "without", "µs", "30", "s", " "]), 0..9)) {
        let _ = words.concat().parse::<Query>();
    }
}
