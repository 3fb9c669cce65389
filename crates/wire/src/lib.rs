//! Bytes in, spans out: every protocol the product is spoken to in.
//!
//! A protocol turns a request body into [`Decoded`]: [`RawSpan`]s that say what the sender said, plus what had to be
//! refused. [`normalise::span`] then reads one meaning out of the many attribute dialects. Nothing here does I/O, and
//! no bytes whatsoever make it panic: broken input is a [`DecodeError`] for the whole body or a [`Rejected`] for one span.
//!
//! A small body is read whole, a large one a slice at a time ([`Format`]), so that memory does not follow what it is made of.
//!
//! To add a protocol: a module with a `FORMAT`, which gathers its spans in a `collect::Collector`; a kind in [`file`](mod@file) if it is ever kept in one; a target in `fuzz/`. To add an attribute
//! dialect: a file in [`normalise`], which tells how.

pub mod console;
pub mod decoded;
pub mod export;
pub mod file;
pub mod format;
pub mod jaeger;
pub mod native;
pub mod normalise;
pub mod otlp;
pub mod raw;
pub mod zipkin;

pub use decoded::{DecodeError, Decoded, Rejected};
pub use format::Format;
pub use raw::RawSpan;

mod collect;
mod documents;
mod fields;
mod ids;
mod json;
mod lines;
mod mend;
mod origins;
mod resource;
mod shared;
mod tagged;
mod weight;
