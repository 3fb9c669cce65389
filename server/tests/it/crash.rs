//! Crashes in the middle of ingest: whatever was accepted is there, and every dollar is there once.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use model::attribute::{Attributes, Text, Value};
use model::{SpanId, TraceId, Usd};
use serde::Deserialize;
use serde_json::value::RawValue;
use tokio::sync::watch;
use wire::RawSpan;
use wire::raw::Origin;

use crate::grpc::try_export;
use crate::process::{DataFolder, ServerProcess};

const SPANS: usize = 100_000;
const SPANS_PER_TRACE: usize = 10;
const SPANS_PER_REQUEST: usize = 500;
const REQUESTS: usize = SPANS / SPANS_PER_REQUEST;
/// Pause of a sender that was not answered, like that of an SDK but shorter.
const RETRY_PAUSE: Duration = Duration::from_millis(50);

/// What is sent: the same for every sender, with costs that add up to a known figure.
struct Traffic {
    bodies: Vec<Vec<u8>>,
    cost: Usd,
}

impl Traffic {
    fn generate(begins: DateTime<Utc>) -> Self {
        let origins: Vec<_> = (0..7).map(|service| Arc::new(origin(service))).collect();
        let spans: Vec<RawSpan> = (0..SPANS).map(|number| span(number, begins, &origins)).collect();
        let bodies = spans.chunks(SPANS_PER_REQUEST).map(wire::otlp::protobuf::encode).collect();
        let cost = (0..SPANS).map(cost_of).fold(Usd::ZERO, |sum, cost| sum.checked_add(cost).unwrap());
        Self { bodies, cost }
    }
}

fn origin(service: usize) -> Origin {
    let named = |key: &str, value: String| (Text::from(key), Value::from(value));
    let resource = Attributes(vec![named("service.name", format!("service-{service}"))]);
    Origin { resource: Arc::new(resource), ..Origin::default() }
}

/// Never round: a double would not add them up to the last pico-dollar.
fn cost_of(number: usize) -> Usd {
    Usd::from_pico((number as i64 * 7_919) % 1_000_003 + 1)
}

fn span(number: usize, begins: DateTime<Utc>, origins: &[Arc<Origin>]) -> RawSpan {
    let first = number - number % SPANS_PER_TRACE;
    let trace_id: TraceId = format!("{:032x}", first + 1).parse().unwrap();
    let id = |number: usize| format!("{:016x}", number + 1).parse::<SpanId>().unwrap();
    let start = begins + TimeDelta::microseconds(number as i64);
    let mut span = RawSpan::new(trace_id, id(number));
    span.parent_span_id = (number > first).then(|| id(number - 1));
    span.name = format!("step-{}", number % SPANS_PER_TRACE);
    span.start_ns = start.timestamp_nanos_opt().unwrap() as u64;
    span.end_ns = span.start_ns + 1_000_000;
    span.origin = origins[number % origins.len()].clone();
    span.attributes = Attributes(vec![
        ("cost_usd".into(), Value::from(cost_of(number).to_string())),
        ("tenant".into(), Value::from(format!("tenant-{}", first % 5))),
        ("user.id".into(), Value::from(format!("user-{}", number % 13))),
    ]);
    span
}

/// Where the server is now: its HTTP and its gRPC address.
type Address = watch::Receiver<[String; 2]>;

/// Sends every request, beginning with the one numbered `first`, each again until it is accepted.
async fn send_all(traffic: Arc<Traffic>, first: usize, by: Door, server: Address, accepted: watch::Sender<usize>) {
    let client = reqwest::Client::new();
    for at in 0..REQUESTS {
        let body = &traffic.bodies[(first + at) % REQUESTS];
        loop {
            let address = server.borrow().clone();
            let is_accepted = match by {
                Door::Http => post(&client, &address[0], body).await,
                Door::Grpc => export(&address[1], body).await,
            };
            if is_accepted {
                break;
            }
            tokio::time::sleep(RETRY_PAUSE).await;
        }
        accepted.send_modify(|requests| *requests += 1);
    }
}

#[derive(Clone, Copy)]
enum Door {
    Http,
    Grpc,
}

async fn post(client: &reqwest::Client, address: &str, body: &[u8]) -> bool {
    let request = client.post(format!("{address}/v1/traces")).header("content-type", "application/x-protobuf");
    match request.body(body.to_vec()).send().await {
        Ok(answer) if answer.status() == 200 => true,
        Ok(answer) => {
            assert_eq!(answer.status(), 503, "a crash may only ever ask for patience");
            false
        }
        Err(_) => false,
    }
}

async fn export(address: &str, body: &[u8]) -> bool {
    match try_export(address, body).await.as_deref() {
        Ok("0") => true,
        Ok(status) => {
            assert_eq!(status, "14", "a crash may only ever ask for patience");
            false
        }
        Err(_) => false,
    }
}

#[derive(Deserialize)]
struct Balance {
    balanced: bool,
    total_cost_usd: Box<RawValue>,
    by: BTreeMap<String, Box<RawValue>>,
}

#[derive(Deserialize)]
struct Costs {
    span_count: usize,
    total_cost_usd: Box<RawValue>,
}

async fn get<T: serde::de::DeserializeOwned>(server: &ServerProcess, path: &str) -> T {
    let answer = reqwest::get(format!("{}{path}", server.http)).await.unwrap();
    assert_eq!(answer.status(), 200, "{path}");
    serde_json::from_str(&answer.text().await.unwrap()).unwrap()
}

async fn assert_books_are_exact(server: &ServerProcess, cost: Usd) {
    let balance: Balance = get(server, "/api/v1/balance").await;
    let by: Vec<_> = balance.by.iter().map(|(name, sum)| (name.as_str(), sum.get())).collect();
    assert!(balance.balanced, "{} is not the same as {by:?}", balance.total_cost_usd);
    assert_eq!(balance.total_cost_usd.get(), cost.to_string());
    for (name, sum) in by {
        assert_eq!(sum, cost.to_string(), "by {name}");
    }
    let costs: Costs = get(server, "/api/v1/costs?from=-1d&group_by=service").await;
    assert_eq!(costs.span_count, SPANS);
    assert_eq!(costs.total_cost_usd.get(), cost.to_string());
}

fn address(server: &ServerProcess) -> [String; 2] {
    [server.http.clone(), server.grpc.clone()]
}

#[tokio::test(flavor = "multi_thread")]
async fn two_senders_of_the_same_spans_over_two_doors_and_five_crashes_leave_exact_books() {
    let folder = DataFolder::new("crash");
    let traffic = Arc::new(Traffic::generate(Utc::now()));
    let mut server = ServerProcess::start(&folder);
    let (at, now_at) = watch::channel(address(&server));
    let (accepted, mut progress) = watch::channel(0);
    let mut senders = tokio::task::JoinSet::new();
    for (first, by) in [(0, Door::Http), (REQUESTS / 3, Door::Grpc)] {
        senders.spawn(send_all(traffic.clone(), first, by, now_at.clone(), accepted.clone()));
    }

    progress.wait_for(|requests| *requests > REQUESTS / 3).await.unwrap();
    server.kill();
    server = ServerProcess::start(&folder);
    at.send(address(&server)).unwrap();

    for part in [2, 3] {
        progress.wait_for(|requests| *requests > REQUESTS * part / 3).await.unwrap();
        server.kill_postgres();
    }

    progress.wait_for(|requests| *requests > REQUESTS * 4 / 3).await.unwrap();
    server.kill_postgres();
    server.kill();
    server = ServerProcess::start(&folder);
    at.send(address(&server)).unwrap();

    while let Some(sent) = senders.join_next().await {
        sent.unwrap();
    }
    assert_books_are_exact(&server, traffic.cost).await;
    assert!(server.stop().success(), "Ctrl-C stops it cleanly");

    let again = ServerProcess::start(&folder);
    assert_books_are_exact(&again, traffic.cost).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_is_there_after_the_server_is_killed_at_once() {
    let folder = DataFolder::new("acknowledged");
    let traffic = Traffic::generate(Utc::now());
    let server = ServerProcess::start(&folder);
    let client = reqwest::Client::new();
    let bodies = &traffic.bodies[..10_000 / SPANS_PER_REQUEST];
    for body in bodies {
        assert!(post(&client, &server.http, body).await);
    }
    server.kill();
    let again = ServerProcess::start(&folder);
    let costs: Costs = get(&again, "/api/v1/costs?from=-1d&group_by=service").await;
    assert_eq!(costs.span_count, 10_000);
    let cost = (0..10_000).map(cost_of).fold(Usd::ZERO, |sum, cost| sum.checked_add(cost).unwrap());
    assert_eq!(costs.total_cost_usd.get(), cost.to_string());
}
