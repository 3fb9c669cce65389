//! `tracetab demo`: the demo played to a running server, with its progress in the terminal.

use anyhow::bail;
use chrono::Utc;
use model::health::DemoStatus;

use super::{Demo, Script};
use crate::meter::{Meter, bar};

/// What `tracetab demo` takes.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Where to send: the address of a running server
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:4318")]
    to: String,
    /// A key of that server which may ingest, if it asks for one
    #[arg(long, env = "TRACETAB_KEY", value_name = "KEY", hide_env_values = true)]
    key: Option<String>,
    /// Stops after the two weeks of history instead of going on with live traffic
    #[arg(long)]
    history_only: bool,
    /// About how many traces of history
    #[arg(long, value_name = "COUNT", default_value_t = Script::default().history_traces)]
    traces: u64,
    /// Another number, another world
    #[arg(long, value_name = "NUMBER", default_value_t = Script::default().seed)]
    seed: u64,
}

/// Plays until history is sent, or with live traffic until `shutdown` resolves.
pub async fn run(args: Args, shutdown: impl Future<Output = ()>) -> anyhow::Result<()> {
    let script = Script { seed: args.seed, history_traces: args.traces, live: !args.history_only };
    let demo = Demo::with_key(args.to, args.key, script, Utc::now);
    let meter = Meter::new();
    let status = tokio::select! {
        status = demo.run() => status,
        () = meter.follow(|| Some(line(&demo.status()))) => demo.status(),
        () = shutdown => return Ok(()),
    };
    match status.error {
        Some(error) => bail!(error),
        None => Ok(()),
    }
}

fn line(status: &DemoStatus) -> String {
    let (sent, total) = (status.traces_sent, status.traces_total);
    let rest = if total > 0 && sent >= total { ", now live; Ctrl-C stops" } else { "" };
    format!("tracetab: demo history {} {sent} of {total} traces{rest}", bar(sent, total))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_shows_how_far_it_is() {
        let status = |sent, total| DemoStatus { traces_sent: sent, traces_total: total, ..DemoStatus::default() };
        assert!(line(&status(0, 0)).contains("0 of 0 traces"));
        assert!(line(&status(50, 100)).contains(&format!("[{}{}]", "#".repeat(10), ".".repeat(10))));
        assert!(line(&status(100, 100)).ends_with("now live; Ctrl-C stops"));
    }
}
