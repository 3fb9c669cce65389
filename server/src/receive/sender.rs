//! Telling senders apart: by the address a connection comes from, the name the program gives itself, and its key.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use http::header::USER_AGENT;
use http::request::Parts;

use crate::keys::Caller;
use crate::listen::Peer;
use crate::pipeline::Sender;

impl<S: Sync> FromRequestParts<S> for Sender {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let address = parts.extensions.get::<Peer>().map(|peer| peer.0);
        let agent = parts.headers.get(USER_AGENT).and_then(|value| value.to_str().ok());
        let sender = Self::new(address, agent);
        Ok(match parts.extensions.get::<Caller>() {
            Some(Caller::Holder(holder)) => sender.with_key(&holder.key.name, holder.own_space.clone()),
            Some(Caller::Anybody) | None => sender,
        })
    }
}
