//! Everything that is kept in PostgreSQL, one module per noun.
//!
//! Functions take an executor or a pool and domain types of `model`; nothing here prices, samples or alerts.
//! To add a table: a migration with commented columns, a module named after it, tests on a real database.

pub mod alerts;
pub mod balance;
pub mod connect;
pub mod costs;
pub mod dependencies;
pub mod error;
pub mod finalise;
pub mod ingest;
pub mod jobs;
pub mod outbox;
pub mod partitions;
pub mod spans;
pub mod tenants;
pub mod traces;

pub use connect::{MIGRATOR, Pools};
pub use error::StoreError;

/// A pool of connections, for callers that have no business with the driver.
pub use sqlx::PgPool as Db;
