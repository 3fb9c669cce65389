//! A plotters backend that keeps paths with meanings instead of pixels with colours.

use std::convert::Infallible;
use std::fmt::Write;

use plotters::prelude::*;
use plotters_backend::{BackendColor, BackendCoord, BackendStyle, DrawingErrorKind};

/// Size of the drawing, in its own units: the SVG is stretched over whatever room the page has, and this is fine enough
/// for a quarter of a pixel on a wide screen.
pub const WIDTH: u32 = 4_000;
/// See [`WIDTH`].
pub const HEIGHT: u32 = 1_000;

/// What a shape means; style sheets give it a colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Filled part of a stack.
    Area,
    /// Upper edge of a part of a stack.
    Edge,
    /// One series as a line.
    Line,
    /// The period before, dashed.
    Previous,
    /// What was measured, in an alert's chart.
    Value,
    /// What was expected there, from the least to the most.
    Band,
    /// The line of a sparkline.
    Spark,
    /// The ground under the line of a sparkline.
    SparkGround,
}

impl Role {
    const ALL: [Self; 8] =
        [Self::Area, Self::Edge, Self::Line, Self::Previous, Self::Value, Self::Band, Self::Spark, Self::SparkGround];

    /// Whether it is what a part of the whole is seen by: there is one path of this kind per part, in their order.
    pub const fn is_a_part(self) -> bool {
        matches!(self, Self::Area | Self::Line)
    }

    /// The class of its paths.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Area => "mark-area",
            Self::Edge => "mark-edge",
            Self::Line => "mark-line",
            Self::Previous => "mark-previous",
            Self::Value => "mark-value",
            Self::Band => "mark-band",
            Self::Spark => "mark-spark",
            Self::SparkGround => "mark-spark-ground",
        }
    }
}

/// A role and the categorical colour it is drawn in; travels through plotters as the red and green of a colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ink(pub Role, pub u8);

impl Ink {
    /// As the colour plotters hands through.
    pub fn colour(self) -> RGBColor {
        // There are eight roles.
        let role = Role::ALL.iter().position(|role| *role == self.0).unwrap_or_default() as u8;
        RGBColor(role, self.1, 0)
    }

    fn of(colour: BackendColor) -> Option<Self> {
        let (role, slot, _) = colour.rgb;
        Role::ALL.get(usize::from(role)).map(|role| Self(*role, slot))
    }
}

/// One path of the drawing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// What it means.
    pub ink: Ink,
    /// SVG path data in units of [`WIDTH`] and [`HEIGHT`].
    pub path: String,
}

/// What plotters draws on.
pub struct Sheet<'a>(pub &'a mut Vec<Mark>);

impl Sheet<'_> {
    fn keep(&mut self, colour: BackendColor, points: impl IntoIterator<Item = BackendCoord>, close: bool) {
        let Some(ink) = Ink::of(colour) else { return };
        let mut path = String::new();
        for (index, (x, y)) in points.into_iter().enumerate() {
            // Writing to a string cannot fail.
            let _ = write!(path, "{}{x} {y}", if index == 0 { 'M' } else { 'L' });
        }
        if close {
            path.push('Z');
        }
        self.0.push(Mark { ink, path });
    }
}

type Drawn = Result<(), DrawingErrorKind<Infallible>>;

impl DrawingBackend for Sheet<'_> {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        (WIDTH, HEIGHT)
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    /// Single pixels have no meaning here; every shape we draw has a path of its own.
    fn draw_pixel(&mut self, _point: BackendCoord, _colour: BackendColor) -> Drawn {
        Ok(())
    }

    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> Drawn {
        self.keep(style.color(), [from, to], false);
        Ok(())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, path: I, style: &S) -> Drawn {
        self.keep(style.color(), path, false);
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, corners: I, style: &S) -> Drawn {
        self.keep(style.color(), corners, true);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_keeps_its_meaning_and_its_points() {
        let mut marks = Vec::new();
        {
            let area = Sheet(&mut marks).into_drawing_area();
            let line = PathElement::new(vec![(0, 0), (10, 20), (30, 5)], Ink(Role::Line, 7).colour());
            area.draw(&line).unwrap();
        }
        assert_eq!(marks, [Mark { ink: Ink(Role::Line, 7), path: "M0 0L10 20L30 5".into() }]);
    }
}
