//! `POST /api/v1/agents/code-analyst/execute`: an agent that reads, decides, runs tests and writes a patch.

use model::span::SpanKind;
use serde_json::json;

use crate::demo::cast::Service;
use crate::demo::parts::{self, GEMINI, GPT_4O, MS, Tokens};
use crate::demo::sketch::{Line, Sketch};
use crate::demo::talk::Talk;

/// Test runs in a thousand whose first attempt fails.
const FLAKY_PER_MILLE: u32 = 90;

/// How the agent is set up, and what it is asked for.
const SYSTEM: &str = "You review Rust code and propose the smallest safe patch.";
const TASK: &str = "The retry test fails about one run in ten. Find out why and fix it.";

/// The whole request.
pub fn run(trace: &mut Sketch) {
    let root = parts::entry(trace, "POST /api/v1/agents/code-analyst/execute", "web");
    let at = parts::authenticate(trace, root, 4 * MS);
    let task = trace.open(root, Service::Orchestrator, SpanKind::Internal, "orchestrate_task", at + 5 * MS);
    let tokens = Tokens { input: trace.between(900..2_400), cached: 0, output: trace.between(60..220) };
    let at = parts::generate(trace, task, Service::Orchestrator, "chat", &GEMINI, tokens, at + 13 * MS);
    let (message, at) = parts::enqueue(trace, task, "code_generator", at + 6 * MS);
    let tool = trace.open(message, Service::ToolExecutor, SpanKind::Internal, "execute_code_generator", at);
    let at = agent(trace, tool, at + 8 * MS);
    let at = store_patch(trace, tool, at + 4 * MS);
    trace.edit(tool).until(at + 6 * MS).costing(0.0011).set("tool.name", "code_generator").set("tool.version", "1.0.0");
    trace.edit(message).until(at + 20 * MS);
    trace.edit(task).until(at + 38 * MS).costing(0.0001).set("gen_ai.operation.name", "invoke_workflow");
    let end = parts::step(trace, root, Service::Gateway, "response-serialization", 0.00001, at + 44 * MS, 18 * MS);
    trace.edit(root).until(end + 8 * MS);
}

fn agent(trace: &mut Sketch, parent: Line, at: u64) -> u64 {
    let run = trace.open(parent, Service::CodeAnalyst, SpanKind::Internal, "agent.run", at);
    let steps = trace.between(2..5);
    let mut now = at + 2 * MS;
    let mut talk = Talk::begin(SYSTEM, TASK);
    for number in 1..=steps {
        let place = Place { number, is_last: number == steps };
        now = agent_step(trace, &mut talk, run, place, now) + 2 * MS;
    }
    trace
        .edit(run)
        .until(now)
        .costing(0.0)
        .set("gen_ai.operation.name", "invoke_agent")
        .set("gen_ai.agent.name", "code-analyst")
        .set("agent.steps", steps as i64);
    now
}

/// Which step of how many.
#[derive(Clone, Copy)]
struct Place {
    number: u64,
    is_last: bool,
}

fn agent_step(trace: &mut Sketch, talk: &mut Talk, run: Line, Place { number, is_last }: Place, at: u64) -> u64 {
    let step = trace.open(run, Service::CodeAnalyst, SpanKind::Internal, format!("agent.step.{number}"), at);
    // The conversation grows with every step, and the provider has the earlier part in its cache.
    let cached = if number == 1 { 0 } else { trace.between(900..1_300) * number.min(3) };
    let tokens = Tokens { input: cached + trace.between(1_300..2_300), cached, output: trace.between(250..640) };
    let mut now = parts::generate(trace, step, Service::CodeAnalyst, "llm.generate", &GPT_4O, tokens, at + 6 * MS);
    let call = trace.last();
    now = match number {
        1 => {
            let asked = json!({"q": "retry backoff jitter", "k": 8});
            talk.call(
                trace,
                call,
                "I will look for where the backoff is computed before touching it.",
                "search",
                &asked,
            );
            let (tool, end) = search(trace, step, now + 6 * MS);
            talk.give(trace, tool, &asked, "8 chunks, best 0.87 src/retry.rs:41");
            end
        }
        _ if is_last => {
            talk.answer(trace, call, "Seed the jitter from the task id instead. Patch attached, 14 of 14 tests pass.");
            parts::step(trace, step, Service::CodeAnalyst, "output-validation", 0.00001, now + 4 * MS, 16 * MS)
        }
        _ => {
            let asked = json!({"path": "retry_test.rs", "attempt": number});
            let words = "Two workers can pick the same delay. Running the test on its own to confirm.";
            talk.call(trace, call, words, "test_runner", &asked);
            now = decide(trace, step, now + 2 * MS);
            let (tool, end) = test(trace, step, now);
            talk.give(trace, tool, &asked, "retry_test::backs_off ... FAILED (1 of 14)");
            end
        }
    };
    trace
        .edit(step)
        .until(now + 2 * MS)
        .costing(0.0)
        .set("gen_ai.operation.name", "invoke_agent")
        .set("gen_ai.agent.name", "code-analyst")
        .set("step", number as i64);
    now + 2 * MS
}

fn search(trace: &mut Sketch, step: Line, at: u64) -> (Line, u64) {
    let tool = trace.open(step, Service::ToolExecutor, SpanKind::Internal, "tool.search", at);
    let tokens = trace.between(12..60);
    let now = parts::embed(trace, tool, Service::ToolExecutor, tokens, at + 4 * MS);
    let statement = "SELECT chunks ORDER BY embedding WHERE corpus = $1 LIMIT 12";
    let now = parts::query(trace, tool, Service::ToolExecutor, statement, "EXPORT_OK", now + 4 * MS);
    let edit = trace.edit(tool).until(now + 6 * MS).costing(0.0005).set("tool.name", "search");
    edit.set("capability", "search").set("gen_ai.operation.name", "execute_tool");
    (tool, now + 6 * MS)
}

fn decide(trace: &mut Sketch, step: Line, at: u64) -> u64 {
    let line = trace.open(step, Service::CodeAnalyst, SpanKind::Internal, "ai_decision", at);
    let confidence = trace.between(71..98) as f64 / 100.0;
    trace
        .edit(line)
        .until(at + 8 * MS)
        .costing(0.0)
        .set("decision.type", "code_analysis")
        .set("decision.confidence", confidence)
        .set("decision.factors", r#"["failing_test","recent_diff","stack_trace"]"#)
        .set("decision.result", "Run the failing test in isolation before editing retry.rs.")
        .set(
            "decision.alternatives",
            r#"[{"option":"edit first","score":0.61},{"option":"ask for context","score":0.22}]"#,
        );
    at + 8 * MS
}

/// Runs a test in the sandbox; a lost connection is tried again.
fn test(trace: &mut Sketch, step: Line, at: u64) -> (Line, u64) {
    let tool = trace.open(step, Service::ToolExecutor, SpanKind::Internal, "tool.test_runner", at + 2 * MS);
    let mut now = at + 8 * MS;
    let flaky = trace.happens(FLAKY_PER_MILLE);
    if flaky {
        let length = trace.between(120 * MS..260 * MS);
        let attempt = parts::request(trace, tool, Service::Sandbox, "POST /run", 0.00001, now, length);
        trace
            .edit(attempt)
            .set("http.response.status_code", 502_i64)
            .failed("UpstreamClosed", "upstream closed the connection before the response header");
        now += length + trace.between(30 * MS..60 * MS);
    }
    let length = trace.between(160 * MS..480 * MS);
    let attempt = parts::request(trace, tool, Service::Sandbox, "POST /run", 0.00001, now, length);
    trace.edit(attempt).set("retry.attempt", i64::from(flaky));
    now += length + 10 * MS;
    let edit = trace.edit(tool).until(now).costing(0.0005).set("tool.name", "test_runner");
    let edit = edit.set("capability", "test_runner").set("gen_ai.operation.name", "execute_tool");
    if flaky {
        edit.failed("TestRunnerError", "attempt 1 failed: connection closed; attempt 2 passed after a retry");
    }
    (tool, now)
}

fn store_patch(trace: &mut Sketch, tool: Line, at: u64) -> u64 {
    let length = trace.between(36 * MS..90 * MS);
    let bytes = trace.between(3_000..90_000) as i64;
    let put = parts::request(trace, tool, Service::ArtifactStore, "PUT /artifacts/patch.diff", 0.000_01, at, length);
    trace.edit(put).set("data_size_bytes", bytes);
    at + length
}
