//! Spend over time: stacked areas, lines, or shares of the whole, with the period before as a dashed line.

use chrono::{DateTime, Utc};
use model::UsdSum;
use model::time::TimeRange;
use plotters::prelude::*;

use super::figure::Plot;
use super::scale::{self, Tick};
use super::sheet::{Ink, Mark, Role, Sheet};
use crate::format::{money, number};

/// Series drawn by themselves; the rest is one more, "other": a seventh colour is no longer told apart at a glance.
pub const SERIES_MAX: usize = 6;

/// Ticks there is room for on a wide screen; narrow ones hide every other by style.
const TICKS_MAX: i64 = 14;

/// How spend is drawn.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Shape {
    /// Parts on top of each other.
    #[default]
    Stacked,
    /// One line each.
    Lines,
    /// Parts of the whole of each bucket.
    Share,
}

/// One part: its colour and its spend per bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Series {
    /// What it is called.
    pub name: String,
    /// Slot of its colour.
    pub slot: u8,
    /// Spend per bucket.
    pub values: Vec<UsdSum>,
    /// The conditions on the traces behind it, as query pairs; `None` when they cannot be looked for.
    pub behind: Option<String>,
}

/// Everything a chart of spend is drawn from.
#[derive(Debug, Clone, PartialEq)]
pub struct Spend {
    /// What the horizontal axis spans.
    pub range: TimeRange,
    /// Where each bucket is drawn.
    pub points: Vec<DateTime<Utc>>,
    /// Parts, dearest first; the dearest is drawn at the bottom.
    pub series: Vec<Series>,
    /// Total per bucket of the period before, aligned with `points`; empty when there was none.
    pub previous: Vec<UsdSum>,
}

/// Draws spend in one of its shapes.
pub fn plot(spend: &Spend, shape: Shape) -> Plot {
    let Heights { columns, previous, top, stacked } = Heights::of(spend, shape);
    let places: Vec<f64> = spend.points.iter().map(|point| scale::place(*point, spend.range)).collect();
    let slots: Vec<u8> = spend.series.iter().map(|series| series.slot).collect();
    let mut marks = Vec::new();
    // The sheet cannot fail, and every figure here is finite.
    let _ = draw(&mut marks, &places, &columns, &slots, &previous, top, stacked);
    let label = |value: f64| if shape == Shape::Share { number::percent(value) } else { axis_label(value) };
    let lines = scale::linear(top).into_iter().map(|value| Tick { at: value / top, text: label(value) }).collect();
    Plot { marks, lines, ticks: scale::of_time(spend.range, TICKS_MAX), note: None }
}

/// How high each bucket is drawn, 0.0–1.0: what is pinned to a bucket stands there.
pub fn roofs(spend: &Spend, shape: Shape) -> Vec<f64> {
    let Heights { columns, top, stacked, .. } = Heights::of(spend, shape);
    let roof = |bucket: usize| {
        let values = columns.iter().filter_map(|column| column.get(bucket)).copied();
        if stacked { values.sum::<f64>() } else { values.fold(0.0, f64::max) }
    };
    (0..spend.points.len()).map(|bucket| (roof(bucket) / top).clamp(0.0, 1.0)).collect()
}

/// The figures of a chart as they are drawn, and the figure at its top.
struct Heights {
    columns: Vec<Vec<f64>>,
    previous: Vec<f64>,
    top: f64,
    stacked: bool,
}

impl Heights {
    fn of(spend: &Spend, shape: Shape) -> Self {
        let columns: Vec<Vec<f64>> = spend.series.iter().map(|series| dollars(&series.values)).collect();
        let columns = if shape == Shape::Share { shares(&columns) } else { columns };
        let previous = if shape == Shape::Share { Vec::new() } else { dollars(&spend.previous) };
        let stacked = shape != Shape::Lines;
        let highest = highest(&columns, stacked).max(previous.iter().copied().fold(0.0, f64::max));
        let top = match shape {
            Shape::Share => 1.0,
            _ if highest > 0.0 => highest * 1.08,
            _ => 1.0,
        };
        Self { columns, previous, top, stacked }
    }
}

type Drawn = Result<(), DrawingAreaErrorKind<std::convert::Infallible>>;

fn draw(
    marks: &mut Vec<Mark>,
    x: &[f64],
    columns: &[Vec<f64>],
    slots: &[u8],
    previous: &[f64],
    top: f64,
    stacked: bool,
) -> Drawn {
    let root = Sheet(marks).into_drawing_area();
    let mut chart = ChartBuilder::on(&root).build_cartesian_2d(0.0..1.0, 0.0..top)?;
    let mut floor = vec![0.0; x.len()];
    for (column, slot) in columns.iter().zip(slots) {
        let roof: Vec<f64> =
            floor.iter().zip(column).map(|(below, value)| if stacked { below + value } else { *value }).collect();
        let edge: Vec<(f64, f64)> = x.iter().copied().zip(roof.iter().copied()).collect();
        if stacked {
            let back = x.iter().copied().zip(floor.iter().copied()).rev();
            let outline: Vec<(f64, f64)> = edge.iter().copied().chain(back).collect();
            chart.draw_series([Polygon::new(outline, Ink(Role::Area, *slot).colour())])?;
        }
        let role = if stacked { Role::Edge } else { Role::Line };
        chart.draw_series([PathElement::new(edge, Ink(role, *slot).colour())])?;
        floor = roof;
    }
    if !previous.is_empty() {
        let line: Vec<(f64, f64)> = x.iter().copied().zip(previous.iter().copied()).collect();
        chart.draw_series([PathElement::new(line, Ink(Role::Previous, 0).colour())])?;
    }
    Ok(())
}

/// For drawing only: a double is far finer than a pixel.
fn dollars(values: &[UsdSum]) -> Vec<f64> {
    values.iter().map(|value| value.to_f64()).collect()
}

fn shares(columns: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let totals = totals(columns);
    let share = |(value, total): (&f64, &f64)| if *total > 0.0 { value / total } else { 0.0 };
    columns.iter().map(|column| column.iter().zip(&totals).map(share).collect()).collect()
}

fn totals(columns: &[Vec<f64>]) -> Vec<f64> {
    let buckets = columns.first().map_or(0, Vec::len);
    (0..buckets).map(|bucket| columns.iter().filter_map(|column| column.get(bucket)).sum()).collect()
}

fn highest(columns: &[Vec<f64>], stacked: bool) -> f64 {
    let most = |values: &[f64]| values.iter().copied().fold(0.0, f64::max);
    if stacked { most(&totals(columns)) } else { columns.iter().map(|column| most(column)).fold(0.0, f64::max) }
}

/// Axis figures are round, so the nearest pico-dollar is the figure itself.
fn axis_label(dollars: f64) -> String {
    money::axis(UsdSum::from_f64(dollars))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spend() -> Spend {
        let to: DateTime<Utc> = "2026-11-17T12:00:00Z".parse().unwrap();
        let usd = |cents: i128| UsdSum::from_pico(cents * 10_000_000_000);
        Spend {
            range: TimeRange::last_seconds(7_200, to),
            points: vec![to - chrono::TimeDelta::seconds(5_400), to - chrono::TimeDelta::seconds(1_800)],
            series: vec![
                Series { name: "acme".into(), slot: 3, values: vec![usd(100), usd(300)], behind: None },
                Series { name: "globex".into(), slot: 5, values: vec![usd(100), usd(100)], behind: None },
            ],
            previous: vec![usd(200), usd(0)],
        }
    }

    #[test]
    fn the_dearest_lies_at_the_bottom_and_the_period_before_on_top() {
        let plot = plot(&spend(), Shape::Stacked);
        let inks: Vec<Ink> = plot.marks.iter().map(|mark| mark.ink).collect();
        assert_eq!(inks[0], Ink(Role::Area, 3));
        assert_eq!(inks[2], Ink(Role::Area, 5));
        assert_eq!(inks[4], Ink(Role::Previous, 0));
        assert_eq!(plot.lines.last().map(|tick| tick.text.as_str()), Some("$4"));
    }

    #[test]
    fn shares_fill_the_whole_height_and_have_no_period_before() {
        let plot = plot(&spend(), Shape::Share);
        assert!(plot.marks.iter().all(|mark| mark.ink.0 != Role::Previous));
        assert_eq!(plot.lines.last().map(|tick| tick.text.as_str()), Some("100%"));
    }

    #[test]
    fn nothing_spent_draws_a_flat_line_on_zero() {
        let empty = Spend { series: Vec::new(), previous: Vec::new(), ..spend() };
        assert_eq!(plot(&empty, Shape::Stacked).marks, []);
    }

    #[test]
    fn a_pin_stands_on_the_roof_of_its_bucket() {
        let close = |roofs: Vec<f64>, wanted: [f64; 2]| {
            assert!(roofs.iter().zip(wanted).all(|(roof, wanted)| (roof - wanted).abs() < 1e-9), "{roofs:?}");
        };
        close(roofs(&spend(), Shape::Stacked), [0.5 / 1.08, 1.0 / 1.08]);
        close(roofs(&spend(), Shape::Lines), [1.0 / 3.24, 3.0 / 3.24]);
        close(roofs(&spend(), Shape::Share), [1.0, 1.0]);
    }
}
