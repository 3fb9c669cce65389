//! The OpenTelemetry SDKs of others, installed from their registries, sending to the real server.
//!
//! Their versions are pinned in `server/tests/clients`; what is installed is kept under `target/` for the next run.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::server::TestServer;

fn scripts(language: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients").join(language)
}

/// Where the client's packages are installed, made by `install` unless that was done for exactly this `lock` before.
fn installed(language: &str, lock: &str, install: impl FnOnce(&Path)) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("client-{language}"));
    let lock = std::fs::read_to_string(scripts(language).join(lock)).unwrap();
    let stamp = folder.join("installed");
    if std::fs::read_to_string(&stamp).ok().as_deref() != Some(lock.as_str()) {
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        install(&folder);
        std::fs::write(&stamp, lock).unwrap();
    }
    folder
}

/// Runs a program to its end; what it printed.
fn run(program: &Path, args: &[&str], folder: &Path, purpose: &str) -> String {
    let output =
        Command::new(program).args(args).current_dir(folder).env_remove("OTEL_EXPORTER_OTLP_ENDPOINT").output();
    let output = output.unwrap_or_else(|error| panic!("{purpose}: cannot run {}: {error}", program.display()));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{purpose} failed ({}):\n{said}", output.status);
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// The trace with this id, once it is there and summed up.
async fn arrived(server: &TestServer, trace_id: &str) -> Value {
    let whole = |trace: &Value| trace["span_count"] == 4 && !trace["max_depth"].is_null();
    server.eventually(&format!("/api/v1/traces/{trace_id}"), whole).await
}

fn span<'a>(trace: &'a Value, name: &str) -> &'a Value {
    let find = |span: &&Value| span["operation_name"] == name;
    trace["spans"].as_array().unwrap().iter().find(find).unwrap_or_else(|| panic!("no span {name} in {trace}"))
}

/// What both clients send: an agent that asks a model, fails at a tool and puts a task on a queue.
fn assert_is_the_agents_trace(trace: &Value, language: &str) {
    let root = span(trace, "POST /v1/agent");
    assert_eq!((&root["kind"], &root["parent_span_id"]), (&json!("server"), &Value::Null));
    assert_eq!(root["service"], format!("{language}-client"));
    assert_eq!(
        (&root["tenant"], &root["user"]),
        (&json!(format!("sdk-{language}")), &json!(format!("user_{language}")))
    );
    assert_eq!(root["environment"], "test");
    for (name, kind, status) in [
        ("chat gpt-4o", "client", "unset"),
        ("tool.search", "internal", "error"),
        ("task_queue publish", "producer", "ok"),
    ] {
        let child = span(trace, name);
        assert_eq!((&child["kind"], &child["status"]), (&json!(kind), &json!(status)), "{name}");
        assert_eq!(child["parent_span_id"], root["span_id"], "{name}");
    }
    let model = span(trace, "chat gpt-4o");
    assert_eq!((&model["model"], &model["provider"]), (&json!("gpt-4o"), &json!("openai")));
    assert_eq!((&model["tokens_in"], &model["tokens_out"]), (&json!(1_000), &json!(100)));
    // 1 000 tokens at 2.50 and 100 at 10 dollars per million.
    assert_eq!((&model["cost_usd"], &model["cost_source"]), (&json!(0.0035), &json!("derived")));
    assert_eq!(model["events"][0]["name"], "first_token");
    assert_eq!(model["events"][0]["attributes"]["index"], 1);
    let tool = span(trace, "tool.search");
    assert_eq!((&tool["status_message"], &tool["cost_usd"]), (&json!("the index is gone"), &json!(0.00005)));
    assert_eq!(tool["events"][0]["name"], "exception");
    assert_eq!(tool["events"][0]["attributes"]["exception.message"], "the index is gone");
    let publish = span(trace, "task_queue publish");
    assert_eq!((&publish["cost_usd"], &publish["cost_source"]), (&json!(0), &json!("reported")), "free is not unknown");
    assert_eq!((&trace["total_cost_usd"], &trace["error_count"]), (&json!(0.00355), &json!(1)));
    assert_eq!((&trace["unpriced_span_count"], &trace["max_depth"]), (&json!(1), &json!(2)));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_python_sdk_sends_protobuf_with_gzip() {
    let folder = installed("python", "requirements.txt", |folder| {
        run(
            Path::new("python3"),
            &["-m", "venv", "."],
            folder,
            "making a Python environment (apt install python3-venv)",
        );
        let list = scripts("python").join("requirements.txt");
        let args = ["install", "--quiet", "--disable-pip-version-check", "--requirement", list.to_str().unwrap()];
        run(&folder.join("bin/pip"), &args, folder, "installing the OpenTelemetry Python SDK from PyPI");
    });
    let server = TestServer::start().await;
    let script = scripts("python").join("send.py");
    let trace_id =
        run(&folder.join("bin/python"), &[script.to_str().unwrap(), &server.otlp], &folder, "sending from Python");
    assert_is_the_agents_trace(&arrived(&server, &trace_id).await, "python");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_javascript_sdk_sends_json() {
    let folder = installed("js", "package-lock.json", |folder| {
        for file in ["package.json", "package-lock.json", "send.mjs"] {
            std::fs::copy(scripts("js").join(file), folder.join(file)).unwrap();
        }
        let args = ["ci", "--no-audit", "--no-fund", "--loglevel", "error"];
        run(Path::new("npm"), &args, folder, "installing the OpenTelemetry JS SDK from npm");
    });
    std::fs::copy(scripts("js").join("send.mjs"), folder.join("send.mjs")).unwrap();
    let server = TestServer::start().await;
    let trace_id = run(Path::new("node"), &["send.mjs", &server.otlp], &folder, "sending from JavaScript");
    assert_is_the_agents_trace(&arrived(&server, &trace_id).await, "js");
    server.stop().await;
}
