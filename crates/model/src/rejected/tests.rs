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
        ("end_time: \"soon: ish\" is not an RFC 3339 time such as 2024-01-15T10:00:00.000Z", Reason::BadTime),
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

#[test]
fn the_first_are_listed_and_the_rest_grouped() {
    let refused: Vec<Refused> = (0..3_000)
        .map(|n| {
            let reason = if n % 3 == 0 { "span_id: missing" } else { "trace_id: missing" };
            Refused::span(None, Some(format!("{n:x}")), reason.into())
        })
        .collect();
    let kept = listed(refused);
    assert_eq!(kept.len(), REJECTED_LISTED_MAX + 2);
    let groups = &kept[REJECTED_LISTED_MAX..];
    assert!(groups.iter().all(|group| group.span_id.is_none() && group.spans > Some(600)));
}

#[test]
fn what_is_kept_is_short_and_without_what_a_database_refuses() {
    let kept = listed(vec![Refused::span(Some(String::new()), Some("a\0b".repeat(900)), "ü".repeat(9_000))]);
    assert_eq!(kept[0].trace_id, None);
    assert_eq!(kept[0].span_id.as_ref().map(|id| id.chars().count()), Some(ID_CHARS_MAX));
    assert!(!kept[0].span_id.as_ref().unwrap().contains('\0'));
    assert!(kept[0].reason.chars().count() == REASON_CHARS_MAX && kept[0].reason.ends_with('…'));
}

proptest! {
    #[test]
    fn the_sum_of_what_is_kept_is_what_was_refused(reasons in prop::collection::vec("[a-z]{1,2}", 0..3_000)) {
        let given = reasons.len() as u64;
        let kept = listed(reasons.into_iter().map(|reason| Refused::span(None, None, reason)).collect());
        prop_assert_eq!(kept.iter().filter_map(|one| one.spans).sum::<u64>(), given);
        prop_assert!(kept.len() <= REJECTED_LISTED_MAX + REASONS_GROUPED_MAX + 1);
    }
}
