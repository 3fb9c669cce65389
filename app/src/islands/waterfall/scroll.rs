//! Where rows lie in the scrolled element, whose height browsers limit.
//!
//! As long as all rows fit, a row is where its height puts it. Above that the element is as high as it may be, and its ends are the ends
//! of the rows: a leap goes to as far in the rows as in the element, and whatever is less, such as a turn of the wheel, moves the rows as
//! far as it scrolls.

/// Height up to which every browser lays elements out: Firefox stops at 17.8 million pixels, Chromium at 33 million.
const HEIGHT_PX_MAX: f64 = 16_000_000.0;

/// Screens that are scrolled at once from which on it is a leap.
const LEAP: f64 = 2.0;

/// Screens before an end from which on the rest of the rows is gone through with the rest of the element.
const END: f64 = 50.0;

/// The rows and the part of them in sight, in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    /// Rows there are.
    pub rows: usize,
    /// Height of each.
    pub row_px: f64,
    /// Height of what is in sight.
    pub seen_px: f64,
}

impl Scale {
    /// Height of the element the rows are in.
    pub fn height_px(self) -> f64 {
        self.full_px().min(HEIGHT_PX_MAX)
    }

    /// Height all rows would have.
    fn full_px(self) -> f64 {
        self.rows as f64 * self.row_px
    }

    /// Whether there are more rows than their heights have room for.
    pub fn is_squeezed(self) -> bool {
        self.full_px() > HEIGHT_PX_MAX
    }

    /// How far the rows go on for each pixel scrolled: 1 unless there are too many.
    fn pace(self) -> f64 {
        let room = self.height_px() - self.seen_px;
        if !self.is_squeezed() || room <= 0.0 { 1.0 } else { (self.full_px() - self.seen_px) / room }
    }

    /// Pixels of rows above what is in sight after a leap to a scroll position.
    fn position(self, scroll_top: f64) -> f64 {
        scroll_top.max(0.0) * self.pace()
    }

    /// The same after scrolling there from where so many pixels were above.
    pub fn followed(self, from: At, scroll_top: f64) -> At {
        let by = scroll_top - from.scroll_top;
        if !self.is_squeezed() || by.abs() > LEAP * self.seen_px {
            return At { scroll_top, position: self.position(scroll_top) };
        }
        let (room, rest) = if by > 0.0 {
            (self.height_px() - self.seen_px - from.scroll_top, self.last() - from.position)
        } else {
            (from.scroll_top, from.position)
        };
        let pace = if room < END * self.seen_px { rest / room.max(1.0) } else { 1.0 };
        At { scroll_top, position: (from.position + by * pace).clamp(0.0, self.last()) }
    }

    /// Pixels of rows above what is in sight at the end.
    pub fn last(self) -> f64 {
        (self.full_px() - self.seen_px).max(0.0)
    }

    /// The scroll position at which so many pixels of rows are above.
    pub fn scroll_top(self, position: f64) -> f64 {
        position.max(0.0) / self.pace()
    }

    /// How many row heights the row at `place` is drawn below the top of the element, where rows are so many pixels ahead of it.
    pub fn rows_above(self, place: usize, ahead_px: f64) -> f64 {
        if self.is_squeezed() { (place as f64 - ahead_px / self.row_px).max(0.0) } else { place as f64 }
    }
}

/// How far it is scrolled.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct At {
    /// Pixels of the element above what is in sight.
    pub scroll_top: f64,
    /// Pixels of rows.
    pub position: f64,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scale(rows: usize) -> Scale {
        Scale { rows, row_px: 26.0, seen_px: 600.0 }
    }

    #[test]
    fn rows_that_fit_are_where_their_height_puts_them() {
        let scale = scale(100_000);
        assert!((scale.height_px() - 2_600_000.0).abs() < 1e-6);
        let at = scale.followed(At::default(), 1_234.0);
        assert!((at.position - 1_234.0).abs() < 1e-6);
        assert!((scale.rows_above(500, 0.0) - 500.0).abs() < 1e-6);
    }

    #[test]
    fn a_million_rows_are_as_high_as_browsers_allow_and_their_ends_are_the_ends() {
        let scale = scale(1_000_000);
        assert!((scale.height_px() - HEIGHT_PX_MAX).abs() < 1e-6);
        assert!(scale.position(0.0).abs() < 1e-6);
        let last = scale.position(HEIGHT_PX_MAX - 600.0);
        assert!((last - (26_000_000.0 - 600.0)).abs() < 1e-3, "{last}");
    }

    #[test]
    fn what_is_at_the_top_is_drawn_at_the_top() {
        let scale = scale(1_000_000);
        for scroll_top in [0.0, 77.0, 5_000_000.0, 15_999_400.0] {
            let position = scale.position(scroll_top);
            let place = (position / 26.0) as usize;
            let drawn_at = scale.rows_above(place, position - scroll_top) * 26.0;
            let hidden = position - place as f64 * 26.0;
            assert!((drawn_at - (scroll_top - hidden)).abs() < 1e-3, "{scroll_top}: {drawn_at}");
            assert!((scale.scroll_top(position) - scroll_top).abs() < 1e-3);
        }
    }

    #[test]
    fn a_turn_of_the_wheel_goes_as_far_through_a_million_rows_as_through_a_thousand() {
        let scale = scale(1_000_000);
        let leapt = scale.followed(At::default(), 8_000_000.0);
        assert!((leapt.position - scale.position(8_000_000.0)).abs() < 1e-6);
        let turned = scale.followed(leapt, 8_000_300.0);
        assert!((turned.position - leapt.position - 300.0).abs() < 1e-6);
        assert_eq!(turned.scroll_top - leapt.scroll_top, 300.0, "what is drawn stays where it is");
        assert!(scale.followed(turned, 8_000_000.0) == leapt);
    }

    #[test]
    fn whoever_scrolls_on_comes_to_the_end_and_to_the_beginning() {
        for (rows, away, step) in [(700_000, 39_000.0, 999.0), (1_000_000, 45_000.0, 300.0), (5_000_000, 500.0, 1.0)] {
            let scale = scale(rows);
            let room = scale.height_px() - scale.seen_px;
            for (start, end, last) in [(room - away, room, rows as f64 * 26.0 - 600.0), (away, 0.0, 0.0)] {
                let mut at = scale.followed(At::default(), start);
                while at.scroll_top != end {
                    let before = at;
                    at = scale.followed(at, at.scroll_top + (end - at.scroll_top).clamp(-step, step));
                    assert!((at.position - before.position) * (end - start) >= 0.0, "{before:?} {at:?}");
                }
                assert!((at.position - last).abs() < 1.0, "{at:?} {last}");
            }
        }
    }
}
