//! `tracetab bill`: a provider's bill, sent to a running server, and what it kept of it.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use reqwest::Url;
use serde_json::Value;

/// What `tracetab bill` takes.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Where to send: the address of a running server
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8080")]
    to: Url,
    /// Whose bill it is, where it does not say so itself
    #[arg(long, value_name = "NAME")]
    provider: Option<String>,
    /// Who imports it
    #[arg(long, env = "USER", value_name = "NAME", default_value = "")]
    by: String,
    /// The bill: CSV with day, provider, model and amount, or a cost export of OpenAI or Anthropic
    file: PathBuf,
}

/// Sends the bill; fails unless all of it was kept.
pub async fn run(args: Args) -> anyhow::Result<ExitCode> {
    let Args { to, provider, by, file } = args;
    let bytes = std::fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
    let name = file.file_name().map(Path::new).unwrap_or(&file).display().to_string();
    let mut url = to.join("/api/v1/bills").context("no address of a server")?;
    let pairs = [("name", Some(name)), ("by", Some(by)), ("provider", provider)];
    let given = pairs.iter().filter_map(|(key, value)| Some((key, value.as_ref().filter(|value| !value.is_empty())?)));
    url.query_pairs_mut().extend_pairs(given);
    let request = reqwest::Client::new().post(url).header(reqwest::header::CONTENT_TYPE, "text/csv").body(bytes);
    let answer = request.send().await.with_context(|| format!("no server answers at {to}; say where with --to"))?;
    let (status, said) = (answer.status(), answer.text().await.context("the answer broke off")?);
    let told: Value = serde_json::from_str(&said).unwrap_or(Value::Null);
    let refusals: Vec<&str> = told["refusals"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    for refusal in &refusals {
        println!("{refusal}");
    }
    if !status.is_success() {
        bail!("{}", told["detail"].as_str().unwrap_or(&said).trim());
    }
    println!("{}", summary(&told));
    Ok(if refusals.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What was kept, in a line.
fn summary(told: &Value) -> String {
    let (id, kept, read) = (&told["id"], &told["lines_kept"], &told["lines_read"]);
    if told["known_already"] == true {
        return format!("this file is imported already, as number {id}; nothing was replaced");
    }
    format!("{kept} of {read} lines were kept, ${} together, as import {id}", told["amount_usd"])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_says_what_was_kept() {
        let told =
            serde_json::json!({"id": 7, "lines_kept": 2, "lines_read": 3, "amount_usd": 1.5, "known_already": false});
        assert_eq!(summary(&told), "2 of 3 lines were kept, $1.5 together, as import 7");
        let again = serde_json::json!({"id": 7, "known_already": true});
        assert!(summary(&again).contains("nothing was replaced"));
    }
}
