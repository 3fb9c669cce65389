//! What a request passes before anything of its body is read: who sends it, and whether they may.

use std::sync::Arc;

use app::context::Viewer;
use axum::extract::{FromRequestParts, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::header::{CACHE_CONTROL, HeaderValue, WWW_AUTHENTICATE};
use http::request::Parts;
use http::{HeaderMap, StatusCode};
use metrics::counter;

use super::ring::Unknown;
use super::{Caller, KeyRing, May, Need};
use crate::api::Problem;
use crate::receive::rpc::{Code, Refusal};

/// How a door or a page says no, in the words of its protocol.
pub type Says = fn(&Request, &Refusal) -> Response;

/// Asks whoever comes for a key.
#[derive(Clone)]
pub struct Gate {
    ring: Arc<KeyRing>,
    need: Need,
    says: Says,
}

impl Gate {
    /// A gate for what needs this.
    pub const fn new(ring: Arc<KeyRing>, need: Need, says: Says) -> Self {
        Self { ring, need, says }
    }

    /// Who sends a request with this head, if they may.
    fn admit(&self, headers: &HeaderMap) -> Result<Caller, Refusal> {
        let caller = match self.need {
            // Programs send spans, and a page elsewhere must not do so in the name of who is signed in here.
            Need::Ingest => self.ring.caller(headers),
            Need::ReadOwn | Need::Read | Need::Change => self.ring.person(headers),
        };
        let caller = caller.map_err(refused)?;
        match denied(&caller, self.need) {
            Some(why) => Err(Refusal::new(Code::PermissionDenied, why)),
            None => Ok(caller),
        }
    }
}

/// Lets requests pass whose senders may do what they are about.
pub async fn pass(State(gate): State<Gate>, mut request: Request, next: Next) -> Response {
    let refusal = match gate.admit(request.headers()) {
        Ok(caller) => {
            let is_known = caller != Caller::Anybody;
            request.extensions_mut().insert(viewer(&caller));
            request.extensions_mut().insert(caller);
            let mut response = next.run(request).await;
            if is_known {
                // What only they may see is nothing to keep for whoever comes after them.
                response.headers_mut().entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
            }
            return response;
        }
        Err(refusal) => refusal,
    };
    let why = if refusal.code == Code::Unauthenticated { "unknown" } else { "may_not" };
    counter!("tracetab_keys_refused_total", "why" => why).increment(1);
    let mut response = (gate.says)(&request, &refusal);
    if response.status() == StatusCode::UNAUTHORIZED {
        // Not Basic, which browsers would ask people for.
        response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"Tracetab\""));
    }
    response
}

/// Why it is not known who sends, and what to do about it.
fn refused(unknown: Unknown) -> Refusal {
    let how = "send it as Authorization: Bearer KEY, as x-api-key: KEY, or as the password of Authorization: Basic";
    let words = match unknown {
        Unknown::Missing => format!("this server asks for a key; {how}"),
        Unknown::Wrong => format!("the key that was sent is none of this server's, or no longer; {how}"),
    };
    Refusal::new(Code::Unauthenticated, words)
}

/// Why a caller may not do what needs this.
fn denied(caller: &Caller, need: Need) -> Option<String> {
    let Caller::Holder(holder) = caller else { return None };
    let key = &holder.key;
    if !key.may.contains(&need.may()) {
        return Some(format!(
            "this needs a key that may {}; the key {:?} may {}",
            need.may().as_str(),
            key.name,
            key.uses()
        ));
    }
    let tenant = key.tenant.as_ref().filter(|_| need.is_of_all())?;
    Some(format!(
        "this is of all tenants, and the key {:?} reads what is of the tenant {tenant:?} alone: /api/v1/traces, /api/v1/costs, \
         /api/v1/dependencies, /api/v1/budgets",
        key.name
    ))
}

/// Who looks at a page.
fn viewer(caller: &Caller) -> Viewer {
    let key = match caller {
        Caller::Anybody => None,
        Caller::Holder(holder) => Some(holder.key.name.clone()),
    };
    Viewer { key, may_change: caller.may(May::Change) }
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| {
            tracing::error!(path = parts.uri.path(), "a request got in where nobody was asked for a key");
            Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "the server could not answer this; its log says why")
        })
    }
}
