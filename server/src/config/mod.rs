//! Every setting there is: name, type, default, meaning.
//!
//! The fields below are the registry: `tracetab config` prints it, `--help` explains it, the environment fills it.
//! To add a setting, add a field with `env = "TRACETAB_..."`; durations and sizes carry their unit in the name.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;

mod doors;

pub use doors::{Door, DoorAddresses, Protocol};
use doors::{address, is_loopback};

use crate::rules::fetched::address::Address;

/// Spans that may wait. The smallest takes two kilobytes while it does, and a thousand connections thirty megabytes: a flood
/// takes less than 100 MB more. At fifty thousand spans a second this is six tenths of a second's worth, and a commit takes a
/// twentieth.
const QUEUE_SPANS_MAX: usize = 30_000;

/// Bytes of bodies that may wait, for the same reason: what was read of larger spans takes up to eight times as much.
const QUEUE_BYTES_MAX: usize = 8 * 1024 * 1024;

/// A database that hangs is noticed while a collector, which waits for half a minute, still listens to the answer; no
/// transaction of ours takes a tenth of it.
const WRITE_SECONDS_MAX: u64 = 20;

/// PostgreSQL ends itself when it cannot write its log, so ingest stops while there is room for what goes on: a second of spans
/// until it is noticed, jobs that finish the books, sorting for pages, the log between two checkpoints.
const DISK_FREE_BYTES_MIN: u64 = 512 * 1024 * 1024;

/// Prices change a few times a week, and four requests a day are no burden to whoever serves them.
const PRICES_SECONDS: u64 = 6 * 3_600;

/// The settings of a server.
#[derive(Debug, Clone, clap::Args)]
pub struct Config {
    /// Where the dashboard and the API listen; OTLP, Zipkin and native JSON are answered here too
    #[arg(long, env = "TRACETAB_HTTP_ADDR", value_name = "ADDRESS", default_value = "127.0.0.1:8080", value_parser = address)]
    pub http_addr: SocketAddr,

    /// The doors with ports of their own
    #[command(flatten)]
    pub doors: DoorAddresses,

    /// Listen beyond this machine although there are no keys, so that nobody is asked who they are: `1` accepts that anyone who can reach the address may read and write everything
    #[arg(long, env = "TRACETAB_INSECURE_BIND", value_name = "0|1", default_value = "0", value_parser = switch, action = clap::ArgAction::Set)]
    pub insecure_bind: bool,

    /// Names this server is reached by, besides localhost and addresses: what a proxy or a tunnel in front of it sends as Host
    #[arg(long, env = "TRACETAB_HOSTS", value_name = "NAME,NAME", value_delimiter = ',')]
    pub hosts: Vec<String>,

    /// Where people open the dashboard, `https://tracetab.example`: what links in notifications lead to; without it the address it listens on
    #[arg(long, env = "TRACETAB_PUBLIC_URL", value_name = "URL", value_parser = public_url)]
    pub public_url: Option<String>,

    /// A PostgreSQL 15 or newer to keep everything in; without it a private one is started under the data folder
    #[arg(long, env = "DATABASE_URL", value_name = "URL", hide_env_values = true)]
    pub database_url: Option<String>,

    /// Where the private PostgreSQL lives; default /var/lib/tracetab for root, else $XDG_DATA_HOME/tracetab or ~/.local/share/tracetab
    #[arg(long, env = "TRACETAB_DATA_DIR", value_name = "FOLDER")]
    pub data_dir: Option<PathBuf>,

    /// Where the private PostgreSQL does live; `None` when the database is somebody else's
    #[arg(skip)]
    pub private_folder: Option<PathBuf>,

    /// With less than this free on the disk of the private PostgreSQL, spans are sent back to their senders (503) until there is room again; pages go on
    #[arg(long, env = "TRACETAB_DISK_FREE_BYTES_MIN", value_name = "BYTES", default_value_t = DISK_FREE_BYTES_MIN)]
    pub disk_free_bytes_min: u64,

    /// Folder with trace_alerts.yaml, prices.yaml, budgets.yaml and keys.yaml; without it the built-in rules apply, and nobody is asked for a key
    #[arg(long, env = "TRACETAB_RULES", value_name = "FOLDER")]
    pub rules: Option<PathBuf>,

    /// Where prices are fetched from: the data of the genai-prices project (JSON) or entries as in prices.yaml, over HTTPS, or HTTP from this machine; without it the built-in price book applies
    #[arg(long, env = "TRACETAB_PRICES_URL", value_name = "URL", hide_env_values = true, value_parser = Address::parse)]
    pub prices_url: Option<Address>,

    /// How often it is asked for newer ones
    #[arg(long, env = "TRACETAB_PRICES_SECONDS", value_name = "SECONDS", default_value_t = PRICES_SECONDS, value_parser = clap::value_parser!(u64).range(1..=2_592_000))]
    pub prices_seconds: u64,

    /// Ingest writers, one database connection each; spans of one trace always go to the same one
    #[arg(long, env = "TRACETAB_INGEST_WRITERS", value_name = "COUNT", default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..=32))]
    pub ingest_writers: u32,

    /// Longest a transaction may take before the database counts as away and senders are told to come back; a full batch takes a fraction of a second
    #[arg(long, env = "TRACETAB_WRITE_SECONDS_MAX", value_name = "SECONDS", default_value_t = WRITE_SECONDS_MAX, value_parser = clap::value_parser!(u64).range(1..=600))]
    pub write_seconds_max: u64,

    /// Spans that may wait for their commit; beyond it senders are told to come back (503)
    #[arg(long, env = "TRACETAB_QUEUE_SPANS_MAX", value_name = "COUNT", default_value_t = QUEUE_SPANS_MAX)]
    pub queue_spans_max: usize,

    /// Bytes of request bodies that may wait for their commit; beyond it senders are told to come back (503)
    #[arg(long, env = "TRACETAB_QUEUE_BYTES_MAX", value_name = "BYTES", default_value_t = QUEUE_BYTES_MAX)]
    pub queue_bytes_max: usize,

    /// Largest request body after decompression
    #[arg(long, env = "TRACETAB_BODY_BYTES_MAX", value_name = "BYTES", default_value_t = 64 * 1024 * 1024)]
    pub body_bytes_max: usize,

    /// Longest a request body may take to arrive
    #[arg(long, env = "TRACETAB_BODY_TIMEOUT_SECONDS", value_name = "SECONDS", default_value_t = 30)]
    pub body_timeout_seconds: u64,

    /// Connections per port; when all are taken, those that ask for nothing are closed for others
    #[arg(long, env = "TRACETAB_CONNECTIONS_MAX", value_name = "COUNT", default_value_t = 4_096)]
    pub connections_max: usize,

    /// A trace that got no span for so long is summed up: root, depth, orphans, calls between services
    #[arg(long, env = "TRACETAB_QUIET_SECONDS", value_name = "SECONDS", default_value_t = 10)]
    pub quiet_seconds: u32,

    /// How often alert rules are looked at
    #[arg(long, env = "TRACETAB_DETECT_SECONDS", value_name = "SECONDS", default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=3_600))]
    pub detect_seconds: u64,

    /// How often the books are added up by themselves, when anything was booked since; while they do not balance it is every minute
    #[arg(long, env = "TRACETAB_BALANCE_SECONDS", value_name = "SECONDS", default_value_t = 600, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub balance_seconds: u64,

    /// What is logged, as a tracing filter (`debug`, `info,server::pipeline=debug`, ...); the default leaves out the database driver's own remarks
    #[arg(long, env = "TRACETAB_LOG", value_name = "FILTER", default_value = "info,sqlx=error")]
    pub log: String,

    /// How it is logged
    #[arg(long, env = "TRACETAB_LOG_FORMAT", value_name = "text|json", default_value = "text")]
    pub log_format: LogFormat,
}

/// An address that paths can be put behind.
fn public_url(text: &str) -> Result<String, String> {
    let url = reqwest::Url::parse(text.trim()).map_err(|error| error.to_string())?;
    let fits = url.has_host() && ["http", "https"].contains(&url.scheme()) && url.query().is_none();
    if fits {
        Ok(url.as_str().trim_end_matches('/').to_owned())
    } else {
        Err("expected an http:// or https:// address".into())
    }
}

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object per line.
    Json,
}

impl Config {
    /// The settings these command line arguments (without the program's name) and the environment give.
    pub fn from_args<I: IntoIterator<Item = &'static str>>(args: I) -> Result<Self, clap::Error> {
        let name = std::iter::once("tracetab");
        Ok(Alone::try_parse_from(name.chain(args).map(OsString::from))?.config)
    }

    /// Refuses to show everything to a network nobody was warned about, unless whoever comes is asked for a key.
    pub fn check_exposure(&self, has_keys: bool) -> Result<(), ExposureError> {
        if has_keys {
            return Ok(());
        }
        let dashboard = ("TRACETAB_HTTP_ADDR", Door::Open(self.http_addr));
        let doors = self.doors.all().into_iter().map(|(_, setting, door)| (setting, door));
        for (setting, door) in std::iter::once(dashboard).chain(doors) {
            if let Door::Open(address) = door
                && !is_loopback(address.ip())
                && !self.insecure_bind
            {
                return Err(ExposureError { setting, address });
            }
        }
        Ok(())
    }

    /// Longest a transaction may take.
    pub const fn write_max(&self) -> Duration {
        Duration::from_secs(self.write_seconds_max)
    }

    /// Longest a request body may take to arrive.
    pub const fn body_timeout(&self) -> Duration {
        Duration::from_secs(self.body_timeout_seconds)
    }
}

/// An address that others can reach, without anything that asks them who they are.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{setting}={address} can be reached from other machines, and nobody would be asked who they are. \
     Make keys (`tracetab key NAME --may ingest` for programs that send, `tracetab key NAME --may read,change` for people) \
     and put them in keys.yaml in the folder of TRACETAB_RULES; or listen on 127.0.0.1; \
     or set TRACETAB_INSECURE_BIND=1 if everyone who can reach that address may read and write everything"
)]
pub struct ExposureError {
    setting: &'static str,
    address: SocketAddr,
}

/// The registry as text: one setting per paragraph, with the value it has now.
pub fn describe() -> String {
    let command = <Config as clap::Args>::augment_args(clap::Command::new("tracetab"));
    let mut text = String::new();
    for setting in command.get_arguments() {
        let Some(name) = setting.get_env().map(|name| name.to_string_lossy()) else { continue };
        let kind = setting.get_value_names().unwrap_or_default().join(" ");
        let default: Vec<_> = setting.get_default_values().iter().map(|value| value.to_string_lossy()).collect();
        let default = if default.is_empty() { "none".to_owned() } else { default.join(" ") };
        let now = match std::env::var(&*name) {
            Err(_) => String::new(),
            Ok(_) if setting.is_hide_env_values_set() => "  (set)".to_owned(),
            Ok(value) => format!("  (set to {value})"),
        };
        let meaning = setting.get_help().map(ToString::to_string).unwrap_or_default();
        text += &format!("{name}  {kind}  default {default}{now}\n    {meaning}\n");
    }
    text
}

#[derive(clap::Parser)]
struct Alone {
    #[command(flatten)]
    config: Config,
}

fn switch(text: &str) -> Result<bool, String> {
    match text {
        "1" | "true" | "on" | "yes" => Ok(true),
        "" | "0" | "false" | "off" | "no" => Ok(false),
        _ => Err("expected 1 or 0".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_beyond_this_machine_is_refused_unless_accepted() {
        let open = Config::from_args(["--http-addr", "0.0.0.0:8080"]).unwrap();
        let message = open.check_exposure(false).unwrap_err().to_string();
        assert!(message.contains("TRACETAB_HTTP_ADDR=0.0.0.0:8080") && message.contains("TRACETAB_INSECURE_BIND=1"));

        let otlp = Config::from_args(["--otlp-http-addr", "[::]:4318"]).unwrap();
        assert!(otlp.check_exposure(false).unwrap_err().to_string().contains("TRACETAB_OTLP_HTTP_ADDR"));

        let accepted = Config::from_args(["--http-addr", "0.0.0.0:8080", "--insecure-bind", "1"]).unwrap();
        assert_eq!(accepted.check_exposure(false), Ok(()));
        let loopback = Config::from_args(["--http-addr", "[::1]:8080"]).unwrap();
        assert_eq!(loopback.check_exposure(false), Ok(()));
        assert!(message.contains("keys.yaml") && message.contains("tracetab key"), "{message}");
        assert_eq!(open.check_exposure(true), Ok(()), "whoever comes is asked for a key");
    }

    #[test]
    fn every_setting_is_listed_with_its_meaning() {
        let text = describe();
        for name in ["TRACETAB_HTTP_ADDR", "DATABASE_URL", "TRACETAB_QUIET_SECONDS", "TRACETAB_LOG_FORMAT"] {
            assert!(text.contains(name), "{name} is missing from\n{text}");
        }
        assert!(text.contains("TRACETAB_HTTP_ADDR  ADDRESS  default 127.0.0.1:8080"), "{text}");
        let meanings = text.lines().filter(|line| line.starts_with("    ")).count();
        assert_eq!(meanings * 2, text.lines().count(), "a setting without a meaning in\n{text}");
    }
}
