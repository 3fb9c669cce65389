//! Numbers of every span that arrived in a window, in PostgreSQL's binary COPY format: a third of what rows of a select take, on both
//! sides.

use chrono::SecondsFormat;
use futures::TryStreamExt;
use model::time::TimeRange;
use sqlx::{PgPool, postgres::PgPoolCopyExt};

use crate::StoreError;
use crate::alerts::observe::FRESH_SPAN;

/// Signature, flags, and how long what follows of the header is.
const HEADER_BYTES: usize = 19;

/// Calls `see` with what each span that arrived in `window` has in `columns`, whole numbers all of them: ids, amounts, and times in
/// microseconds since 2000. Spans that were history when they came are left out.
pub(super) async fn of_fresh_spans(
    db: &PgPool,
    columns: &[&str],
    window: TimeRange,
    mut see: impl FnMut(&[Option<i64>]),
) -> Result<(), StoreError> {
    let [from, to] = [window.from, window.to].map(|at| at.to_rfc3339_opts(SecondsFormat::Micros, true));
    // COPY takes no parameters; the statement is made of literals of ours.
    let statement = format!(
        "copy (select {} from span s where s.received_at >= '{from}' and s.received_at < '{to}' and {FRESH_SPAN}) \
         to stdout (format binary)",
        columns.join(", ")
    );
    let mut chunks = db.copy_out_raw(&statement).await?;
    let (mut unread, mut numbers, mut is_begun) = (Vec::new(), Vec::with_capacity(columns.len()), false);
    while let Some(chunk) = chunks.try_next().await? {
        unread.extend_from_slice(&chunk);
        let mut rest = unread.as_slice();
        if !is_begun {
            let Some(rows) = unread.get(HEADER_BYTES..) else { continue };
            (rest, is_begun) = (rows, true);
        }
        while let Some(after) = row(rest, &mut numbers) {
            // The end is a row of no columns.
            if numbers.len() == columns.len() {
                see(&numbers);
            }
            rest = after;
        }
        let read = unread.len() - rest.len();
        unread.drain(..read);
    }
    Ok(())
}

/// Reads one row, and tells what comes after it; `None` while not all of it is there.
fn row<'a>(bytes: &'a [u8], numbers: &mut Vec<Option<i64>>) -> Option<&'a [u8]> {
    let (count, mut rest) = bytes.split_first_chunk()?;
    numbers.clear();
    for _ in 0..i16::from_be_bytes(*count) {
        let (length, value) = rest.split_first_chunk()?;
        // A negative length is that of null.
        let length = usize::try_from(i32::from_be_bytes(*length)).ok();
        let (value, after) = value.split_at_checked(length.unwrap_or(0))?;
        numbers.push(length.and_then(|_| number(value)));
        rest = after;
    }
    Some(rest)
}

/// A number of two, four or eight bytes.
fn number(bytes: &[u8]) -> Option<i64> {
    match bytes.len() {
        2 => Some(i16::from_be_bytes(bytes.try_into().ok()?).into()),
        4 => Some(i32::from_be_bytes(bytes.try_into().ok()?).into()),
        _ => Some(i64::from_be_bytes(bytes.try_into().ok()?)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_read_when_all_of_it_is_there() {
        let mut bytes = 4_i16.to_be_bytes().to_vec();
        bytes.extend([0, 0, 0, 2, 0xff, 0xfe]);
        bytes.extend((-1_i32).to_be_bytes());
        bytes.extend([0, 0, 0, 4, 0, 0, 1, 0]);
        bytes.extend([0, 0, 0, 8, 0, 0, 0, 1, 0, 0, 0, 0]);
        let mut numbers = Vec::new();
        for length in 0..bytes.len() {
            assert_eq!(row(&bytes[..length], &mut numbers), None, "{length} bytes");
        }
        bytes.extend((-1_i16).to_be_bytes());
        let end = row(&bytes, &mut numbers).unwrap();
        assert_eq!(numbers, [Some(-2), None, Some(256), Some(1 << 32)]);
        assert_eq!(row(end, &mut numbers), Some(&[][..]));
        assert!(numbers.is_empty(), "the end");
    }
}
