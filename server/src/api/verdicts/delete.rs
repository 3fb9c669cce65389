//! `DELETE /api/v1/verdicts/{id}`: takes an override away, for what is settled from now on.

use axum::Json;
use axum::extract::State;
use model::alert::hold::Person;

use super::line::OverrideLine;
use crate::api::Api;
use crate::api::alerts::change;
use crate::api::id::OverrideId;
use crate::api::parameters::Parameters;
use crate::api::problem::Problem;

/// The override afterwards; it stays in the list, with who took it away. 409 when it is taken away already.
pub async fn delete(
    State(api): State<Api>,
    id: OverrideId,
    parameters: Parameters,
) -> Result<Json<OverrideLine>, Problem> {
    parameters.only(&["by"])?;
    let person = Person::new(parameters.get("by").unwrap_or_default(), "").map_err(change::problem)?;
    let db = &api.pools.jobs;
    let deleted = store::overrides::delete(db, id.0, person.by(), (api.now)()).await?;
    let one = store::overrides::get(db, id.0).await?.ok_or_else(|| id.not_found())?;
    if !deleted {
        let by = one.deleted.map(|(by, _)| by).unwrap_or_default();
        return Err(Problem::conflict(format!("{by} has taken override {} away already", id.0)));
    }
    Ok(Json(one.into()))
}
