//! Sums of money on their way from and to PostgreSQL: `numeric` without decimals, as text.

use crate::StoreError;

/// A `numeric` sum, cast to text by the statement.
pub(crate) fn pico(text: &str, table: &'static str) -> Result<i128, StoreError> {
    text.parse().map_err(|_| StoreError::Inconsistent { table, column: "cost_pico", id: text.to_owned() })
}
