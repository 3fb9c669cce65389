//! The real server, spoken to from outside only.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on should stop where it is")]

mod alerts;
mod budgets;
mod clients;
mod crash;
mod demo;
mod doors;
mod events;
mod exact;
mod grpc;
mod hostile;
mod import;
mod ingest;
mod metrics;
mod process;
mod sample;
mod server;
mod sql;
mod startup;
mod traffic;
