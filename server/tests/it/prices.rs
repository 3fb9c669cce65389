//! Prices from the outside: what calls cost in the ledger, by the built-in book and by one's own.

use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use chrono::{SecondsFormat, TimeDelta, Utc};
use reqwest::StatusCode;
use serde_json::{Value, json};
use server::demo::{Demo, Script};

use crate::process::{DataFolder, ServerProcess, tracetab};
use crate::server::TestServer;

/// Tells the traces of one server apart.
static TRACES: AtomicU64 = AtomicU64::new(1);

/// Stores spans that took so many milliseconds, a minute ago, each a trace of its own; gives them back as the server has them.
async fn stored(server: &TestServer, duration_ms: i64, spans: &[Value]) -> Vec<Value> {
    let start = Utc::now() - TimeDelta::seconds(60);
    let [start, end] = [start, start + TimeDelta::milliseconds(duration_ms)]
        .map(|time| time.to_rfc3339_opts(SecondsFormat::Nanos, true));
    let mut stored = Vec::new();
    for attributes in spans {
        let trace_id = format!("{:032x}", TRACES.fetch_add(1, Ordering::Relaxed));
        let span = json!({"span_id": "00000000000000a1", "operation_name": "work", "service": "priced", "tenant": "acme",
                          "start_time": start, "end_time": end, "attributes": attributes});
        server.send(&json!({"trace_id": trace_id, "spans": [span]})).await;
        let trace = server.get(&format!("/api/v1/traces/{trace_id}")).await;
        let mut span = trace["spans"][0].clone();
        span["trace_id"] = json!(trace_id);
        stored.push(span);
    }
    stored
}

/// An amount in plain digits.
fn usd(amount: &Value) -> String {
    amount.as_f64().unwrap_or_else(|| panic!("not an amount: {amount}")).to_string()
}

/// A chat with its tokens: input, output and whatever else is told.
fn chat(provider: &str, model: &str, tokens: [u64; 2], more: &[(&str, u64)]) -> Value {
    let mut attributes = json!({"gen_ai.operation.name": "chat", "gen_ai.provider.name": provider, "gen_ai.request.model": model,
                                "gen_ai.usage.input_tokens": tokens[0], "gen_ai.usage.output_tokens": tokens[1]});
    for (key, count) in more {
        attributes[*key] = json!(count);
    }
    attributes
}

/// Label, tokens and cost of every line of a derived cost.
fn lines(span: &Value) -> Vec<(String, u64, String)> {
    let lines = span["cost_detail"]["derived"]["lines"].as_array().unwrap_or_else(|| panic!("not derived: {span}"));
    let line = |line: &Value| {
        (line["label"].as_str().unwrap().to_owned(), line["tokens"].as_u64().unwrap(), usd(&line["usd"]))
    };
    lines.iter().map(line).collect()
}

const READ: &str = "gen_ai.usage.cache_read.input_tokens";
const WRITE: &str = "gen_ai.usage.cache_creation.input_tokens";

#[tokio::test(flavor = "multi_thread")]
async fn usage_that_went_wrong_elsewhere_is_counted_and_priced_right() {
    let server = TestServer::start().await;
    let claude = |tokens, more: &[(&str, u64)]| chat("anthropic", "claude-sonnet-4-5", tokens, more);
    let spans = stored(
        &server,
        250,
        &[
            // As Anthropic's own API counts: the cache beside the input.
            claude([5, 40], &[(READ, 128_955), (WRITE, 1_253)]),
            claude([19, 7], &[(READ, 39_000)]),
            // The cache within the input.
            claude([98_805, 100], &[(READ, 66_360), (WRITE, 32_435)]),
            // Thoughts that the output leaves out and the total has.
            chat("gcp.vertex_ai", "gemini-2.5-flash", [5, 845], &[("gen_ai.usage.total_tokens", 2_023)]),
        ],
    )
    .await;
    let tokens: Vec<_> = spans.iter().map(|span| (span["tokens_in"].as_u64(), span["tokens_out"].as_u64())).collect();
    let expected = [(130_213, 40), (39_019, 7), (98_805, 100), (5, 2_018)];
    assert_eq!(tokens, expected.map(|(input, output)| (Some(input), Some(output))));
    // Claude Sonnet 4.5 costs 3, from the cache 0.30, into it 3.75, out 15 USD per million; Gemini 2.5 Flash 0.30 and 2.50.
    let all = |span: usize| lines(&spans[span]);
    let line = |label: &str, tokens, usd: &str| (label.to_owned(), tokens, usd.to_owned());
    assert_eq!(
        all(0),
        [
            line("Input", 5, "0.000015"),
            line("Cached input", 128_955, "0.0386865"),
            line("Cache write", 1_253, "0.00469875"),
            line("Output", 40, "0.0006"),
        ]
    );
    assert_eq!(spans[0]["cost_usd"], json!(0.04400025));
    assert_eq!(
        all(1),
        [line("Input", 19, "0.000057"), line("Cached input", 39_000, "0.0117"), line("Output", 7, "0.000105")]
    );
    assert_eq!(
        all(2),
        [
            line("Input", 10, "0.00003"),
            line("Cached input", 66_360, "0.019908"),
            line("Cache write", 32_435, "0.12163125"),
            line("Output", 100, "0.0015"),
        ]
    );
    assert_eq!(all(3), [line("Input", 5, "0.0000015"), line("Output", 2_018, "0.005045")]);
    assert!(spans.iter().all(|span| {
        let revision = &span["cost_detail"]["derived"]["price_revision"];
        revision.as_str().is_some_and(|revision| revision.starts_with("genai-prices "))
    }));
    let costs = server.get("/api/v1/costs?from=-1h&group_by=model").await;
    assert_eq!(usd(&costs["total_cost_usd"]), "0.203978");
    assert_eq!(server.get("/api/v1/balance").await["balanced"], true);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_base_table_prices_operations_in_the_ledger_without_rounding() {
    let server = TestServer::start().await;
    let inference = json!({"operation_type": "ml_inference", "data_size_bytes": 2 * 1024 * 1024});
    let spans = stored(&server, 250, &[inference]).await;
    // 0.0001 * (1 + 2.5 * 0.1 + 2 * 0.01)
    assert_eq!((&spans[0]["cost_usd"], &spans[0]["cost_source"]), (&json!(0.000127), &json!("calculated")));
    let spans =
        stored(&server, 100, &[json!({"operation_type": "storage_read"}), json!({"operation_type": "dancing"})]).await;
    assert_eq!(usd(&spans[0]["cost_usd"]), "0.0000011");
    assert_eq!((&spans[1]["cost_usd"], &spans[1]["cost_source"]), (&Value::Null, &json!("none")));
    let pico: i64 =
        sqlx::query_scalar("select sum(cost_pico)::int8 from span").fetch_one(&server.database().await).await.unwrap();
    assert_eq!(pico, 127_000_000 + 1_100_000, "as it is kept, in pico-dollars");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn models_are_priced_under_the_names_that_gateways_and_clouds_give_them() {
    let server = TestServer::start().await;
    let calls = [
        ("openai", "gpt-4o", "openai/gpt-4o"),
        ("azure", "gpt-4o", "azure/gpt-4o"),
        ("azure.ai.openai", "gpt-4o", "azure/gpt-4o"),
        ("anthropic", "claude-sonnet-4-5", "anthropic/claude-sonnet-4-5"),
        ("amazon", "anthropic.claude-3-haiku-20240307-v1:0", "aws/"),
        ("aws.bedrock", "anthropic.claude-3-haiku-20240307-v1:0", "aws/"),
        ("gcp.gemini", "gemini-2.5-pro", "google/gemini-2.5-pro"),
        ("gcp.vertex_ai", "publishers/google/models/gemini-2.5-pro", "google/gemini-2.5-pro"),
        ("vertex_ai", "projects/p/locations/eu/publishers/google/models/gemini-2.5-pro", "google/gemini-2.5-pro"),
        ("google", "models/gemini-2.5-pro", "google/gemini-2.5-pro"),
        ("mistral_ai", "mistral-large-latest", "mistral/mistral-large"),
        ("x_ai", "grok-4", "x-ai/grok-4"),
        ("xai", "grok-4", "x-ai/grok-4"),
        ("together_ai", "meta-llama/Llama-3.3-70B-Instruct-Turbo", "together/"),
        ("moonshot_ai", "kimi-k2-0905-preview", "moonshotai/kimi-k2"),
        ("litellm", "openai/gpt-4o", "openai/gpt-4o"),
    ];
    let spans: Vec<Value> = calls.iter().map(|(provider, model, _)| chat(provider, model, [10, 10], &[])).collect();
    for (span, (provider, model, priced_as)) in stored(&server, 250, &spans).await.iter().zip(calls) {
        let note = span["cost_note"].as_str().unwrap_or_default();
        let expected = format!("tokens times the price of {priced_as}");
        assert!(note.starts_with(&expected), "{provider} {model}: {note}");
    }
    server.stop().await;
}

const PRICES: &str = "
prices:
  - provider: acme
    model: acme-.*
    input_per_million: 1.25
    output_per_million: 0.000001
  - model: gpt-4o
    per_call: 0.5
";

#[tokio::test(flavor = "multi_thread")]
async fn prices_of_ones_own_come_first_and_every_cost_keeps_their_revision() {
    let folder = DataFolder::new("prices-own");
    folder.write("prices.yaml", PRICES);
    let server = TestServer::with(|config| config.rules = Some(folder.path().to_owned())).await;
    let calls = [chat("acme", "acme-large", [1_000_001, 3], &[]), chat("openai", "gpt-4o", [1, 1], &[])];
    let spans = stored(&server, 250, &calls).await;
    // 1 000 001 * 1.25 millionths and 3 * 1 pico-dollar.
    assert_eq!(usd(&spans[0]["cost_usd"]), "1.250001250003");
    assert_eq!(spans[1]["cost_usd"], json!(0.5));
    for span in &spans {
        let revision = span["cost_detail"]["derived"]["price_revision"].as_str().unwrap();
        let hash = revision.strip_prefix("prices.yaml ").unwrap_or_else(|| panic!("{revision}"));
        assert!(hash.len() == 12 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()), "{revision}");
    }
    server.stop().await;
}

fn check_rules(folder: &DataFolder) -> (bool, String) {
    let command: &mut Command = &mut tracetab(folder);
    let output = command.arg("check-rules").env("TRACETAB_RULES", folder.path()).output().unwrap();
    (output.status.success(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
}

#[test]
fn check_rules_shows_the_prices_or_names_the_line_that_is_wrong() {
    let folder = DataFolder::new("prices-check");
    folder.write("prices.yaml", PRICES);
    let (fine, shown) = check_rules(&folder);
    assert!(fine && shown.contains("entry 2: gpt-4o: 0.5 USD per call"), "{shown}");
    assert!(shown.contains("entry 1: acme acme-.*: 1.25 USD per million input tokens, 0.000001 USD output"), "{shown}");
    folder.write("prices.yaml", &PRICES.replace("1.25", "1,25"));
    let (fine, shown) = check_rules(&folder);
    assert!(!fine && shown.contains("prices.yaml: ") && shown.contains("at line 5 "), "{shown}");
    assert!(shown.contains("expected a plain decimal number of US dollars"), "{shown}");
}

#[test]
fn check_rules_shows_alerts_prices_and_budgets() {
    let folder = DataFolder::new("rules-check");
    folder.write("prices.yaml", PRICES);
    let budget = "budgets: [{name: Everything, scope: all, period: month, limit_usd: 25000}]";
    folder.write("budgets.yaml", budget);
    let (fine, shown) = check_rules(&folder);
    let lines = [
        "Orphaned Spans  warning: ",
        "entry 1: acme acme-.*: ",
        "Everything  budget: 25000 USD, month, of all: ",
        "BUDGET ALARM  for every trace that costs more than 0.01 USD",
    ];
    for line in lines {
        assert!(fine && shown.contains(line), "{line} is not in {shown}");
    }
    folder.write("budgets.yaml", &budget.replace("month", "moon"));
    let (fine, shown) = check_rules(&folder);
    assert!(!fine && shown.contains("budgets.yaml: ") && shown.contains("expected a period"), "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_price_file_never_replaces_good_prices_and_everybody_is_told() {
    let folder = DataFolder::new("prices-reload");
    folder.write("prices.yaml", PRICES);
    let server = TestServer::with(|config| config.rules = Some(folder.path().to_owned())).await;
    let before = server.get("/api/v1/prices").await;
    assert_eq!(before["file"]["problem"], Value::Null);

    folder.write("prices.yaml", &PRICES.replace("0.5", "a lot"));
    let broken = server.eventually("/api/v1/prices", |prices| prices["file"]["problem"].is_object()).await;
    let reason = broken["file"]["problem"]["reason"].as_str().unwrap();
    assert!(reason.contains("prices.yaml: ") && reason.contains("at line 8 "), "{reason}");
    assert_eq!(broken["file"]["revision"], before["file"]["revision"]);
    let call = chat("openai", "gpt-4o", [1, 1], &[]);
    assert_eq!(
        stored(&server, 250, std::slice::from_ref(&call)).await[0]["cost_usd"],
        json!(0.5),
        "the old price stays"
    );
    let (_, page) = server.try_get("/settings").await;
    let page = page.as_str().unwrap();
    assert!(page.contains("The price file cannot be used since") && page.contains("at line 8 "), "{page}");

    folder.write("prices.yaml", &PRICES.replace("0.5", "0.75"));
    let good = server.eventually("/api/v1/prices", |prices| prices["file"]["problem"].is_null()).await;
    assert_eq!(good["file"]["entries"][1], "gpt-4o: 0.75 USD per call");
    let span = &stored(&server, 250, &[call]).await[0];
    assert_eq!(span["cost_usd"], json!(0.75));
    assert_eq!(span["cost_detail"]["derived"]["price_revision"], good["file"]["revision"]);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gauge_rises_while_the_price_file_is_broken() {
    let folder = DataFolder::new("prices-gauge");
    folder.write("prices.yaml", PRICES);
    let server = ServerProcess::start_with_rules(&folder);
    let gauge = async |value: u32| {
        let expected = format!("\ntracetab_prices_file_broken {value}\n");
        let waiting = async {
            while !reqwest::get(format!("{}/metrics", server.http))
                .await
                .unwrap()
                .text()
                .await
                .unwrap()
                .contains(&expected)
            {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), waiting).await.unwrap_or_else(|_| panic!("never {expected:?}"));
    };
    gauge(0).await;
    folder.write("prices.yaml", "prices: everything is free");
    gauge(1).await;
    folder.write("prices.yaml", PRICES);
    gauge(0).await;
    assert!(server.stop().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn models_without_a_price_are_listed_with_the_lines_that_price_them() {
    let folder = DataFolder::new("prices-unpriced");
    folder.write("prices.yaml", "prices: []");
    let server = TestServer::with(|config| config.rules = Some(folder.path().to_owned())).await;
    let odd = "acme (v2): \"large\"";
    let calls = [
        chat("acme", odd, [1_000, 100], &[]),
        chat("acme", odd, [500, 50], &[]),
        chat("acme", "acme-small", [10, 1], &[]),
        chat("openai", "gpt-4o", [10, 1], &[]),
    ];
    stored(&server, 250, &calls).await;
    let unpriced = server.get("/api/v1/prices/unpriced?from=-1h").await;
    assert_eq!((unpriced["models"].as_array().unwrap().len(), &unpriced["more"]), (2, &json!(false)));
    let first = &unpriced["models"][0];
    let figures = ["calls", "calls_with_tokens", "tokens_in", "tokens_out"].map(|key| first[key].as_i64().unwrap());
    assert_eq!(
        (first["provider"].as_str(), first["model"].as_str(), figures),
        (Some("acme"), Some(odd), [2, 2, 1_500, 150])
    );
    let (_, page) = server.try_get("/settings/unpriced").await;
    let page = page.as_str().unwrap();
    assert!(
        page.contains("acme-small") && page.contains("output_per_million: FILL_IN") && !page.contains("gpt-4o"),
        "{page}"
    );

    let lines = |prices: &Value| -> String {
        prices["models"].as_array().unwrap().iter().map(|line| line["yaml"].as_str().unwrap().to_owned()).collect()
    };
    let file = format!("prices:\n{}", lines(&unpriced));
    folder.write("prices.yaml", &file);
    let forgotten = server.eventually("/api/v1/prices", |prices| prices["file"]["problem"].is_object()).await;
    assert!(
        forgotten["file"]["problem"]["reason"].as_str().unwrap().contains("FILL_IN"),
        "copied and not filled in is no price"
    );
    folder.write("prices.yaml", &file.replace("FILL_IN", "2"));
    server
        .eventually("/api/v1/prices", |prices| prices["file"]["entries"].as_array().is_some_and(|all| all.len() == 2))
        .await;
    for span in stored(&server, 250, &calls[..3]).await {
        assert_eq!(span["cost_source"], "derived", "{span}");
    }
    let after = server.get("/api/v1/prices/unpriced?from=-1h").await;
    assert_eq!((&after["models"][0]["calls"], &after["models"][0]["priced_now"]), (&json!(2), &json!(true)));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_new_prices_change_is_shown_first_then_applied_and_the_books_balance() {
    let folder = DataFolder::new("prices-again");
    folder.write("prices.yaml", PRICES);
    let server = TestServer::with(|config| config.rules = Some(folder.path().to_owned())).await;
    let mut reported = chat("acme", "acme-large", [1_000_000, 0], &[]);
    reported["cost_usd"] = json!(7);
    let calls = [
        chat("acme", "acme-large", [1_000_000, 0], &[(READ, 400_000)]),
        chat("acme", "acme-large", [2_000_000, 0], &[]),
        chat("nobody", "secret-model", [1_000_000, 0], &[]),
        chat("openai", "gpt-4o-mini", [1_000_000, 0], &[]),
        reported,
    ];
    let stored_calls = stored(&server, 250, &calls).await;
    let before = server.get("/api/v1/balance").await;
    let same = look(&server, json!({"from": "-1h"})).await;
    assert_eq!((&same["calls"], &same["changed_calls"], &same["changes"]), (&json!(4), &json!(0), &json!(0)));
    let (status, refused) = apply(&server, &same).await;
    assert_eq!((status, refused["detail"].as_str()), (StatusCode::CONFLICT, Some("nothing would change")));

    let cheaper = PRICES.replace("1.25", "1.00\n    cached_input_per_million: 0.10");
    folder.write("prices.yaml", &format!("{cheaper}  - {{model: secret-model, input_per_million: 0.5}}\n"));
    let prices = server
        .eventually("/api/v1/prices", |prices| prices["file"]["entries"].as_array().is_some_and(|all| all.len() == 3))
        .await;
    let dry = look(&server, json!({"from": "-1h"})).await;
    assert_eq!((&dry["calls"], &dry["changed_calls"], &dry["more"]), (&json!(4), &json!(3), &json!(false)));
    assert_eq!((&dry["unpriced_calls_before"], &dry["unpriced_calls_after"]), (&json!(1), &json!(0)));
    // 1.25, 2.50 and 0.15; then 0.6 + 0.04, 2, 0.15, and 0.5 for what had none.
    let sums = |change: &Value| ["before_usd", "after_usd", "difference_usd"].map(|key| usd(&change[key]));
    assert_eq!(sums(&dry), ["3.9", "3.29", "-0.61"]);
    let first = &dry["lines"][0];
    assert_eq!(
        (&first["tenant"], &first["model"], &first["changed_calls"]),
        (&json!("acme"), &json!("acme-large"), &json!(2))
    );
    assert_eq!(sums(first), ["3.75", "2.64", "-1.11"]);
    assert_eq!(sums(&dry["lines"][1]), ["0", "0.5", "0.5"]);
    assert_eq!(server.get("/api/v1/balance").await["by"], before["by"], "nothing was written");

    let late = stored(&server, 250, &calls[1..2]).await;
    let shown = server.get(&format!("/api/v1/prices/repricing/{}", dry["id"])).await;
    assert_eq!(shown["later_calls"], 1, "what came since is told");
    let (status, _) = apply(&server, &dry).await;
    assert_eq!(status, StatusCode::OK);
    let applied = in_state(&server, &dry["id"], "applied").await;
    let application = &applied["application"];
    assert_eq!((&application["applied_calls"], &application["skipped_calls"]), (&json!(3), &json!(0)));
    assert_eq!((&application["by"], &application["note"]), (&json!("Robin"), &json!("the contract of May")));
    assert_eq!(usd(&application["moved_usd"]), "-0.61");
    let balance = server.get("/api/v1/balance").await;
    // 7 reported, and the late call at 2.
    assert_eq!((&balance["balanced"], usd(&balance["total_cost_usd"])), (&json!(true), "12.29".to_owned()));

    let again = server.get(&format!("/api/v1/traces/{}", stored_calls[0]["trace_id"].as_str().unwrap())).await;
    let span = &again["spans"][0];
    assert_eq!(lines(span)[0], ("Input".to_owned(), 600_000, "0.6".to_owned()));
    assert_eq!(span["cost_detail"]["derived"]["price_revision"], prices["file"]["revision"]);
    assert_eq!(usd(&late[0]["cost_usd"]), "2");
    let (_, page) = server.try_get("/settings/repricing").await;
    let page = page.as_str().unwrap();
    assert!(page.contains("3 calls were given another price by Robin") && page.contains("acme-large"), "{page}");
    let again = look(&server, json!({"from": "-1h"})).await;
    assert_eq!((&again["calls"], &again["changes"]), (&json!(5), &json!(0)), "all of it is done");
    server.stop().await;
}

/// Dearer than any of them, so that something changes whatever the demo calls.
const DEMO_PRICES: &str = "prices:\n  - {model: '.*', input_per_million: 40, output_per_million: 90}\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_file_keeps_the_old_book_and_a_day_of_demo_data_is_priced_again_and_still_balances() {
    let folder = DataFolder::new("prices-demo");
    folder.write("prices.yaml", "prices: []");
    let server = TestServer::with(|config| config.rules = Some(folder.path().to_owned())).await;
    let script = Script { history_traces: 600, live: false, ..Script::default() };
    assert_eq!(Demo::new(&server.otlp, script, Utc::now).run().await.error, None);
    folder.write("prices.yaml", "prices: all of them");
    let broken = server.eventually("/api/v1/prices", |prices| prices["file"]["problem"].is_object()).await;
    assert!(broken["file"]["problem"]["reason"].as_str().unwrap().contains("prices.yaml: "));
    let same = look(&server, json!({"from": "-1d"})).await;
    assert_eq!((&same["changes"], same["calls"].as_u64() > Some(0)), (&json!(0), true), "{same}");

    folder.write("prices.yaml", DEMO_PRICES);
    server
        .eventually("/api/v1/prices", |prices| prices["file"]["entries"].as_array().is_some_and(|all| all.len() == 1))
        .await;
    let before = server.get("/api/v1/balance").await;
    let dry = look(&server, json!({"from": "-1d"})).await;
    assert!(dry["changed_calls"].as_u64() > Some(0) && dry["lines"].as_array().unwrap().len() > 1, "{dry}");
    assert_eq!(server.get("/api/v1/balance").await["total_cost_usd"], before["total_cost_usd"]);
    assert_eq!(apply(&server, &dry).await.0, StatusCode::OK);
    let applied = in_state(&server, &dry["id"], "applied").await;
    assert_eq!(applied["application"]["moved_usd"], dry["difference_usd"]);
    assert_eq!(
        (&applied["application"]["applied_calls"], &applied["application"]["skipped_calls"]),
        (&dry["changes"], &json!(0))
    );
    // What is above the calls may be settled anew by now, which moves money too; it balances at every moment.
    let after = server.get("/api/v1/balance").await;
    assert_eq!(after["balanced"], true, "{after}");
    assert!(after["total_cost_usd"].as_f64() > before["total_cost_usd"].as_f64());
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn prices_that_change_after_a_look_are_not_applied_unseen() {
    let folder = DataFolder::new("prices-unseen");
    folder.write("prices.yaml", PRICES);
    let server = TestServer::with(|config| config.rules = Some(folder.path().to_owned())).await;
    stored(&server, 250, &[chat("nobody", "secret-model", [1_000_000, 0], &[])]).await;
    let with = |price: &str| format!("{PRICES}  - {{model: secret-model, input_per_million: {price}}}\n");
    let in_force = async |price: &str| {
        folder.write("prices.yaml", &with(price));
        let words = format!("secret-model: {price} USD per million input tokens");
        server.eventually("/api/v1/prices", |prices| prices["file"]["entries"][2] == words.as_str()).await;
    };
    in_force("2").await;
    let dry = look(&server, json!({"model": "secret-model"})).await;
    in_force("3").await;
    let (status, refused) = apply(&server, &dry).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(refused["detail"].as_str().unwrap().contains("the prices have changed since"), "{refused}");
    let (status, _) = server.post("/api/v1/prices/repricing", &json!({"from": "soon"})).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    let nobody = server.post(&format!("/api/v1/prices/repricing/{}/apply", dry["id"]), &json!({"by": " "})).await;
    assert_eq!(nobody.0, StatusCode::BAD_REQUEST);
    let gone = server.post("/api/v1/prices/repricing/4711/apply", &json!({"by": "Robin"})).await;
    assert_eq!(gone.0, StatusCode::NOT_FOUND);
    let none = look(&server, json!({"tenant": "nobody we know"})).await;
    assert_eq!(none["calls"], 0);
    let runs = server.get("/api/v1/prices/repricing").await;
    let states: Vec<_> = runs["runs"].as_array().unwrap().iter().map(|run| run["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["ready", "replaced"]);
    server.stop().await;
}

/// Looks at what would change, to the end.
async fn look(server: &TestServer, asked: Value) -> Value {
    let (status, run) = server.post("/api/v1/prices/repricing", &asked).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{run}");
    in_state(server, &run["id"], "ready").await
}

async fn in_state(server: &TestServer, id: &Value, state: &str) -> Value {
    server.eventually(&format!("/api/v1/prices/repricing/{id}"), |run| run["state"] == state).await
}

async fn apply(server: &TestServer, run: &Value) -> (StatusCode, Value) {
    let by = json!({"by": "Robin", "note": "the contract of May"});
    server.post(&format!("/api/v1/prices/repricing/{}/apply", run["id"]), &by).await
}
