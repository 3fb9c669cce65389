//! Signing in to the dashboard and out of it: plain forms, which work without JavaScript.

use std::sync::Arc;
use std::time::Duration;

use app::pages::sign_in::{self, Refused, destination};
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{DefaultBodyLimit, Query, Request, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use http::header::{ACCEPT, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderMap, HeaderValue, SET_COOKIE};
use http::{Method, StatusCode};
use leptos::prelude::Owner;
use leptos::server_fn::error::FromServerFnError;
use serde::Deserialize;
use tower_http::timeout::TimeoutLayer;

use crate::keys::KeyRing;
use crate::keys::ring::NotSignedIn;
use crate::keys::session::{COOKIE, SECONDS_MAX};
use crate::receive::rpc::{Code, Refusal};
use crate::security;

/// Bytes of the form: a key, and an address to come back to.
const FORM_BYTES_MAX: usize = 16 * 1024;

/// Longest it may take to arrive: whoever types it has done so before it is sent.
const FORM_MAX: Duration = Duration::from_secs(10);

/// No script, and nothing from elsewhere.
const CONTENT_POLICY: &str = "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; \
                              frame-ancestors 'none'";

/// What the two addresses share.
#[derive(Clone)]
struct SignIn {
    keys: Arc<KeyRing>,
    asset_version: &'static str,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Asked {
    key: String,
    to: String,
}

/// The routes, which nobody needs a key for.
pub fn routes(keys: Arc<KeyRing>, asset_version: &'static str) -> Router {
    Router::new()
        .route(sign_in::PATH, get(show).post(enter))
        .route("/sign-out", post(leave))
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, FORM_MAX))
        .with_state(SignIn { keys, asset_version })
}

async fn show(
    State(state): State<SignIn>,
    asked: Result<Query<Asked>, QueryRejection>,
    headers: HeaderMap,
) -> Response {
    // An address that cannot be read leads to the front page.
    let Query(asked) = asked.unwrap_or_default();
    // Whoever is signed in already has followed an old link.
    if state.keys.person(&headers).is_ok() {
        return Redirect::to(destination(&asked.to)).into_response();
    }
    state.page(&asked.to, None)
}

async fn enter(State(state): State<SignIn>, headers: HeaderMap, form: Result<Form<Asked>, FormRejection>) -> Response {
    let Form(asked) = match form {
        Ok(form) => form,
        Err(rejection) => return rejection.into_response(),
    };
    if !security::is_same_origin(&headers) {
        return state.page(&asked.to, Some(&Refused::Elsewhere));
    }
    if asked.key.trim().is_empty() {
        return state.page(&asked.to, Some(&Refused::Empty));
    }
    let refused = match state.keys.sign_in(&asked.key) {
        Ok(session) => return redirected(&asked.to, &headers, &session, SECONDS_MAX),
        Err(NotSignedIn::Open) => return Redirect::to(destination(&asked.to)).into_response(),
        Err(NotSignedIn::Unknown) => Refused::Unknown,
        Err(NotSignedIn::OfTenant(tenant)) => Refused::OfTenant(tenant),
        Err(NotSignedIn::MayNotRead(uses)) => Refused::MayNotRead(uses),
    };
    state.page(&asked.to, Some(&refused))
}

async fn leave(headers: HeaderMap) -> Response {
    if !security::is_same_origin(&headers) {
        return (StatusCode::FORBIDDEN, "a page of another site may not change anything here\n").into_response();
    }
    redirected(sign_in::PATH, &headers, "", 0)
}

/// Goes on to another page with a session, or without one.
fn redirected(to: &str, headers: &HeaderMap, session: &str, seconds: i64) -> Response {
    let to = if to == sign_in::PATH { to } else { destination(to) };
    let mut response = Redirect::to(to).into_response();
    // A proxy that speaks TLS says so; who only pretends keeps the cookie from themselves.
    let is_secure =
        headers.get("x-forwarded-proto").is_some_and(|proto| proto.as_bytes().eq_ignore_ascii_case(b"https"));
    let secure = if is_secure { "; Secure" } else { "" };
    let cookie = format!("{COOKIE}={session}; Path=/; Max-Age={seconds}; SameSite=Lax; HttpOnly{secure}");
    if let Ok(cookie) = HeaderValue::try_from(cookie) {
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    response
}

impl SignIn {
    fn page(&self, to: &str, refused: Option<&Refused>) -> Response {
        let status = if refused.is_some() { StatusCode::UNAUTHORIZED } else { StatusCode::OK };
        let html = Owner::new().with(|| sign_in::document(self.asset_version, to, refused));
        let headers = [(CONTENT_SECURITY_POLICY, CONTENT_POLICY), (CACHE_CONTROL, "no-store")];
        (status, headers, Html(html)).into_response()
    }
}

/// What whoever may not see a page gets: people the way to sign in, programs an error.
pub fn says_no(request: &Request, refusal: &Refusal) -> Response {
    let status = refusal.code.http_status();
    let accept = request.headers().get(ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    if accept.contains("text/html") && refusal.code == Code::Unauthenticated {
        let is_page = request.method() == Method::GET || request.method() == Method::HEAD;
        let to = if is_page { request.uri().path_and_query().map_or("/", |to| to.as_str()) } else { "/" };
        return Redirect::to(&format!("{}?to={}", sign_in::PATH, app::url_state::encode(destination(to))))
            .into_response();
    }
    if request.method() == Method::POST && refusal.code == Code::Unauthenticated {
        let json = [(CONTENT_TYPE, "application/json")];
        return (status, json, app::error::ApiError::SignedOut.ser()).into_response();
    }
    (status, format!("{}\n", refusal.message)).into_response()
}
