//! What a caller whose key is of one tenant is answered about: that tenant alone.

use axum::http::StatusCode;
use store::traces::Reader;

use super::problem::Problem;
use crate::keys::Caller;

/// Whose traces the caller may see.
pub fn reader(caller: &Caller) -> Reader<'_> {
    caller.own_space().map_or(Reader::Everything, Reader::Tenant)
}

/// The tenant to answer about, of the one that was asked for: the caller's own if it has one, and no other.
pub fn answered<'a>(caller: &'a Caller, asked: Option<&'a str>) -> Result<Option<&'a str>, Problem> {
    let Some(own) = caller.own_space().map(|own| own.tenant.as_str()) else { return Ok(asked) };
    match asked {
        Some(asked) if asked != own => {
            let words = format!("`tenant`: this key reads what is of {own:?} alone; expected that or no tenant");
            Err(Problem::new(StatusCode::FORBIDDEN, words))
        }
        _ => Ok(Some(own)),
    }
}
