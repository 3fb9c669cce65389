//! `tracetab import`, the real binary, sending files of every format to a real server.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use model::{Span, TraceId, Usd};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use wire::file::{self, Kind};
use wire::otlp::protobuf;

use crate::hostile::{a_span, gzip};
use crate::process::DataFolder;
use crate::server::TestServer;
use crate::traffic::a_trace;

/// The half of a trace id that all fixtures have, and that is another in each file of a test.
const FIXTURE_HALF: u64 = 0x6f7a_8b9c_0d1e_2f3a;

const NATIVE: &[u8] = include_bytes!("../../../crates/wire/fixtures/sample_trace.json");
const ZIPKIN: &[u8] = include_bytes!("../../../crates/wire/fixtures/zipkin_python.json");
const ZIPKIN_V1: &[u8] = include_bytes!("../../../crates/wire/fixtures/zipkin_v1_python.json");
const ZIPKIN_PROTOBUF: &[u8] = include_bytes!("../../../crates/wire/fixtures/zipkin_python.pb");
const JAEGER_THRIFT: &[u8] = include_bytes!("../../../crates/wire/fixtures/jaeger_python.thrift");
const CONSOLE: &[u8] = include_bytes!("../../../crates/wire/fixtures/console_python.json");

const JSON: &str = "application/json";
const LINES: &str = "application/x-ndjson";
const PROTOBUF: &str = "application/x-protobuf";

/// An import of these files, not started yet.
fn importing(to: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tracetab"));
    command.args(["import", "--to", to]).args(arguments).stdin(Stdio::null());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// How an import ended, what it printed and what it said besides.
#[derive(Debug)]
pub struct Ended {
    pub code: i32,
    pub printed: String,
    said: String,
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self { code: output.status.code().unwrap(), printed: text(output.stdout), said: text(output.stderr) }
    }
}

/// Imports them.
pub async fn import(to: &str, arguments: &[&str]) -> Ended {
    let mut command = importing(to, arguments);
    tokio::task::spawn_blocking(move || command.output().unwrap().into()).await.unwrap()
}

/// Waits until it says `words`, and gives what else it will say.
fn hear(child: &mut Child, words: &str) -> std::thread::JoinHandle<String> {
    let mut said = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains(words) {
        line.clear();
        assert!(said.read_line(&mut line).unwrap() > 0, "it never said {words:?}");
    }
    std::thread::spawn(move || said.lines().map_while(Result::ok).collect::<Vec<_>>().join("\n"))
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A file with the trace id of the fixtures replaced by one of its own, as text and as bytes.
fn of_trace(number: u64, file: &[u8]) -> Vec<u8> {
    let half = 0xabc0_0000_0000_0000 | number;
    let mut file = file.to_vec();
    let texts = [FIXTURE_HALF, half].map(|id| format!("{id:016x}").into_bytes());
    let bytes = [FIXTURE_HALF, half].map(|id| id.to_be_bytes().to_vec());
    for [from, to] in [texts, bytes] {
        for at in 0..file.len().saturating_sub(from.len() - 1) {
            if file[at..].starts_with(&from) {
                file[at..at + to.len()].copy_from_slice(&to);
            }
        }
    }
    file
}

fn trace_of(number: u64) -> TraceId {
    format!("7d3f4e8a9b2c1d5e{:016x}", 0xabc0_0000_0000_0000 | number).parse().unwrap()
}

/// OTLP in JSON with a resource, a scope, an event, a link, and a value of each type.
fn otlp_json() -> Vec<u8> {
    let attribute = |key: &str, value: Value| json!({"key": key, "value": value});
    let trace = "7d3f4e8a9b2c1d5e6f7a8b9c0d1e2f3a";
    json!({"resourceSpans": [{
        "resource": {"attributes": [attribute("service.name", json!({"stringValue": "checkout"}))]},
        "scopeSpans": [{"scope": {"name": "shop.agent", "version": "1.4.0"}, "spans": [{
            "traceId": trace, "spanId": "00000000000000a1", "name": "chat gpt-4o", "kind": 3, "traceState": "a=b", "flags": 257,
            "startTimeUnixNano": "1705312800000000001", "endTimeUnixNano": "1705312800050000002",
            "droppedAttributesCount": 1, "droppedEventsCount": 2, "droppedLinksCount": 3,
            "status": {"code": 2, "message": "rate limited"},
            "attributes": [
                attribute("gen_ai.request.model", json!({"stringValue": "gpt-4o"})),
                attribute("gen_ai.usage.input_tokens", json!({"intValue": "120"})),
                attribute("list", json!({"arrayValue": {"values": [{"boolValue": true}, {"doubleValue": 0.5}, {}]}})),
                attribute("bytes", json!({"bytesValue": "AP8="})),
                attribute("map", json!({"kvlistValue": {"values": [attribute("deep", json!({"intValue": 1}))]}})),
            ],
            "events": [{"timeUnixNano": "1705312800000000003", "name": "retry", "attributes": []}],
            "links": [{"traceId": "000000000000000000000000000000aa", "spanId": "00000000000000aa"},
                      {"traceId": "", "spanId": ""}],
        }]}],
    }]})
    .to_string()
    .into_bytes()
}

/// Native JSON that says everything in members of its own, with odd values in it, and more than it should.
fn native_json() -> Vec<u8> {
    let trace = "7d3f4e8a9b2c1d5e6f7a8b9c0d1e2f3a";
    json!([{"trace_id": trace, "total_cost_usd": "0.75", "spans": [
        {"span_id": "00000000000000b1", "operation_name": "plan", "service": "agent", "tenant": "acme", "user": "u1",
         "capability": "planning", "session": "s1", "cost_usd": "0.000000000001", "model": "gpt-4o", "tokens_in": 7,
         "data_tag": "PII", "start_time": "2024-01-15T10:00:00.000000001Z", "duration_ms": 2.5, "mood": {"is": ["good"]},
         "resource": {"host.name": "a"}, "attributes": {"tenant": "not this one", "text": "a\u{0}b"},
         "events": [{"time": "2024-01-15T10:00:00Z", "name": "thought", "attributes": {"n": 1}}, 7],
         "links": [{"trace_id": "000000000000000000000000000000aa", "span_id": "00000000000000aa"}, {"span_id": "x"}]},
        {"span_id": "00000000000000b2", "parent_span_id": "00000000000000b1", "name": "early",
         "start_time": "2024-01-15T10:00:01Z", "end_time": "2024-01-15T10:00:00Z"},
        // The same span once more: the first version counts.
        {"span_id": "00000000000000b1", "operation_name": "plan again", "start_time": "2024-01-15T10:00:00Z", "duration_ms": 1},
    ]}])
    .to_string()
    .into_bytes()
}

/// Zipkin's halves of a call under one id, and spans that were sent in parts, without a duration or a time.
fn zipkin_halves() -> Vec<u8> {
    let trace = "7d3f4e8a9b2c1d5e6f7a8b9c0d1e2f3a";
    json!([
        {"traceId": trace, "id": "00000000000000c1", "kind": "CLIENT", "name": "get", "timestamp": 1_705_312_800_000_000_u64,
         "duration": 900, "localEndpoint": {"serviceName": "web"}, "tags": {"cost_usd": "0.25", "error": "timed out"}},
        {"traceId": trace, "id": "00000000000000c1", "kind": "SERVER", "shared": true, "name": "get",
         "timestamp": 1_705_312_800_000_100_u64, "duration": 700, "localEndpoint": {"serviceName": "api"}},
        {"traceId": trace, "id": "00000000000000c2", "parentId": "00000000000000c1", "name": "query",
         "timestamp": 1_705_312_800_000_200_u64, "localEndpoint": {"serviceName": "api"}},
        {"traceId": trace, "id": "00000000000000c2", "name": "query, later", "duration": 100},
    ])
    .to_string()
    .into_bytes()
}

fn jaeger_json() -> Vec<u8> {
    let trace = "7d3f4e8a9b2c1d5e6f7a8b9c0d1e2f3a";
    json!({"data": [{"traceID": trace, "spans": [
        {"traceID": trace, "spanID": "d1", "operationName": "get", "startTime": 1_705_312_800_000_000_u64, "duration": 60_000,
         "tags": [{"key": "span.kind", "type": "string", "value": "server"}], "processID": "p1", "warnings": ["clock skew"],
         "logs": [{"timestamp": 1_705_312_800_002_000_u64, "fields": [{"key": "event", "type": "string", "value": "retry"}]}]},
    ], "processes": {"p1": {"serviceName": "shop", "tags": [{"key": "hostname", "type": "string", "value": "a"}]}}}]})
    .to_string()
    .into_bytes()
}

/// A file, and the door that takes what it holds.
struct Case {
    name: &'static str,
    file: Vec<u8>,
    door: String,
    content_type: &'static str,
    /// What is sent to the door, where that is not the file.
    sent: Option<Vec<u8>>,
}

fn cases(server: &TestServer) -> Vec<Case> {
    let case = |name, file: &[u8], door: String, content_type| Case {
        name,
        file: file.to_vec(),
        door,
        content_type,
        sent: None,
    };
    let (otlp, native) = (format!("{}/v1/traces", server.otlp), format!("{}/api/v1/traces", server.http));
    let (zipkin, zipkin_v1) = (format!("{}/api/v2/spans", server.zipkin), format!("{}/api/v1/spans", server.zipkin));
    let read = |kind, file: &[u8]| protobuf::encode(&file::decode(kind, file).unwrap().spans);
    let lines = [native_json(), b"\n".to_vec()].concat();
    // A line of its own for the resource, as Java's exporter writes it.
    let otlp_lines = [otlp_json(), b"\n{\"resourceMetrics\":[]}\n".to_vec()].concat();
    let mut cases = vec![
        case("otlp.json", &otlp_json(), otlp.clone(), JSON),
        case("otlp.pb", &read(Kind::OtlpJson, &otlp_json()), otlp.clone(), PROTOBUF),
        Case { sent: Some(otlp_json()), ..case("otlp.jsonl", &otlp_lines, otlp.clone(), JSON) },
        case("zipkin.json", ZIPKIN, zipkin.clone(), JSON),
        case("zipkin-halves.json", &zipkin_halves(), zipkin.clone(), JSON),
        case("zipkin-v1.json", ZIPKIN_V1, zipkin_v1, JSON),
        case("zipkin.pb", ZIPKIN_PROTOBUF, zipkin, PROTOBUF),
        case("jaeger.thrift", JAEGER_THRIFT, format!("{}/api/traces", server.jaeger), "application/x-thrift"),
        case("sample.json", NATIVE, native.clone(), JSON),
        case("native.json", &native_json(), native.clone(), JSON),
        case("native.jsonl", &lines, native, LINES),
        // No door takes these; what is read of them is taken by OTLP's.
        Case {
            sent: Some(read(Kind::JaegerJson, &jaeger_json())),
            ..case("jaeger.json", &jaeger_json(), otlp.clone(), PROTOBUF)
        },
        Case { sent: Some(read(Kind::Console, CONSOLE)), ..case("console.log", CONSOLE, otlp, PROTOBUF) },
    ];
    for (number, case) in cases.iter_mut().enumerate() {
        case.file = of_trace(number as u64, &case.file);
        case.sent = case.sent.take().map(|sent| of_trace(number as u64, &sent));
    }
    cases
}

/// Everything that is kept of a trace.
async fn kept(server: &TestServer, trace_id: TraceId) -> (Vec<Span>, Option<Usd>) {
    let db = server.database().await;
    let spans = store::spans::of_trace(&db, trace_id, 0, 100).await.unwrap();
    let head = store::traces::head(&db, trace_id).await.unwrap();
    db.close().await;
    (spans, head.unwrap_or_else(|| panic!("no trace {trace_id}")).declared)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_format_arrives_as_its_own_door_would_have_taken_it() {
    let (by_door, by_import) = (TestServer::start().await, TestServer::start().await);
    let folder = DataFolder::new("import-formats");
    let (cases, client) = (cases(&by_door), reqwest::Client::new());
    let mut paths = Vec::new();
    for case in &cases {
        let body = case.sent.clone().unwrap_or_else(|| case.file.clone());
        let request = client.post(&case.door).header("content-type", case.content_type).body(body);
        let answer = request.send().await.unwrap();
        assert!(answer.status().is_success(), "{}: {}", case.name, answer.text().await.unwrap());
        let path = folder.path().join(case.name);
        std::fs::write(&path, &case.file).unwrap();
        paths.push(path);
    }
    let names: Vec<&str> = paths.iter().map(|path| text(path)).collect();
    let ended = import(&by_import.http, &names).await;
    assert_eq!(ended.code, 0, "{ended:?}");
    for (number, case) in cases.iter().enumerate() {
        let trace_id = trace_of(number as u64);
        let (expected, found) = (kept(&by_door, trace_id).await, kept(&by_import, trace_id).await);
        assert!(!expected.0.is_empty());
        assert_eq!(found, expected, "{}", case.name);
    }
    let declared = kept(&by_import, trace_of(9)).await.1;
    assert_eq!(declared, Some("0.75".parse().unwrap()), "native.json declares a total");
    assert!(ended.printed.contains("native.json (native JSON): 3 spans taken"), "{}", ended.printed);
    assert!(
        ended.printed.contains("otlp.jsonl (OTLP JSON lines): 1 span taken\n  lines of logs or metrics were left out")
    );
    assert!(ended.printed.contains(&format!("See them at {}/traces?from=2024-01-15T10:00:00Z&to=", by_import.http)));
    by_door.stop().await;
    by_import.stop().await;
}

/// A line of native JSON: a span of a thousandth of a dollar.
fn a_line(number: u64) -> String {
    let trace = number / 10 + 1;
    json!({"trace_id": format!("{trace:032x}"), "span_id": format!("{:016x}", number + 1), "service": "lines", "name": "step",
           "start_time": "2026-01-15T10:00:00Z", "duration_ms": 5, "cost_usd": 0.001})
    .to_string()
        + "\n"
}

const RANGE: &str = "from=2026-01-15T00:00:00Z&to=2026-01-16T00:00:00Z";

#[tokio::test(flavor = "multi_thread")]
async fn large_files_packed_or_piped_are_taken_whole_and_counted_once() {
    const SPANS: u64 = 30_000;
    let server = TestServer::start().await;
    let folder = DataFolder::new("import-large");
    let lines: String = (0..SPANS).map(a_line).collect();
    let (gz, zst) = (folder.path().join("lines.gz"), folder.path().join("lines.zst"));
    std::fs::write(&gz, gzip(lines.as_bytes())).unwrap();
    std::fs::write(&zst, zstd::bulk::compress(lines.as_bytes(), 1).unwrap()).unwrap();

    let mut piped = importing(&server.http, &["-"]);
    let mut child = piped.stdin(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    std::thread::spawn(move || input.write_all(lines.as_bytes()).unwrap());
    let piped: Ended = tokio::task::spawn_blocking(|| child.wait_with_output().unwrap().into()).await.unwrap();
    assert_eq!(piped.code, 0, "{piped:?}");
    assert!(piped.printed.starts_with("standard input (native JSON lines): 30,000 spans taken\n"), "{piped:?}");

    let again = import(&server.http, &[text(&gz), text(&zst)]).await;
    assert!(again.code == 0 && again.printed.contains("60,000 spans of 2 files taken by "), "{again:?}");
    assert!(again.printed.contains("lines.gz (native JSON lines, gzip): 30,000 spans taken"), "{again:?}");
    let costs = server.get(&format!("/api/v1/costs?group_by=service&{RANGE}")).await;
    assert_eq!((&costs["span_count"], &costs["total_cost_usd"]), (&json!(SPANS), &json!(30)));
    let told = server.get("/api/v1/ingest").await;
    let sender = told["senders"][0]["name"].as_str().unwrap();
    assert!(sender.starts_with("tracetab-import/"), "{sender}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_taken_is_told_and_costs_nothing_else() {
    let server = TestServer::start().await;
    let folder = DataFolder::new("import-bad");
    let lines = [a_line(1), "{broken\n".into(), a_line(2).replace("\"0000000000000003\"", "\"0\""), a_line(3)].concat();
    let lines = folder.write("some.jsonl", &lines);
    let diary = folder.write("diary.txt", "Dear diary,\n");
    let whole = gzip((0..2_000).map(a_line).collect::<String>().as_bytes());
    let cut = folder.path().join("cut.gz");
    std::fs::write(&cut, &whole[..whole.len() - 100]).unwrap();
    let zipkin = folder.write("zipkin.json", r#"[{"traceId":"1","id":"2","timestamp":1}, 7]"#);
    let last = folder.write("last.json", &a_trace(7).costing(0.5).body().to_string());
    let missing = folder.path().join("missing.json");
    let files = [&diary, &lines, &cut, &missing, &zipkin, &last].map(|path| text(path));
    let ended = import(&server.http, &files).await;
    assert_eq!(ended.code, 1);
    for words in [
        "diary.txt: it begins like none of the formats read here; if it is one of them, say which with --format: OTLP protobuf",
        "some.jsonl (native JSON lines): 2 spans taken, 2 refused\n",
        "cut.gz (native JSON lines, gzip): 1,97",
        " spans taken: it cannot be unpacked to its end, it may be cut off: gzip: ",
        "missing.json: No such file or directory",
        "zipkin.json (Zipkin v2 JSON): 0 spans taken, 2 refused",
        "last.json (native JSON): 1 span taken\n",
        "1 × span_id: expected 16 hex digits, got 1 characters (such as span 0, line 3, ",
        "1 × traceId: expected 16 to 32 hex digits, got 1 characters (such as span 2, ",
        "Not taken to the end: ",
    ] {
        assert!(ended.printed.contains(words), "{words:?} is not in: {}", ended.printed);
    }
    let there = server.get(&format!("/api/v1/traces/{}", a_trace(7).id())).await;
    assert_eq!(there["total_cost_usd"], 0.5);

    let told = import(&server.http, &["--format", "console", text(&diary)]).await;
    assert!(told.printed.contains("0 spans taken\n  1 lines that are not spans were left out"), "{told:?}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_with_spans_in_it_is_read_past_its_other_lines() {
    let server = TestServer::start().await;
    let folder = DataFolder::new("import-log");
    let spans = String::from_utf8(CONSOLE.to_vec()).unwrap();
    let log = folder.write("app.log", &format!("INFO starting\nlistening {{}} on 80\n{spans}GET / 200\n{spans}done\n"));
    let ended = import(&server.http, &[text(&log)]).await;
    assert_eq!(ended.code, 0, "{ended:?}");
    assert!(ended.printed.contains("app.log (console exporter output): 4 spans taken\n  4 lines that are not spans"));
    let trace = server.get("/api/v1/traces/7d3f4e8a9b2c1d5e6f7a8b9c0d1e2f3a").await;
    assert_eq!(trace["span_count"], 2, "they were printed twice and count once");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_away_is_waited_for() {
    let folder = DataFolder::new("import-away");
    let lines = folder.write("lines.jsonl", &a_line(1));
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    let to = format!("http://{address}");

    let given_up = import(&to, &["--wait", "1", text(&lines), text(&lines)]).await;
    assert_eq!(given_up.code, 1);
    assert!(given_up.said.contains("waiting for the server: Connection refused"), "{given_up:?}");
    assert!(
        given_up.printed.contains("Not begun: 1 file\nEnded early: ") && given_up.printed.contains("took nothing for ")
    );

    let mut child = importing(&to, &[text(&lines)]).spawn().unwrap();
    let rest = hear(&mut child, "waiting for the server");
    let server = TestServer::with(|config| config.http_addr = address).await;
    let ended: Ended = tokio::task::spawn_blocking(|| child.wait_with_output().unwrap().into()).await.unwrap();
    assert_eq!(ended.code, 0, "{ended:?} {}", rest.join().unwrap());
    assert_eq!(server.get(&format!("/api/v1/costs?{RANGE}")).await["span_count"], 1);
    server.stop().await;
}

/// A file of three hundred spans in OTLP protobuf.
fn some_spans(folder: &DataFolder) -> PathBuf {
    let path = folder.path().join("spans.pb");
    std::fs::write(&path, protobuf::encode(&(1..=300).map(a_span).collect::<Vec<_>>())).unwrap();
    path
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_room_is_waited_for() {
    let folder = DataFolder::new("import-full");
    let path = some_spans(&folder);
    let server = TestServer::with(|config| config.queue_bytes_max = 4_000).await;
    let held = server.hold_room(3_900).await;
    let mut child = importing(&server.http, &[text(&path)]).spawn().unwrap();
    let rest = hear(&mut child, "waiting for the server: the server has all the spans it can hold");
    drop(held);
    let ended: Ended = tokio::task::spawn_blocking(|| child.wait_with_output().unwrap().into()).await.unwrap();
    assert_eq!(ended.code, 0, "{ended:?} {}", rest.join().unwrap());
    assert!(ended.printed.contains("300 spans of 1 file taken"), "{ended:?}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_takes_less_at_a_time_gets_less_and_what_it_refuses_is_told() {
    let folder = DataFolder::new("import-less");
    let path = some_spans(&folder);
    let large = a_line(1).replace("step", &"x".repeat(9_000));
    let large = folder.write("large.jsonl", &(large + &a_line(2)));
    let server = TestServer::with(|config| config.body_bytes_max = 8_000).await;
    let ended = import(&server.http, &[text(&path), text(&large)]).await;
    assert_eq!(ended.code, 1);
    assert!(ended.printed.contains("spans.pb (OTLP protobuf): 300 spans taken\n"), "{ended:?}");
    assert!(ended.printed.contains("large.jsonl (native JSON lines): 1 span taken, 1 refused\n"), "{ended:?}");
    assert!(ended.printed.contains("1 × the body has more than 8000 bytes (after decompression)"), "{ended:?}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_is_interrupted_says_what_was_done() {
    const SPANS: u64 = 40_000;
    let server = TestServer::start().await;
    let mut command = importing(&server.http, &["-", "never-begun.json"]);
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all((0..SPANS).map(a_line).collect::<String>().as_bytes()).unwrap();
    server.eventually(&format!("/api/v1/costs?{RANGE}"), |costs| costs["span_count"].as_u64() > Some(20_000)).await;
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    // Its standard input is still open.
    let ended: Ended = tokio::task::spawn_blocking(|| child.wait_with_output().unwrap().into()).await.unwrap();
    drop(input);
    assert_eq!(ended.code, 1);
    assert!(
        ended.printed.contains("not all of it was sent") && ended.printed.contains("Ended early: stopped"),
        "{ended:?}"
    );
    assert!(ended.printed.contains("Not begun: 1 file") && ended.printed.contains("See them at "), "{ended:?}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_server_of_ours_is_not_sent_to() {
    let server = TestServer::start().await;
    let folder = DataFolder::new("import-elsewhere");
    let lines = folder.write("lines.jsonl", &a_line(1));
    let ended = import(&server.zipkin, &[text(&lines)]).await;
    assert_eq!(ended.code, 1);
    assert!(
        ended.printed.contains("answered 404 Not Found") && ended.printed.contains("say where with --to"),
        "{ended:?}"
    );
    for (to, words) in
        [("127.0.0.1:8080", "expected the address of a server"), ("https://127.0.0.1", "TLS is not spoken")]
    {
        let ended = import(to, &[text(&lines)]).await;
        assert!(ended.code == 2 && ended.said.contains(words), "{ended:?}");
    }
    server.stop().await;
}
