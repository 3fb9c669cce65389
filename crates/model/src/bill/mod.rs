//! Bills of providers: what they charge by day and model, read from their exports, and how it compares with our figures.
//!
//! [`read`] reads a bill, [`margin::compare`] lays it beside what spans cost. A line that cannot be meant as written is refused
//! with its place, and the others count.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::usd::UsdSum;

mod columns;
mod csv;
mod field;
pub mod margin;

use self::columns::{Column, Columns};
use self::csv::{CsvError, Record};

/// Bytes of a bill: a year of lines by day, model, kind of token and key of a large account.
pub const BILL_BYTES_MAX: usize = 8 * 1024 * 1024;

/// Lines of a bill: sums of as many are kept in memory for a moment, some 30 MB.
pub const LINES_MAX: i64 = 200_000;

/// Refusals that are told one by one: enough to find the mistake by.
pub const REFUSALS_TOLD_MAX: usize = 20;

/// Characters of what was found that a refusal repeats.
const FOUND_CHARS_MAX: usize = 60;

/// What a bill says of a day and a model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The day, UTC.
    pub day: NaiveDate,
    /// Who charges, as the bill says it.
    pub provider: String,
    /// For what; empty when the bill does not say.
    pub model: String,
    /// How much; below zero is a credit.
    pub amount: UsdSum,
    /// Lines of the file that were added up.
    pub lines: i64,
}

/// A line that was not kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// Where, as an editor counts.
    pub line: u64,
    /// In which column; `None` when it is about the whole line.
    pub column: Option<String>,
    /// What was expected there and what was found.
    pub reason: String,
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.column {
            Some(column) => write!(f, "line {}, column {column}: {}", self.line, self.reason),
            None => write!(f, "line {}: {}", self.line, self.reason),
        }
    }
}

/// A bill as it was read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bill {
    /// By day, provider and model.
    pub lines: Vec<Line>,
    /// Lines below the header.
    pub lines_read: i64,
    /// Those of them that count.
    pub lines_kept: i64,
    /// The first of those that do not, with the reason.
    pub refusals: Vec<Refusal>,
    /// What was read into the file, in words.
    pub notes: Vec<String>,
}

/// An import as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Import {
    /// Ascending with time.
    pub id: i64,
    /// Of the file, in hexadecimal.
    pub sha256: String,
    /// Name of the file.
    pub name: String,
    /// Who imported it; empty when they did not say.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Lines below the header.
    pub lines_read: i64,
    /// Those of them that were kept.
    pub lines_kept: i64,
    /// Their sum.
    pub amount: UsdSum,
    /// First and last day; `None` when nothing was kept.
    pub days: Option<(NaiveDate, NaiveDate)>,
    /// The providers on it.
    pub providers: Vec<String>,
    /// Days of a provider on it for which a later bill counts.
    pub replaced_days: i64,
    /// What was read into the file.
    pub notes: Vec<String>,
    /// The first lines that were refused.
    pub refusals: Vec<Refusal>,
    /// Who took it out again, and when.
    pub deleted: Option<(String, DateTime<Utc>)>,
}

impl Bill {
    /// Everything it charges.
    pub fn amount(&self) -> UsdSum {
        self.lines.iter().map(|line| line.amount).sum()
    }

    /// A file of which nothing can be kept, and why.
    pub fn of_nothing(line: u64, reason: String) -> Self {
        Self { refusals: vec![Refusal { line, column: None, reason }], ..Self::default() }
    }
}

/// Reads a bill. `provider` is who charges where the bill does not say so itself.
pub fn read(text: &str, provider: Option<&str>) -> Bill {
    let text = text.trim_start_matches('\u{feff}');
    let delimiter = csv::delimiter(text);
    let mut records = csv::records(text, delimiter);
    let broken = |error: CsvError| Bill::of_nothing(error.line(), format!("{error}; nothing was kept"));
    let header = match records.next() {
        Some(Ok(header)) => header,
        Some(Err(error)) => return broken(error),
        None => return Bill::of_nothing(1, "expected a header and lines, and there is nothing".to_owned()),
    };
    let columns = match columns::find(&header) {
        Ok(columns) => columns,
        Err(reason) => return Bill::of_nothing(header.line, format!("{reason}; nothing was kept")),
    };
    let provider = provider.map(str::trim).filter(|provider| !provider.is_empty()).or(columns.writer);
    if columns.provider.is_none() && provider.is_none() {
        let reason = "the bill has no column for the provider: say which it is; nothing was kept".to_owned();
        return Bill::of_nothing(header.line, reason);
    }
    let mut reading = Reading { columns, provider: provider.unwrap_or_default(), ..Reading::default() };
    for record in records {
        let record = match record {
            Ok(record) => record,
            Err(error) => return broken(error),
        };
        reading.bill.lines_read += 1;
        if reading.bill.lines_read > LINES_MAX {
            return Bill::of_nothing(record.line, format!("a bill has at most {LINES_MAX} lines; nothing was kept"));
        }
        match reading.line(&record) {
            Ok(()) => reading.bill.lines_kept += 1,
            Err(refusal) => reading.refuse(refusal),
        }
    }
    reading.finish()
}

/// A bill that is being read.
#[derive(Default)]
struct Reading<'a> {
    columns: Columns,
    provider: &'a str,
    bill: Bill,
    /// Amounts by day, provider and model, and how many lines they are of.
    sums: BTreeMap<(NaiveDate, String, String), (UsdSum, i64)>,
    rounded: i64,
    blank: i64,
}

impl Reading<'_> {
    fn line(&mut self, record: &Record) -> Result<(), Refusal> {
        let Columns { day, amount, provider, model, currency, count, .. } = &self.columns;
        if record.fields.len() != *count {
            let reason = format!("expected {count} fields as in the header, found {}", record.fields.len());
            return Err(Refusal { line: record.line, column: None, reason });
        }
        let field = |column: &Column| record.fields.get(column.place).map_or("", |field| field.trim());
        let refused = |column: &Column, expected: String| Refusal {
            line: record.line,
            column: Some(column.name.clone()),
            reason: format!("{expected}, found “{}”", shortened(field(column))),
        };
        // OpenAI writes a line for every day, also for those on which nothing was spent.
        if field(amount).is_empty() && currency.as_ref().is_some_and(|currency| field(currency).is_empty()) {
            self.blank += 1;
            return Ok(());
        }
        if let Some(currency) = currency {
            field::currency(field(currency)).map_err(|expected| refused(currency, expected))?;
        }
        let at = field::day(field(day)).map_err(|expected| refused(day, expected))?;
        let (pico, was_rounded) = field::amount(field(amount)).map_err(|expected| refused(amount, expected))?;
        let provider = match provider {
            Some(column) if field(column).is_empty() && self.provider.is_empty() => {
                return Err(refused(column, "expected the name of a provider".to_owned()));
            }
            Some(column) if !field(column).is_empty() => {
                field::name(field(column)).map_err(|expected| refused(column, expected))?
            }
            _ => self.provider.to_owned(),
        };
        let model = match model {
            Some(column) => field::model(field(column)).map_err(|expected| refused(column, expected))?,
            None => String::new(),
        };
        let sum = self.sums.entry((at, provider, model)).or_default();
        sum.0 += pico;
        sum.1 += 1;
        self.rounded += i64::from(was_rounded);
        Ok(())
    }

    fn refuse(&mut self, refusal: Refusal) {
        if self.bill.refusals.len() < REFUSALS_TOLD_MAX {
            self.bill.refusals.push(refusal);
        }
    }

    fn finish(mut self) -> Bill {
        let line = |((day, provider, model), (amount, lines))| Line { day, provider, model, amount, lines };
        self.bill.lines = self.sums.into_iter().map(line).collect();
        let Columns { day, amount, model, currency, .. } = &self.columns;
        let of_model = model.as_ref().map_or("no model".to_owned(), |model| format!("model from “{}”", model.name));
        let mut notes = vec![format!("day from “{}”, {of_model}, amount from “{}”", day.name, amount.name)];
        if currency.is_none() {
            notes.push("the bill names no currency: US dollars are assumed".to_owned());
        }
        if self.rounded > 0 {
            notes.push(format!(
                "{} amounts have more than 12 decimals and are rounded to the pico-dollar",
                self.rounded
            ));
        }
        if self.blank > 0 {
            notes.push(format!("{} lines without an amount are days on which nothing was charged", self.blank));
        }
        self.bill.notes = notes;
        self.bill
    }
}

impl Default for Columns {
    fn default() -> Self {
        let nowhere = || Column { place: 0, name: String::new() };
        Self { day: nowhere(), provider: None, model: None, amount: nowhere(), currency: None, count: 0, writer: None }
    }
}

fn shortened(text: &str) -> String {
    let mut short: String = text.chars().take(FOUND_CHARS_MAX).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests;
