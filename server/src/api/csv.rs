//! Comma-separated values (RFC 4180) as a file to keep: a header row, exact decimals, UTC.
//!
//! Names come from whoever sends spans, and spreadsheets run cells that begin like a formula. Such a name gets an apostrophe
//! in front, which spreadsheets take for "this is text" and do not show. Numbers are ours and stay as they are.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

/// What a spreadsheet takes for the beginning of a formula.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// A file as it is written.
pub struct Csv(String);

/// One cell.
pub enum Cell {
    /// A name, or words.
    Text(String),
    /// A number, a time: written by us.
    Plain(String),
    /// Nothing: there is none, or it is not known.
    Empty,
}

impl Cell {
    /// A name, or nothing.
    pub fn name(name: Option<&str>) -> Self {
        name.map_or(Self::Empty, |name| Self::Text(name.to_owned()))
    }

    /// A figure of ours.
    pub fn plain(figure: impl ToString) -> Self {
        Self::Plain(figure.to_string())
    }
}

impl Csv {
    /// A file with this header.
    pub fn new(header: impl IntoIterator<Item = Cell>) -> Self {
        let mut csv = Self(String::new());
        csv.row(header);
        csv
    }

    /// Adds a row.
    pub fn row(&mut self, cells: impl IntoIterator<Item = Cell>) {
        for (index, cell) in cells.into_iter().enumerate() {
            if index > 0 {
                self.0.push(',');
            }
            match cell {
                Cell::Text(text) if text.starts_with(FORMULA) => self.quoted(&format!("'{text}")),
                Cell::Text(text) => self.quoted(&text),
                Cell::Plain(figure) => self.0.push_str(&figure),
                Cell::Empty => {}
            }
        }
        self.0.push_str("\r\n");
    }

    fn quoted(&mut self, text: &str) {
        if text.contains([',', '"', '\r', '\n']) {
            self.0.push('"');
            self.0.push_str(&text.replace('"', "\"\""));
            self.0.push('"');
        } else {
            self.0.push_str(text);
        }
    }

    /// The answer: a file of this name. Names are made of letters, digits, dashes and dots.
    pub fn download(self, name: &str) -> Response {
        let content_type = HeaderValue::from_static("text/csv; charset=utf-8; header=present");
        ([(header::CONTENT_TYPE, content_type), (header::CONTENT_DISPOSITION, disposition(name))], self.0)
            .into_response()
    }
}

/// The header that makes an answer a file of this name.
pub fn disposition(name: &str) -> HeaderValue {
    let plain = |character: char| character.is_ascii_alphanumeric() || "-_.".contains(character);
    let name: String = name.chars().map(|character| if plain(character) { character } else { '-' }).collect();
    HeaderValue::try_from(format!("attachment; filename=\"{name}\""))
        .unwrap_or_else(|_| HeaderValue::from_static("attachment"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cells: impl IntoIterator<Item = Cell>) -> String {
        Csv::new(cells).0
    }

    #[test]
    fn a_name_survives_a_file_whatever_is_in_it() {
        let text = |text: &str| Cell::Text(text.to_owned());
        assert_eq!(
            row([text("a,b"), text("say \"hi\""), text("two\nlines"), Cell::Empty]),
            "\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\",\r\n"
        );
    }

    #[test]
    fn a_name_that_begins_like_a_formula_is_text_and_a_figure_is_a_figure() {
        for name in ["=1+1", "+1", "-1", "@sum", "\tx", "\r=1"] {
            let written = row([Cell::name(Some(name))]);
            assert!(written.trim_start_matches('"').starts_with(&format!("'{name}")), "{written}");
        }
        assert_eq!(row([Cell::plain("-0.5"), Cell::name(Some("a=b"))]), "-0.5,a=b\r\n");
    }

    #[test]
    fn the_name_of_a_file_is_plain() {
        assert_eq!(disposition("a \"b\"\r\nc.csv"), "attachment; filename=\"a--b---c.csv\"");
    }
}
