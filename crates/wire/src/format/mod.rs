//! A format that spans come in, read whole or a slice at a time.

use crate::collect::Collector;
use crate::{DecodeError, Decoded};

/// How the bodies of one format are read.
#[derive(Clone, Copy)]
pub struct Format {
    /// What a body should be, for errors.
    pub(crate) expected: &'static str,
    /// Reads all of a body.
    pub(crate) read: fn(&[u8], &mut Collector<'_>) -> Result<(), DecodeError>,
}

impl Format {
    /// Reads a whole body. In memory its spans may be fifty times as large as it is: this is for bodies that are small, or
    /// that the caller trusts.
    pub fn decode(self, body: &[u8]) -> Result<Decoded, DecodeError> {
        let mut collector = Collector::whole(self.expected);
        (self.read)(body, &mut collector)?;
        Ok(collector.decoded)
    }

    /// Reads a body and hands its spans over as they are read, so that no more than a slice of them is ever held, whatever
    /// the body is made of. All slices together are what [`Self::decode`] gives.
    ///
    /// An error may come after some slices: what those hold was read and is right. Bytes that are broken are found before
    /// the first.
    pub fn decode_slices(self, body: &[u8], to: &mut dyn FnMut(Decoded)) -> Result<(), DecodeError> {
        let mut collector = Collector::slicing(self.expected, to);
        (self.read)(body, &mut collector)?;
        collector.finish();
        Ok(())
    }
}

#[cfg(test)]
mod tests;
