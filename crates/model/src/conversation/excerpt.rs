//! A text that may have been cut, with the size it had.

use std::io::{self, Write};

use serde_json::Value as Json;

use super::bound::cut;
use super::json;
use super::media::data_uri;

/// Words or JSON of a message.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Excerpt {
    /// What is kept of it, from its beginning.
    pub text: String,
    /// Bytes of the whole.
    pub bytes: usize,
    /// It is JSON, laid out over lines; cut JSON ends in the middle.
    pub json: bool,
}

impl Excerpt {
    /// Bytes kept of one text: some pages of it.
    pub const BYTES_MAX: usize = 32 * 1024;

    /// Words as they are.
    pub fn words(text: &str) -> Self {
        Self { text: cut(text, Self::BYTES_MAX).to_owned(), bytes: text.len(), json: false }
    }

    /// A value: words as words, all else as JSON. Text in which there is JSON is taken for that.
    pub fn of(value: &Json) -> Self {
        match &*json::opened(value) {
            Json::Null => Self::default(),
            Json::String(text) => Self::words(text),
            other => Self::json(other),
        }
    }

    fn json(value: &Json) -> Self {
        let mut value = value.clone();
        leave_data_out(&mut value);
        let mut kept = Kept::default();
        // Neither the writer nor a value ever fails.
        let _ = serde_json::to_writer_pretty(&mut kept, &value);
        let text = String::from_utf8(kept.text).unwrap_or_else(|error| {
            let valid = error.utf8_error().valid_up_to();
            let mut bytes = error.into_bytes();
            bytes.truncate(valid);
            String::from_utf8(bytes).unwrap_or_default()
        });
        Self { text, bytes: kept.bytes, json: true }
    }

    /// Whether there is more than is kept.
    pub const fn is_cut(&self) -> bool {
        self.text.len() < self.bytes
    }

    /// Whether there is nothing.
    pub const fn is_empty(&self) -> bool {
        self.bytes == 0
    }

    /// Keeps no more than this.
    pub(super) fn shorten(&mut self, bytes_max: usize) {
        let kept = cut(&self.text, bytes_max).len();
        self.text.truncate(kept);
    }
}

/// Files within JSON become words about them. Values nest no deeper than their decoder lets them.
fn leave_data_out(value: &mut Json) {
    match value {
        Json::String(text) => {
            if let Some((kind, bytes)) = data_uri(text) {
                *text = format!("data of type {kind}, {bytes} bytes");
            }
        }
        Json::Array(items) => items.iter_mut().for_each(leave_data_out),
        Json::Object(members) => members.values_mut().for_each(leave_data_out),
        Json::Null | Json::Bool(_) | Json::Number(_) => {}
    }
}

/// Keeps the beginning of what is written and counts all of it.
#[derive(Default)]
struct Kept {
    text: Vec<u8>,
    bytes: usize,
}

impl Write for Kept {
    fn write(&mut self, written: &[u8]) -> io::Result<usize> {
        let room = Excerpt::BYTES_MAX - self.text.len();
        self.text.extend_from_slice(&written[..written.len().min(room)]);
        self.bytes = self.bytes.saturating_add(written.len());
        Ok(written.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
