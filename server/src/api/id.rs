//! Ids in paths: numbers, each of one sort of thing.

use axum::extract::rejection::PathRejection;
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;

use super::problem::Problem;

/// Makes a type for the ids of one sort of thing, with what is said when there is none and when the path holds no such id.
macro_rules! ids {
    ($($name:ident: $there_is_no:literal, $is_no:literal;)+) => {$(
        #[doc = concat!("The id in the path: there may be ", $there_is_no, " with it.")]
        #[derive(Debug, Clone, Copy)]
        pub struct $name(pub i64);

        impl $name {
            pub fn not_found(self) -> Problem {
                Problem::not_found(format!(concat!("there is ", $there_is_no, " {}"), self.0))
            }
        }

        impl<S: Send + Sync> FromRequestParts<S> for $name {
            type Rejection = Problem;

            async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
                number(parts, state, $is_no).await.map(Self)
            }
        }
    )+};
}

ids! {
    AlertId: "no alert", "no alert id";
    AlertRuleId: "no rule made here with the id", "no id of a rule";
    RepricingId: "no repricing", "no repricing id";
    OverrideId: "no override", "no id of an override";
}

async fn number<S: Send + Sync>(parts: &mut Parts, state: &S, is_no: &str) -> Result<i64, Problem> {
    let path: Result<Path<String>, PathRejection> = Path::from_request_parts(parts, state).await;
    let Path(text) = path?;
    text.parse().map_err(|_| Problem::bad_request(format!("`{text}` is {is_no}: expected a number")))
}
