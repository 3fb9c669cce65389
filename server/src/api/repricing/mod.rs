//! Pricing stored calls again: look at what would change, then apply it.
//!
//! [`line`] is the shape of a run; [`start`] begins a dry run, [`show`] and [`list`] tell how far it is and what there was, and
//! [`apply`] writes it. The work is done by a background job.

pub mod apply;
pub mod line;
pub mod list;
pub mod show;
pub mod start;
