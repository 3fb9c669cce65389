//! The server: every door, the pipeline behind them, the jobs, the dashboard.
//!
//! [`build`] binds ports and opens the database, [`Application::run_until_stopped`] serves; `main` only parses.
//! Each subsystem is a module that knows nothing of the others: `receive` takes requests in, `pipeline` commits their
//! spans, `jobs` keep the books, `api` and `ui` read, `router` is the whole URL map.

use std::future::Future;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, anyhow};
use app::context::Services;
use chrono::{DateTime, Utc};
use model::health::{DemoStatus, Endpoints};
use store::Pools;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::alert_rules::AlertBook;
use crate::api::Events;
use crate::api::trace::excerpt::Excerpts;
use crate::books::Books;
use crate::budgets::BudgetBook;
use crate::config::{Config, Door, Protocol};
use crate::demo::{Demo, Script};
use crate::jobs::notify::Notify;
use crate::jobs::{Jobs, Matter};
use crate::keys::KeyRing;
use crate::layouts::Layouts;
use crate::listen::Limits;
use crate::pipeline::disk::Disk;
use crate::pipeline::price::PriceBook;
use crate::pipeline::{Pipeline, Room, Writers, Writing};
use crate::receive::Doors;
use crate::receive::commit::Turns;
use crate::rules::Rules;
use crate::rules::fetched::FetchedPrices;
use crate::rules::reload::PriceFile;
use crate::security::host::Hosts;

pub mod alert_rules;
mod allocator;
pub mod api;
pub mod assets;
pub mod bill;
pub mod books;
pub mod budgets;
pub mod causes;
pub mod command;
pub mod config;
pub mod demo;
pub mod exporter;
pub mod import;
pub mod jobs;
pub mod keys;
pub mod layouts;
pub mod listen;
pub mod logging;
pub mod measure;
pub mod meter;
pub mod notify;
mod outgoing;
pub mod pipeline;
pub mod postgres;
pub mod probes;
pub mod receive;
pub mod router;
pub mod rules;
pub mod rulings;
pub mod security;
pub mod shutdown;
pub mod sign_in;
pub mod ui;

/// Longest wait for the writers at the end, on top of what connections are given: one full transaction each.
const WRITERS_FINISH_MAX: Duration = Duration::from_secs(10);

/// How often the room on the private database's disk is looked at: a second of ingest is far less than what is kept free.
const DISK_INTERVAL: Duration = Duration::from_secs(1);

/// A server whose ports are bound and whose database is open; it serves once it runs.
pub struct Application {
    config: Config,
    http: TcpListener,
    doors: Vec<(Protocol, TcpListener)>,
    services: Services,
    pipeline: Pipeline,
    writers: Writers,
    demo: Demo,
    prices: Arc<PriceFile>,
    matter: Matter,
    keys: Arc<KeyRing>,
    layouts: Arc<Layouts>,
}

/// Binds the ports and opens the database, whose URL `config` must name by now.
pub async fn build(config: Config) -> anyhow::Result<Application> {
    build_with_clock(config, Utc::now).await
}

/// The same by another clock than the machine's.
pub async fn build_with_clock(config: Config, now: fn() -> DateTime<Utc>) -> anyhow::Result<Application> {
    let Rules { alerts, prices, budgets, keys, receivers } = Rules::load(config.rules.as_deref())?;
    config.check_exposure(keys.is_some())?;
    listen::descriptors::raise();
    let http = listen::bind("TRACETAB_HTTP_ADDR", config.http_addr).await?;
    let mut doors = Vec::new();
    let mut endpoints = Endpoints { http: url_of(http.local_addr()?), ..Endpoints::default() };
    for (protocol, setting, door) in config.doors.all() {
        let Door::Open(address) = door else { continue };
        let listener = listen::bind(setting, address).await?;
        *protocol.endpoint(&mut endpoints) = Some(url_of(listener.local_addr()?));
        doors.push((protocol, listener));
    }
    let url = config.database_url.as_deref().ok_or_else(|| anyhow!("no database URL was given"))?;
    let pools = store::connect::open(url, config.ingest_writers).await.with_context(|| {
        "cannot open the database of DATABASE_URL; check that it runs, that the URL is right, \
         and that its user may create tables; without DATABASE_URL a private PostgreSQL is used"
    })?;
    // Before the first span: writers look for their leaf, they do not make it.
    store::partitions::ensure_ahead(&pools.jobs, now()).await.context("making room for the days to come")?;
    measure::start()?;
    let room = Room { spans_max: config.queue_spans_max, bytes_max: config.queue_bytes_max };
    let book = Arc::new(PriceBook::bundled());
    let fetched = fetched_prices(&config, &book, &pools).await;
    let prices = PriceFile::new(config.rules.as_deref(), prices, book.clone(), now);
    let prices = Arc::new(prices.beside(fetched.clone()));
    let writing = Writing { writers: config.ingest_writers, write_max: config.write_max() };
    let (pipeline, writers) = Pipeline::start(&pools.writers, writing, room, book, now);
    pipeline.rulings().look(&pools.jobs).await.context("reading overrides of verdicts")?;
    let keys = Arc::new(KeyRing::open(config.rules.as_deref(), keys, &pools.jobs, now).await.context("reading keys")?);
    let door = endpoints.otlp_http.as_ref().unwrap_or(&endpoints.http);
    let demo = Demo::with_key(door, Some(keys.own_key().to_owned()), Script::default(), now);
    let budgets = BudgetBook::open(config.rules.as_deref(), budgets, &pools.jobs, now).await;
    let budgets = Arc::new(budgets.context("reading budgets")?);
    let alert_rules = AlertBook::open(config.rules.as_deref(), alerts, &pools.jobs, now).await;
    let alert_rules = Arc::new(alert_rules.context("reading rules of alerts")?);
    let books = Arc::new(Books::new(pools.clone(), now));
    let layouts = Arc::new(Layouts::new(pools.readers.clone()));
    let texts =
        Arc::new(Excerpts { readers: pools.readers.clone(), layouts: layouts.clone(), budgets: budgets.clone() });
    let home = config.public_url.clone().unwrap_or_else(|| endpoints.http.clone());
    let notify = Arc::new(Notify::new(config.rules.as_deref(), receivers, home, now));
    let services = Services {
        pools,
        now,
        endpoints,
        ingest: Arc::new(pipeline.reporter()),
        ingest_report: Arc::new(pipeline.full_reporter()),
        prices: prices.clone(),
        books,
        keys: keys.clone(),
        layouts: layouts.clone(),
        texts,
        budgets: budgets.clone(),
        alert_rules: alert_rules.clone(),
        notifications: notify.clone(),
        demo_start: on_demo(&demo, Demo::start),
        demo_status: on_demo(&demo, Demo::status),
    };
    let books = Arc::clone(&services.books);
    let matter = Matter { alert_rules, budgets, prices: prices.clone(), books, fetched, notify };
    Ok(Application { config, http, doors, services, pipeline, writers, demo, prices, matter, keys, layouts })
}

impl Application {
    /// Where it listens.
    pub const fn endpoints(&self) -> &Endpoints {
        &self.services.endpoints
    }

    /// Tells whoever started it where it is and how to send to it.
    pub fn announce(&self) {
        let endpoints = self.endpoints();
        let otlp = endpoints.otlp_http.as_ref().unwrap_or(&endpoints.http);
        let doors = [
            ("Dashboard and API", Some(endpoints.http.clone())),
            ("OTLP over HTTP", Some(format!("{otlp}/v1/traces"))),
            ("OTLP over gRPC", endpoints.otlp_grpc.clone()),
            ("Zipkin", endpoints.zipkin.as_ref().map(|zipkin| format!("{zipkin}/api/v2/spans"))),
            ("Jaeger", endpoints.jaeger.as_ref().map(|jaeger| format!("{jaeger}/api/traces"))),
        ];
        eprintln!();
        for (name, address) in doors {
            eprintln!("  {name:<18}  {}", address.as_deref().unwrap_or("closed"));
        }
        let key = if self.keys.is_open() { "" } else { "    export OTEL_EXPORTER_OTLP_HEADERS=x-api-key=KEY\n" };
        eprintln!(
            "\n  To send traces from a program with an OpenTelemetry SDK:\n    \
             export OTEL_EXPORTER_OTLP_ENDPOINT={otlp}\n    \
             export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf\n{key}"
        );
    }

    /// Serves until `shutdown` resolves, then finishes what was accepted.
    pub async fn run_until_stopped(self, shutdown: impl Future<Output = ()>) -> anyhow::Result<()> {
        let Self { config, http, doors: listeners, services, pipeline, writers, demo, .. } = self;
        let Self { prices, matter, keys, layouts, .. } = self;
        let ports_count = listeners.len() + 1;
        let limits =
            Limits { connections_max: listen::descriptors::connections_max(config.connections_max, ports_count) };
        let (rulings, rulings_in) = (pipeline.rulings(), services.pools.jobs.clone());
        let disk = watch_disk(pipeline.disk(), config.private_folder.clone(), config.disk_free_bytes_min);
        let events = Events::default();
        let (stop, stopping) = watch::channel(false);
        let fetched = keep_fetched(matter.fetched.clone(), services.pools.jobs.clone());
        let jobs = Jobs::start(&config, matter, &services.pools.jobs, services.now, &stopping);
        let doors = Doors {
            pipeline,
            body_bytes_max: config.body_bytes_max,
            body_timeout: config.body_timeout(),
            turns: Turns::default(),
            keys: keys.clone(),
        };
        let mut ports = JoinSet::new();
        for (protocol, listener) in listeners {
            ports.spawn(listen::serve(listener, router::door(protocol, doors.clone()), limits, stopping.clone()));
        }
        let everything = router::everything(&services, doors, events.clone(), Hosts::of(&config));
        ports.spawn(listen::serve(http, everything, limits, stopping));
        tokio::select! {
            () = shutdown => {}
            () = measure::keep_up() => {}
            () = disk => {}
            () = prices.keep_up() => {}
            () = fetched => {}
            () = keys.keep_up() => {}
            () = rulings.keep_up(&rulings_in) => {}
            () = layouts.keep_up() => {}
        }
        demo.stop();
        events.close();
        // Only fails when nobody listens any more, and then everything has stopped.
        let _ = stop.send(true);
        while ports.join_next().await.is_some() {}
        writers.finish(WRITERS_FINISH_MAX).await;
        jobs.finish().await;
        Ok(())
    }
}

/// Prices that are fetched, where there is an address for them: the last good ones are in force before the first span.
async fn fetched_prices(config: &Config, book: &Arc<PriceBook>, pools: &Pools) -> Option<Arc<FetchedPrices>> {
    let every = Duration::from_secs(config.prices_seconds);
    let fetched = Arc::new(FetchedPrices::new(config.prices_url.clone()?, every, book.clone()));
    if let Err(error) = fetched.look(&pools.jobs).await {
        let error = causes::of(&error);
        tracing::error!(error, "the prices that were fetched last cannot be used; the built-in ones are in force");
    }
    Some(fetched)
}

/// Takes over what the job of any server has fetched, for as long as it is polled.
async fn keep_fetched(fetched: Option<Arc<FetchedPrices>>, db: store::Db) {
    match fetched {
        Some(fetched) => fetched.keep_up(&db).await,
        None => std::future::pending().await,
    }
}

/// Tells the pipeline how much room the private database has, for as long as it is polled.
async fn watch_disk(disk: Arc<Disk>, folder: Option<PathBuf>, free_bytes_min: u64) {
    let Some(folder) = folder else { return std::future::pending().await };
    loop {
        let folder = folder.clone();
        // A disk that hangs must hold nobody else up.
        match tokio::task::spawn_blocking(move || postgres::space::free_bytes(&folder)).await {
            Ok(Ok(free_bytes)) => disk.measured(free_bytes, free_bytes_min),
            Ok(Err(error)) => tracing::debug!(%error, "the room on the disk could not be read"),
            Err(error) => tracing::error!(%error, "reading the room on the disk failed"),
        }
        tokio::time::sleep(DISK_INTERVAL).await;
    }
}

fn on_demo(demo: &Demo, ask: fn(&Demo) -> DemoStatus) -> Arc<dyn Fn() -> DemoStatus + Send + Sync> {
    let demo = demo.clone();
    Arc::new(move || ask(&demo))
}

fn url_of(mut address: SocketAddr) -> String {
    if address.ip().is_unspecified() {
        // "Every address of this machine" is not one that can be typed; the loopback one always works here.
        address.set_ip(if address.is_ipv4() { Ipv4Addr::LOCALHOST.into() } else { Ipv6Addr::LOCALHOST.into() });
    }
    format!("http://{address}")
}
