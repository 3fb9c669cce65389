//! Alerts over the API: read them, take them, silence them, close them.
//!
//! [`line`] is the shape of an alert, [`list`], [`show`] and [`trend`] read; [`change`] is what acknowledge, snooze, undo and resolve share.

pub mod acknowledge;
pub mod change;
pub mod line;
pub mod list;
pub mod resolve;
pub mod show;
pub mod snooze;
pub mod trend;
pub mod undo;
