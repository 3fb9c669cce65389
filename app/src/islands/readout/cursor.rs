//! What keys do to what is read: pure, so that every key has a test.

/// What is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// A bucket.
    pub bucket: usize,
    /// One of its parts, by its place in the read-out; `None` is all of them.
    pub part: Option<usize>,
    /// The bucket at which a range began that reaches to `bucket`.
    pub anchor: Option<usize>,
}

/// What a key does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Reads something else.
    Show(Cursor),
    /// Reads nothing any more.
    Leave,
    /// Goes to the traces behind it.
    Open(Cursor),
    /// Goes to the range from one bucket to another, both included.
    Zoom(usize, usize),
}

impl Cursor {
    /// A bucket as a whole.
    pub const fn at(bucket: usize) -> Self {
        Self { bucket, part: None, anchor: None }
    }

    /// First and last bucket of a chosen range.
    pub fn chosen(self) -> Option<(usize, usize)> {
        self.anchor.map(|anchor| (anchor.min(self.bucket), anchor.max(self.bucket)))
    }
}

/// What `key` does in a chart of so many buckets with so many parts each; `None` when it means nothing here. Before
/// anything is read, the last bucket is where the reading begins.
pub fn press(key: &str, shift: bool, cursor: Option<Cursor>, buckets: usize, parts: usize) -> Option<Act> {
    let last = buckets.checked_sub(1)?;
    let now = cursor.unwrap_or(Cursor::at(last));
    let now = Cursor { bucket: now.bucket.min(last), ..now };
    let to = |bucket: usize| {
        let anchor = if shift { Some(now.anchor.unwrap_or(now.bucket)) } else { None };
        // A range is of everything.
        let part = if shift { None } else { now.part };
        Some(Act::Show(Cursor { bucket, part, anchor }))
    };
    let part = |part: Option<usize>| Some(Act::Show(Cursor { part, anchor: None, ..now }));
    match key {
        "ArrowLeft" => to(now.bucket.saturating_sub(1)),
        "ArrowRight" => to((now.bucket + 1).min(last)),
        "PageDown" => to(now.bucket.saturating_sub(PAGE)),
        "PageUp" => to((now.bucket + PAGE).min(last)),
        "Home" => to(0),
        "End" => to(last),
        "ArrowDown" => part(now.part.map_or(Some(0), |part| Some(part + 1)).filter(|part| *part < parts)),
        "ArrowUp" => part(now.part.map_or(parts.checked_sub(1), |part| part.checked_sub(1))),
        "Enter" => cursor.map(|_| now.chosen().map_or(Act::Open(now), |(first, last)| Act::Zoom(first, last))),
        "Escape" => cursor.map(|_| if now.anchor.is_some() { Act::Show(Cursor::at(now.bucket)) } else { Act::Leave }),
        _ => None,
    }
}

/// Buckets of a long step: a tenth of the chart or so.
const PAGE: usize = 12;

#[cfg(test)]
mod tests {
    use super::*;

    const BUCKETS: usize = 40;
    const PARTS: usize = 3;

    /// What is read after these keys; `+` before a key is shift.
    fn after(keys: &str) -> Option<Act> {
        let mut cursor = None;
        let mut act = None;
        for key in keys.split(' ') {
            let (shift, key) = key.strip_prefix('+').map_or((false, key), |key| (true, key));
            act = press(key, shift, cursor, BUCKETS, PARTS);
            match act {
                Some(Act::Show(shown)) => cursor = Some(shown),
                Some(Act::Leave) => cursor = None,
                _ => {}
            }
        }
        act
    }

    fn shown(keys: &str) -> Cursor {
        match after(keys) {
            Some(Act::Show(cursor)) => cursor,
            other => panic!("{keys}: {other:?}"),
        }
    }

    #[test]
    fn arrows_walk_by_the_bucket_and_stop_at_the_ends() {
        assert_eq!(shown("Home ArrowRight ArrowRight ArrowLeft").bucket, 1);
        assert_eq!(shown("Home ArrowLeft").bucket, 0);
        assert_eq!(shown("End ArrowRight").bucket, BUCKETS - 1);
        assert_eq!(shown("ArrowLeft").bucket, BUCKETS - 2, "the reading begins with the newest");
        assert_eq!(shown("End PageDown").bucket, BUCKETS - 1 - PAGE);
    }

    #[test]
    fn up_and_down_go_through_the_parts_and_back_to_all_of_them() {
        let parts: Vec<_> = (1..=4).map(|presses| shown(&vec!["ArrowDown"; presses].join(" ")).part).collect();
        assert_eq!(parts, [Some(0), Some(1), Some(2), None]);
        assert_eq!(shown("ArrowUp").part, Some(2));
        assert_eq!(shown("ArrowUp ArrowLeft"), Cursor { bucket: BUCKETS - 2, part: Some(2), anchor: None });
    }

    #[test]
    fn enter_opens_what_is_read() {
        assert_eq!(after("Home ArrowDown Enter"), Some(Act::Open(Cursor { bucket: 0, part: Some(0), anchor: None })));
        assert_eq!(after("Enter"), None, "nothing is read yet");
    }

    #[test]
    fn shift_chooses_a_range_that_enter_zooms_into_and_escape_lets_go() {
        assert_eq!(shown("Home +ArrowRight +ArrowRight").chosen(), Some((0, 2)));
        assert_eq!(after("Home ArrowRight ArrowRight +ArrowLeft Enter"), Some(Act::Zoom(1, 2)));
        assert_eq!(after("End +Home Enter"), Some(Act::Zoom(0, BUCKETS - 1)));
        assert_eq!(shown("Home +ArrowRight Escape"), Cursor::at(1));
        assert_eq!(after("Home +ArrowRight Escape Escape"), Some(Act::Leave));
        assert_eq!(shown("Home +ArrowRight ArrowRight").chosen(), None, "an arrow alone lets go of it too");
    }

    #[test]
    fn a_chart_without_buckets_and_other_keys_do_nothing() {
        assert_eq!(press("ArrowLeft", false, None, 0, 0), None);
        assert_eq!(after("Home j"), None);
        assert_eq!(
            press("End", false, Some(Cursor::at(99)), 3, 0),
            Some(Act::Show(Cursor::at(2))),
            "the chart has shrunk"
        );
    }
}
