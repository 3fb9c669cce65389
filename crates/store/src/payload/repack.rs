//! A payload with another cost in it: what prices say of a call is kept with it, and changes when it is priced again.

use std::collections::HashMap;
use std::sync::Arc;

use model::attribute::Attributes;
use model::cost::Cost;
use prost::Message;

use super::dictionary::Dictionary;
use super::frame::{Packer, Unpacker, dictionary_id};
use super::{attributes, keep_derived, message};

/// How a derived cost comes about, as it is kept on its own: note, lines and revision.
pub(crate) fn explanation(cost: &Cost) -> Vec<u8> {
    let derived = cost.derived.clone().map(keep_derived);
    message::Cost { note: cost.note.clone(), derived, ..message::Cost::default() }.encode_to_vec()
}

/// Takes one payload after the other apart and puts it together again, each with the dictionary it was made with.
pub(crate) struct Repacker {
    unpacker: Unpacker,
    dictionaries: HashMap<i32, Dictionary>,
    packers: HashMap<i32, Packer>,
}

impl Repacker {
    /// Knows the bundled dictionary and `others`.
    pub(crate) fn new(others: Vec<(i32, Vec<u8>)>) -> std::io::Result<Self> {
        let unpacker = Unpacker::new(others.clone())?;
        let read = others.into_iter().filter_map(|(id, bytes)| Some((id, Dictionary::read(bytes)?)));
        Ok(Self { unpacker, dictionaries: read.collect(), packers: HashMap::new() })
    }

    /// The payload with this [explanation] of its cost; what the client reported stays.
    pub(crate) fn reprice(&mut self, frame: &[u8], explanation: &[u8]) -> Result<Vec<u8>, String> {
        let bytes = self.unpacker.unpack(frame).map_err(|error| error.to_string())?;
        let mut payload = message::Payload::decode(bytes.as_slice()).map_err(|error| error.to_string())?;
        let new = message::Cost::decode(explanation).map_err(|error| error.to_string())?;
        let old = payload.cost.take().unwrap_or_default();
        let cost = message::Cost { reported_pico: old.reported_pico, accumulated_pico: old.accumulated_pico, ..new };
        payload.cost = (cost != message::Cost::default()).then_some(cost);
        let resource = Arc::new(attributes::restore(std::mem::take(&mut payload.resource)));
        let mut repacked = Vec::with_capacity(frame.len());
        // Its own attributes are in the message it was unfolded to.
        self.packer(frame).pack(&payload, &Attributes::default(), resource, &mut repacked);
        Ok(repacked)
    }

    fn packer(&mut self, frame: &[u8]) -> &mut Packer {
        let id = dictionary_id(frame).unwrap_or_default();
        let dictionary = self.dictionaries.get(&id).unwrap_or(Dictionary::bundled());
        self.packers.entry(id).or_insert_with(|| Packer::new(dictionary))
    }
}
