//! Every door asks for a key, before it reads a body, and says no in its own words.

use std::time::Duration;

use app::pages::overview::api::StartDemo;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use leptos::server_fn::ServerFn;
use reqwest::StatusCode;
use serde_json::{Value, json};
use server::config::Door as Address;

use super::{ACME, ALL, INGEST, Locked, READ, keys_but};
use crate::hostile::door::Door;
use crate::hostile::sent::Sent;
use crate::process::DataFolder;
use crate::server::TestServer;

/// Longest an answer may take that does not wait for the body.
const AT_ONCE: Duration = Duration::from_secs(20);

/// Longest wait for a file to be looked at, which happens every few seconds.
const PATIENCE: Duration = Duration::from_secs(60);

fn headers<'a>(door: Door, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    [&[("content-type", door.content_type())][..], more].concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_door_refuses_whoever_has_no_key_a_wrong_one_or_one_that_may_not() {
    let locked = Locked::new("doors");
    let server = locked.server().await;
    for door in Door::ALL {
        let body = door.body(&[Sent::new(1, 1)]);
        for (given, status, says) in [
            (vec![], 401, "asks for a key"),
            (vec![("authorization", "Bearer tt_wrong")], 401, "none of this server's"),
            (vec![("x-api-key", "tt_wrong")], 401, "none of this server's"),
            (vec![("authorization", "Bearer")], 401, "asks for a key"),
            (vec![("x-api-key", READ)], 403, "the key \"read\" may read"),
        ] {
            let answer = door.post_with(&server, &headers(door, &given), body.clone()).await;
            assert_eq!(answer.status, status, "{door:?} {given:?}: {answer:?}");
            assert!(answer.words.contains(says), "{door:?} {given:?}: {answer:?}");
            assert!(!answer.words.contains("tt_wrong") && !answer.words.contains(READ), "{answer:?}");
        }
    }
    let told = server.get("/api/v1/ingest").await;
    assert_eq!((&told["accepted"], &told["rejected"]), (&json!(0), &json!(0)), "nobody fills a list without a key");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_door_takes_a_key_wherever_programs_put_it() {
    let locked = Locked::new("ways");
    let server = locked.server().await;
    let (bearer, basic) =
        (format!("Bearer {INGEST}"), format!("Basic {}", STANDARD.encode(format!("public:{INGEST}"))));
    let user = format!("Basic {}", STANDARD.encode(format!("{INGEST}:")));
    let ways = [
        ("authorization", bearer.as_str()),
        ("authorization", &basic),
        ("authorization", &user),
        ("x-api-key", INGEST),
    ];
    let mut sent = 0;
    for door in Door::ALL {
        for way in ways {
            sent += 1;
            let answer = door.post_with(&server, &headers(door, &[way]), door.body(&[Sent::new(sent, 1)])).await;
            assert!(answer.is_success(), "{door:?} {way:?}: {answer:?}");
        }
    }
    assert_eq!(server.get("/api/v1/ingest").await["accepted"], json!(sent));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_answer_does_not_wait_for_the_body() {
    let locked = Locked::new("before");
    let server = locked.server().await;
    for door in [Door::OtlpProtobuf, Door::ZipkinJson, Door::Jaeger, Door::Native] {
        let never = reqwest::Body::wrap_stream(futures::stream::pending::<Result<Bytes, std::io::Error>>());
        let url = format!("{}{}", door.port(&server), door.path());
        let request = reqwest::Client::new().post(url).header("content-type", door.content_type()).body(never);
        let response = tokio::time::timeout(AT_ONCE, request.send()).await.expect("it waits for the body").unwrap();
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED, "{door:?}");
        assert_eq!(response.headers()["www-authenticate"], "Bearer realm=\"Tracetab\"", "{door:?}");
        assert_eq!(
            response.headers()["connection"],
            "close",
            "{door:?}: what was not read must not be taken for a request"
        );
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_address_of_a_door_is_left_open() {
    let locked = Locked::new("addresses");
    let server = locked.server().await;
    let client = reqwest::Client::new();
    for path in [
        "/v1/traces",
        "/v1/logs",
        "/v1/metrics",
        "/api/public/otel/v1/traces",
        "/api/v1/traces",
        "/api/v2/spans",
        "/api/v1/spans",
    ] {
        let response = client.post(format!("{}{path}", server.http)).header("content-type", "application/json");
        let response = response.body("{}").send().await.unwrap();
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED, "{path}");
        if path.contains("/v1/") && !path.starts_with("/api/v1") {
            let status: Value = response.json().await.unwrap();
            assert_eq!(status["code"], 16, "{path}: a google.rpc.Status in the encoding of the request");
        }
    }
    for path in ["/healthz", "/readyz"] {
        assert_eq!(
            client.get(format!("{}{path}", server.http)).send().await.unwrap().status(),
            StatusCode::OK,
            "{path}"
        );
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_file_is_taken_over_and_a_broken_or_missing_one_opens_nothing() {
    let locked = Locked::new("reload");
    let server = locked.server().await;
    let send = async |key: &str| {
        let headers = headers(Door::Native, &[("x-api-key", key)]);
        Door::Native.post_with(&server, &headers, Door::Native.body(&[Sent::new(1, 1)])).await.status
    };
    let becomes = async |key: &str, status: u16| {
        let waiting = async {
            while send(key).await != status {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        };
        tokio::time::timeout(PATIENCE, waiting).await.unwrap_or_else(|_| panic!("{key} never got {status}"));
    };
    assert_eq!(send(INGEST).await, 200);
    locked.write(&keys_but(&[INGEST]));
    becomes(INGEST, 401).await;
    assert_eq!(send(ACME).await, 200);

    locked.write("keys: []");
    let page = async || server.page("/settings").await;
    let says = async |words: &str| {
        let waiting = async {
            while !page().await.contains(words) {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        };
        tokio::time::timeout(PATIENCE, waiting).await.unwrap_or_else(|_| panic!("the page never said {words:?}"));
    };
    says("it has no key; expected at least one").await;
    assert_eq!((send(ACME).await, send(INGEST).await), (200, 401), "the keys before it stay");

    std::fs::remove_file(locked.folder().join("keys.yaml")).unwrap();
    says("there is no such file any more").await;
    assert_eq!((send(ACME).await, send(INGEST).await, send("").await), (200, 401, 401), "nothing is opened");

    locked.write(&keys_but(&[]));
    becomes(INGEST, 200).await;
    assert!(!page().await.contains("cannot be used"));
    for key in [ALL, INGEST, ACME] {
        assert!(!page().await.contains(key), "keys are shown by their names");
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_with_keys_may_be_reached_from_other_machines() {
    let locked = Locked::new("exposed");
    let server = TestServer::with(|config| {
        config.rules = Some(locked.folder());
        config.http_addr = "0.0.0.0:0".parse().unwrap();
        config.doors.otlp_http_addr = Address::Open("0.0.0.0:0".parse().unwrap());
    })
    .await;
    assert_eq!(server.try_get("/api/v1/traces").await.0, StatusCode::UNAUTHORIZED);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_and_the_demo_give_a_key() {
    let locked = Locked::new("import");
    let server = locked.server().await;
    let folder = DataFolder::new("keys-import");
    let file = folder.write("trace.json", include_str!("../../fixtures/sample_trace.json"));
    let import = async |key: Option<&str>| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_tracetab"));
        command.args(["import", "--to", &server.http]).arg(&file).env_remove("TRACETAB_KEY");
        key.map(|key| command.env("TRACETAB_KEY", key));
        let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
        (
            output.status.success(),
            String::from_utf8(output.stderr).unwrap() + &String::from_utf8(output.stdout).unwrap(),
        )
    };
    let (done, said) = import(None).await;
    assert!(!done && said.contains("--key or TRACETAB_KEY"), "{said}");
    let (done, said) = import(Some(INGEST)).await;
    assert!(done && !said.contains(INGEST), "{said}");
    assert_eq!(server.get("/api/v1/traces/7d3f4e8a9b2c1d5e6f7a8b9c0d1e2f3a").await["span_count"], 3);

    // The one that people start by a button, in the name of the server itself.
    let started = server.submit(StartDemo::PATH, &[], &[("x-api-key", ALL)]).await;
    assert!(started.status().is_success() || started.status().is_redirection(), "{}", started.status());
    server.eventually("/api/v1/traces?from=-30d", |traces| traces["total"]["traces"].as_i64() > Some(10)).await;
    server.stop().await;
}
