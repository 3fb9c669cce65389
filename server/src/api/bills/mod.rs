//! Bills of providers: bring one in, see which there are, take one out.
//!
//! [`import`] reads a file as a program or a form sends it, [`list`] tells what is kept, [`delete`] takes an import out again.
//! What the bills say beside our figures is [`super::balance::bills`].

pub mod delete;
mod form;
pub mod import;
pub mod list;
