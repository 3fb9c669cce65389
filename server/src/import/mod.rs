//! `tracetab import`: files of spans, whichever program wrote them, sent to a running server.
//!
//! `files` takes one after the other. `source` opens a file and unpacks it, `read` finds out what it holds and reads its spans,
//! chunk by chunk where that can be done, `request` cuts them into requests; `reader` does all that in a thread of its own, a
//! request or two ahead. `send` posts requests and understands the answers, `progress` says how far it is, and `summary` what
//! became of everything, with `tally` for what occurs often. The server owns its database; nothing here touches it.
//!
//! The spans that arrive are those the server would have read from the file itself: the same decoders read it, and what they
//! read is sent as OTLP with what that has no place for beside it (`wire::otlp::messages`). One request follows another, since
//! of a span that comes twice the first version counts.

use std::io::{Write, stdout};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use reqwest::Url;
use wire::file::Kind;

use crate::exporter::shown;
use crate::meter::Meter;

mod files;
mod progress;
mod read;
mod reader;
mod request;
mod send;
mod source;
mod summary;
mod tally;

use files::Import;
use progress::Progress;
use send::Sender;
use summary::Summary;

/// What `tracetab import` takes.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Where to send: the address of a running server
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8080", value_parser = server)]
    to: Url,
    /// A key of that server which may ingest, if it asks for one
    #[arg(long, env = "TRACETAB_KEY", value_name = "KEY", hide_env_values = true)]
    key: Option<String>,
    /// What the files hold; without it, their content tells
    #[arg(long, value_name = "KIND", value_parser = kinds())]
    format: Option<Kind>,
    /// Longest to wait for a server that is away or has no room
    #[arg(long, value_name = "SECONDS", default_value_t = 120)]
    wait: u64,
    /// Files of spans, plain or packed with gzip or zstd; - is standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// Imports the files until all are done or `shutdown` resolves; fails unless everything was taken.
pub async fn run(args: Args, shutdown: impl Future<Output = ()>) -> anyhow::Result<ExitCode> {
    let (meter, progress) = (Meter::new(), Progress::new());
    let sender = Sender::new(args.to.as_str(), args.key.as_deref(), Duration::from_secs(args.wait))?;
    let summary = Summary::new(shown(args.to.as_str()));
    let mut import = Import { sender, kind: args.format, meter: &meter, progress: &progress, summary };
    tokio::select! {
        () = import.all(&args.files, shutdown) => {}
        () = meter.follow(|| progress.line()) => {}
    }
    meter.clear();
    let summary = import.summary;
    // Whoever closed the pipe does not want to know.
    let _ = write!(stdout(), "{summary}");
    Ok(if summary.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn server(text: &str) -> Result<Url, String> {
    let expected = "expected the address of a server, such as http://127.0.0.1:8080";
    let url: Url = text.parse().map_err(|error| format!("{error}; {expected}"))?;
    match url.scheme() {
        "http" if url.has_host() && url.query().is_none() && url.fragment().is_none() => Ok(url),
        "https" => Err("TLS is not spoken here; send to the server itself, or through a tunnel to it".to_owned()),
        _ => Err(expected.to_owned()),
    }
}

fn kinds() -> impl TypedValueParser<Value = Kind> {
    let words = PossibleValuesParser::new(Kind::ALL.map(Kind::word));
    words.try_map(|word| Kind::named(&word).ok_or("no such kind"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_servers_are_sent_to() {
        for address in ["http://127.0.0.1:8080", "http://localhost:8080/", "http://traces.example/tracetab"] {
            assert!(server(address).is_ok(), "{address}");
        }
        for address in
            ["127.0.0.1:8080", "localhost", "file:///etc/passwd", "ftp://example", "http://", "http://a?b=c", ""]
        {
            assert!(server(address).unwrap_err().contains("expected the address of a server"), "{address}");
        }
        assert!(server("https://traces.example").unwrap_err().contains("TLS"));
    }
}
