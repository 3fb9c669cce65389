//! Budgets: what was spent of them, answered from memory in well under a millisecond, so that a program can ask before it
//! spends and stop itself.

pub mod list;
pub mod show;

mod line;

use std::sync::Arc;

use model::budget::Reading;

use super::Api;
use super::problem::Problem;

/// The latest reading. Until there is one nobody knows what was spent, and nothing is not the same as unknown.
fn reading(api: &Api) -> Result<Arc<Reading>, Problem> {
    (api.budgets)().ok_or_else(|| Problem::unavailable("budgets have not been read yet; try again shortly"))
}
