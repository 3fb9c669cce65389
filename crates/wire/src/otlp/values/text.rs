//! A text field, read into place.

use bytes::{Buf, BufMut};
use model::attribute::Text;
use prost::DecodeError;
use prost::encoding::{WireType, decode_varint, encode_key, encode_varint, encoded_len_varint, key_len};

/// Writes the field, unless the text is empty, which is what is read when there is none.
pub(super) fn encode(tag: u32, text: &Text, to: &mut impl BufMut) {
    if !text.is_empty() {
        encode_set(tag, text, to);
    }
}

/// Writes the field even when the text is empty.
pub(super) fn encode_set(tag: u32, text: &Text, to: &mut impl BufMut) {
    encode_key(tag, WireType::LengthDelimited, to);
    encode_varint(text.len() as u64, to);
    to.put_slice(text.as_bytes());
}

/// Bytes that [`encode`] writes.
pub(super) fn encoded_len(tag: u32, text: &Text) -> usize {
    if text.is_empty() { 0 } else { encoded_len_set(tag, text) }
}

/// Bytes that [`encode_set`] writes.
pub(super) fn encoded_len_set(tag: u32, text: &Text) -> usize {
    key_len(tag) + encoded_len_varint(text.len() as u64) + text.len()
}

/// Reads the field; what is not UTF-8 is an error, as it is to prost.
pub(super) fn merge(wire_type: WireType, text: &mut Text, from: &mut impl Buf) -> Result<(), DecodeError> {
    if wire_type != WireType::LengthDelimited {
        return Err(error("a text is not length-delimited"));
    }
    let length = usize::try_from(decode_varint(from)?).ok().filter(|length| *length <= from.remaining());
    let length = length.ok_or_else(|| error("a text is cut off"))?;
    let utf8 = |bytes: &[u8]| std::str::from_utf8(bytes).map(Text::from).map_err(|_| error("a text is not UTF-8"));
    *text = match from.chunk().get(..length) {
        Some(bytes) => {
            let read = utf8(bytes)?;
            from.advance(length);
            read
        }
        None => utf8(&from.copy_to_bytes(length))?,
    };
    Ok(())
}

/// The only way there is to make one, and what derived messages use.
fn error(why: &'static str) -> DecodeError {
    #[expect(deprecated, reason = "prost has no other way to make an error")]
    DecodeError::new(why)
}
