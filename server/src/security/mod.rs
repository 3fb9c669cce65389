//! What browsers are told and asked, so that a page elsewhere cannot act in a user's name here.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::{
    CONTENT_SECURITY_POLICY, HOST, HeaderMap, HeaderName, HeaderValue, ORIGIN, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use tower_http::set_header::SetResponseHeaderLayer;

pub mod host;

/// Headers every answer carries.
pub fn headers() -> tower::layer::util::Stack<
    SetResponseHeaderLayer<HeaderValue>,
    tower::layer::util::Stack<SetResponseHeaderLayer<HeaderValue>, SetResponseHeaderLayer<HeaderValue>>,
> {
    let set = |name: HeaderName, value| SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value));
    tower::layer::util::Stack::new(
        set(X_CONTENT_TYPE_OPTIONS, "nosniff"),
        tower::layer::util::Stack::new(set(X_FRAME_OPTIONS, "DENY"), set(REFERRER_POLICY, "same-origin")),
    )
}

/// Within a page being rendered: allows its own scripts by nonce, WebAssembly, and nothing from elsewhere.
pub fn content_policy() {
    let (Some(nonce), Some(response)) =
        (leptos::nonce::use_nonce(), leptos::prelude::use_context::<leptos_axum::ResponseOptions>())
    else {
        return;
    };
    // Bars of the waterfall are placed by `style` attributes with a computed left and width; those take no nonce.
    let policy = format!(
        "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; \
         img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    );
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        response.insert_header(CONTENT_SECURITY_POLICY, policy);
    }
}

/// Refuses what a browser sends from another site's page. Programs send neither header and pass.
pub async fn same_origin(request: Request, next: Next) -> Response {
    if request.method().is_safe() || is_same_origin(request.headers()) {
        return next.run(request).await;
    }
    (StatusCode::FORBIDDEN, "a page of another site may not change anything here\n").into_response()
}

/// Whether a request is one of a page of ours, or of a program.
pub fn is_same_origin(headers: &HeaderMap) -> bool {
    let text = |name: &HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("unreadable"));
    // Not among the http crate's names yet; browsers set it themselves, scripts cannot.
    let site = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
    if site.is_some_and(|site| site != b"same-origin" && site != b"none") {
        return false;
    }
    match (text(&ORIGIN), text(&HOST)) {
        (None, _) => true,
        (Some(origin), Some(host)) => origin.split_once("://").is_some_and(|(_, from)| from.eq_ignore_ascii_case(host)),
        (Some(_), None) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked_with(pairs: &[(&'static str, &'static str)]) -> bool {
        let headers =
            pairs.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        is_same_origin(&headers.collect())
    }

    #[test]
    fn our_own_pages_and_programs_may_change_things() {
        assert!(asked_with(&[("host", "127.0.0.1:8080"), ("origin", "http://127.0.0.1:8080")]));
        assert!(asked_with(&[("host", "127.0.0.1:8080"), ("sec-fetch-site", "same-origin")]));
        assert!(asked_with(&[("host", "127.0.0.1:8080")]));
    }

    #[test]
    fn pages_of_other_sites_may_not() {
        assert!(!asked_with(&[("host", "127.0.0.1:8080"), ("origin", "https://evil.example")]));
        assert!(!asked_with(&[("host", "127.0.0.1:8080"), ("origin", "http://127.0.0.1:9999")]));
        assert!(!asked_with(&[("host", "127.0.0.1:8080"), ("origin", "null")]));
        assert!(!asked_with(&[("host", "127.0.0.1:8080"), ("sec-fetch-site", "cross-site")]));
        assert!(!asked_with(&[("origin", "http://127.0.0.1:8080")]));
    }
}
