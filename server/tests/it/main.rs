//! The real server, spoken to from outside only.

mod alerts;
mod clients;
mod crash;
mod events;
mod hostile;
mod process;
mod sample;
mod server;
mod sql;
mod startup;
mod traffic;
