//! The real server, spoken to from outside only.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on should stop where it is")]

mod alert_rules;
mod alert_rules_api;
mod alerts;
mod away;
mod books;
mod breakdown;
mod budgets;
mod cable;
mod clients;
mod clock;
mod crash;
mod demo;
mod disk;
mod doors;
mod events;
mod exact;
mod export;
mod fetched_prices;
mod flood;
mod grpc;
mod hostile;
mod import;
mod ingest;
mod kept_budgets;
mod keys;
mod large;
mod laws;
mod mail;
mod metrics;
mod money;
mod network;
mod notifications;
mod one_span;
mod prices;
mod process;
mod repricing;
mod sample;
mod server;
mod small_disk;
mod sql;
mod startup;
mod thousand;
mod traffic;
mod verdicts;
