//! Protobuf one field at a time, without building the messages around it.
//!
//! The envelope of a request is read this way: two bytes of empty message would otherwise become a struct of dozens.

/// One field of a message as it is on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field<'a> {
    /// Its number.
    pub number: u64,
    /// Its wire type: [`FIXED64`], [`LENGTH_DELIMITED`], ...
    pub kind: u64,
    /// The bytes of a length-delimited field; empty for the others.
    pub payload: &'a [u8],
}

/// Wire type of fixed 64-bit numbers.
pub const FIXED64: u64 = 1;

/// Wire type of texts, bytes and messages.
pub const LENGTH_DELIMITED: u64 = 2;

/// The bytes are not well-formed protobuf.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a field is cut off or of a kind that protobuf does not have")]
pub struct Broken;

/// The fields of a message, in order; ends after the first broken one.
pub struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    /// The fields of the message in these bytes.
    pub const fn of(message: &'a [u8]) -> Self {
        Self(message)
    }

    /// What has not been read yet.
    pub const fn rest(&self) -> &'a [u8] {
        self.0
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Result<Field<'a>, Broken>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let field = field(&mut self.0);
        if field.is_none() {
            self.0 = &[];
        }
        Some(field.ok_or(Broken))
    }
}

/// The payloads of the length-delimited fields with this number.
pub fn messages(message: &[u8], number: u64) -> impl Iterator<Item = Result<&[u8], Broken>> {
    Fields::of(message).filter_map(move |field| match field {
        Ok(field) if field.number == number && field.kind == LENGTH_DELIMITED => Some(Ok(field.payload)),
        Ok(_) => None,
        Err(broken) => Some(Err(broken)),
    })
}

/// Number and payload of a message's first field, when that is length-delimited; of a message that is cut off, as much of the
/// payload as there is.
pub fn first(message: &[u8]) -> Option<(u64, &[u8])> {
    let mut rest = message;
    let tag = varint(&mut rest)?;
    let length = usize::try_from(varint(&mut rest)?).ok()?;
    (tag & 7 == LENGTH_DELIMITED).then_some((tag >> 3, rest.get(..length).unwrap_or(rest)))
}

fn field<'a>(bytes: &mut &'a [u8]) -> Option<Field<'a>> {
    let tag = varint(bytes)?;
    let (number, kind) = (tag >> 3, tag & 7);
    let length = match kind {
        0 => varint(bytes).map(|_| 0)?,
        FIXED64 => 8,
        LENGTH_DELIMITED => usize::try_from(varint(bytes)?).ok()?,
        5 => 4,
        // Groups went out of use before OTLP began.
        _ => return None,
    };
    let (payload, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    Some(Field { number, kind, payload: if kind == LENGTH_DELIMITED { payload } else { &[] } })
}

fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0u64;
    // A 64-bit varint has at most ten bytes of seven bits.
    for shift in (0..70).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(byte & 0x7f).checked_shl(shift).unwrap_or(0);
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_in_order_and_a_cut_one_ends_them() {
        let message = [0x08, 0x96, 0x01, 0x12, 2, b'h', b'i', 0x1d, 1, 2, 3, 4, 0x12, 9, b'x'];
        let fields: Vec<_> = Fields::of(&message).collect();
        let field = |number, kind, payload| Ok(Field { number, kind, payload });
        assert_eq!(fields, [field(1, 0, &[][..]), field(2, LENGTH_DELIMITED, b"hi"), field(3, 5, &[]), Err(Broken)]);
    }

    #[test]
    fn a_number_of_more_than_ten_bytes_is_broken() {
        assert_eq!(Fields::of(&[0xff; 11]).next(), Some(Err(Broken)));
        assert_eq!(Fields::of(&[0x0b]).next(), Some(Err(Broken)), "a group");
    }
}
