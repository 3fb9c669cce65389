//! Bodies that are not what they are said to be, too large, too slow, or cut off: at every door.

use std::time::Duration;

use bytes::Bytes;
use futures::StreamExt;
use futures::future::join_all;
use http_body_util::StreamBody;
use hyper::body::Frame;
use reqwest::StatusCode;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::door::{Answer, Door, *};
use super::sent::Sent;
use super::{gzip, span_count};
use crate::grpc::{EXPORT, exchange};
use crate::server::TestServer;

const BODY_BYTES_MAX: usize = 100_000;

/// A name for a request, its headers but for the content type, its body, and what must be answered: the status, and a word.
struct Case(&'static str, Vec<(&'static str, &'static str)>, Vec<u8>, u16, &'static str);

fn good(door: Door) -> Vec<u8> {
    door.body(&[Sent::new(1, 1)])
}

/// The status of a body that went well, over HTTP.
const fn well(door: Door) -> u16 {
    match door {
        ZipkinJson | ZipkinProtobuf | ZipkinOld | Jaeger => 202,
        _ => 200,
    }
}

/// What every door is asked.
fn cases(door: Door) -> Vec<Case> {
    let (kind, packed) = (("content-type", door.content_type()), ("content-encoding", "gzip"));
    let (body, whole) = (good(door), gzip(&good(door)));
    // A body of protobuf may be empty; of lines, a broken one costs itself only.
    let may_be_empty = matches!(door, OtlpProtobuf | Grpc | ZipkinProtobuf);
    let broken = if door == Lines { 200 } else { 400 };
    let other = if matches!(door, Grpc | Lines) { "application/json; charset=utf-8" } else { "application/xml" };
    // Lines and the document around them are told by their type alone, so JSON at the one is no mistake at the other.
    let other = if door == Lines { "text/plain" } else { other };
    let random: Vec<u8> = (0..=255).rev().collect();
    vec![
        Case("empty", vec![kind], vec![], if may_be_empty { well(door) } else { 400 }, ""),
        Case("truncated", vec![kind], body[..body.len() - 3].to_vec(), broken, ""),
        Case("random", vec![kind], random, broken, ""),
        Case("another format", vec![kind], b"<html></html>".to_vec(), broken, ""),
        Case("no content type", vec![], body.clone(), 415, door.content_type()),
        Case("another content type", vec![("content-type", other)], body.clone(), 415, "content-type is "),
        Case("cut gzip", vec![kind, packed], whole[..whole.len() / 2].to_vec(), 400, "gzip"),
        Case("plain said to be gzip", vec![kind, packed], body.clone(), 400, "gzip"),
        Case("unknown encoding", vec![kind, ("content-encoding", "br")], body, 415, "expected one of gzip"),
        Case("bomb", vec![kind, packed], gzip(&vec![b' '; 50_000_000]), 413, "100000"),
        Case("too large unpacked", vec![kind, packed], gzip(&vec![b' '; BODY_BYTES_MAX + 1]), 413, "100000"),
        Case("too large", vec![kind], vec![b' '; BODY_BYTES_MAX + 10], 413, "100000"),
        Case("gzip", vec![kind, packed], whole, well(door), ""),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_a_body_is_every_door_answers_in_its_own_words_and_goes_on() {
    let server = TestServer::with(|config| config.body_bytes_max = BODY_BYTES_MAX).await;
    let (mut refused, mut rejected) = (0, 0);
    for door in Door::ALL {
        for Case(name, headers, body, status, says) in cases(door) {
            let answer = door.post_with(&server, &headers, body).await;
            assert_eq!(answer.status, status, "{door:?}, {name}: {answer:?}");
            assert!(answer.words.contains(says), "{door:?}, {name}: {answer:?}");
            assert!(answer.is_success() || answer.words.len() > 20, "{door:?}, {name}: {answer:?}");
            refused += u64::from(!answer.is_success());
            rejected += answer.rejected;
        }
        let kind = format!("{}; charset=utf-8", door.content_type());
        let answer = door.post_with(&server, &[("content-type", &kind)], good(door)).await;
        assert!(answer.is_success() && answer.rejected == 0, "{door:?}: {answer:?}");
    }
    assert_eq!(span_count(&server).await, json!(1), "the good ones are one span, whichever way they came");
    let told = server.get("/api/v1/ingest?limit=1000").await;
    assert_eq!((&told["requests_refused"], &told["rejected"]), (&json!(refused), &json!(rejected)));
    let listed = told["rejected_spans"].as_array().unwrap();
    assert_eq!(listed.len() as u64, refused + rejected);
    assert_eq!(
        listed.iter().find(|line| line["class"] == "other"),
        None,
        "every reason is of a class that says what it is"
    );
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_quoted_of_a_request_does_not_make_its_answer_long() {
    let server = TestServer::start().await;
    let long = format!("\"{}\"", "x".repeat(3_000_000));
    for (door, body) in [
        (OtlpJson, format!(r#"{{"resourceSpans":[{long}]}}"#)),
        (ZipkinJson, long.clone()),
        (ZipkinOld, long.clone()),
        (Native, long.clone()),
        (Lines, long.clone()),
    ] {
        let answer = door.post(&server, body).await;
        assert!(
            answer.words.len() < 2_500 && answer.words.contains("invalid type"),
            "{door:?}: {}",
            answer.words.len()
        );
    }
    let told = server.get("/api/v1/ingest").await;
    assert_eq!((&told["requests_refused"], &told["rejected"]), (&json!(4), &json!(1)));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_method_is_told_which_one_is_meant() {
    let server = TestServer::start().await;
    for door in Door::ALL {
        let url = format!("{}{}", door.port(&server), door.path());
        // A GET of the native door is the list of traces.
        let client = reqwest::Client::new();
        let request = if matches!(door, Native | Lines) { client.put(url) } else { client.get(url) };
        let response = request.header("content-type", door.content_type()).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED, "{door:?}");
        assert!(response.headers()["allow"].to_str().unwrap().contains("POST"), "{door:?}");
        if !matches!(door, Grpc) {
            let answer = door.read_response(response).await;
            assert!(answer.words.contains("POST") || answer.words.contains("Allow"), "{door:?}: {answer:?}");
        }
    }
    server.stop().await;
}

/// A body that begins and does not go on before what is returned is dropped.
fn endless(beginning: Vec<u8>) -> impl futures::Stream<Item = Result<Bytes, std::io::Error>> + Send + 'static {
    futures::stream::iter([Ok(Bytes::from(beginning))]).chain(futures::stream::pending())
}

async fn post_endlessly(door: Door, server: &TestServer) -> Answer {
    let body = good(door);
    let beginning = body[..body.len() / 2].to_vec();
    if door == Grpc {
        let body = StreamBody::new(endless(beginning).map(|bytes| bytes.map(Frame::data)));
        let headers = [("content-type", door.content_type())];
        let (status, headers, body) = exchange(&server.grpc, EXPORT, &headers, Box::pin(body)).await.unwrap();
        return door.read(status, &headers, &body);
    }
    let request = reqwest::Client::new().post(format!("{}{}", door.port(server), door.path()));
    let request = request.header("content-type", door.content_type());
    door.read_response(request.body(reqwest::Body::wrap_stream(endless(beginning))).send().await.unwrap()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_comes_too_slowly_is_sent_back_and_not_refused() {
    let server = TestServer::with(|config| config.body_timeout_seconds = 1).await;
    let answers = join_all(Door::ALL.map(|door| post_endlessly(door, &server))).await;
    for (door, answer) in Door::ALL.into_iter().zip(answers) {
        assert_eq!((answer.status, answer.retry_after), (503, true), "{door:?}: {answer:?}");
        assert!(answer.words.contains("did not arrive within 1 seconds; send again"), "{door:?}: {answer:?}");
    }
    let told = server.get("/api/v1/ingest").await;
    assert_eq!(told["turned_away"][4]["why"], "incomplete");
    assert_eq!(told["turned_away"][4]["requests"], Door::ALL.len());
    assert_eq!((&told["requests_refused"], &told["queue"]["bytes"]), (&json!(0), &json!(0)));
    for door in Door::ALL {
        assert!(door.post(&server, good(door)).await.is_success(), "{door:?}");
    }
    assert_eq!(span_count(&server).await, json!(1));
    server.stop().await;
}

/// Opens a connection, sends the head of a request and half its body in a chunk, and leaves the rest open.
async fn half_a_request(door: Door, server: &TestServer) -> TcpStream {
    let address = door.port(server).trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).await.unwrap();
    let (body, kind) = (good(door), door.content_type());
    let head = format!(
        "POST {} HTTP/1.1\r\nhost: {address}\r\ncontent-type: {kind}\r\ntransfer-encoding: chunked\r\n\r\n{:x}\r\n",
        door.path(),
        body.len()
    );
    stream.write_all(&[head.as_bytes(), &body[..body.len() / 2]].concat()).await.unwrap();
    stream
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_hangs_up_leaves_nothing_behind() {
    let server = TestServer::with(|config| config.connections_max = 4).await;
    for door in Door::ALL {
        // As many as a port takes, but for those that look on.
        let open = join_all((0..3).map(|_| half_a_request(door, &server))).await;
        server.eventually("/api/v1/ingest", |told| told["queue"]["bytes"].as_u64() > Some(0)).await;
        drop(open);
        server.eventually("/api/v1/ingest", |told| told["queue"]["bytes"] == 0).await;
        let answer = tokio::time::timeout(Duration::from_secs(30), door.post(&server, good(door))).await;
        assert!(answer.expect("the connections are free again").is_success(), "{door:?}");
    }
    // A call given up over HTTP/2 leaves its connection open.
    tokio::select! {
        answer = post_endlessly(Grpc, &server) => panic!("{answer:?}"),
        _ = server.eventually("/api/v1/ingest", |told| told["queue"]["bytes"].as_u64() > Some(0)) => {}
    }
    server.eventually("/api/v1/ingest", |told| told["queue"]["bytes"] == 0).await;
    assert_eq!(span_count(&server).await, json!(1));
    let gone = 3 * Door::ALL.len() + 1;
    let told = server.eventually("/api/v1/ingest", |told| told["turned_away"][4]["requests"] == gone).await;
    assert_eq!(told["requests_refused"], 0);
    server.stop().await;
}

/// What is answered to a request written by hand; one that asks whether to go on gets its body when told so.
async fn by_hand(door: Door, server: &TestServer, headers: &str, body: &[u8]) -> String {
    let address = door.port(server).trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = format!("POST {} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n{headers}\r\n", door.path());
    stream.write_all(head.as_bytes()).await.unwrap();
    let (mut answer, mut part) = (Vec::new(), [0; 4_096]);
    let mut sent = !headers.contains("100-continue");
    if sent {
        stream.write_all(body).await.unwrap();
    }
    loop {
        let read = stream.read(&mut part).await.unwrap();
        answer.extend_from_slice(&part[..read]);
        if read == 0 {
            return String::from_utf8_lossy(&answer).into_owned();
        }
        if !sent && answer.starts_with(b"HTTP/1.1 100 ") {
            stream.write_all(body).await.unwrap();
            sent = true;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn chunks_and_questions_before_the_body_are_understood() {
    let server = TestServer::start().await;
    for door in Door::ALL.into_iter().filter(|door| *door != Grpc) {
        let (body, kind) = (good(door), door.content_type());
        let chunk = |bytes: &[u8]| [format!("{:x}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat();
        let chunks = [body.chunks(7).flat_map(chunk).collect::<Vec<_>>(), b"0\r\n\r\n".to_vec()].concat();
        let by_chunks = format!("content-type: {kind}\r\ntransfer-encoding: chunked\r\n");
        let answer = by_hand(door, &server, &by_chunks, &chunks).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {} ", well(door))), "{door:?}: {answer}");

        let asking = format!("content-type: {kind}\r\ncontent-length: {}\r\nexpect: 100-continue\r\n", body.len());
        let answer = by_hand(door, &server, &asking, &body).await;
        assert!(answer.starts_with("HTTP/1.1 100 "), "{door:?}: {answer}");
        assert!(answer.contains(&format!("HTTP/1.1 {} ", well(door))), "{door:?}: {answer}");

        let hopeless = format!("content-type: x/y\r\ncontent-length: {}\r\nexpect: 100-continue\r\n", body.len());
        let answer = by_hand(door, &server, &hopeless, &body).await;
        assert!(answer.starts_with("HTTP/1.1 415 "), "{door:?}: refused before the body is sent: {answer}");
    }
    assert_eq!(span_count(&server).await, json!(1));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_door_says_when_there_is_no_room_and_how_long_to_wait() {
    let server = TestServer::with(|config| config.queue_bytes_max = 4_000).await;
    let held = server.hold_room(3_950).await;
    for door in Door::ALL {
        let answer = door.post(&server, good(door)).await;
        assert_eq!((answer.status, answer.retry_after), (503, true), "{door:?}: {answer:?}");
        assert!(answer.words.contains("send again shortly"), "{door:?}: {answer:?}");
    }
    drop(held);
    server.eventually("/api/v1/ingest", |told| told["queue"]["bytes"] == 0).await;
    for door in Door::ALL {
        assert!(door.post(&server, good(door)).await.is_success(), "{door:?}");
    }
    assert_eq!(span_count(&server).await, json!(1));
    server.stop().await;
}
