//! A sparkline: the shape of a series, without axes.

use leptos::prelude::*;
use plotters::prelude::*;

use super::sheet::{HEIGHT, Ink, Mark, Role, Sheet, WIDTH};

/// The shape of `values`; the figures must stand beside it, this is decoration.
#[component]
pub fn Spark(
    /// The series, oldest first.
    values: Vec<f64>,
    /// Slot of its colour; time's colour when not given.
    #[prop(optional, into)]
    colour: Option<u8>,
    /// Wider and higher, for the top of a panel.
    #[prop(optional)]
    large: bool,
) -> impl IntoView {
    let marks = marks(values);
    let view_box = format!("0 0 {WIDTH} {HEIGHT}");
    view! {
        <svg
            class="spark"
            class:spark--large=large
            viewBox=view_box
            preserveAspectRatio="none"
            aria-hidden="true"
            data-slot=colour.map(|slot| slot.to_string())
        >
            {marks
                .into_iter()
                .map(|mark| view! { <path class=mark.ink.0.class() d=mark.path vector-effect="non-scaling-stroke"></path> })
                .collect_view()}
        </svg>
    }
    .into_any()
}

/// The line of a sparkline as a document of its own, in one colour, to be masked with. Nothing is drawn of fewer than two values.
pub fn document(values: impl IntoIterator<Item = f64>) -> String {
    let line =
        marks(values).into_iter().find(|mark| mark.ink.0 == Role::Spark).map(|mark| mark.path).unwrap_or_default();
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" preserveAspectRatio=\"none\">\
         <path d=\"{line}\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.25\" stroke-linejoin=\"round\" \
         vector-effect=\"non-scaling-stroke\"/></svg>"
    )
}

fn marks(values: impl IntoIterator<Item = f64>) -> Vec<Mark> {
    let mut marks = Vec::new();
    let points: Vec<f64> = values.into_iter().filter(|value| value.is_finite()).collect();
    if points.len() > 1 {
        // The sheet cannot fail, and every figure here is finite.
        let _ = draw(&mut marks, &points);
    }
    marks
}

type Drawn = Result<(), DrawingAreaErrorKind<std::convert::Infallible>>;

fn draw(marks: &mut Vec<Mark>, points: &[f64]) -> Drawn {
    let most = points.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
    let last = (points.len() - 1) as f64;
    let line: Vec<(f64, f64)> = points.iter().enumerate().map(|(index, value)| (index as f64 / last, *value)).collect();
    let root = Sheet(marks).into_drawing_area();
    // A little room above, so that the stroke of the highest point is not cut.
    let mut chart = ChartBuilder::on(&root).build_cartesian_2d(0.0..1.0, 0.0..most * 1.1)?;
    let ground: Vec<(f64, f64)> = line.iter().copied().chain([(1.0, 0.0), (0.0, 0.0)]).collect();
    chart.draw_series([Polygon::new(ground, Ink(Role::SparkGround, 0).colour())])?;
    chart.draw_series([PathElement::new(line, Ink(Role::Spark, 0).colour())])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_series_is_a_ground_and_a_line() {
        let mut marks = Vec::new();
        draw(&mut marks, &[0.0, 2.0, 1.0]).unwrap();
        assert_eq!(marks.iter().map(|mark| mark.ink.0).collect::<Vec<_>>(), [Role::SparkGround, Role::Spark]);
    }

    #[test]
    fn a_document_has_one_line_and_none_where_there_is_nothing_to_join() {
        let drawn = document([0.0, 2.0, f64::NAN, 1.0]);
        assert!(drawn.starts_with("<svg ") && drawn.matches("<path d=\"M").count() == 1, "{drawn}");
        assert!(document([1.0]).contains("d=\"\""));
    }

    #[test]
    fn a_series_of_nothing_stays_on_the_ground() {
        let mut marks = Vec::new();
        draw(&mut marks, &[0.0, 0.0]).unwrap();
        let floor = HEIGHT - 1;
        assert!(marks[1].path.contains(&floor.to_string()), "{}", marks[1].path);
    }
}
