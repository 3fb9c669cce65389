//! Numbers in as many bytes as they need, seven bits in each, and texts that are written once.

use std::collections::HashMap;

use crate::id::SpanId;

/// Most items a list can be made ready for before they are read: what a list says of its own length is not believed.
const READY_MAX: usize = 1_000;

/// Writes.
#[derive(Default)]
pub(super) struct Writer {
    out: Vec<u8>,
    texts: HashMap<String, u64>,
}

impl Writer {
    pub fn number(&mut self, number: u64) {
        self.unsigned(number.into());
    }

    fn unsigned(&mut self, mut number: u128) {
        while number >= 0x80 {
            self.out.push((number & 0x7f) as u8 | 0x80);
            number >>= 7;
        }
        self.out.push(number as u8);
    }

    /// A number that may be negative: small ones of either sign are short.
    pub fn signed(&mut self, number: i64) {
        self.wide(number.into());
    }

    pub fn wide(&mut self, number: i128) {
        self.unsigned(((number << 1) ^ (number >> 127)) as u128);
    }

    pub fn code(&mut self, code: i16) {
        self.signed(code.into());
    }

    pub fn flag(&mut self, flag: bool) {
        self.out.push(flag.into());
    }

    pub fn id(&mut self, span_id: SpanId) {
        self.out.extend(span_id.to_bytes());
    }

    /// The text the first time, then its number.
    pub fn text(&mut self, text: &str) {
        if let Some(&known) = self.texts.get(text) {
            return self.number(known);
        }
        self.number(0);
        self.number(text.len() as u64);
        self.out.extend(text.as_bytes());
        self.texts.insert(text.to_owned(), self.texts.len() as u64 + 1);
    }

    pub fn option<T>(&mut self, value: Option<T>, write: impl FnOnce(&mut Self, T)) {
        self.flag(value.is_some());
        if let Some(value) = value {
            write(self, value);
        }
    }

    pub fn list<T>(&mut self, items: &[T], mut write: impl FnMut(&mut Self, &T)) {
        self.number(items.len() as u64);
        items.iter().for_each(|item| write(self, item));
    }

    pub fn finish(self) -> Vec<u8> {
        self.out
    }
}

/// Reads what a [`Writer`] wrote; `None` for anything else.
pub(super) struct Reader<'a> {
    rest: &'a [u8],
    texts: Vec<String>,
}

impl<'a> Reader<'a> {
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, texts: Vec::new() }
    }

    pub const fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }

    fn unsigned(&mut self) -> Option<u128> {
        let mut number = 0u128;
        for place in 0.. {
            let byte = self.byte()?;
            let bits = u128::from(byte & 0x7f);
            let shifted = bits.checked_shl(place * 7)?;
            if shifted >> (place * 7) != bits {
                return None;
            }
            number |= shifted;
            if byte < 0x80 {
                break;
            }
        }
        Some(number)
    }

    pub fn number(&mut self) -> Option<u64> {
        self.unsigned()?.try_into().ok()
    }

    pub fn size(&mut self) -> Option<usize> {
        self.number()?.try_into().ok()
    }

    pub fn signed(&mut self) -> Option<i64> {
        self.wide()?.try_into().ok()
    }

    pub fn wide(&mut self) -> Option<i128> {
        let number = self.unsigned()?;
        Some((number >> 1) as i128 ^ -((number & 1) as i128))
    }

    pub fn code(&mut self) -> Option<i16> {
        self.signed()?.try_into().ok()
    }

    pub fn flag(&mut self) -> Option<bool> {
        match self.byte()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }

    pub fn id(&mut self) -> Option<SpanId> {
        let (id, rest) = self.rest.split_at_checked(8)?;
        self.rest = rest;
        SpanId::from_slice(id).ok()
    }

    pub fn text(&mut self) -> Option<String> {
        let known = self.size()?;
        if known > 0 {
            return self.texts.get(known - 1).cloned();
        }
        let length = self.size()?;
        let (text, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        let text = std::str::from_utf8(text).ok()?.to_owned();
        self.texts.push(text.clone());
        Some(text)
    }

    pub fn option<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<Option<T>> {
        if self.flag()? { read(self).map(Some) } else { Some(None) }
    }

    pub fn list<T>(&mut self, mut read: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let length = self.size()?;
        let mut items = Vec::with_capacity(length.min(READY_MAX));
        for _ in 0..length {
            items.push(read(self)?);
        }
        Some(items)
    }
}
