//! The trace that every exporter sends: an agent that asks a model, fails at a tool and puts a task on a queue.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::{assert_is_child, owner, span};

/// What a protocol, as an exporter speaks it, has room for. What it has no room for cannot arrive; everything else must.
pub struct Carries {
    /// What the values of attributes can be.
    pub values: Values,
    /// Time to the nanosecond; else to the microsecond.
    pub nanoseconds: bool,
    /// What belongs to the whole program, apart from the spans' attributes.
    pub resource: bool,
    /// Attributes of events; else their names alone.
    pub event_attributes: bool,
    /// Links to other spans.
    pub links: bool,
}

/// What the values of attributes can be.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Values {
    /// Everything OpenTelemetry has.
    All,
    /// Numbers and flags, but no lists.
    Scalars,
    /// Text alone.
    Text,
}

pub const OTLP: Carries =
    Carries { values: Values::All, nanoseconds: true, resource: true, event_attributes: true, links: true };

/// How many spans it has.
pub const SPANS: usize = 4;

/// That all of it arrived: `language` names the sender's service, tenant and user.
pub fn assert_is_the_agents_trace(trace: &Value, language: &str, carries: &Carries) {
    assert_is_the_tree(trace, language, carries);
    assert_is_the_model_call(trace, carries);
    assert_are_the_others(trace, carries);
    assert_eq!((&trace["total_cost_usd"], &trace["error_count"]), (&json!(0.003_55), &json!(1)));
    assert_eq!((&trace["unpriced_span_count"], &trace["max_depth"]), (&json!(1), &json!(2)));
    assert_eq!((&trace["orphan_count"], &trace["total_duration_ms"]), (&json!(0), &json!(1500)));
}

fn assert_is_the_tree(trace: &Value, language: &str, carries: &Carries) {
    let root = span(trace, "POST /v1/agent");
    assert_eq!(
        (&root["kind"], &root["status"], &root["parent_span_id"]),
        (&json!("server"), &json!("unset"), &Value::Null)
    );
    assert_eq!(owner(root), [&format!("sdk-{language}"), &format!("user_{language}"), "nobody"]);
    assert_eq!(root["attributes"]["http.request.method"], "POST");
    for (name, kind, status, start_ms, duration_ms) in [
        ("chat gpt-4o", "client", "unset", 10, json!(if carries.nanoseconds { 1_234.567_891 } else { 1_234.568 })),
        ("tool.search", "internal", "error", 1_300, json!(20)),
        ("task_queue publish", "producer", "ok", 1_400, json!(10)),
    ] {
        let child = span(trace, name);
        assert_is_child(trace, child, "POST /v1/agent");
        assert_eq!((&child["kind"], &child["status"]), (&json!(kind), &json!(status)), "{name}");
        assert_is_after(trace, &child["start_time"], start_ms, carries);
        assert_eq!(child["duration_ms"], duration_ms, "{name}");
    }
    let nanoseconds = instant(&root["start_time"]).timestamp_subsec_nanos();
    assert!(
        if carries.nanoseconds { nanoseconds == 456 } else { nanoseconds <= 1_000 },
        "started {nanoseconds} ns late"
    );
    for span in trace["spans"].as_array().unwrap() {
        assert_eq!((&span["service"], &span["environment"]), (&json!(format!("{language}-client")), &json!("test")));
        assert_eq!(span["warnings"], json!([]), "{}", span["operation_name"]);
        let apart = &span["resource"]["deployment.environment.name"];
        assert_eq!(*apart, if carries.resource { json!("test") } else { Value::Null });
    }
}

fn assert_is_the_model_call(trace: &Value, carries: &Carries) {
    let model = span(trace, "chat gpt-4o");
    assert_eq!((&model["model"], &model["provider"]), (&json!("gpt-4o"), &json!("openai")));
    assert_eq!((&model["tokens_in"], &model["tokens_out"]), (&json!(1_000), &json!(100)));
    // 1 000 tokens at 2.50 and 100 at 10 dollars per million.
    assert_eq!((&model["cost_usd"], &model["cost_source"]), (&json!(0.0035), &json!("derived")));
    let attributes = &model["attributes"];
    let text = carries.values == Values::Text;
    assert_eq!(attributes["gen_ai.usage.input_tokens"], if text { json!("1000") } else { json!(1_000) });
    assert_eq!(attributes["gen_ai.request.stream"], if text { json!("true") } else { json!(true) });
    if carries.values == Values::All {
        assert_eq!(attributes["gen_ai.response.finish_reasons"], json!(["stop"]));
    }
    assert_is_its_event(trace, model, "first_token", 200, carries);
    if carries.event_attributes {
        assert_eq!(model["events"][0]["attributes"]["index"], 1);
    }
}

fn assert_are_the_others(trace: &Value, carries: &Carries) {
    let tool = span(trace, "tool.search");
    assert_eq!(tool["status_message"], "the index “días” is gone");
    assert_eq!((&tool["cost_usd"], &tool["cost_source"]), (&json!(0.000_05), &json!("reported")));
    assert_is_its_event(trace, tool, "exception", 1_310, carries);
    if carries.event_attributes {
        assert_eq!(tool["events"][0]["attributes"]["exception.message"], "the index “días” is gone");
    }
    let publish = span(trace, "task_queue publish");
    assert_eq!((&publish["cost_usd"], &publish["cost_source"]), (&json!(0), &json!("reported")), "free is not unknown");
    if carries.links {
        let model = span(trace, "chat gpt-4o");
        assert_eq!(publish["links"].as_array().unwrap().len(), 1);
        assert_eq!(publish["links"][0]["trace_id"], trace["trace_id"]);
        assert_eq!(publish["links"][0]["span_id"], model["span_id"]);
    }
}

/// That a span has one event, this one, so long after the trace began.
fn assert_is_its_event(trace: &Value, span: &Value, name: &str, after_ms: i64, carries: &Carries) {
    let [event] = span["events"].as_array().unwrap().as_slice() else { panic!("events of {span}") };
    assert_eq!(event["name"], name);
    assert_is_after(trace, &event["time"], after_ms, carries);
}

/// That something was so long after the trace began. Of two rounded microseconds, each may be off by half of one.
fn assert_is_after(trace: &Value, time: &Value, after_ms: i64, carries: &Carries) {
    let [start, time] = [&span(trace, "POST /v1/agent")["start_time"], time].map(instant);
    let off = (time - start - TimeDelta::milliseconds(after_ms)).abs();
    let most = TimeDelta::microseconds(if carries.nanoseconds { 0 } else { 1 });
    assert!(off <= most, "{time} is not {after_ms} ms after {start}");
}

fn instant(text: &Value) -> DateTime<Utc> {
    text.as_str().unwrap().parse().unwrap()
}
