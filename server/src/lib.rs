//! The server: every door, the pipeline behind them, the jobs, the dashboard.
//!
//! [`build`] binds ports and opens the database, [`Application::run_until_stopped`] serves; `main` only parses.
//! Each subsystem is a module that knows nothing of the others: `receive` takes requests in, `pipeline` commits their
//! spans, `jobs` keep the books, `api` and `ui` read, `router` is the whole URL map.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context, anyhow};
use app::context::Services;
use chrono::Utc;
use model::health::{DemoStatus, Endpoints, IngestHealth};
use tokio::net::TcpListener;

use crate::config::{Config, Door};
use crate::listen::Limits;

pub mod api;
pub mod assets;
pub mod command;
pub mod config;
pub mod listen;
pub mod logging;
pub mod postgres;
pub mod probes;
pub mod router;
pub mod security;
pub mod shutdown;
pub mod ui;

/// A server whose ports are bound and whose database is open; it serves once it runs.
pub struct Application {
    config: Config,
    http: TcpListener,
    otlp_http: Option<TcpListener>,
    services: Services,
}

/// Binds the ports and opens the database, whose URL `config` must name by now.
pub async fn build(config: Config) -> anyhow::Result<Application> {
    config.check_exposure()?;
    let http = listen::bind("TRACETAB_HTTP_ADDR", config.http_addr).await?;
    let otlp_http = match config.otlp_http_addr {
        Door::Open(address) => Some(listen::bind("TRACETAB_OTLP_HTTP_ADDR", address).await?),
        Door::Closed => None,
    };
    let endpoints = Endpoints {
        http: url_of(http.local_addr()?),
        otlp_http: otlp_http.as_ref().map(|listener| listener.local_addr().map(url_of)).transpose()?,
    };
    let url = config.database_url.as_deref().ok_or_else(|| anyhow!("no database URL was given"))?;
    let pools = store::connect::open(url, config.ingest_writers).await.with_context(|| {
        "cannot open the database of DATABASE_URL; check that it runs, that the URL is right, \
         and that its user may create tables; without DATABASE_URL a private PostgreSQL is used"
    })?;
    let services = Services {
        pools,
        now: Utc::now,
        endpoints,
        ingest: Arc::new(IngestHealth::default),
        demo_start: Arc::new(DemoStatus::default),
        demo_status: Arc::new(DemoStatus::default),
    };
    Ok(Application { config, http, otlp_http, services })
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
        eprintln!(
            "\n  Dashboard and API   {}\n  OTLP over HTTP      {otlp}/v1/traces\n\n  \
             To send traces from a program with an OpenTelemetry SDK:\n    \
             export OTEL_EXPORTER_OTLP_ENDPOINT={otlp}\n    \
             export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf\n",
            endpoints.http
        );
    }

    /// Serves until `shutdown` resolves, then finishes what was accepted.
    pub async fn run_until_stopped(self, shutdown: impl Future<Output = ()>) -> anyhow::Result<()> {
        let limits = Limits { connections_max: self.config.connections_max };
        let (stop, stopping) = tokio::sync::watch::channel(false);
        let events = api::Events::default();
        let mut doors = tokio::task::JoinSet::new();
        if let Some(listener) = self.otlp_http {
            doors.spawn(listen::serve(listener, router::otlp(), limits, stopping.clone()));
        }
        doors.spawn(listen::serve(self.http, router::everything(&self.services, events.clone()), limits, stopping));
        shutdown.await;
        // Only fails when nobody listens any more, and then everything has stopped.
        let _ = stop.send(true);
        events.close();
        while doors.join_next().await.is_some() {}
        Ok(())
    }
}

fn url_of(address: SocketAddr) -> String {
    format!("http://{address}")
}
