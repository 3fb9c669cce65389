//! More connections, slower ones and stranger ones than anybody has use for: others are served all the same, and memory is
//! bounded.

use std::time::{Duration, Instant};

use reqwest::StatusCode;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use wire::otlp::protobuf;

use crate::grpc::try_export;
use crate::hostile::a_span;
use crate::process::{DataFolder, ServerProcess};

/// Longest a person or a program at its first try waits.
const PROMPT: Duration = Duration::from_secs(10);
const MEGABYTE: u64 = 1024 * 1024;

async fn connect(url: &str) -> TcpStream {
    TcpStream::connect(url.trim_start_matches("http://")).await.unwrap()
}

async fn connections(url: &str, count: usize, first: &[u8]) -> Vec<TcpStream> {
    let mut open = Vec::with_capacity(count);
    for _ in 0..count {
        let mut stream = connect(url).await;
        // Some are closed to make room before they are written to.
        let _ = stream.write_all(first).await;
        open.push(stream);
    }
    open
}

/// Whether the other end has closed it, after reading what it had said before.
async fn is_closed(stream: &mut TcpStream) -> bool {
    let mut bytes = [0; 1024];
    loop {
        match stream.try_read(&mut bytes) {
            Ok(0) => return true,
            Ok(_) => {}
            Err(error) => return error.kind() != std::io::ErrorKind::WouldBlock,
        }
    }
}

/// A request on a connection of its own, answered promptly.
async fn assert_answers(server: &ServerProcess, path: &str) {
    let client = reqwest::Client::builder().timeout(PROMPT).build().unwrap();
    let answer = client.get(format!("{}{path}", server.http)).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK, "{path}");
}

async fn assert_takes_spans(server: &ServerProcess, number: u64) {
    let spans = protobuf::encode(&[a_span(number)]);
    let status = tokio::time::timeout(PROMPT, try_export(&server.grpc, &spans)).await.unwrap();
    assert_eq!(status.unwrap(), "0");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_comes_a_byte_at_a_time_is_ended_and_an_idle_connection_is_not() {
    let folder = DataFolder::new("slow-heads");
    let server = ServerProcess::start(&folder);
    let mut idle = connect(&server.http).await;
    idle.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
    let began = Instant::now();
    let mut slow = Vec::new();
    for begin in ["G", "PRI", "GET /healthz HTTP/1.1\r\nx: "] {
        let mut stream = connect(&server.http).await;
        slow.push(tokio::spawn(async move {
            stream.write_all(begin.as_bytes()).await.unwrap();
            let mut answer = Vec::new();
            loop {
                tokio::select! {
                    read = stream.read_buf(&mut answer) => if read.is_err() || read.is_ok_and(|count| count == 0) { return },
                    () = tokio::time::sleep(Duration::from_millis(500)) => {
                        let _ = stream.write_all(if begin == "PRI" { b"" } else { b"y" }).await;
                    }
                }
            }
        }));
    }
    for slow in slow {
        slow.await.unwrap();
    }
    assert!(began.elapsed() < Duration::from_secs(15), "{:?}", began.elapsed());
    assert!(!is_closed(&mut idle).await);
    idle.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    idle.read_to_string(&mut answer).await.unwrap();
    assert!(answer.ends_with("ok\n"), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn four_thousand_idle_connections_take_little_memory_and_shut_nobody_out() {
    let folder = DataFolder::new("idle");
    let server = ServerProcess::start(&folder);
    assert_answers(&server, "/costs").await;
    let before = server.memory();
    let request = b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n";
    let mut open = connections(&server.http, 4_000, request).await;
    assert_answers(&server, "/healthz").await;
    let grown = server.memory().saturating_sub(before);
    println!("4 000 idle connections take {} kB, {} bytes each", grown / 1024, grown / 4_000);
    assert!(grown < 100 * MEGABYTE, "{grown}");

    open.extend(connections(&server.http, 500, request).await);
    assert_answers(&server, "/costs").await;
    assert!(is_closed(&mut open[0]).await, "the longest idle one made room");
    assert!(!is_closed(open.last_mut().unwrap()).await);
    // Their own is another port; it has places of its own.
    assert_takes_spans(&server, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_stall_and_a_flood_at_the_other_port_make_room() {
    let folder = DataFolder::new("stalled");
    let server = ServerProcess::start_with(&folder, &[("TRACETAB_CONNECTIONS_MAX", "40")]);
    let _flood = connections(&server.grpc, 500, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await;
    assert_answers(&server, "/costs").await;
    assert_takes_spans(&server, 1).await;
    let half = b"POST /v1/traces HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/x-protobuf\r\ncontent-length: 100\r\n\r\nx";
    let _stalled = connections(&server.http, 40, half).await;
    assert_answers(&server, "/costs").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_few_file_descriptors_a_flood_at_every_port_leaves_enough_to_work_with() {
    let folder = DataFolder::new("descriptors");
    let server = ServerProcess::start_with_descriptors(&folder, 400);
    let _floods = tokio::join!(connections(&server.http, 600, b"GET"), connections(&server.grpc, 600, b""));
    assert_answers(&server, "/readyz").await;
    assert_answers(&server, "/costs").await;
    assert_takes_spans(&server, 1).await;
}

/// A frame of HTTP/2 (RFC 9113, section 4.1).
fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes()[..], payload].concat()
}

/// Writes until the other end has had enough, or all is written, while what it says is read.
async fn pour(url: &str, frames: impl Iterator<Item = Vec<u8>>) {
    let (mut reading, mut writing) = connect(url).await.into_split();
    tokio::spawn(async move {
        let mut bytes = vec![0; 64 * 1024];
        while reading.read(&mut bytes).await.is_ok_and(|count| count > 0) {}
    });
    let begin = [&b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"[..], &frame(4, 0, 0, b"")].concat();
    for bytes in std::iter::once(begin).chain(frames) {
        if writing.write_all(&bytes).await.is_err() {
            return;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn http2_used_as_a_weapon_takes_no_memory_and_shuts_nobody_out() {
    const HEADERS: u8 = 1;
    let folder = DataFolder::new("http2");
    let server = ServerProcess::start(&folder);
    assert_takes_spans(&server, 1).await;
    let before = server.memory_peak();
    // ":method POST, :scheme http, :path /, :authority x" (RFC 7541, appendix A).
    let head = [0x83, 0x86, 0x84, 0x41, 1, b'x'];
    let numbers = || (0..50_000_u32).map(|number| number * 2 + 1);
    let resets =
        numbers().map(|stream| [frame(HEADERS, 4, stream, &head), frame(3, 0, stream, &[0, 0, 0, 8])].concat());
    let unanswered = numbers().map(|stream| frame(HEADERS, 4, stream, &head));
    let endless = std::iter::once(frame(HEADERS, 0, 1, &head))
        .chain((0..10_000).map(|_| frame(9, 0, 1, &[&[0, 1, b'a', 0x7f, 0x81, 0x7e][..], &[b'b'; 16_000]].concat())));
    let pings = (0..200_000_u64).map(|number| frame(6, 0, 0, &number.to_be_bytes()));
    let settings = (0..200_000).map(|_| frame(4, 0, 0, &[0, 4, 0, 1, 0, 0]));
    let all = async {
        tokio::join!(
            pour(&server.grpc, resets),
            pour(&server.grpc, unanswered),
            pour(&server.grpc, endless),
            pour(&server.grpc, pings),
            pour(&server.grpc, settings)
        )
    };
    tokio::time::timeout(Duration::from_secs(60), all).await.unwrap();
    assert_takes_spans(&server, 2).await;
    assert_answers(&server, "/healthz").await;
    let grown = server.memory_peak().saturating_sub(before);
    println!("it took {} kB", grown / 1024);
    assert!(grown < 100 * MEGABYTE, "{grown}");
}
