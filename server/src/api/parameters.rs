//! The query string of a request: named values, each understood or refused.

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use chrono::{DateTime, Utc};
use model::time::{TimeRange, parse_point};

use super::problem::Problem;

/// Parameters as they came, decoded. An empty value is as good as none: forms send them.
pub struct Parameters(pub Vec<(String, String)>);

impl<S: Send + Sync> FromRequestParts<S> for Parameters {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Query(pairs) = Query::<Vec<(String, String)>>::from_request_parts(parts, state).await?;
        Ok(Self(pairs.into_iter().filter(|(_, value)| !value.is_empty()).collect()))
    }
}

impl Parameters {
    /// Refuses what the endpoint does not know: a mistyped filter must not silently match everything.
    pub fn only(&self, known: &[&str]) -> Result<(), Problem> {
        match self.0.iter().find(|(name, _)| !known.contains(&name.as_str())) {
            Some((name, _)) => {
                Err(Problem::bad_request(format!("unknown parameter `{name}`; expected one of {}", known.join(", "))))
            }
            None => Ok(()),
        }
    }

    /// The value of a parameter; of several the last counts.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().rev().find(|(candidate, _)| candidate == name).map(|(_, value)| value.as_str())
    }

    /// `from` and `to`, by default the `seconds` before `now`.
    pub fn range(&self, seconds: i64, now: DateTime<Utc>) -> Result<TimeRange, Problem> {
        let to = self.point("to", now)?.unwrap_or(now);
        let from = self.point("from", now)?.unwrap_or_else(|| TimeRange::last_seconds(seconds, to).from);
        if from < to { Ok(TimeRange { from, to }) } else { Err(Problem::bad_request("`from` must be before `to`")) }
    }

    fn point(&self, name: &str, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, Problem> {
        self.get(name)
            .map(|text| parse_point(text, now).map_err(|error| Problem::bad_request(format!("`{name}`: {error}"))))
            .transpose()
    }
}
