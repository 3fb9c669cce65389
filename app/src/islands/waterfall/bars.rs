//! Where things lie on the time axis, as shares of its width.

use model::trace::waterfall::{Part, Zoom};

/// Room a duration label takes, as a share of the axis: about 70 of 600 pixels.
const LABEL_SHARE: f64 = 0.12;

/// How far beside the axis marks still lie, as a share of it: those at its ends are seen in part.
const BESIDE: f64 = 0.2;

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

/// Where the words beside a part of the time stand: the side, for the style sheet, and how far from that end of the axis.
pub fn beside(zoom: Zoom, part: Part) -> (&'static str, String) {
    let (left, right) = ends(zoom, part);
    let side = LabelSide::of(left, right);
    let from = match side {
        LabelSide::Right | LabelSide::Before => "left",
        LabelSide::Left | LabelSide::Inside | LabelSide::After => "right",
    };
    (side.name(), format!("{from}:{:.3}%", side.distance(left, right) * 100.0))
}

/// Where a part of the time lies on the axis; `None` where it is not on it.
pub fn stretch(zoom: Zoom, part: Part) -> Option<String> {
    let (left, right) = ends(zoom, part);
    let (from, to) = (kept_near(left), kept_near(right));
    (right >= -BESIDE && left <= 1.0 + BESIDE)
        .then(|| format!("left:{:.3}%;width:{:.3}%", from * 100.0, (to - from) * 100.0))
}

/// The same for a moment.
pub fn moment(zoom: Zoom, offset_ns: i64) -> Option<String> {
    let at = zoom.fraction(offset_ns);
    (kept_near(at) == at).then(|| format!("left:{:.3}%", at * 100.0))
}

/// Both ends of a part of the time, 0 to 1 on the axis.
fn ends(zoom: Zoom, part: Part) -> (f64, f64) {
    (zoom.fraction(part.offset_ns), zoom.fraction(part.offset_ns.saturating_add(part.duration_ns)))
}

/// What ends far outside ends near the axis instead: no length is more than browsers lay out.
const fn kept_near(at: f64) -> f64 {
    at.clamp(-BESIDE, 1.0 + BESIDE)
}

/// The step of the cost scale, 0 to 6, that a share of the trace's cost has.
pub fn heat(share: f64) -> u8 {
    const STEPS: [f64; 6] = [0.001, 0.005, 0.02, 0.06, 0.15, 0.26];
    STEPS.iter().filter(|step| share >= **step).count() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: Zoom = Zoom { from_ns: 0, to_ns: 1_000 };

    const fn part(offset_ns: i64, duration_ns: i64) -> Part {
        Part { offset_ns, duration_ns }
    }

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
        let written = |zoom, part| stretch(zoom, part).unwrap_or_default();
        assert_eq!(written(WHOLE, part(250, 500)), "left:25.000%;width:50.000%");
        assert_eq!(moment(WHOLE, 1_000).unwrap(), "left:100.000%");
        assert_eq!(written(Zoom::default(), part(0, 0)), "left:0.000%;width:0.000%");
        assert_eq!(beside(WHOLE, part(250, 500)), ("r", "left:75.000%".to_owned()));
        assert_eq!(beside(WHOLE, part(500, 499)), ("l", "right:50.000%".to_owned()));
    }

    #[test]
    fn what_the_zoom_does_not_show_is_not_drawn_and_no_bar_is_longer_than_the_axis_and_a_bit() {
        let zoom = Zoom { from_ns: 500, to_ns: 510 };
        assert_eq!(stretch(zoom, part(0, 1_000)).unwrap(), "left:-20.000%;width:140.000%");
        assert_eq!(stretch(zoom, part(505, 5)).unwrap(), "left:50.000%;width:50.000%");
        assert_eq!([stretch(zoom, part(0, 400)), stretch(zoom, part(600, 1))], [None, None]);
        assert_eq!([moment(zoom, 0), moment(zoom, 600)], [None, None]);
        assert_eq!(beside(zoom, part(0, 400)), ("before", "left:0.000%".to_owned()));
        assert_eq!(beside(zoom, part(600, 1)), ("after", "right:0.000%".to_owned()));
    }

    #[test]
    fn the_cost_scale_has_seven_steps() {
        assert_eq!([0.0, 0.001, 0.01, 0.05, 0.1, 0.2, 1.0].map(heat), [0, 1, 2, 3, 4, 5, 6]);
    }
}
