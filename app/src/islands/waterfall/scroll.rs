//! Where rows lie in the scrolled element, whose height browsers limit.
//!
//! As long as all rows fit, a row is where its height puts it. Above that the element is as high as it may be, and scrolling goes
//! through it faster than through the rows: its ends are the ends of the rows.

/// Height up to which every browser lays elements out: Firefox stops at 17.8 million pixels, Chromium at 33 million.
const HEIGHT_PX_MAX: f64 = 16_000_000.0;

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

    /// Pixels of rows above what is in sight, for a scroll position.
    pub fn position(self, scroll_top: f64) -> f64 {
        scroll_top.max(0.0) * self.pace()
    }

    /// The scroll position at which so many pixels of rows are above.
    pub fn scroll_top(self, position: f64) -> f64 {
        position.max(0.0) / self.pace()
    }

    /// How many row heights the row at `place` is drawn below the top of the element, for a scroll position.
    pub fn rows_above(self, place: usize, scroll_top: f64) -> f64 {
        if !self.is_squeezed() {
            return place as f64;
        }
        let shift = scroll_top.max(0.0) - self.position(scroll_top);
        (place as f64 + shift / self.row_px).max(0.0)
    }
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
        assert!((scale.position(1_234.0) - 1_234.0).abs() < 1e-6);
        assert!((scale.rows_above(500, 13_000.0) - 500.0).abs() < 1e-6);
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
            let drawn_at = scale.rows_above(place, scroll_top) * 26.0;
            let hidden = position - place as f64 * 26.0;
            assert!((drawn_at - (scroll_top - hidden)).abs() < 1e-3, "{scroll_top}: {drawn_at}");
            assert!((scale.scroll_top(position) - scroll_top).abs() < 1e-3);
        }
    }
}
