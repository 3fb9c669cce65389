//! A small, strict reader of comma-separated values (RFC 4180).
//!
//! Quotes surround a whole field or none of it, lines end in LF or CRLF, and the delimiter is the one the header has most of.

/// Delimiters that spreadsheets and providers write.
const DELIMITERS: [char; 4] = [',', ';', '\t', '|'];

/// Fields of a line: the widest export known has some forty.
pub const FIELDS_MAX: usize = 200;

/// A line with the number it has in an editor, from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Where it begins.
    pub line: u64,
    /// Its fields, unquoted.
    pub fields: Vec<String>,
}

/// Why a text cannot be read as lines of fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CsvError {
    /// A quote that nothing closes.
    #[error("a quoted field begins in line {0} and does not end")]
    Unclosed(u64),
    /// A quote where none can be.
    #[error(
        "line {0} has a quote in the middle of a field; a field is quoted as a whole, and a quote in it is written twice"
    )]
    StrayQuote(u64),
    /// More fields than a line has.
    #[error("line {0} has more than {FIELDS_MAX} fields")]
    Wide(u64),
}

impl CsvError {
    /// The line it is in.
    pub const fn line(self) -> u64 {
        match self {
            Self::Unclosed(line) | Self::StrayQuote(line) | Self::Wide(line) => line,
        }
    }
}

/// The delimiter of a text, by its first line that is not empty.
pub fn delimiter(text: &str) -> char {
    let header = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let mut quoted = false;
    let mut counts = [0_usize; DELIMITERS.len()];
    for c in header.chars() {
        quoted ^= c == '"';
        if let Some(place) = DELIMITERS.iter().position(|delimiter| *delimiter == c && !quoted) {
            counts[place] += 1;
        }
    }
    // Of equally many the first wins: a comma.
    let most = (0..counts.len()).rev().max_by_key(|place| counts[*place]).unwrap_or_default();
    DELIMITERS[most]
}

/// The lines of a text, one after the other; empty ones are left out, and after a mistake there are no more.
pub fn records(text: &str, delimiter: char) -> Records<'_> {
    Records { reader: Some(Reader { rest: text.chars().peekable(), delimiter, line: 1 }) }
}

/// Lines that are read as they are asked for, so that a text takes no more room than itself.
pub struct Records<'a> {
    reader: Option<Reader<'a>>,
}

impl Iterator for Records<'_> {
    type Item = Result<Record, CsvError>;

    fn next(&mut self) -> Option<Self::Item> {
        let reader = self.reader.as_mut()?;
        loop {
            match reader.record().transpose()? {
                Ok(record) if record.fields.iter().all(String::is_empty) => {}
                Ok(record) => return Some(Ok(record)),
                Err(error) => {
                    self.reader = None;
                    return Some(Err(error));
                }
            }
        }
    }
}

/// A line of fields as [`records`] reads it back, without its end: bills to test with.
#[cfg(test)]
pub fn write(fields: &[impl AsRef<str>], delimiter: char) -> String {
    let special = |c: char| c == delimiter || matches!(c, '"' | '\n' | '\r');
    let quoted = |field: &str| {
        if field.contains(special) { format!("\"{}\"", field.replace('"', "\"\"")) } else { field.to_owned() }
    };
    fields.iter().map(|field| quoted(field.as_ref())).collect::<Vec<_>>().join(&delimiter.to_string())
}

struct Reader<'a> {
    rest: std::iter::Peekable<std::str::Chars<'a>>,
    delimiter: char,
    line: u64,
}

/// What comes after a field.
#[derive(PartialEq, Eq)]
enum After {
    Field,
    Line,
}

impl Reader<'_> {
    fn record(&mut self) -> Result<Option<Record>, CsvError> {
        if self.rest.peek().is_none() {
            return Ok(None);
        }
        let line = self.line;
        let mut fields = Vec::new();
        loop {
            let (field, after) = self.field()?;
            fields.push(field);
            if after == After::Line {
                return Ok(Some(Record { line, fields }));
            }
            if fields.len() >= FIELDS_MAX {
                return Err(CsvError::Wide(line));
            }
        }
    }

    fn field(&mut self) -> Result<(String, After), CsvError> {
        if self.rest.peek() == Some(&'"') {
            let field = self.quoted()?;
            let after = self.after().ok_or(CsvError::StrayQuote(self.line))?;
            return Ok((field, after));
        }
        let mut field = String::new();
        loop {
            if let Some(after) = self.after() {
                return Ok((field, after));
            }
            match self.rest.next() {
                Some('"') => return Err(CsvError::StrayQuote(self.line)),
                Some(c) => field.push(c),
                // The end of the text ends a line, which `after` has seen.
                None => return Ok((field, After::Line)),
            }
        }
    }

    /// Takes what ends a field, if it is here: a delimiter, the end of the line or of the text.
    fn after(&mut self) -> Option<After> {
        match self.rest.peek().copied() {
            Some(c) if c == self.delimiter => {
                self.rest.next();
                Some(After::Field)
            }
            Some('\n') => {
                self.rest.next();
                self.line += 1;
                Some(After::Line)
            }
            Some('\r') => {
                self.rest.next();
                if self.rest.peek() == Some(&'\n') {
                    self.rest.next();
                }
                self.line += 1;
                Some(After::Line)
            }
            Some(_) => None,
            None => Some(After::Line),
        }
    }

    fn quoted(&mut self) -> Result<String, CsvError> {
        let begins = self.line;
        self.rest.next();
        let mut field = String::new();
        loop {
            match self.rest.next() {
                Some('"') if self.rest.peek() == Some(&'"') => {
                    self.rest.next();
                    field.push('"');
                }
                Some('"') => return Ok(field),
                Some(c) => {
                    self.line += u64::from(c == '\n');
                    field.push(c);
                }
                None => return Err(CsvError::Unclosed(begins)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str, delimiter: char) -> Result<Vec<Record>, CsvError> {
        records(text, delimiter).collect()
    }

    fn fields(text: &str) -> Vec<Vec<String>> {
        let records = read(text, delimiter(text)).expect("well formed");
        records.into_iter().map(|record| record.fields).collect()
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(
            lines in prop::collection::vec(prop::collection::vec("[a-z,;|\"\t\r\n €0-9.]{0,12}", 1..8), 1..12),
            place in 0..DELIMITERS.len(),
        ) {
            let delimiter = DELIMITERS[place];
            let text = lines.iter().map(|line| format!("{}\r\n", write(line, delimiter))).collect::<String>();
            let records = read(&text, delimiter).unwrap();
            let kept: Vec<Vec<String>> = records.into_iter().map(|record| record.fields).collect();
            let expected: Vec<Vec<String>> = lines.into_iter().filter(|line| line.iter().any(|field| !field.is_empty())).collect();
            prop_assert_eq!(kept, expected);
        }

        #[test]
        fn any_text_is_lines_or_an_error_and_never_a_panic(text in "[\\x00-\\x7f€\"]{0,200}") {
            let _ = read(&text, delimiter(&text));
        }
    }

    #[test]
    fn the_delimiter_is_what_the_header_has_most_of() {
        for (header, found) in [
            ("day,model,amount", ','),
            ("\n day;model;amount\n1,5;2,5;3,5", ';'),
            ("day\tmodel, dated\tamount", '\t'),
            ("\"a,b,c,d\"|x|y", '|'),
            ("amount", ','),
            ("", ','),
        ] {
            assert_eq!(delimiter(header), found, "{header}");
        }
    }

    #[test]
    fn lines_keep_the_number_an_editor_shows() {
        let records = read("a,b\r\n\n\"x\ny\",2\nlast,", ',').expect("well formed");
        let lines: Vec<_> = records.iter().map(|record| record.line).collect();
        assert_eq!(lines, [1, 3, 5]);
        assert_eq!(fields("a,b\n\"x \"\"y\"\"\",2\n")[1], ["x \"y\"", "2"]);
    }

    #[test]
    fn what_is_not_closed_or_quoted_in_part_is_refused_with_its_line() {
        assert_eq!(read("a\n\"b\n\n", ','), Err(CsvError::Unclosed(2)));
        assert_eq!(read("a\nb\"c\"\n", ','), Err(CsvError::StrayQuote(2)));
        assert_eq!(read("a\n\"b\"c\n", ','), Err(CsvError::StrayQuote(2)));
        assert_eq!(read(&",".repeat(FIELDS_MAX), ','), Err(CsvError::Wide(1)));
    }
}
