//! Figures as text: the one place where money, durations, counts and times become words.
//!
//! Server and browser share it, so a figure reads the same however it was rendered.

pub mod duration;
pub mod money;
pub mod number;
pub mod time;
