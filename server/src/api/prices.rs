//! `GET /api/v1/prices`: which prices are in use, and whether the price file is.

use axum::Json;
use axum::extract::State;
use model::price::BookStatus;

use super::Api;
use super::parameters::Parameters;
use super::problem::Problem;

/// The built-in book, and the file in front of it with its entries in words.
pub async fn show(State(api): State<Api>, parameters: Parameters) -> Result<Json<BookStatus>, Problem> {
    parameters.only(&[])?;
    Ok(Json((api.prices)()))
}
