//! The last minute by the second, as steps: each figure stands for its whole second.

use plotters::prelude::*;

use super::figure::Plot;
use super::scale::{self, Tick};
use super::sheet::{Ink, Mark, Role, Sheet};

/// Where seconds are told of.
const TICKS: [(f64, &str); 5] = [(0.0, "60 s ago"), (0.25, "45"), (0.5, "30"), (0.75, "15"), (1.0, "now")];

/// Draws a figure per second, oldest first; `label` writes one of the vertical axis. Nothing is drawn where nothing is known.
pub fn plot(values: &[Option<f64>], label: impl Fn(f64) -> String) -> Plot {
    let most = values.iter().flatten().copied().fold(0.0, f64::max);
    let top = if most > 0.0 { most * 1.1 } else { 1.0 };
    let mut marks = Vec::new();
    for steps in runs(values) {
        // The sheet cannot fail, and every figure here is finite.
        let _ = draw(&mut marks, steps, top);
    }
    let lines = scale::linear(top).into_iter().map(|value| Tick { at: value / top, text: label(value) }).collect();
    let ticks = TICKS.map(|(at, text)| Tick { at, text: text.to_owned() }).into();
    Plot { marks, lines, ticks, note: None }
}

/// The outlines of seconds without a gap between them.
fn runs(values: &[Option<f64>]) -> Vec<Vec<(f64, f64)>> {
    let place = |index: usize| index as f64 / values.len() as f64;
    let numbered: Vec<(usize, Option<f64>)> =
        values.iter().map(|value| value.filter(|value| value.is_finite())).enumerate().collect();
    numbered
        .split(|(_, value)| value.is_none())
        .filter(|run| !run.is_empty())
        .map(|run| {
            let known = run.iter().filter_map(|(index, value)| Some((*index, (*value)?)));
            known.flat_map(|(index, value)| [(place(index), value), (place(index + 1), value)]).collect()
        })
        .collect()
}

type Drawn = Result<(), DrawingAreaErrorKind<std::convert::Infallible>>;

fn draw(marks: &mut Vec<Mark>, steps: Vec<(f64, f64)>, top: f64) -> Drawn {
    let ends = steps.first().zip(steps.last()).map(|((first, _), (last, _))| (*first, *last));
    let Some((first, last)) = ends else { return Ok(()) };
    let root = Sheet(marks).into_drawing_area();
    let mut chart = ChartBuilder::on(&root).build_cartesian_2d(0.0..1.0, 0.0..top)?;
    let ground: Vec<(f64, f64)> = steps.iter().copied().chain([(last, 0.0), (first, 0.0)]).collect();
    chart.draw_series([Polygon::new(ground, Ink(Role::SparkGround, 0).colour())])?;
    chart.draw_series([PathElement::new(steps, Ink(Role::Spark, 0).colour())])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_alone_is_seen_and_a_gap_is_not_bridged() {
        let plot = plot(&[Some(2.0), None, Some(1.0), Some(3.0)], |value| format!("{value}"));
        let lines: Vec<&str> =
            plot.marks.iter().filter(|mark| mark.ink.0 == Role::Spark).map(|mark| mark.path.as_str()).collect();
        assert_eq!(lines.len(), 2);
        assert_eq!(lines.iter().map(|path| path.matches('L').count()).collect::<Vec<_>>(), [1, 3]);
        assert_eq!(plot.ticks.len(), 5);
    }

    #[test]
    fn nothing_known_draws_nothing() {
        assert_eq!(plot(&[None; 60], |value| format!("{value}")).marks, []);
    }
}
