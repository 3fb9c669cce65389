//! What a webhook is told: the message of Alertmanager's webhook receivers, version 4, signed if there is a secret.
//!
//! The signature is `sha256=` and the HMAC-SHA256 of the body in hex, as GitHub's webhooks have it.

use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use http::HeaderName;
use http::header::CONTENT_TYPE;
use model::alert::State;
use serde_json::{Value, json};
use sha2::Sha256;

use super::labels::{alert, annotations, ends_at, fingerprint, hex, labels};
use super::{Message, Notice, Secret};

const SIGNATURE: HeaderName = HeaderName::from_static("x-tracetab-signature-256");
/// The same for the same message, however often it is sent.
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

pub(super) fn message(receiver: &str, secret: Option<&Secret>, notices: &[Notice], home: &str) -> Message {
    let body = Bytes::from(body(receiver, notices, home).to_string());
    let ids = notices.iter().map(|notice| notice.id.to_string()).collect::<Vec<_>>().join("-");
    let mut headers = vec![(CONTENT_TYPE, "application/json".to_owned()), (IDEMPOTENCY_KEY, format!("tracetab-{ids}"))];
    if let Some(secret) = secret {
        headers.push((SIGNATURE, signature(secret, &body)));
    }
    Message { path: "", headers, body }
}

fn body(receiver: &str, notices: &[Notice], home: &str) -> Value {
    let is_firing = notices.iter().any(|notice| notice.entry.state == State::Firing);
    let tenant = notices.first().and_then(|notice| notice.tenant.clone());
    let group = tenant.map_or_else(|| json!({}), |tenant| json!({"tenant": tenant}));
    let told = |notice: &Notice| {
        let mut told = alert(notice, home, &ends_at(notice));
        let status = if notice.entry.state == State::Resolved { "resolved" } else { "firing" };
        told["status"] = json!(status);
        told["fingerprint"] = json!(fingerprint(&labels(notice)));
        told
    };
    json!({
        "version": "4",
        "groupKey": format!("{{}}:{group}"),
        "truncatedAlerts": 0,
        "status": if is_firing { "firing" } else { "resolved" },
        "receiver": receiver,
        "groupLabels": group,
        "commonLabels": common(notices.iter().map(labels)),
        "commonAnnotations": common(notices.iter().map(|notice| annotations(notice, home))),
        "externalURL": home,
        "alerts": notices.iter().map(told).collect::<Vec<_>>(),
    })
}

/// What all of them say alike.
fn common(mut all: impl Iterator<Item = Value>) -> Value {
    let Some(Value::Object(mut first)) = all.next() else { return json!({}) };
    for other in all {
        first.retain(|name, value| other.get(name) == Some(value));
    }
    Value::Object(first)
}

fn signature(secret: &Secret, body: &[u8]) -> String {
    // HMAC takes a key of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.0.as_bytes()) else { return String::new() };
    mac.update(body);
    format!("sha256={}", hex(&mac.finalize().into_bytes()))
}
