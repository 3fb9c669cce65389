//! The real server, spoken to from outside only.

mod crash;
mod process;
mod startup;
