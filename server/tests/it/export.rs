//! Traces taken along in the formats of others, and brought to another server.

use reqwest::header::CONTENT_DISPOSITION;
use serde_json::Value;

use crate::import::import;
use crate::process::DataFolder;
use crate::server::TestServer;
use crate::traffic::{SAMPLE_ID, a_trace, sample};

/// What must be the same wherever a trace is: not what depends on the door it came through.
fn meaning(trace: &Value) -> Value {
    let mut trace = trace.clone();
    // Only our own format has a declared total.
    trace.as_object_mut().unwrap().remove("declared_cost_usd");
    let spans = trace["spans"].as_array_mut().unwrap();
    for span in spans {
        let members = span.as_object_mut().unwrap();
        // In the format of others fields are attributes, and a resource without a name gets it.
        for key in ["attributes", "resource", "warnings"] {
            members.remove(key);
        }
    }
    trace
}

/// A trace that has been summed up, and not while it was read.
async fn finalised(server: &TestServer, path: &str) -> Value {
    server.eventually(path, |trace| !trace["max_depth"].is_null()).await;
    server.get(path).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trace_taken_along_as_otlp_or_for_jaeger_is_the_same_trace_where_it_is_brought() {
    let (from, folder) = (TestServer::start().await, DataFolder::new("export"));
    // More than a page of spans.
    let large = a_trace(1).costing(0.25).with_child("call", 0.001).with_unpriced_children(1_100);
    from.send(&sample()).await;
    from.send(&large.body()).await;
    for format in ["otlp", "jaeger"] {
        let to = TestServer::start().await;
        for id in [SAMPLE_ID, large.id()] {
            let path = format!("/api/v1/traces/{id}");
            let sent = finalised(&from, &path).await;
            let answer = reqwest::get(format!("{}{path}?format={format}", from.http)).await.unwrap();
            let name = format!("inline; filename=\"trace-{id}.{format}.json\"");
            assert_eq!(answer.headers()[CONTENT_DISPOSITION], name.as_str());
            let file = folder.write(&format!("{id}.{format}.json"), &answer.text().await.unwrap());
            let ended = import(&to.http, &[file.to_str().unwrap()]).await;
            assert_eq!(ended.code, 0, "{ended:?}");
            let brought = finalised(&to, &path).await;
            assert_eq!(meaning(&brought), meaning(&sent), "{format}");
        }
        to.stop().await;
    }
    from.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_format_nobody_knows_is_told_what_there_is() {
    let server = TestServer::start().await;
    let (status, problem) = server.try_get(&format!("/api/v1/traces/{SAMPLE_ID}?format=xml")).await;
    assert_eq!(status, 400);
    assert!(problem["detail"].as_str().unwrap().contains("expected native, otlp or jaeger"), "{problem}");
    server.stop().await;
}
