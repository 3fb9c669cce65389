//! How the API says no: `application/problem+json` (RFC 9457), with what was expected in `detail`.

use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use store::StoreError;

/// Seconds a client is asked to wait when the database is away: long enough to be no burden, short enough to be missed by nobody.
const RETRY_AFTER_SECONDS: u32 = 2;

/// An answer that is not the one asked for.
#[derive(Debug)]
pub struct Problem {
    status: StatusCode,
    detail: String,
    /// Extension members (RFC 9457, section 3.2).
    more: Map<String, Value>,
}

impl Problem {
    /// Any status; `detail` says what was expected.
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self { status, detail: detail.into(), more: Map::new() }
    }

    /// The request cannot be understood; `detail` says what was expected.
    pub fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    /// There is no such thing.
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, detail)
    }

    /// Somebody was first.
    pub fn conflict(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, detail)
    }

    /// Not now; worth trying again.
    pub fn unavailable(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, detail)
    }

    /// The same with an extension member, for programs.
    pub fn with(mut self, name: &str, value: Value) -> Self {
        self.more.insert(name.to_owned(), value);
        self
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut body = self.more;
        body.insert("type".into(), json!("about:blank"));
        body.insert("title".into(), json!(self.status.canonical_reason()));
        body.insert("status".into(), json!(self.status.as_u16()));
        body.insert("detail".into(), json!(self.detail));
        let content_type = (header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        let mut response = (self.status, [content_type], Value::Object(body).to_string()).into_response();
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(RETRY_AFTER_SECONDS));
        }
        response
    }
}

/// The client learns only whether to try again; the log has the rest.
impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        let unavailable = error.is_unavailable();
        tracing::error!(error = %format!("{:#}", anyhow::Error::from(error)), "an API request could not be answered");
        if unavailable {
            Self::unavailable("the database is not available right now; try again shortly")
        } else {
            Self::new(StatusCode::INTERNAL_SERVER_ERROR, "the server could not answer this; its log says why")
        }
    }
}

macro_rules! from_rejection {
    ($($rejection:ty),*) => {$(
        impl From<$rejection> for Problem {
            fn from(rejection: $rejection) -> Self {
                Self::new(rejection.status(), rejection.body_text())
            }
        }
    )*};
}
from_rejection!(JsonRejection, PathRejection, QueryRejection);

/// The answer to a method an endpoint does not have; the router adds the `Allow` header.
pub async fn no_such_method(method: Method, uri: Uri) -> Problem {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        format!("{method} {} is not possible; the Allow header says what is", uri.path()),
    )
}

/// The answer to every path under `/api/v1` that is not an endpoint.
pub async fn no_such_endpoint(uri: Uri) -> Problem {
    Problem::not_found(format!("there is no {} here; /api/v1/openapi.json lists what there is", uri.path()))
}
