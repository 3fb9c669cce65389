//! The zstd frame around a payload. A frame names the dictionary it was made with; 0 is none.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;

use model::attribute::Attributes;
use prost::Message;
use zstd::bulk::{Compressor, Decompressor};

use super::attributes;
use super::dictionary::Dictionary;
use super::message::Payload;

/// Level 3: higher ones cost twice the time for a few per cent on messages of this size, lower ones save a tenth of it for
/// as many bytes more.
pub(super) const LEVEL: i32 = 3;

/// Most bytes a payload may unfold to: above any request body we take (64 MiB), so only a damaged frame reaches it.
const PAYLOAD_BYTES_MAX: usize = 96 * 1024 * 1024;

/// One message in so many is set aside for the training of a dictionary.
const SAMPLE_EVERY: usize = 16;

/// Longest message worth learning from: longer ones compress well without a dictionary.
const SAMPLE_BYTES_MAX: usize = 16 * 1024;

/// The first bytes of every zstd frame (RFC 8878, section 3.1.1). No payload message begins with them: they would read
/// as field 5 of a wire type it does not have.
const MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// Number of the field of a payload that holds the span's own attributes.
const ATTRIBUTES: u32 = 1;

/// Number of the one that holds those of its resource.
const RESOURCE: u32 = 2;

/// Compresses one payload after the other, reusing its working memory: making one takes longer than a hundred payloads.
pub struct Packer {
    dictionary: i32,
    compressor: Option<Compressor<'static>>,
    /// The last resource and its fields, encoded: spans of one request share few resources.
    resource: Option<(Arc<Attributes>, Vec<u8>)>,
    message: Vec<u8>,
    frame: Vec<u8>,
    /// Bytes of all messages so far.
    raw_bytes: u64,
    messages: usize,
    samples: Vec<Vec<u8>>,
}

impl Packer {
    /// Compresses with this dictionary.
    pub fn new(dictionary: &Dictionary) -> Self {
        // Fails only when memory is out; payloads are then kept as they are, which reads back as well.
        let compressor = Compressor::with_dictionary(LEVEL, dictionary.bytes()).ok();
        Self {
            dictionary: dictionary.id(),
            compressor,
            resource: None,
            message: Vec::new(),
            frame: Vec::new(),
            raw_bytes: 0,
            messages: 0,
            samples: Vec::new(),
        }
    }

    /// The dictionary it compresses with.
    pub const fn dictionary(&self) -> i32 {
        self.dictionary
    }

    /// Messages set aside since the last time, as they were before compression.
    pub fn take_samples(&mut self) -> Vec<Vec<u8>> {
        std::mem::take(&mut self.samples)
    }

    /// Bytes of all messages so far, before compression.
    pub(crate) const fn raw_bytes(&self) -> u64 {
        self.raw_bytes
    }

    /// Forgets what one batch shares: its memory is not to be held until the next.
    pub(crate) fn forget_resource(&mut self) {
        self.resource = None;
    }

    /// Appends the frame of `payload`, with `own` for its attributes and the fields of `resource`, to `to`.
    pub(super) fn pack(&mut self, payload: &Payload, own: &Attributes, resource: Arc<Attributes>, to: &mut Vec<u8>) {
        let known = self.resource.take().filter(|(last, _)| Arc::ptr_eq(last, &resource));
        let (resource, fields) = known.unwrap_or_else(|| {
            let mut fields = Vec::new();
            attributes::encode(RESOURCE, &resource, &mut fields);
            (resource, fields)
        });
        // Messages written one after the other read as one.
        self.message.clear();
        self.message.extend_from_slice(&fields);
        attributes::encode(ATTRIBUTES, own, &mut self.message);
        // A vector grows as it must: that cannot fail.
        let _ = payload.encode(&mut self.message);
        self.resource = Some((resource, fields));
        self.raw_bytes += self.message.len() as u64;
        self.messages += 1;
        if self.messages.is_multiple_of(SAMPLE_EVERY) && self.message.len() <= SAMPLE_BYTES_MAX {
            self.samples.push(self.message.clone());
        }
        self.frame.clear();
        self.frame.reserve(zstd::compress_bound(self.message.len()));
        let compressed = self.compressor.as_mut().map(|made| made.compress_to_buffer(&self.message, &mut self.frame));
        to.extend_from_slice(if matches!(compressed, Some(Ok(_))) { &self.frame } else { &self.message });
    }
}

/// Unfolds one payload after the other, with the dictionaries they name.
pub(crate) struct Unpacker {
    plain: Decompressor<'static>,
    trained: HashMap<i32, Decompressor<'static>>,
}

impl Unpacker {
    /// Knows the bundled dictionary and `others`.
    pub(crate) fn new(others: Vec<(i32, Vec<u8>)>) -> io::Result<Self> {
        let bundled = Dictionary::bundled();
        let mut trained = HashMap::from([(bundled.id(), Decompressor::with_dictionary(bundled.bytes())?)]);
        for (id, bytes) in others {
            trained.insert(id, Decompressor::with_dictionary(&bytes)?);
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn pack(packer: &mut Packer, payload: &Payload, resource: &Arc<Attributes>) -> Vec<u8> {
        let mut frame = Vec::new();
        packer.pack(payload, &Attributes::default(), resource.clone(), &mut frame);
        frame
    }

    #[test]
    fn payloads_of_any_making_are_read() {
        let message = Payload { scope_name: "scope ".repeat(20), ..Payload::default() };
        let bytes = message.encode_to_vec();
        let mut unpacker = Unpacker::new(Vec::new()).unwrap();
        let with_dictionary = pack(&mut Packer::new(Dictionary::bundled()), &message, &Arc::default());
        assert_eq!(dictionary_id(&with_dictionary), Some(Dictionary::bundled().id()));
        let without_dictionary = zstd::bulk::compress(&bytes, LEVEL).unwrap();
        for frame in [with_dictionary, without_dictionary, bytes.clone()] {
            assert_eq!(unpacker.unpack(&frame).unwrap(), bytes);
        }
    }

    #[test]
    fn each_span_keeps_its_own_resource() {
        let of = |name: &str| Arc::new(Attributes(vec![("service.name".into(), model::attribute::Value::from(name))]));
        let (left, right) = (of("left"), of("right"));
        let (mut packer, mut unpacker) = (Packer::new(Dictionary::bundled()), Unpacker::new(Vec::new()).unwrap());
        for resource in [&left, &left, &right, &left] {
            let bytes = unpacker.unpack(&pack(&mut packer, &Payload::default(), resource)).unwrap();
            let message = Payload::decode(bytes.as_slice()).unwrap();
            assert_eq!(attributes::restore(message.resource), **resource);
        }
    }
}
