//! `tracetab demo`: the demo played to a running server, with its progress in the terminal.

use std::io::{IsTerminal, Write};
use std::time::Duration;

use anyhow::bail;
use chrono::Utc;
use model::health::DemoStatus;

use super::{Demo, Script};

const WIDTH: u64 = 30;
/// Between two looks at the progress on a terminal.
const TERMINAL_TICK: Duration = Duration::from_millis(200);
/// Between two lines in a log.
const LOG_TICK: Duration = Duration::from_secs(5);

/// What `tracetab demo` takes.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Where to send: the address of a running server
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:4318")]
    to: String,
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
    let demo = Demo::new(args.to, script, Utc::now);
    let status = tokio::select! {
        status = demo.run() => status,
        () = report(&demo) => demo.status(),
        () = shutdown => return Ok(()),
    };
    match status.error {
        Some(error) => bail!(error),
        None => Ok(()),
    }
}

/// Tells how far it is; never returns.
async fn report(demo: &Demo) {
    let live = std::io::stderr().is_terminal();
    let mut last = String::new();
    loop {
        tokio::time::sleep(if live { TERMINAL_TICK } else { LOG_TICK }).await;
        let line = line(&demo.status());
        if line != last {
            // Nothing can be said about a terminal that does not listen.
            let _ = if live { write!(std::io::stderr(), "\r{line}") } else { writeln!(std::io::stderr(), "{line}") };
            last = line;
        }
    }
}

fn line(status: &DemoStatus) -> String {
    let (sent, total) = (status.traces_sent, status.traces_total);
    let done = (sent * WIDTH).checked_div(total).unwrap_or(0);
    let bar = (0..WIDTH).map(|at| if at < done { '#' } else { '.' }).collect::<String>();
    let rest = if total > 0 && sent >= total { ", now live; Ctrl-C stops" } else { "" };
    format!("tracetab: demo history [{bar}] {sent} of {total} traces{rest}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_shows_how_far_it_is() {
        let status = |sent, total| DemoStatus { traces_sent: sent, traces_total: total, ..DemoStatus::default() };
        assert!(line(&status(0, 0)).contains("0 of 0 traces"));
        assert!(line(&status(50, 100)).contains(&format!("[{}{}]", "#".repeat(15), ".".repeat(15))));
        assert!(line(&status(100, 100)).ends_with("now live; Ctrl-C stops"));
    }
}
