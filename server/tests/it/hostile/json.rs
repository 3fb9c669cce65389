//! JSON of every shape that encoders write, and some that none should: at every door that reads it.

use serde_json::{Value, json};

use super::door::{Door, *};
use super::sent::{Sent, otlp_json};
use crate::server::TestServer;

const JSON: [Door; 5] = [OtlpJson, ZipkinJson, ZipkinOld, Native, Lines];

async fn one_span(server: &TestServer, trace: u64) -> Value {
    let trace = server.get(&format!("/api/v1/traces/{trace:032x}")).await;
    assert_eq!(trace["spans"].as_array().map(Vec::len), Some(1), "{trace}");
    trace["spans"][0].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn otlp_json_is_read_in_every_shape_it_is_written_in() {
    let server = TestServer::start().await;
    let value = |key: &str, value: &str| format!(r#"{{"key":"{key}","value":{value}}}"#);
    let attributes = [
        value("int", r#"{"intValue":7}"#),
        value("int text", r#"{"intValue":"-9223372036854775808"}"#),
        value("double", r#"{"doubleValue":0.5}"#),
        value("double null", r#"{"doubleValue":null}"#),
        value("nan", r#"{"doubleValue":"NaN"}"#),
        value("infinity", r#"{"doubleValue":"-Infinity"}"#),
        value("bool", r#"{"boolValue":true}"#),
        value("bytes", r#"{"bytesValue":"AP8="}"#),
        value("list", r#"{"arrayValue":{"values":[{"stringValue":"a"},{"intValue":"1"},{}]}}"#),
        value("empty list", r#"{"arrayValue":{}}"#),
        value("map", r#"{"kvlistValue":{"values":[{"key":"k","value":{"stringValue":"v"}}]}}"#),
        value("none", "{}"),
        value("null", "null"),
        value("snake", r#"{"string_value":"s"}"#),
        value("unknown", r#"{"moonValue":1}"#),
        value("twice", r#"{"intValue":1}"#),
        value("twice", r#"{"intValue":2}"#),
        value("lone", r#"{"stringValue":"a\ud800b \ud83d\ude00"}"#),
    ];
    let span = format!(
        r#"{{"trace_id":"{trace}","spanId":"00000000000000A1","parentSpanId":null,"name":"early","name":"late",
            "kind":"SPAN_KIND_CLIENT","start_time_unix_nano":1700000000000000001,"endTimeUnixNano":"1700000000000000003",
            "status":{{"code":"STATUS_CODE_ERROR","message":null}},"moon":{{"phase":[1,2]}},"attributes":[{}]}}"#,
        attributes.join(","),
        trace = format!("{:032x}", 0xabc).to_uppercase(),
    );
    let body = format!(r#"{{"moon":1,"resource_spans":[{{"scope_spans":[{{"spans":[{span}],"schemaUrl":""}}]}}]}}"#);
    let answer = OtlpJson.post(&server, body).await;
    assert_eq!((answer.status, answer.rejected), (200, 0), "{answer:?}");
    let back = one_span(&server, 0xabc).await;
    let of = |key: &str| back["attributes"][key].clone();
    let told =
        json!([of("int"), of("int text"), of("double"), of("nan"), of("infinity"), of("bool"), of("list"), of("map")]);
    let expected = json!([7, i64::MIN, 0.5, "NaN", "-Infinity", true, ["a", 1, null], {"k": "v"}]);
    assert_eq!(told, expected);
    let told =
        json!([of("double null"), of("empty list"), of("none"), of("null"), of("snake"), of("unknown"), of("twice")]);
    assert_eq!(told, json!([null, [], null, null, "s", null, 2]));
    assert_eq!(of("lone"), "a\u{fffd}b \u{1f600}");
    assert!(of("bytes").is_string(), "{}", of("bytes"));
    assert_eq!(
        (&back["operation_name"], &back["kind"], &back["status"]),
        (&json!("late"), &json!("client"), &json!("error"))
    );
    assert_eq!(back["end_time"], "2023-11-14T22:13:20.000000003Z");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn zipkin_and_native_json_are_read_as_loosely() {
    let server = TestServer::start().await;
    let now = chrono::Utc::now().timestamp_micros();
    let zipkin = |trace: u64| {
        format!(
            r#"[{{"traceId":"{trace:032x}","id":"00000000000000B1","parentId":null,"name":"early","name":"lone \udc00",
                "timestamp":"{now}","duration":1500.7,"kind":null,"moon":[{{}}],"localEndpoint":{{"serviceName":"s","port":null}},
                "tags":{{"n":7,"b":true,"null":null,"deep":{{"a":[1]}},"twice":"1","twice":"2"}},
                "annotations":[{{"timestamp":"{now}","value":"x"}},7,null]}}]"#
        )
    };
    let answer = ZipkinJson.post(&server, zipkin(1)).await;
    assert_eq!((answer.status, answer.rejected), (202, 0), "{answer:?}");
    let back = one_span(&server, 1).await;
    let of = |key: &str| back["attributes"][key].clone();
    assert_eq!(json!([of("n"), of("b"), of("twice")]), json!(["7", "true", "2"]));
    assert_eq!((&back["operation_name"], &back["duration_ms"]), (&json!("lone \u{fffd}"), &json!(1.5)));
    let old =
        zipkin(2).replace(r#""kind":null,"#, "").replace("\"localEndpoint\"", "\"local\"").replace("\"tags\"", "\"t\"");
    let answer = ZipkinOld.post(&server, old).await;
    assert_eq!((answer.status, answer.rejected), (202, 0), "{answer:?}");
    assert_eq!(one_span(&server, 2).await["duration_ms"], 1.5);

    let native = |trace: u64| {
        format!(
            r#"{{"trace_id":"{trace:032X}","span_id":"00000000000000C1","parent_span_id":null,"name":"early","name":"lone \ud800",
                "start_time":"2024-01-15T10:00:00Z","end_time":"2024-01-15T10:00:01Z","cost_usd":"0.25","tokens_in":"12",
                "status":"ERROR","kind":"Server","moon":{{"phase":null}},"attributes":{{"null":null,"twice":1,"twice":[2]}}}}"#
        )
        .replace('\n', " ")
    };
    for (door, trace, body) in [(Native, 3, format!("[{}]", native(3))), (Lines, 4, native(4) + "\r\n\n")] {
        let answer = door.post(&server, body).await;
        assert_eq!((answer.status, answer.rejected), (200, 0), "{answer:?}");
        let back = one_span(&server, trace).await;
        assert_eq!((&back["operation_name"], &back["cost_usd"]), (&json!("lone \u{fffd}"), &json!(0.25)));
        let of = |key: &str| back["attributes"][key].clone();
        assert_eq!(json!([of("null"), of("twice"), of("moon")]), json!([null, [2], {"phase": null}]));
        assert_eq!((&back["kind"], &back["status"]), (&json!("server"), &json!("error")));
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_nested_without_bottom_is_refused_and_what_is_nested_deep_costs_itself_only() {
    let server = TestServer::start().await;
    for (number, door) in (1..).zip(JSON) {
        let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        let good = Sent::new(number, 1);
        let body = String::from_utf8(door.body(&[good.clone(), Sent::new(number, 2), Sent::new(number, 3)])).unwrap();
        let with = |levels: usize| {
            let id = format!("{:016x}", 2);
            body.replacen(&format!("\"{id}\""), &format!("\"{id}\",\"deep\":{}", nested(levels)), 1)
        };
        let answer = door.post(&server, with(5_000)).await;
        // A line is a document of its own.
        let (status, rejected) = if door == Lines { (200, 1) } else { (400, 0) };
        assert_eq!((answer.status, answer.rejected), (status, rejected), "{door:?}: {answer:?}");
        assert!(answer.words.contains("nested over 1000 levels deep"), "{door:?}: {answer:?}");
        let answer = door.post(&server, with(500)).await;
        assert!(answer.is_success() && answer.rejected == 1, "{door:?}: {answer:?}");
        assert_eq!(server.get(&format!("/api/v1/traces/{number:032x}")).await["span_count"], 2, "{door:?}");
        let answer = door.post(&server, with(60)).await;
        assert!(answer.is_success() && answer.rejected == 0, "{door:?}: {answer:?}");
        assert_eq!(server.get(&format!("/api/v1/traces/{number:032x}")).await["span_count"], 3, "{door:?}");
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn other_signals_and_other_protocols_are_told_where_they_belong() {
    let server = TestServer::start().await;
    let otlp = otlp_json(&[json!({"traceId": format!("{:032x}", 1)})], "x");
    let zipkin = String::from_utf8(ZipkinJson.body(&[Sent::new(1, 1)])).unwrap();
    for (door, body, says) in [
        (OtlpJson, json!({"resourceLogs": []}).to_string(), "/v1/logs"),
        (OtlpJson, json!({"resourceMetrics": []}).to_string(), "/v1/metrics"),
        (OtlpJson, json!({"spans": []}).to_string(), "/api/v1/traces"),
        (OtlpJson, zipkin.clone(), "expected an object"),
        (ZipkinJson, otlp.clone(), "/v1/traces"),
        (ZipkinOld, zipkin.clone(), "/api/v2/spans"),
        (Native, otlp, "/v1/traces"),
    ] {
        let answer = door.post(&server, body.clone()).await;
        assert_eq!(answer.status, 400, "{door:?} {body}: {answer:?}");
        assert!(answer.words.contains(says), "{door:?} {body}: {answer:?}");
    }
    server.stop().await;
}
