//! The zstd frame around a payload. A frame names the dictionary it was made with; 0 is none.

use std::collections::HashMap;
use std::io;

use zstd::bulk::{Compressor, Decompressor};

/// Level 3: higher ones cost twice the time for a few per cent on messages of this size.
const LEVEL: i32 = 3;

/// Most bytes a payload may unfold to: above any request body we take (64 MiB), so only a damaged frame reaches it.
const PAYLOAD_BYTES_MAX: usize = 96 * 1024 * 1024;

/// The first bytes of every zstd frame (RFC 8878, section 3.1.1). No payload message begins with them: they would read
/// as field 5 of a wire type it does not have.
const MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// Compresses one payload after the other, reusing its working memory.
pub(crate) struct Packer(Option<Compressor<'static>>);

impl Packer {
    pub(crate) fn new() -> Self {
        // Making one fails only when memory is out; payloads are then kept as they are, which reads back as well.
        Self(Compressor::new(LEVEL).ok())
    }

    /// Appends the frame of `message` to `to`.
    pub(super) fn pack(&mut self, message: &[u8], to: &mut Vec<u8>) {
        let framed = self.0.as_mut().and_then(|compressor| compressor.compress(message).ok());
        to.extend_from_slice(framed.as_deref().unwrap_or(message));
    }
}

/// Unfolds one payload after the other, with the dictionaries they name.
pub(crate) struct Unpacker {
    plain: Decompressor<'static>,
    trained: HashMap<i32, Decompressor<'static>>,
}

impl Unpacker {
    pub(crate) fn new(dictionaries: Vec<(i32, Vec<u8>)>) -> io::Result<Self> {
        let trained = dictionaries
            .into_iter()
            .map(|(id, bytes)| Decompressor::with_dictionary(&bytes).map(|made| (id, made)))
            .collect::<io::Result<_>>()?;
        Ok(Self { plain: Decompressor::new()?, trained })
    }

    pub(super) fn unpack(&mut self, frame: &[u8]) -> io::Result<Vec<u8>> {
        if !frame.starts_with(&MAGIC) {
            return Ok(frame.to_vec());
        }
        let decompressor = match dictionary_id(frame) {
            None => &mut self.plain,
            Some(id) => {
                self.trained.get_mut(&id).ok_or_else(|| io::Error::other(format!("dictionary {id} is lost")))?
            }
        };
        decompressor.decompress(frame, PAYLOAD_BYTES_MAX)
    }
}

/// The dictionary a frame was made with; `None` is none.
pub(crate) fn dictionary_id(frame: &[u8]) -> Option<i32> {
    zstd::zstd_safe::get_dict_id_from_frame(frame).and_then(|id| i32::try_from(id.get()).ok())
}
