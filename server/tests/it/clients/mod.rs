//! The SDKs of others, installed from their registries, sending to the real server.
//!
//! What each sends is in `server/tests/clients`: one folder per environment, with a script and its packages pinned down to
//! the last one. To add an SDK: a folder there, a file here that says what of its trace must arrive.

use serde_json::Value;

use crate::server::TestServer;

mod agent;
pub mod environment;
mod javascript;
mod langfuse;
mod python;
mod rust;
mod traceloop;
mod vercel;

/// The trace with this id, once all its spans are there and summed up.
async fn arrived(server: &TestServer, trace_id: &str, spans: usize) -> Value {
    let whole = |trace: &Value| trace["span_count"] == spans && !trace["max_depth"].is_null();
    server.eventually(&format!("/api/v1/traces/{trace_id}"), whole).await
}

/// The one span of this name.
fn span<'a>(trace: &'a Value, name: &str) -> &'a Value {
    let found = spans(trace, name);
    assert_eq!(found.len(), 1, "spans called {name} in {trace}");
    found[0]
}

/// All spans of this name, by start.
fn spans<'a>(trace: &'a Value, name: &str) -> Vec<&'a Value> {
    trace["spans"].as_array().unwrap().iter().filter(|span| span["operation_name"] == name).collect()
}

/// That a span is right below another one.
fn assert_is_child(trace: &Value, child: &Value, parent: &str) {
    assert_eq!(
        child["parent_span_id"],
        span(trace, parent)["span_id"],
        "{} is not below {parent}",
        child["operation_name"]
    );
}

/// Who a span says it works for: tenant, user and session.
fn owner(span: &Value) -> [&str; 3] {
    ["tenant", "user", "session"].map(|who| span[who].as_str().unwrap_or("nobody"))
}
