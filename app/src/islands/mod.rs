//! What is drawn in the browser: the parts of pages that answer without asking the server.
//!
//! Everything else of a page is HTML from the server and costs the browser no code. An island is rendered there too, so
//! that it reads without JavaScript, and taken over when the browser code has loaded. Its properties travel in the HTML.
//! To add one: a file with an `#[island]`, and no more in it than has to answer at once.

#![expect(missing_docs, reason = "the macro `island` writes a struct for the properties without a word about it")]

pub mod balance;
pub mod packed;
pub mod readout;
pub mod settings;
pub mod status;
pub mod waterfall;
