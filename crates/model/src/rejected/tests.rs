//! Classes of reasons, and lists whose sums are exact.

use proptest::prelude::*;

use super::*;

#[test]
fn a_reason_is_told_by_what_it_is_about() {
    for (words, class) in [
        ("trace_id: expected 32 hex digits, got 4 characters", Reason::BadId),
        ("parentId: expected hex digits only", Reason::BadId),
        ("line 12: span_id: missing", Reason::BadId),
        ("start_time: missing", Reason::BadTime),
        (
            "end_time: \"soon: ish\" is not an RFC 3339 time since 1970, such as 2024-01-15T10:00:00.000Z",
            Reason::BadTime,
        ),
        ("a span of 9000000 bytes; expected at most 8388608", Reason::TooLarge),
        ("the body is not OTLP protobuf: more than 500000 spans in one body", Reason::TooMany),
        ("the span is broken: unexpected end", Reason::Broken),
        ("its trace is older than what still takes spans; nothing is left to tell a repeat by", Reason::Closed),
        ("cannot be kept: bigint out of range", Reason::Value),
        ("line up: id: no", Reason::Other),
        ("", Reason::Other),
    ] {
        assert_eq!(Reason::of(words), class, "{words}");
    }
}

fn a_span(reason: &str) -> Given<'_> {
    Given { trace_id: None, span_id: None, reason }
}

#[test]
fn the_first_are_listed_and_the_rest_grouped() {
    let ids: Vec<String> = (1..=3_000).map(|number| format!("{number:x}")).collect();
    let spans = ids.iter().enumerate().map(|(index, id)| {
        let reason = if index % 3 == 0 { "span_id: missing" } else { "trace_id: missing" };
        Given { span_id: Some(id), ..a_span(reason) }
    });
    let kept = listed(spans);
    let (alone, groups) = kept.split_at(REJECTED_LISTED_MAX);
    assert!(alone.iter().all(|one| one.span_id.is_some() && one.spans == Some(1)));
    let told: Vec<_> = groups.iter().map(|group| (group.reason.as_str(), group.spans)).collect();
    assert_eq!(told, [("trace_id: missing", Some(1_334)), ("span_id: missing", Some(666))]);
}

#[test]
fn what_is_kept_is_short_and_without_what_a_database_refuses() {
    let (id, reason) = ("a\0b".repeat(900), "ü".repeat(9_000));
    let kept = listed([Given { trace_id: Some(""), span_id: Some(&id), reason: &reason }]);
    assert_eq!(kept[0].trace_id, None);
    let id = kept[0].span_id.as_deref().unwrap();
    assert!(id.chars().count() == ID_CHARS_MAX && id.starts_with("a\u{fffd}b"));
    assert!(kept[0].reason.chars().count() == REASON_CHARS_MAX && kept[0].reason.ends_with('…'));
    assert_eq!(Refused::request(&reason).reason, kept[0].reason);
}

proptest! {
    #[test]
    fn the_sum_of_what_is_kept_is_what_was_refused(reasons in prop::collection::vec("[a-z]{1,2}", 0..3_000)) {
        let kept = listed(reasons.iter().map(|reason| a_span(reason)));
        prop_assert_eq!(kept.iter().filter_map(|one| one.spans).sum::<u64>(), reasons.len() as u64);
        prop_assert!(kept.len() <= REJECTED_LISTED_MAX + REASONS_GROUPED_MAX + 1);
    }
}
