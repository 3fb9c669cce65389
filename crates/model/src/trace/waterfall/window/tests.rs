//! A window survives its bytes, and no bytes make reading it panic.

use proptest::prelude::*;

use super::*;
use crate::trace::waterfall::Waterfall;
use crate::trace::waterfall::tests::{any_trace, columns};

proptest! {
    #[test]
    fn a_window_survives_its_bytes(spans in any_trace(), version in any::<i32>(), offset_ns in any::<i64>()) {
        let waterfall = Waterfall::of(columns(&spans));
        let rows = waterfall.rows(0..waterfall.len());
        let marks = vec![EventMark { offset_ns, name: "exception".to_owned(), is_exception: true }];
        let events = rows.iter().filter_map(|row| Some((row.span_id()?, marks.clone()))).collect();
        let wasted = waterfall.waste_marks(&rows);
        let window = RowWindow { revision: Revision { version, finalised: 7 }, rows, events, wasted };
        prop_assert_eq!(RowWindow::from_bytes(&window.to_bytes()), Ok(window));
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = RowWindow::from_bytes(&[&[FORMAT as u8][..], &bytes].concat());
    }

    #[test]
    fn a_window_that_was_cut_off_is_refused(spans in any_trace(), keep in 0.0..1.0f64) {
        let waterfall = Waterfall::of(columns(&spans));
        let window = RowWindow { rows: waterfall.rows(0..waterfall.len()), ..RowWindow::default() };
        let bytes = window.to_bytes();
        let kept = (bytes.len() as f64 * keep) as usize;
        prop_assert_eq!(RowWindow::from_bytes(&bytes[..kept]), Err(Unreadable));
    }
}

#[test]
fn a_row_takes_about_forty_bytes() {
    let spans: Vec<_> = (0..1_000u64)
        .map(|n| crate::trace::tree::tests::a_span(n, n.checked_sub(1).map(|m| m / 3), n as i64 * 1_000_000, 5_000_000))
        .map(|span| crate::trace::Skeleton { name: "llm.generate".to_owned(), ..span })
        .collect();
    let rows = Waterfall::of(columns(&spans)).rows(0..1_000);
    let bytes = RowWindow { rows, ..RowWindow::default() }.to_bytes().len();
    assert!(bytes < 48_000, "{bytes}");
}
