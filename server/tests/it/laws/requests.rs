//! The same spans as requests: in another order, otherwise split, by other doors, for each seed.

use std::sync::Arc;
use std::time::Duration;

use chrono::SecondsFormat;
use model::attribute::{Attributes, Value as Attribute};
use rand::seq::{IndexedRandom, SliceRandom};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use tokio::sync::watch;
use wire::RawSpan;
use wire::raw::Origin;

use super::traces::Told;
use crate::grpc::try_export;

/// Most spans of a request; most have a handful.
const SPANS_PER_REQUEST: usize = 30;

/// Of so many requests one is sent again later, by another door and with other neighbours.
const AGAIN: usize = 6;

/// Pause of a sender that was not answered, like that of an SDK but shorter.
const RETRY_PAUSE: Duration = Duration::from_millis(50);

#[derive(Debug, Clone, Copy)]
enum Door {
    Otlp,
    Grpc,
    Native,
    Zipkin,
}

/// A body and where it goes.
pub struct Request {
    door: Door,
    body: Vec<u8>,
}

/// Which spans of a trace come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// Children, as SDKs send them; many a parent much later.
    ChildrenFirst,
    /// Anything.
    AnyOrder,
}

/// Who sends what: a list of requests for each of so many senders.
pub fn requests(told: &[Told], arrival: Arrival, senders: usize, seed: u64) -> Vec<Vec<Request>> {
    let mut chance = ChaCha8Rng::seed_from_u64(seed);
    let mut order: Vec<(f64, &Told)> = told.iter().map(|told| (arrives(told, arrival, &mut chance), told)).collect();
    order.sort_by(|left, right| left.0.total_cmp(&right.0));
    let mut bodies = split(order.iter().map(|(_, told)| *told).collect(), &mut chance);
    // What is sent again is other slices of the same order, and comes after it.
    let mut again: Vec<&Told> =
        order.iter().map(|(_, told)| *told).filter(|_| chance.random_ratio(1, AGAIN as u32)).collect();
    again.shuffle(&mut chance);
    for request in split(again, &mut chance) {
        let place = chance.random_range(bodies.len() / 2..=bodies.len());
        bodies.insert(place, request);
    }
    let mut senders: Vec<Vec<Request>> = (0..senders).map(|_| Vec::new()).collect();
    for request in bodies {
        let sender = chance.random_range(0..senders.len());
        senders[sender].push(request);
    }
    senders
}

/// When it comes, 0 to 2: those of one trace within a tenth of all the time, but for parents that are late.
fn arrives(told: &Told, arrival: Arrival, chance: &mut ChaCha8Rng) -> f64 {
    let of_trace = (told.trace * 7_919 % 900) as f64 / 900.0;
    match arrival {
        Arrival::AnyOrder => of_trace + chance.random_range(0.0..1.0),
        Arrival::ChildrenFirst => {
            let is_top = told.number == 0;
            let late = if is_top && told.trace.is_multiple_of(3) { 0.6 } else { 0.0 };
            of_trace + late + if is_top { 0.1 } else { chance.random_range(0.0..0.1) }
        }
    }
}

fn split(mut spans: Vec<&Told>, chance: &mut ChaCha8Rng) -> Vec<Request> {
    let mut requests = Vec::new();
    while !spans.is_empty() {
        let count = if chance.random_ratio(1, 4) { SPANS_PER_REQUEST } else { chance.random_range(1..=6) };
        let some: Vec<&Told> = spans.drain(..count.min(spans.len())).collect();
        let door = [Door::Otlp, Door::Grpc, Door::Native, Door::Zipkin].choose(chance).copied().unwrap_or(Door::Otlp);
        requests.push(Request { door, body: encode(door, &some) });
    }
    requests
}

fn encode(door: Door, spans: &[&Told]) -> Vec<u8> {
    match door {
        Door::Otlp | Door::Grpc => {
            wire::otlp::protobuf::encode(&spans.iter().map(|told| raw(told)).collect::<Vec<_>>())
        }
        Door::Native => json!({"spans": spans.iter().map(|told| native(told)).collect::<Vec<_>>()}).to_string().into(),
        Door::Zipkin => Value::Array(spans.iter().map(|told| zipkin(told)).collect()).to_string().into(),
    }
}

fn raw(told: &Told) -> RawSpan {
    let resource = Attributes(vec![("service.name".into(), told.service.clone().into())]);
    let nanos = |time: chrono::DateTime<chrono::Utc>| u64::try_from(time.timestamp_nanos_opt().unwrap()).unwrap();
    RawSpan {
        parent_span_id: told.parent_span_id(),
        name: "step".into(),
        start_ns: nanos(told.start),
        end_ns: nanos(told.end()),
        attributes: told.attributes(),
        origin: Arc::new(Origin { resource: Arc::new(resource), ..Origin::default() }),
        ..RawSpan::new(told.trace_id(), told.span_id())
    }
}

fn native(told: &Told) -> Value {
    let time = |time: chrono::DateTime<chrono::Utc>| time.to_rfc3339_opts(SecondsFormat::Nanos, true);
    let attributes = told.attributes().0.into_iter().map(|(key, value)| {
        let value = match value {
            Attribute::Int(number) => json!(number),
            value => json!(text(&value)),
        };
        (key.to_string(), value)
    });
    json!({"trace_id": told.trace_id(), "span_id": told.span_id(), "parent_span_id": told.parent_span_id(),
           "operation_name": "step", "service": told.service, "start_time": time(told.start), "end_time": time(told.end()),
           "attributes": attributes.collect::<serde_json::Map<_, _>>()})
}

fn text(value: &Attribute) -> String {
    match value {
        Attribute::String(text) => text.to_string(),
        Attribute::Int(number) => number.to_string(),
        other => panic!("no span says {other:?}"),
    }
}

/// Tags are text, whatever they mean.
fn zipkin(told: &Told) -> Value {
    let tags = told.attributes().0.into_iter().map(|(key, value)| (key.to_string(), json!(text(&value))));
    json!({"traceId": told.trace_id(), "id": told.span_id(), "parentId": told.parent_span_id(), "name": "step",
           "timestamp": told.start.timestamp_micros(), "duration": (told.end() - told.start).num_microseconds(),
           "localEndpoint": {"serviceName": told.service}, "tags": tags.collect::<serde_json::Map<_, _>>()})
}

/// Where a server is: its HTTP and its gRPC address.
pub type Address = [String; 2];

/// Sends requests one after the other, each again until it is accepted.
pub async fn send(requests: Vec<Request>, server: watch::Receiver<Address>, accepted: watch::Sender<usize>) {
    let client = reqwest::Client::new();
    for request in requests {
        loop {
            let [http, grpc] = server.borrow().clone();
            if request.send(&client, &http, &grpc).await {
                break;
            }
            tokio::time::sleep(RETRY_PAUSE).await;
        }
        accepted.send_modify(|requests| *requests += 1);
    }
}

impl Request {
    /// Whether it was taken; a crash may only ever ask for patience.
    async fn send(&self, client: &reqwest::Client, http: &str, grpc: &str) -> bool {
        let (path, kind) = match self.door {
            Door::Grpc => {
                let status = try_export(grpc, &self.body).await;
                assert!(status.as_ref().map_or(true, |status| status == "0" || status == "14"), "{status:?}");
                return status.is_ok_and(|status| status == "0");
            }
            Door::Otlp => ("/v1/traces", "application/x-protobuf"),
            Door::Native => ("/api/v1/traces", "application/json"),
            Door::Zipkin => ("/api/v2/spans", "application/json"),
        };
        let request = client.post(format!("{http}{path}")).header("content-type", kind).body(self.body.clone());
        let Ok(answer) = request.send().await else { return false };
        let status = answer.status();
        let Ok(text) = answer.text().await else { return false };
        assert!(status.is_success() || status == 503, "{path}: {status} {text}");
        if let Door::Native = self.door {
            assert!(status == 503 || text.contains(r#""rejected":[]"#), "{text}");
        }
        status.is_success()
    }
}
