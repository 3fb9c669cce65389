//! One figure over time against a limit or against what was expected: the chart of an alert.

use chrono::{DateTime, Utc};
use model::time::TimeRange;
use plotters::prelude::*;

use super::figure::Plot;
use super::scale::{self, Tick};
use super::sheet::{Ink, Mark, Role, Sheet};

/// From this many times the limit on a log axis tells more: the quiet before would be flat otherwise.
const LOG_FROM_RATIO: f64 = 5.0;

/// A figure so far below the limit is drawn at this share of it: how quiet the quiet was does not matter.
const QUIET_SHARE: f64 = 0.03;

/// Ticks there is room for beside the form.
const TICKS_MAX: i64 = 8;

/// What was measured at a time; `None` where nothing arrived.
pub type Point = (DateTime<Utc>, Option<f64>);

/// What was expected at a time, from the least to the most; `None` where nothing could be.
pub type Expected = Option<(f64, f64)>;

/// What a figure is held against.
#[derive(Debug, Clone, Copy)]
pub enum Against<'a> {
    /// The same limit at all times.
    Limit(f64),
    /// What was expected at each point.
    Band(&'a [Expected]),
}

/// A drawn trend: the plot, where the limit lies, and where each point beyond it does.
#[derive(Debug, Clone, PartialEq)]
pub struct Trend {
    /// The drawing with its axes.
    pub plot: Plot,
    /// Height of the limit, 0.0–1.0; `None` against a band.
    pub limit: Option<f64>,
    /// Points beyond the limit or the band: place and height, 0.0–1.0.
    pub beyond: Vec<(f64, f64)>,
}

/// The vertical axis: from the least to the most that is drawn.
#[derive(Debug, Clone, Copy)]
struct Axis {
    low: f64,
    high: f64,
    is_log: bool,
}

impl Axis {
    /// One that has all `values` and `limit`: on a log scale where they would be flat otherwise.
    fn of(values: impl Iterator<Item = f64> + Clone, limit: f64) -> Self {
        let most = values.clone().fold(limit, f64::max);
        let least = values.filter(|value| *value > 0.0).fold(limit, f64::min);
        let is_log = limit > 0.0 && most / limit >= LOG_FROM_RATIO && least > 0.0;
        if is_log {
            return Self { low: (least * 0.7).max(limit * QUIET_SHARE), high: most * 1.4, is_log };
        }
        Self { low: 0.0, high: if most > 0.0 { most * 1.1 } else { 1.0 }, is_log }
    }

    fn height(&self, value: f64) -> f64 {
        let Self { low, high, is_log } = *self;
        let share = if is_log { (value.max(low) / low).ln() / (high / low).ln() } else { value / high };
        share.clamp(0.0, 1.0)
    }

    fn ticks(&self, label: impl Fn(f64) -> String) -> Vec<Tick> {
        let values = if self.is_log { scale::logarithmic(self.low, self.high) } else { scale::linear(self.high) };
        values.into_iter().map(|value| Tick { at: self.height(value), text: label(value) }).collect()
    }
}

/// Draws `points` over `range` against what they are held against; `label` writes a figure of the vertical axis.
pub fn plot(range: TimeRange, points: &[Point], against: Against<'_>, label: impl Fn(f64) -> String) -> Trend {
    let band = match against {
        Against::Limit(_) => &[],
        Against::Band(band) => band,
    };
    let most_expected = band.iter().flatten().map(|(_, most)| *most).fold(0.0, f64::max);
    let limit = if let Against::Limit(limit) = against { limit } else { most_expected };
    let values = points.iter().filter_map(|(_, value)| *value);
    let axis = Axis::of(values, limit);
    let mut marks = Vec::new();
    // Runs between gaps are separate shapes: nothing is drawn where nothing arrived, or nothing could be expected.
    let expected: Vec<(f64, Expected)> =
        points.iter().zip(band).map(|((at, _), expected)| (scale::place(*at, range), *expected)).collect();
    for run in runs(&expected) {
        let tops = run.iter().map(|(x, (_, most))| (*x, axis.height(*most)));
        let floors = run.iter().rev().map(|(x, (least, _))| (*x, axis.height(*least)));
        // The sheet cannot fail, and every figure here is finite.
        let _ = draw(&mut marks, Shape::Band(tops.chain(floors).collect()));
    }
    let measured: Vec<(f64, Option<f64>)> =
        points.iter().map(|(at, value)| (scale::place(*at, range), *value)).collect();
    for run in runs(&measured) {
        let _ = draw(&mut marks, Shape::Line(run.into_iter().map(|(x, value)| (x, axis.height(value))).collect()));
    }
    let is_beyond = |place: usize, value: f64| match against {
        Against::Limit(limit) => value > limit,
        Against::Band(band) => band.get(place).copied().flatten().is_some_and(|(_, most)| value > most),
    };
    let beyond = measured.iter().enumerate().filter_map(|(place, (x, value))| {
        let value = (*value)?;
        is_beyond(place, value).then(|| (*x, axis.height(value)))
    });
    Trend {
        beyond: beyond.collect(),
        limit: matches!(against, Against::Limit(_)).then(|| axis.height(limit)),
        plot: Plot {
            marks,
            lines: axis.ticks(label),
            ticks: scale::of_time(range, TICKS_MAX),
            note: axis.is_log.then_some("log"),
        },
    }
}

type Drawn = Result<(), DrawingAreaErrorKind<std::convert::Infallible>>;

/// What is drawn, in heights of the plot.
enum Shape {
    Line(Vec<(f64, f64)>),
    Band(Vec<(f64, f64)>),
}

fn draw(marks: &mut Vec<Mark>, shape: Shape) -> Drawn {
    let root = Sheet(marks).into_drawing_area();
    let mut chart = ChartBuilder::on(&root).build_cartesian_2d(0.0..1.0, 0.0..1.0)?;
    match shape {
        Shape::Line(line) => {
            chart.draw_series([PathElement::new(line, Ink(Role::Value, 0).colour())])?;
        }
        Shape::Band(outline) => {
            chart.draw_series([Polygon::new(outline, Ink(Role::Band, 0).colour())])?;
        }
    }
    Ok(())
}

/// The stretches without a gap.
fn runs<T: Copy>(points: &[(f64, Option<T>)]) -> Vec<Vec<(f64, T)>> {
    let known = |run: &[(f64, Option<T>)]| run.iter().filter_map(|(x, value)| Some((*x, (*value)?))).collect();
    points.split(|(_, value)| value.is_none()).filter(|run| !run.is_empty()).map(known).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    fn points(values: &[Option<f64>]) -> (TimeRange, Vec<Point>) {
        let from: DateTime<Utc> = "2026-11-17T10:00:00Z".parse().unwrap();
        let points: Vec<_> =
            values.iter().enumerate().map(|(n, value)| (from + TimeDelta::minutes(n as i64), *value)).collect();
        (TimeRange { from, to: from + TimeDelta::minutes(values.len() as i64) }, points)
    }

    #[test]
    fn a_breach_far_above_the_limit_is_drawn_on_a_log_axis() {
        let (range, points) = points(&[Some(0.05), Some(0.04), Some(0.93)]);
        let trend = plot(range, &points, Against::Limit(0.1), |value| format!("{value}"));
        assert_eq!(trend.plot.note, Some("log"));
        assert_eq!(trend.beyond.len(), 1);
        assert!(trend.limit.is_some_and(|limit| limit > 0.0 && limit < 1.0));
    }

    #[test]
    fn a_gap_is_not_bridged() {
        let (range, points) = points(&[Some(1.0), None, Some(2.0), Some(1.5)]);
        let trend = plot(range, &points, Against::Limit(50.0), |value| format!("{value}"));
        assert_eq!(trend.plot.marks.len(), 2);
        assert_eq!(trend.plot.note, None);
    }

    #[test]
    fn what_is_beyond_what_was_expected_then_is_marked_and_the_band_lies_under_the_line() {
        let (range, points) = points(&[Some(0.5), Some(2.5), Some(2.5), Some(9.0)]);
        let band = [Some((0.0, 1.0)), Some((1.0, 3.0)), Some((0.0, 2.0)), None];
        let trend = plot(range, &points, Against::Band(&band), |value| format!("{value}"));
        let roles: Vec<Role> = trend.plot.marks.iter().map(|mark| mark.ink.0).collect();
        assert_eq!(roles, [Role::Band, Role::Value]);
        assert_eq!((trend.beyond.len(), trend.limit), (1, None), "only the third: of the last nothing was expected");
        assert!((trend.beyond[0].0 - 0.5).abs() < 1e-9);
    }
}
