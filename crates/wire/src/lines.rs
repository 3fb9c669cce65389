//! JSON by the line. Lines know nothing of each other, so a broken one is refused by its number and the others are read.

use crate::collect::Collector;
use crate::json;
use crate::raw::warn;
use crate::{DecodeError, Decoded, Rejected};

/// How the lines of a format are read.
pub struct Lines {
    /// What a body of them is, for errors.
    pub body: &'static str,
    /// What one of them is, for refusals.
    pub line: &'static str,
    /// Reads one, without what is around it.
    pub read: fn(&str, &mut Collector<'_>) -> Result<(), DecodeError>,
}

impl Lines {
    /// Reads lines of which the first one has this number. Blank lines are none.
    pub fn decode(&self, body: &[u8], first_line: u64) -> Result<Decoded, DecodeError> {
        let mut collector = Collector::whole(self.body);
        self.read_all(body, first_line, &mut collector)?;
        Ok(collector.decoded)
    }

    /// The same into a collector.
    pub fn read_all(&self, body: &[u8], first_line: u64, collector: &mut Collector<'_>) -> Result<(), DecodeError> {
        if body.trim_ascii().is_empty() {
            return Err(DecodeError::Empty { expected: self.body });
        }
        for (number, line) in (first_line..).zip(body.split(|byte| *byte == b'\n')) {
            collector.at(format!("line {number}: "));
            if let Err(error) = self.one(line, collector) {
                // The one error that is about the body and not about the line.
                if collector.is_full() {
                    return Err(error);
                }
                collector.refuse(Rejected::of("", self.words(error)))?;
            }
        }
        Ok(())
    }

    fn one(&self, line: &[u8], collector: &mut Collector<'_>) -> Result<(), DecodeError> {
        if line.trim_ascii().is_empty() {
            return Ok(());
        }
        let mut warnings = Vec::new();
        let text = json::prepare(line, self.line, &mut warnings)?;
        for warning in warnings {
            warn(&mut collector.decoded.warnings, warning);
        }
        (self.read)(&text, collector)
    }

    /// What an error of a whole body says about a line. A JSON error counts lines too, and for it there is only one.
    fn words(&self, error: DecodeError) -> String {
        match error {
            DecodeError::Malformed { reason, .. } => {
                format!("expected {}; {}", self.line, reason.replace(" at line 1 column ", " at column "))
            }
            DecodeError::WrongDoor { looks_like, advice } => format!("looks like {looks_like}; {advice}"),
            DecodeError::Empty { .. } => error.to_string(),
        }
    }
}
