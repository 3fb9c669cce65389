//! Rules of alerts: those of the file, and those that people and programs make here, which are kept in the database.
//!
//! [`line`] is a rule as it is shown, [`written`] as it is sent; [`trial`] says what one would have done.

pub mod delete;
pub mod list;
pub mod make;
pub mod replace;
pub mod trial;

mod line;
mod written;
