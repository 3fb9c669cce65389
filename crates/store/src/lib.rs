//! Everything that is kept in PostgreSQL, one module per noun.
//!
//! Functions take an executor or a pool and domain types of `model`; nothing here prices, samples or alerts.
//! To add a table: a migration with commented columns, a module named after it, tests on a real database.
//!
//! Fixed statements are checked at compile time against `.sqlx` (kept in the repository, so nobody needs a database to
//! build). After changing one, or a migration, write `.sqlx` again: `cargo xtask sqlx-prepare`.
//!
//! Statements that are put together, that copy, or that take a dozen arrays are checked by the tests only.

pub mod alerts;
pub mod balance;
pub mod bills;
mod booked;
pub mod budgets;
pub mod connect;
pub mod costs;
pub mod dependencies;
#[cfg(test)]
mod documented_statements;
pub mod drift;
pub mod error;
pub mod fetched_prices;
pub mod finalise;
mod grains;
pub mod ingest;
pub mod jobs;
mod names;
pub mod notifications;
mod numeric;
pub mod outbox;
pub mod overrides;
pub mod partitions;
pub mod payload;
mod readers;
pub mod rejected;
pub mod repricing;
pub mod reviews;
mod session;
pub mod sessions;
mod sketch;
pub mod spaces;
pub mod spans;
pub mod spend;
pub mod tenants;
#[cfg(test)]
mod testing;
pub mod traces;
pub mod unpriced;

pub use connect::{MIGRATOR, Pools};
pub use error::StoreError;
pub use readers::Readers;

/// A pool of connections, for callers that have no business with the driver.
pub use sqlx::PgPool as Db;

/// The row of `dim_tenant` that stands for "nobody": the migration makes it.
const UNATTRIBUTED: i32 = 1;

/// Microseconds from 1970 to 2000, where PostgreSQL's timestamps begin.
const POSTGRES_EPOCH_US: i64 = 946_684_800_000_000;
