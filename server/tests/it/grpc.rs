//! OTLP over gRPC: frames, packing, statuses; whole SDKs speak it in `clients`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceResponse;
use prost::Message;
use tokio::net::TcpStream;
use wire::RawSpan;
use wire::otlp::protobuf;

use crate::hostile::{a_span, gzip};
use crate::server::TestServer;

pub const EXPORT: &str = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";

/// How a call ended: headers and trailers in one, and its message.
struct Answer {
    said: HeaderMap,
    body: Bytes,
}

impl Answer {
    fn status(&self) -> &str {
        self.said["grpc-status"].to_str().unwrap()
    }

    fn message(&self) -> &str {
        self.said.get("grpc-message").map_or("", |message| message.to_str().unwrap())
    }

    fn rejected(&self) -> i64 {
        assert_eq!(self.status(), "0", "{}", self.message());
        let answer = ExportTraceServiceResponse::decode(&self.body[5..]).unwrap();
        answer.partial_success.map_or(0, |partial| partial.rejected_spans)
    }
}

pub fn frame(packed: bool, message: &[u8]) -> Vec<u8> {
    let length = u32::try_from(message.len()).unwrap().to_be_bytes();
    [&[u8::from(packed)][..], &length, message].concat()
}

type Failure = Box<dyn std::error::Error + Send + Sync>;

async fn try_call(address: &str, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Result<Answer, Failure> {
    let (status, said, body) = exchange(address, path, headers, Full::new(Bytes::from(body))).await?;
    assert_eq!(status, StatusCode::OK, "gRPC puts errors into trailers");
    Ok(Answer { said, body })
}

/// A POST over HTTP/2: its status, headers and trailers in one, and the body of the answer.
pub async fn exchange<B>(
    address: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: B,
) -> Result<(StatusCode, HeaderMap, Bytes), Failure>
where
    B: hyper::body::Body<Data = Bytes, Error: Into<Failure>> + Send + Unpin + 'static,
{
    let stream = TcpStream::connect(address.trim_start_matches("http://")).await?;
    let (mut sender, connection) = http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let request = Request::post(format!("{address}{path}")).header("te", "trailers");
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    let response = sender.send_request(request.body(body)?).await?;
    let status = response.status();
    let mut said = response.headers().clone();
    let collected = response.into_body().collect().await?;
    said.extend(collected.trailers().cloned().unwrap_or_default());
    Ok((status, said, collected.to_bytes()))
}

async fn call(address: &str, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Answer {
    try_call(address, path, headers, body).await.unwrap()
}

/// Sends spans as an exporter would: the status it was answered with, or that the server is not there.
pub async fn try_export(address: &str, spans: &[u8]) -> Result<String, Failure> {
    let answer = try_call(address, EXPORT, &[GRPC], frame(false, spans)).await?;
    Ok(answer.said.get("grpc-status").ok_or("the answer was cut off")?.to_str()?.to_owned())
}

const GRPC: (&str, &str) = ("content-type", "application/grpc");

async fn export(server: &TestServer, headers: &[(&str, &str)], body: Vec<u8>) -> Answer {
    call(&server.grpc, EXPORT, &[&[GRPC], headers].concat(), body).await
}

fn spans(numbers: std::ops::Range<u64>) -> Vec<u8> {
    protobuf::encode(&numbers.map(a_span).collect::<Vec<RawSpan>>())
}

#[tokio::test(flavor = "multi_thread")]
async fn spans_come_in_plain_and_packed_and_count_once_over_all_doors() {
    let server = TestServer::start().await;
    assert_eq!(export(&server, &[], frame(false, &spans(1..4))).await.rejected(), 0);
    let packed = frame(true, &gzip(&spans(2..6)));
    assert_eq!(export(&server, &[("grpc-encoding", "gzip")], packed).await.rejected(), 0);
    let packed = frame(true, &zstd::bulk::compress(&spans(5..8), 3).unwrap());
    assert_eq!(export(&server, &[("grpc-encoding", "zstd")], packed).await.rejected(), 0);
    let http = [("content-type", "application/x-protobuf")];
    assert_eq!(server.post_bytes("/v1/traces", &http, spans(1..9)).await.status(), StatusCode::OK);
    let balance = server.get("/api/v1/balance").await;
    assert_eq!((&balance["balanced"], &balance["total_cost_usd"]), (&true.into(), &serde_json::json!(0.008)));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_span_is_counted_and_its_neighbours_are_kept() {
    let server = TestServer::start().await;
    let mut bad = spans(1..3);
    let id = bad.windows(10).position(|bytes| bytes == [0x12, 8, 0, 0, 0, 0, 0, 0, 0, 1]).unwrap();
    bad[id + 9] = 0;
    let answer = export(&server, &[], frame(false, &bad)).await;
    assert_eq!(answer.rejected(), 1);
    let response = ExportTraceServiceResponse::decode(&answer.body[5..]).unwrap();
    assert!(response.partial_success.unwrap().error_message.contains("an id of only zeros"));
    server.stop().await;
}

/// Headers, body, the status it must be answered with, and a word that must be in the answer.
type Case = (&'static [(&'static str, &'static str)], Vec<u8>, &'static str, &'static str);

#[tokio::test(flavor = "multi_thread")]
async fn broken_calls_are_refused_in_words_and_never_as_worth_a_retry() {
    let server = TestServer::with(|config| config.body_bytes_max = 100_000).await;
    let bomb = frame(true, &gzip(&vec![0; 30_000_000]));
    let cases: [Case; 8] = [
        (&[], Vec::new(), "3", "a call without a message"),
        (&[], frame(false, b"not protobuf"), "3", "not an OTLP"),
        (&[], frame(false, &spans(1..3))[..40].to_vec(), "3", "exactly one message"),
        (&[], [frame(false, b""), frame(false, b"")].concat(), "3", "exactly one message"),
        (&[], frame(true, &gzip(b"")), "3", "without grpc-encoding"),
        (&[("grpc-encoding", "gzip")], frame(true, b"plain"), "3", "not the gzip"),
        (&[("grpc-encoding", "snappy")], frame(true, b"?"), "12", "gzip"),
        (&[("grpc-encoding", "gzip")], bomb, "8", "more than 100000 bytes"),
    ];
    for (headers, body, status, word) in cases {
        let answer = export(&server, headers, body).await;
        assert_eq!(answer.status(), status, "{}", answer.message());
        assert!(answer.message().contains(word), "{} lacks {word}", answer.message());
        let details = STANDARD_NO_PAD.decode(&answer.said["grpc-status-details-bin"]).unwrap();
        assert!(String::from_utf8_lossy(&details).contains(word), "the details say the same");
    }
    assert_eq!(export(&server, &[], frame(false, b"")).await.rejected(), 0, "nothing to store is no error");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_intake_asks_to_come_back_later() {
    let server = TestServer::with(|config| config.queue_bytes_max = 4_000).await;
    let held = server.hold_room(3_900).await;
    let answer = export(&server, &[], frame(false, &spans(1..2))).await;
    drop(held);
    assert_eq!(answer.status(), "14");
    let details = STANDARD_NO_PAD.decode(&answer.said["grpc-status-details-bin"]).unwrap();
    assert!(String::from_utf8_lossy(&details).contains("google.rpc.RetryInfo"), "exporters wait as long as it says");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn logs_metrics_health_and_unknown_methods_are_answered() {
    let server = TestServer::start().await;
    for method in ["logs.v1.LogsService", "metrics.v1.MetricsService"] {
        let path = format!("/opentelemetry.proto.collector.{method}/Export");
        let answer = call(&server.grpc, &path, &[GRPC], frame(false, b"")).await;
        assert_eq!(answer.status(), "0");
        assert!(String::from_utf8_lossy(&answer.body).contains("only traces are kept"));
    }
    let health = call(&server.grpc, "/grpc.health.v1.Health/Check", &[GRPC], frame(false, b"")).await;
    assert_eq!((health.status(), &health.body[5..]), ("0", [8, 1].as_slice()));
    let unknown = call(&server.grpc, "/no.such.Service/Call", &[GRPC], frame(false, b"")).await;
    assert_eq!(unknown.status(), "12");
    assert!(unknown.message().contains("TraceService/Export"), "{}", unknown.message());
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn either_otlp_port_takes_what_belongs_to_the_other() {
    let server = TestServer::start().await;
    let mistaken = call(&server.otlp, EXPORT, &[GRPC], frame(false, &spans(1..2))).await;
    assert_eq!(mistaken.rejected(), 0);
    let http = reqwest::Client::new().post(format!("{}/v1/traces", server.grpc));
    let response = http.header("content-type", "application/x-protobuf").body(spans(2..3)).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let lost = reqwest::get(&server.grpc).await.unwrap();
    assert_eq!(lost.status(), StatusCode::NOT_FOUND);
    assert!(lost.text().await.unwrap().contains("this port takes OTLP"));
    server.stop().await;
}
