//! Which siblings stand in one row, and which keep their own.

use super::*;

/// A root and these many calls of it, one after the other, without a gap.
fn calls(count: u64) -> Vec<Skeleton> {
    let call = |n: u64| Skeleton {
        name: "get".to_owned(),
        cost: Some(Usd::from_pico(2)),
        ..a_span(n, Some(0), 10 * n as i64, 10)
    };
    std::iter::once(a_span(0, None, 0, 10_000)).chain((1..=count).map(call)).collect()
}

/// The row of similar spans and what it says; there must be one.
fn similar(rows: &[Row]) -> (&Row, &SimilarRow) {
    let similar = rows.iter().find_map(|row| match &row.kind {
        RowKind::Similar(similar) => Some((row, similar.as_ref())),
        RowKind::Span(_) | RowKind::MissingParent(_) => None,
    });
    similar.unwrap()
}

#[test]
fn eight_similar_siblings_stand_in_one_row_and_seven_do_not() {
    // Two of them are on the critical path and keep their own rows.
    let rows = all_rows(&waterfall_of(&calls(10)));
    let outline: Vec<_> = rows.iter().take(5).map(|row| (row.level, row.descendants)).collect();
    assert_eq!(outline, [(1, 11), (2, 0), (2, 0), (2, 8), (3, 0)]);
    let (row, eight) = similar(&rows);
    assert_eq!((eight.count, row.subtree_cost), (8, Some(UsdSum::from_pico(16))));
    assert_eq!((row.index, row.place, row.siblings, rows[4].siblings), (3, 3, 3, 8));
    assert!(all_rows(&waterfall_of(&calls(9))).iter().all(|row| row.level <= 2));
}

#[test]
fn a_row_of_similar_spans_says_median_longest_failed_and_where_they_lie() {
    let mut spans = calls(60);
    for (number, span) in spans.iter_mut().enumerate().skip(1) {
        span.duration_ns = number as i64 % 10;
        span.status = if number > 20 { Status::Error } else { Status::Ok };
    }
    let rows = all_rows(&waterfall_of(&spans));
    let (_, row) = similar(&rows);
    let alone = rows.iter().filter(|row| row.level == 2 && row.descendants == 0);
    let failed_alone = alone.filter(|row| matches!(&row.kind, RowKind::Span(span) if span.status == Status::Error));
    assert_eq!(failed_alone.count(), 16, "the first to fail");
    assert_eq!((row.count, row.failed), (60 - 16 - 2, 40 - 16), "two of the longest are on the critical path");
    assert_eq!((row.p50_ns, row.max_ns), (4, 9));
    assert_eq!((row.offset_ns, row.duration_ns), (10, 590));
    assert!(row.ticks.iter().any(|tick| tick.failed) && row.ticks.iter().any(|tick| !tick.failed));
    let inside = |part: Part| part.offset_ns >= 10 && part.offset_ns + part.duration_ns <= 600;
    assert!(row.ticks.iter().all(|tick| inside(tick.part)), "{:?}", row.ticks);
}

#[test]
fn another_service_operation_or_role_is_not_similar() {
    let mut spans = calls(12);
    spans[1].service = "mail".to_owned();
    spans[2].name = "put".to_owned();
    spans[3].kind = crate::span::SpanKind::Client;
    let rows = all_rows(&waterfall_of(&spans));
    assert!(rows.iter().all(|row| !matches!(row.kind, RowKind::Similar(_))), "nine less two are too few");
}

#[test]
fn similar_spans_are_folded_until_somebody_opens_them() {
    let waterfall = waterfall_of(&calls(20));
    let folds = waterfall.folds(FoldBase::default(), &[], &[], &[]);
    assert_eq!(folds.gathered(), Gathered { groups: 1, spans: 18, rows: 18, left_out: 0 });
    assert_eq!(folds.visible_rows(waterfall.len()), 4);
    let key = similar(&all_rows(&waterfall)).0.key();
    assert!(waterfall.folds(FoldBase::default(), &[], &[], &[key]).all().is_empty());
    assert_eq!(waterfall.folds(FoldBase::Nothing, &[], &[key], &[]), folds);
}
