//! The browser's code and style: embedded in a release build, read from `target/site` in a development build.

use std::borrow::Cow;

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, HeaderMap, HeaderValue, IF_NONE_MATCH, VARY,
};
use rust_embed::{EmbeddedFile, RustEmbed};
use serde::Deserialize;

#[derive(RustEmbed)]
#[folder = "../target/site/pkg"]
struct Site;

/// What decides the version: it changes when any of these does.
const VERSIONED: [&str; 4] = ["frontend.js", "frontend_bg.wasm", "news.js", "main.css"];
/// Precompressed siblings, best first.
const ENCODINGS: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];

/// The assets of this build.
#[derive(Debug, Clone, Copy)]
pub struct Assets {
    version: &'static str,
}

/// The version a link asks for.
#[derive(Debug, Deserialize)]
pub struct Asked {
    v: Option<String>,
}

impl Assets {
    /// Looks at what there is. Without assets pages still work: they are served as HTML.
    pub fn load() -> Self {
        let mut version = String::new();
        for file in VERSIONED {
            match Site::get(file) {
                Some(file) => version += &hex(&file.metadata.sha256_hash()[..4]),
                None => {
                    tracing::warn!("{file} is missing: pages will not come alive; build it with `cargo xtask build`")
                }
            }
        }
        // Once per server; every page rendered refers to it.
        Self { version: version.leak() }
    }

    /// Changes whenever an asset does; links carry it, so that browsers may keep assets for ever.
    pub const fn version(self) -> &'static str {
        self.version
    }
}

/// `GET /pkg/{path}?v=VERSION`
pub async fn serve(
    State(assets): State<Assets>,
    Path(path): Path<String>,
    Query(asked): Query<Asked>,
    request: HeaderMap,
) -> Response {
    let Some((file, encoding)) = best(&path, &request) else {
        return (StatusCode::NOT_FOUND, "no such asset\n").into_response();
    };
    let tag = format!("\"{}\"", hex(&file.metadata.sha256_hash()[..12]));
    let for_ever = asked.v.as_deref() == Some(assets.version) && !cfg!(debug_assertions);
    let caching = if for_ever { "public, max-age=31536000, immutable" } else { "no-cache" };
    let mut headers = HeaderMap::new();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(caching));
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(ETAG, tag);
    }
    if request.get(IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    if let Ok(kind) = HeaderValue::from_str(mime_guess::from_path(&path).first_or_octet_stream().as_ref()) {
        headers.insert(CONTENT_TYPE, kind);
    }
    if let Some(encoding) = encoding {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    let body = match file.data {
        Cow::Borrowed(bytes) => bytes::Bytes::from_static(bytes),
        Cow::Owned(bytes) => bytes.into(),
    };
    (headers, body).into_response()
}

/// The smallest form of the file that the client takes.
fn best(path: &str, request: &HeaderMap) -> Option<(EmbeddedFile, Option<&'static str>)> {
    let accepted = request.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let takes = |name: &str| accepted.split(',').any(|part| part.split(';').next().map(str::trim) == Some(name));
    ENCODINGS
        .iter()
        .filter(|(name, _)| takes(name))
        .find_map(|(name, suffix)| Some((Site::get(&format!("{path}{suffix}"))?, Some(*name))))
        .or_else(|| Some((Site::get(path)?, None)))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
