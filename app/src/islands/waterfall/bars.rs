//! Where things lie on the time axis, as shares of its width.

use leptos::prelude::{Get, WithValue};
use model::trace::waterfall::{Extent, Part, Zoom};

use super::viewer::Viewer;

/// Room a duration label takes, as a share of the axis: about 70 of 600 pixels.
const LABEL_SHARE: f64 = 0.12;

/// Where the duration of a bar is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LabelSide {
    /// Right of the bar.
    Right,
    /// Left of it: there is no room at the right.
    Left,
    /// In it: there is no room at all beside it.
    Inside,
    /// At the left end of the axis: the bar ends before it.
    Before,
    /// At the right end: the bar begins after it.
    After,
}

impl LabelSide {
    /// The side with room for a bar from `left` to `right`, as parts of what the axis shows.
    pub fn of(left: f64, right: f64) -> Self {
        if right < 0.0 {
            Self::Before
        } else if left > 1.0 {
            Self::After
        } else if right + LABEL_SHARE <= 1.0 {
            Self::Right
        } else if left >= LABEL_SHARE {
            Self::Left
        } else {
            Self::Inside
        }
    }

    /// How far the words are from the end of the axis they are placed by.
    fn distance(self, left: f64, right: f64) -> f64 {
        match self {
            Self::Right => right,
            Self::Left => 1.0 - left,
            Self::Inside => 1.0 - right.min(1.0),
            Self::Before | Self::After => 0.0,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Right => "r",
            Self::Left => "l",
            Self::Inside => "in",
            Self::Before => "before",
            Self::After => "after",
        }
    }
}

/// What brings the part of the time that is shown over the axis: bars lie where the whole trace has them. And where the words beside
/// a bar from and to these `ends` stand.
pub fn placing(viewer: Viewer, ends: Option<(i64, i64)>) -> String {
    let zoom = viewer.zoom.get();
    let extent = viewer.sheet.with_value(|sheet| sheet.extent);
    let scale = if zoom.is_whole(extent) { 1.0 } else { extent.duration_ns as f64 / zoom.duration_ns() as f64 };
    let mut style = format!("--z:{:.9};--zs:{scale:.4}", Zoom::whole(extent).fraction(zoom.from_ns));
    if let Some((left, right)) = ends.map(|(from, to)| (zoom.fraction(from), zoom.fraction(to))) {
        style.push_str(&format!(";--at:{:.3}%", LabelSide::of(left, right).distance(left, right) * 100.0));
    }
    style
}

/// At which side of its bar the words are, for the style sheet; `None` where there is no bar.
pub fn side(viewer: Viewer, ends: Option<(i64, i64)>) -> Option<&'static str> {
    let zoom = viewer.zoom.get();
    ends.map(|(from, to)| LabelSide::of(zoom.fraction(from), zoom.fraction(to)).name())
}

/// Both ends of a stretch of time as parts of the trace: the style sheet puts it where the zoom shows it.
pub fn bar_style(extent: Extent, offset_ns: i64, duration_ns: i64) -> String {
    let (left, right) = ends(extent, offset_ns, duration_ns);
    format!("--l:{left:.9};--r:{right:.9}")
}

/// The same for a part of a bar.
pub fn part_style(extent: Extent, part: Part) -> String {
    bar_style(extent, part.offset_ns, part.duration_ns)
}

/// The same for a moment.
pub fn moment_style(extent: Extent, offset_ns: i64) -> String {
    format!("--l:{:.9}", extent.fraction(offset_ns))
}

/// Both ends of a stretch of time, 0 to 1.
fn ends(extent: Extent, offset_ns: i64, duration_ns: i64) -> (f64, f64) {
    (extent.fraction(offset_ns), extent.fraction(offset_ns.saturating_add(duration_ns)))
}

/// The step of the cost scale, 0 to 6, that a share of the trace's cost has.
pub fn heat(share: f64) -> u8 {
    const STEPS: [f64; 6] = [0.001, 0.005, 0.02, 0.06, 0.15, 0.26];
    STEPS.iter().filter(|step| share >= **step).count() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXTENT: Extent = Extent { start_ns: 0, duration_ns: 1_000 };

    #[test]
    fn a_label_stands_where_there_is_room() {
        assert_eq!(LabelSide::of(0.1, 0.5), LabelSide::Right);
        assert_eq!(LabelSide::of(0.5, 0.99), LabelSide::Left);
        assert_eq!(LabelSide::of(0.0, 1.0), LabelSide::Inside);
        assert_eq!(LabelSide::of(-3.0, 4.0), LabelSide::Inside);
        assert_eq!([LabelSide::of(-2.0, -1.0), LabelSide::of(2.0, 3.0)], [LabelSide::Before, LabelSide::After]);
    }

    #[test]
    fn a_bar_lies_where_its_time_lies() {
        assert_eq!(bar_style(EXTENT, 250, 500), "--l:0.250000000;--r:0.750000000");
        assert_eq!(moment_style(EXTENT, 1_000), "--l:1.000000000");
        assert_eq!(bar_style(Extent::default(), 0, 0), "--l:0.000000000;--r:0.000000000");
    }

    #[test]
    fn the_cost_scale_has_seven_steps() {
        assert_eq!([0.0, 0.001, 0.01, 0.05, 0.1, 0.2, 1.0].map(heat), [0, 1, 2, 3, 4, 5, 6]);
    }
}
