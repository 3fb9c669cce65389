//! `DELETE /api/v1/bills/{id}`: takes an import out; what it had replaced counts again.

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};

use super::list::ImportLine;
use crate::api::Api;
use crate::api::parameters::Parameters;
use crate::api::problem::Problem;

/// The import afterwards; it stays in the list, with who took it out. 409 when it is out already.
pub async fn delete(
    State(api): State<Api>,
    path: Result<Path<String>, PathRejection>,
    parameters: Parameters,
) -> Result<Json<ImportLine>, Problem> {
    parameters.only(&["by"])?;
    let Path(text) = path?;
    let id: i64 =
        text.parse().map_err(|_| Problem::bad_request(format!("`{text}` is no import: expected a number")))?;
    let by = parameters.get("by").unwrap_or_default();
    let db = &api.pools.jobs;
    let deleted = store::bills::delete(db, id, by, (api.now)()).await?;
    let import = store::bills::imports(db, Some(id)).await?.pop();
    let import = import.ok_or_else(|| Problem::not_found(format!("there is no import {id}")))?;
    if !deleted {
        return Err(Problem::conflict(format!("import {id} is taken out already")));
    }
    Ok(Json(ImportLine::of(&import, false)))
}
