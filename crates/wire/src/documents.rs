//! Where JSON objects begin and end in a stream of them that other lines may be mixed into, as on a program's output.
//!
//! Nothing is parsed: brackets are counted, outside of strings. An object begins where a line does or where the one before it
//! ended. A brace in the first column while an object is still open means that the open one was broken off: printers indent
//! what is inside an object, so only a new one stands there.

/// What a byte is to the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Between objects.
    Outside,
    /// The first byte of an object. If another was open, it was broken off just before.
    First,
    /// Within an object.
    Inside,
    /// The last byte of an object.
    Last,
}

/// Goes through a stream byte by byte.
#[derive(Debug, Clone)]
pub struct Scanner {
    depth: usize,
    in_string: bool,
    escaped: bool,
    /// Nothing stands before this byte on its line.
    first_column: bool,
    /// An object may begin here: nothing but blanks and objects stand before on the line.
    clean: bool,
}

impl Scanner {
    /// At the beginning of a stream.
    pub const fn new() -> Self {
        Self { depth: 0, in_string: false, escaped: false, first_column: true, clean: true }
    }

    /// The role of the next byte.
    pub fn step(&mut self, byte: u8) -> Role {
        let first_column = std::mem::replace(&mut self.first_column, byte == b'\n');
        let role = if byte == b'{' && (first_column || (self.depth == 0 && self.clean)) {
            (self.depth, self.in_string, self.escaped) = (1, false, false);
            Role::First
        } else if self.depth > 0 {
            self.inside(byte)
        } else {
            Role::Outside
        };
        self.clean = match role {
            Role::Outside => byte == b'\n' || (self.clean && byte.is_ascii_whitespace()),
            Role::First | Role::Inside => false,
            Role::Last => true,
        };
        role
    }

    fn inside(&mut self, byte: u8) -> Role {
        match byte {
            // JSON has no line break in a string, so an open one ends here, and something is broken.
            b'\n' => (self.in_string, self.escaped) = (false, false),
            _ if self.escaped => self.escaped = false,
            b'\\' if self.in_string => self.escaped = true,
            b'"' => self.in_string = !self.in_string,
            b'{' | b'[' if !self.in_string => self.depth += 1,
            b'}' | b']' if !self.in_string => {
                self.depth -= 1;
                if self.depth == 0 {
                    return Role::Last;
                }
            }
            _ => {}
        }
        Role::Inside
    }
}

/// An object of a stream, whole or broken off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Document<'a> {
    /// Its bytes.
    pub bytes: &'a [u8],
    /// The line it begins on, counted from 0.
    pub line: u64,
}

/// The objects of a stream, one after the other.
pub struct Documents<'a> {
    stream: &'a [u8],
    at: usize,
    line: u64,
    scanner: Scanner,
    /// Where the open object begins, and on which line.
    open: Option<(usize, u64)>,
    /// Something stands on this line outside of objects.
    other: bool,
    /// Lines so far on which something stands that belongs to no object.
    pub others: u64,
}

impl<'a> Documents<'a> {
    /// The objects of this stream.
    pub const fn of(stream: &'a [u8]) -> Self {
        Self { stream, at: 0, line: 0, scanner: Scanner::new(), open: None, other: false, others: 0 }
    }

    /// Ends the open object before the byte at `end`.
    fn close(&mut self, end: usize) -> Option<Document<'a>> {
        let (start, line) = self.open.take()?;
        Some(Document { bytes: self.stream.get(start..end)?, line })
    }

    fn end_line(&mut self) {
        self.line += 1;
        self.others += u64::from(std::mem::take(&mut self.other));
    }
}

impl<'a> Iterator for Documents<'a> {
    type Item = Document<'a>;

    fn next(&mut self) -> Option<Document<'a>> {
        while let Some(&byte) = self.stream.get(self.at) {
            let at = self.at;
            self.at += 1;
            let found = match self.scanner.step(byte) {
                Role::First => {
                    let broken_off = self.close(at);
                    self.open = Some((at, self.line));
                    broken_off
                }
                Role::Last => self.close(at + 1),
                Role::Outside => {
                    self.other |= !byte.is_ascii_whitespace();
                    None
                }
                Role::Inside => None,
            };
            if byte == b'\n' {
                self.end_line();
            }
            if found.is_some() {
                return found;
            }
        }
        self.others += u64::from(std::mem::take(&mut self.other));
        self.close(self.stream.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(stream: &str) -> (Vec<(u64, &str)>, u64) {
        let mut documents = Documents::of(stream.as_bytes());
        let found =
            documents.by_ref().map(|document| (document.line, std::str::from_utf8(document.bytes).unwrap())).collect();
        (found, documents.others)
    }

    #[test]
    fn objects_are_found_between_other_lines() {
        let stream = "INFO {x}\n{\n  \"a\": {\"}\": \"\\\"{\"}\n}\n  {\"b\": 1}{\"c\": [2]} {\"d\":3} tail\ndone";
        assert_eq!(
            found(stream),
            (
                vec![
                    (1, "{\n  \"a\": {\"}\": \"\\\"{\"}\n}"),
                    (4, "{\"b\": 1}"),
                    (4, "{\"c\": [2]}"),
                    (4, "{\"d\":3}"),
                ],
                3
            )
        );
    }

    #[test]
    fn an_object_that_was_broken_off_ends_where_the_next_begins() {
        assert_eq!(found("{\"a\": [1,\n{\"b\": 2}\n"), (vec![(0, "{\"a\": [1,\n"), (1, "{\"b\": 2}")], 0));
        assert_eq!(found("{\"a\": \"open\n{\"b\": 2}"), (vec![(0, "{\"a\": \"open\n"), (1, "{\"b\": 2}")], 0));
        assert_eq!(found("{\"a\": "), (vec![(0, "{\"a\": ")], 0));
    }
}
