//! Cutting a file of many documents into chunks of whole ones, as its bytes come.

use super::Kind;
use crate::documents::{Role, Scanner};

/// Bytes of a chunk, about: small against the memory of a machine, large against what one batch costs to store.
const CHUNK_BYTES: usize = 4 * 1024 * 1024;

/// Bytes of one document: as many as a request may have.
const DOCUMENT_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Bytes taken at a time, so that a chunk is not longer than it has to be however much is fed at once.
const STEP_BYTES: usize = 64 * 1024;

/// Holds back the bytes of a document until its end has come.
#[derive(Debug)]
pub struct Splitter {
    boundaries: Boundaries,
    buffer: Vec<u8>,
    /// Where the last whole document in `buffer` ends.
    cut: usize,
    /// The line the buffer begins on.
    line: u64,
    /// The document that is being passed over, when there is one.
    passing: Option<Passing>,
    chunk_bytes: usize,
    document_bytes_max: usize,
}

/// A document that is too long: the line it begins on and its bytes so far.
#[derive(Debug, Clone, Copy)]
struct Passing {
    first_line: u64,
    bytes: u64,
}

/// How documents are told apart.
#[derive(Debug)]
enum Boundaries {
    Lines,
    Objects(Scanner),
}

/// What comes out of a [`Splitter`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Whole documents, for [`super::decode_chunk`].
    Documents(Chunk),
    /// A document that is longer than any may be was passed over.
    TooLong {
        /// The line it begins on, counted from 1.
        first_line: u64,
        /// Its bytes.
        bytes: u64,
    },
}

/// Whole documents of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chunk {
    /// The documents.
    pub bytes: Vec<u8>,
    /// The line of the file they begin on, counted from 1.
    pub first_line: u64,
}

impl Splitter {
    /// A splitter for files of this kind; `None` for kinds that are one document.
    pub fn new(kind: Kind) -> Option<Self> {
        Self::with_limits(kind, CHUNK_BYTES, DOCUMENT_BYTES_MAX)
    }

    /// The same with chunks of about `chunk_bytes`, and no document longer than `document_bytes_max`.
    pub fn with_limits(kind: Kind, chunk_bytes: usize, document_bytes_max: usize) -> Option<Self> {
        let boundaries = match kind {
            Kind::OtlpJsonLines | Kind::NativeLines => Boundaries::Lines,
            Kind::Console => Boundaries::Objects(Scanner::new()),
            _ => return None,
        };
        let (buffer, cut, line, passing) = (Vec::new(), 0, 1, None);
        Some(Self { boundaries, buffer, cut, line, passing, chunk_bytes, document_bytes_max })
    }

    /// Takes the next bytes of the file and gives what they complete.
    pub fn feed(&mut self, bytes: &[u8]) -> Vec<Part> {
        let mut parts = Vec::new();
        for step in bytes.chunks(STEP_BYTES.min(self.chunk_bytes)) {
            self.take(step, &mut parts);
            if self.cut >= self.chunk_bytes {
                parts.extend(self.chunk(self.cut));
            }
            if self.buffer.len() - self.cut > self.document_bytes_max {
                parts.extend(self.chunk(self.cut));
                self.passing = Some(Passing { first_line: self.line, bytes: self.buffer.len() as u64 });
                self.line += lines(&self.buffer);
                self.buffer.clear();
            }
        }
        parts
    }

    /// What is left at the end of the file.
    pub fn finish(mut self) -> Vec<Part> {
        let passed = self.passing.take().map(Part::from);
        let rest = self.chunk(self.buffer.len());
        passed.into_iter().chain(rest).collect()
    }

    /// What is whole when the rest of the file cannot be read.
    pub fn break_off(mut self) -> Vec<Part> {
        self.chunk(self.cut).into_iter().collect()
    }

    /// Adds bytes to the buffer, unless they belong to a document that is passed over.
    fn take(&mut self, step: &[u8], parts: &mut Vec<Part>) {
        let (first, last) = self.boundaries.within(step);
        let Some(mut passing) = self.passing.take() else {
            self.cut = last.map_or(self.cut, |last| self.buffer.len() + last);
            self.buffer.extend_from_slice(step);
            return;
        };
        let end = first.unwrap_or(step.len());
        let (over, rest) = step.split_at(end);
        passing.bytes += over.len() as u64;
        if first.is_none() {
            self.passing = Some(passing);
        } else {
            parts.push(passing.into());
        }
        self.line += lines(over);
        self.cut = last.map_or(0, |last| last - end);
        self.buffer.extend_from_slice(rest);
    }

    /// Gives the first `length` bytes of the buffer away.
    fn chunk(&mut self, length: usize) -> Option<Part> {
        let rest = self.buffer.split_off(length);
        let bytes = std::mem::replace(&mut self.buffer, rest);
        let first_line = self.line;
        self.line += lines(&bytes);
        self.cut = 0;
        (!bytes.trim_ascii().is_empty()).then_some(Part::Documents(Chunk { bytes, first_line }))
    }
}

impl From<Passing> for Part {
    fn from(passed: Passing) -> Self {
        Self::TooLong { first_line: passed.first_line, bytes: passed.bytes }
    }
}

impl Boundaries {
    /// Where the first and the last document that end in these bytes do.
    fn within(&mut self, bytes: &[u8]) -> (Option<usize>, Option<usize>) {
        match self {
            Self::Lines => {
                let is_end = |byte: &u8| *byte == b'\n';
                (bytes.iter().position(is_end).map(|at| at + 1), bytes.iter().rposition(is_end).map(|at| at + 1))
            }
            Self::Objects(scanner) => {
                let (mut first, mut last) = (None, None);
                for (at, &byte) in bytes.iter().enumerate() {
                    let end = match scanner.step(byte) {
                        // Whatever was open has been broken off here.
                        Role::First => Some(at),
                        Role::Last => Some(at + 1),
                        // Between objects a line may be torn off, too: nothing in it is read.
                        Role::Outside if byte == b'\n' => Some(at + 1),
                        Role::Outside | Role::Inside => None,
                    };
                    first = first.or(end);
                    last = end.or(last);
                }
                (first, last)
            }
        }
    }
}

fn lines(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|byte| **byte == b'\n').count() as u64
}

#[cfg(test)]
mod tests;
