//! Budgets: what was spent of them, answered from memory in well under a millisecond, so that a program can ask before it
//! spends and stop itself; and budgets that people make here, which are kept in the database.

pub mod changes;
pub mod delete;
pub mod list;
pub mod make;
pub mod replace;
pub mod show;

mod line;
mod rule;
mod written;

use std::sync::Arc;

use model::budget::Reading;

use super::Api;
use super::problem::Problem;

/// The latest reading. Until there is one nobody knows what was spent, and nothing is not the same as unknown.
fn reading(api: &Api) -> Result<Arc<Reading>, Problem> {
    api.budgets.reading().ok_or_else(|| Problem::unavailable("budgets have not been read yet; try again shortly"))
}
