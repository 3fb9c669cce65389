//! A server on ports of its own with a database of its own, in this process but spoken to over HTTP only.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use reqwest::header::{HeaderMap, HeaderName};
use reqwest::{RequestBuilder, Response, StatusCode};
use serde_json::Value;
use server::config::{Config, Door, DoorAddresses};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection, PgPool};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio_stream::wrappers::ReceiverStream;

/// Longest wait for something the server does by itself; on an idle machine it takes a second or two.
const PATIENCE: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(50);

/// Tells the databases of one test process apart.
static DATABASES: AtomicU32 = AtomicU32::new(0);

/// A running server.
pub struct TestServer {
    /// Dashboard and API, `http://127.0.0.1:12345`.
    pub http: String,
    /// OTLP over HTTP.
    pub otlp: String,
    /// OTLP over gRPC.
    pub grpc: String,
    /// Zipkin's collector.
    pub zipkin: String,
    /// Jaeger's collector.
    pub jaeger: String,
    config: Config,
    now: fn() -> DateTime<Utc>,
    client: reqwest::Client,
    stop: oneshot::Sender<()>,
    running: JoinHandle<anyhow::Result<()>>,
}

impl TestServer {
    /// A server with an empty database, whose jobs hurry.
    pub async fn start() -> Self {
        Self::with(|_| {}).await
    }

    /// The same with other settings.
    pub async fn with(change: impl FnOnce(&mut Config)) -> Self {
        Self::with_clock(Utc::now, change).await
    }

    /// The same by another clock.
    pub async fn with_clock(now: fn() -> DateTime<Utc>, change: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config::from_args(["--quiet-seconds", "0", "--detect-seconds", "1"]).unwrap();
        config.database_url = Some(new_database().await);
        config.http_addr = "127.0.0.1:0".parse().unwrap();
        let anywhere = Door::Open("127.0.0.1:0".parse().unwrap());
        config.doors = DoorAddresses {
            otlp_http_addr: anywhere,
            otlp_grpc_addr: anywhere,
            zipkin_addr: anywhere,
            jaeger_addr: anywhere,
        };
        config.rules = None;
        change(&mut config);
        Self::run(config, now).await
    }

    async fn run(config: Config, now: fn() -> DateTime<Utc>) -> Self {
        let application = server::build_with_clock(config.clone(), now).await.unwrap();
        let endpoints = application.endpoints().clone();
        let (stop, stopped) = oneshot::channel();
        let running = tokio::spawn(application.run_until_stopped(async {
            // A test that fails drops the sender, which ends the server too.
            let _ = stopped.await;
        }));
        let [otlp, grpc, zipkin, jaeger] =
            [endpoints.otlp_http, endpoints.otlp_grpc, endpoints.zipkin, endpoints.jaeger].map(Option::unwrap);
        Self {
            http: endpoints.http,
            otlp,
            grpc,
            zipkin,
            jaeger,
            config,
            now,
            client: reqwest::Client::new(),
            stop,
            running,
        }
    }

    /// Stops it and drops its database.
    pub async fn stop(self) {
        let url = self.config.database_url.clone().unwrap();
        self.finish().await;
        drop_database(&url).await;
    }

    /// Stops it and starts another one on the same database.
    pub async fn restart(self) -> Self {
        let config = self.config.clone();
        let now = self.now;
        self.finish().await;
        Self::run(config, now).await
    }

    /// Another one on the same database, with the same settings; it is to be finished before this one stops.
    pub async fn beside(&self) -> Self {
        Self::run(self.config.clone(), self.now).await
    }

    /// The same server, to which everything is said with this key.
    pub fn holding(mut self, key: &str) -> Self {
        let headers = HeaderMap::from_iter([(HeaderName::from_static("x-api-key"), key.parse().unwrap())]);
        self.client = reqwest::Client::builder().default_headers(headers).build().unwrap();
        self
    }

    /// Stops it and leaves its database to others.
    pub async fn finish(self) {
        let _ = self.stop.send(());
        self.running.await.unwrap().unwrap();
    }

    /// Its database, as somebody with psql would see it.
    pub async fn database(&self) -> PgPool {
        PgPool::connect(self.config.database_url.as_deref().unwrap()).await.unwrap()
    }

    /// What `during` gives while the database takes nobody in.
    pub async fn without_database<T>(&self, during: impl Future<Output = T>) -> T {
        let options: PgConnectOptions = self.config.database_url.as_deref().unwrap().parse().unwrap();
        let name = options.get_database().unwrap();
        let mut connection = PgConnection::connect_with(&cluster()).await.unwrap();
        execute(&mut connection, format!("alter database {name} allow_connections false")).await;
        let end = format!("select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'");
        execute(&mut connection, end).await;
        let result = during.await;
        execute(&mut connection, format!("alter database {name} allow_connections true")).await;
        result
    }

    /// What a GET answers, which must be JSON and go well.
    pub async fn get(&self, path: &str) -> Value {
        let (status, body) = self.try_get(path).await;
        assert_eq!(status, StatusCode::OK, "{path}: {body}");
        body
    }

    /// What a GET answers, however it goes.
    pub async fn try_get(&self, path: &str) -> (StatusCode, Value) {
        read(self.client.get(format!("{}{path}", self.http))).await
    }

    /// The same with another key.
    pub async fn try_get_as(&self, key: &str, path: &str) -> (StatusCode, Value) {
        read(reqwest::Client::new().get(format!("{}{path}", self.http)).header("x-api-key", key)).await
    }

    /// What a GET with another key answers, which must be JSON and go well.
    pub async fn get_as(&self, key: &str, path: &str) -> Value {
        let (status, body) = self.try_get_as(key, path).await;
        assert_eq!(status, StatusCode::OK, "{path}: {body}");
        body
    }

    /// A page.
    pub async fn page(&self, path: &str) -> String {
        self.client.get(format!("{}{path}", self.http)).send().await.unwrap().text().await.unwrap()
    }

    /// What a form answers that is sent to a server function by a program.
    pub async fn submit(&self, function: &str, fields: &[(&str, &str)], headers: &[(&str, &str)]) -> Response {
        let body = fields.iter().map(|(key, value)| format!("{key}={}", value.replace('+', "%2B"))).collect::<Vec<_>>();
        let request = reqwest::Client::new().post(format!("{}{function}", self.http)).body(body.join("&"));
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        headers.iter().fold(request, |request, (name, value)| request.header(*name, *value)).send().await.unwrap()
    }

    /// What a POST of JSON answers, however it goes.
    pub async fn post(&self, path: &str, body: &Value) -> (StatusCode, Value) {
        read(self.client.post(format!("{}{path}", self.http)).json(body)).await
    }

    /// Sends a trace in the native shape; all of it must be taken.
    pub async fn send(&self, trace: &Value) {
        let (status, answer) = self.post("/api/v1/traces", trace).await;
        assert_eq!((status, &answer["rejected"]), (StatusCode::OK, &serde_json::json!([])), "{answer}");
    }

    /// A POST to an ingest door with any headers and any body; the answer as it is.
    pub async fn post_bytes(&self, path: &str, headers: &[(&str, &str)], body: impl Into<reqwest::Body>) -> Response {
        let request = self.client.post(format!("{}{path}", self.otlp)).body(body);
        headers.iter().fold(request, |request, (name, value)| request.header(*name, *value)).send().await.unwrap()
    }

    /// Takes so many bytes of the intake's room, with a body that does not end before what is returned is dropped.
    pub async fn hold_room(&self, bytes: usize) -> mpsc::Sender<Result<Bytes, std::io::Error>> {
        let (sender, body) = mpsc::channel(1);
        let slow = reqwest::Body::wrap_stream(ReceiverStream::new(body));
        let request =
            self.client.post(format!("{}/v1/traces", self.otlp)).header("content-type", "application/x-protobuf");
        tokio::spawn(request.body(slow).send());
        sender.send(Ok(Bytes::from(vec![0; bytes]))).await.unwrap();
        // Not by /metrics, which is that of all servers of this process.
        self.eventually("/api/v1/ingest", |told| told["queue"]["bytes"] == bytes).await;
        sender
    }

    /// An open stream of events.
    pub async fn events(&self) -> Response {
        let response = self.client.get(format!("{}/api/v1/events", self.http)).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        response
    }

    /// What a GET answers as soon as it satisfies `done`.
    pub async fn eventually(&self, path: &str, done: impl Fn(&Value) -> bool) -> Value {
        let mut last = Value::Null;
        let waiting = async {
            loop {
                let (status, body) = self.try_get(path).await;
                if status == StatusCode::OK && done(&body) {
                    return body;
                }
                last = body;
                tokio::time::sleep(POLL).await;
            }
        };
        let result = tokio::time::timeout(PATIENCE, waiting).await;
        result.unwrap_or_else(|_| panic!("{path} never became what was expected: {last}"))
    }
}

async fn read(request: RequestBuilder) -> (StatusCode, Value) {
    let response = request.send().await.unwrap();
    let status = response.status();
    let text = response.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

fn cluster() -> PgConnectOptions {
    std::env::var("DATABASE_URL")
        .expect("DATABASE_URL names a PostgreSQL to test on; `cargo xtask test` sets it")
        .parse()
        .unwrap()
}

async fn new_database() -> String {
    let number = DATABASES.fetch_add(1, Ordering::Relaxed);
    let name = format!("tracetab_it_{}_{number}", std::process::id());
    let mut connection = PgConnection::connect_with(&cluster()).await.unwrap();
    // A process with the same number may have left one behind.
    execute(&mut connection, format!("drop database if exists {name} with (force)")).await;
    execute(&mut connection, format!("create database {name}")).await;
    cluster().database(&name).to_url_lossy().to_string()
}

async fn drop_database(url: &str) {
    let options: PgConnectOptions = url.parse().unwrap();
    let name = options.get_database().unwrap();
    let mut connection = PgConnection::connect_with(&cluster()).await.unwrap();
    execute(&mut connection, format!("drop database {name} with (force)")).await;
}

async fn execute(connection: &mut PgConnection, statement: String) {
    sqlx::query(AssertSqlSafe(statement)).execute(connection).await.unwrap();
}
