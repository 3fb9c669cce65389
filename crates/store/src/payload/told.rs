//! Attributes and events of a span, or its events alone, without the rest of its payload.

use model::attribute::Attributes;
use model::span::Event;
use model::time::UnixNanos;
use prost::Message;

use super::{Unpacker, attributes, message, restore_event};

/// What the span itself and its events say; `Err` says the payload cannot be read.
pub(crate) fn told(frame: &[u8], unpacker: &mut Unpacker) -> Result<(Attributes, Vec<Event>), String> {
    let bytes = unpacker.unpack(frame).map_err(|error| error.to_string())?;
    let told = message::Told::decode(bytes.as_slice()).map_err(|error| error.to_string())?;
    Ok((attributes::restore(told.attributes), told.events.into_iter().map(restore_event).collect()))
}

/// When something happened, and what it is called; `Err` likewise.
pub(crate) fn events(frame: &[u8], unpacker: &mut Unpacker) -> Result<Vec<(UnixNanos, String)>, String> {
    let bytes = unpacker.unpack(frame).map_err(|error| error.to_string())?;
    let happened = message::Happened::decode(bytes.as_slice()).map_err(|error| error.to_string())?;
    Ok(happened.events.into_iter().map(|event| (UnixNanos(event.time), event.name)).collect())
}
