//! One figure over time against a limit: the chart of an alert.

use chrono::{DateTime, Utc};
use model::time::TimeRange;
use plotters::coord::ranged1d::{AsRangedCoord, ValueFormatter};
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

/// A drawn trend: the plot, where the limit lies, and where each point above it does.
#[derive(Debug, Clone, PartialEq)]
pub struct Trend {
    /// The drawing with its axes.
    pub plot: Plot,
    /// Height of the limit, 0.0–1.0.
    pub limit: f64,
    /// Points beyond the limit: place and height, 0.0–1.0.
    pub beyond: Vec<(f64, f64)>,
}

/// Draws `points` over `range` against `limit`; `label` writes a figure of the vertical axis.
pub fn plot(range: TimeRange, points: &[Point], limit: f64, label: impl Fn(f64) -> String) -> Trend {
    let known: Vec<(f64, f64)> =
        points.iter().filter_map(|(at, value)| Some((scale::place(*at, range), (*value)?))).collect();
    let most = known.iter().map(|(_, value)| *value).fold(limit, f64::max);
    let least = known.iter().map(|(_, value)| *value).filter(|value| *value > 0.0).fold(limit, f64::min);
    let is_log = limit > 0.0 && most / limit >= LOG_FROM_RATIO && least > 0.0;
    let (low, high) = if is_log {
        ((least * 0.7).max(limit * QUIET_SHARE), most * 1.4)
    } else {
        (0.0, if most > 0.0 { most * 1.1 } else { 1.0 })
    };
    let height = |value: f64| {
        let share = if is_log { (value.max(low) / low).ln() / (high / low).ln() } else { value / high };
        share.clamp(0.0, 1.0)
    };
    let values = if is_log { scale::logarithmic(low, high) } else { scale::linear(high) };
    let lines = values.into_iter().map(|value| Tick { at: height(value), text: label(value) }).collect();
    let mut marks = Vec::new();
    // Runs between gaps are separate lines: nothing is drawn where nothing arrived.
    for run in runs(points, range) {
        let drawn: Vec<(f64, f64)> =
            run.into_iter().map(|(x, value)| (x, if is_log { value.max(low) } else { value })).collect();
        // The sheet cannot fail, and every figure here is finite.
        let _ =
            if is_log { draw(&mut marks, drawn, (low..high).log_scale()) } else { draw(&mut marks, drawn, low..high) };
    }
    Trend {
        plot: Plot { marks, lines, ticks: scale::of_time(range, TICKS_MAX), note: is_log.then_some("log") },
        limit: height(limit),
        beyond: known.iter().filter(|(_, value)| *value > limit).map(|(x, value)| (*x, height(*value))).collect(),
    }
}

type Drawn = Result<(), DrawingAreaErrorKind<std::convert::Infallible>>;

fn draw<Y>(marks: &mut Vec<Mark>, line: Vec<(f64, f64)>, y: Y) -> Drawn
where
    Y: AsRangedCoord<Value = f64>,
    Y::CoordDescType: ValueFormatter<f64>,
{
    let root = Sheet(marks).into_drawing_area();
    let mut chart = ChartBuilder::on(&root).build_cartesian_2d(0.0..1.0, y)?;
    chart.draw_series([PathElement::new(line, Ink(Role::Value, 0).colour())])?;
    Ok(())
}

fn runs(points: &[Point], range: TimeRange) -> Vec<Vec<(f64, f64)>> {
    points
        .split(|(_, value)| value.is_none())
        .map(|run| run.iter().filter_map(|(at, value)| Some((scale::place(*at, range), (*value)?))).collect::<Vec<_>>())
        .filter(|run| !run.is_empty())
        .collect()
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
        let trend = plot(range, &points, 0.1, |value| format!("{value}"));
        assert_eq!(trend.plot.note, Some("log"));
        assert_eq!(trend.beyond.len(), 1);
        assert!(trend.limit > 0.0 && trend.limit < 1.0);
    }

    #[test]
    fn a_gap_is_not_bridged() {
        let (range, points) = points(&[Some(1.0), None, Some(2.0), Some(1.5)]);
        let trend = plot(range, &points, 50.0, |value| format!("{value}"));
        assert_eq!(trend.plot.marks.len(), 2);
        assert_eq!(trend.plot.note, None);
    }
}
