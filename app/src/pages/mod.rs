//! One folder per page: `mod.rs` the page, `api.rs` its server functions, one file per part.

pub mod alerts;
pub mod balance;
pub mod compare;
pub mod costs;
pub mod ingest;
pub mod map;
pub mod not_found;
pub mod overview;
pub mod settings;
pub mod sign_in;
pub mod trace;
pub mod traces;
