//! The vocabulary of the product and its pure rules.
//!
//! Everything here is plain data or a function of its arguments: no I/O, no clock, no randomness.
//! It compiles natively and to wasm, so the server and the browser mean the same thing by a span, a cost
//! or an alert. To add a rule, write a function of the types it needs and test it beside the code.

pub mod access;
pub mod alert;
pub mod anomaly;
pub mod attribute;
pub mod bill;
pub mod budget;
pub mod conversation;
pub mod cost;
pub mod dependency;
pub mod health;
pub mod id;
pub mod ingest;
pub mod masked;
pub mod owner;
pub mod price;
pub mod rejected;
pub mod repricing;
pub mod review;
pub mod ruling;
pub mod space;
pub mod span;
pub mod time;
pub mod trace;
pub mod usd;

pub use id::{SpanId, TraceId};
pub use span::Span;
pub use usd::{Usd, UsdSum};
