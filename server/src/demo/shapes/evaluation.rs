//! `nightly_eval`: questions with known answers, put to a model, marked by another.

use model::span::SpanKind;

use crate::demo::cast::Service;
use crate::demo::parts::{self, GPT_4O, GPT_4O_MINI, MS, Model, Tokens};
use crate::demo::sketch::{Line, Sketch};

/// The usual set of questions, to the small model.
pub fn nightly(trace: &mut Sketch) {
    let questions = trace.between(14..30);
    evaluate(trace, questions, &GPT_4O_MINI);
}

/// The accident: somebody set the candidate to the dear model, and the set to all.
pub fn oversized(trace: &mut Sketch) {
    evaluate(trace, 48, &GPT_4O);
}

fn evaluate(trace: &mut Sketch, questions: u64, candidate: &Model) {
    let root = trace.open(None, Service::Evaluator, SpanKind::Internal, "nightly_eval", 0);
    let mut now = parts::query(trace, root, Service::Evaluator, "SELECT cases WHERE suite = $1", "EXPORT_OK", 4 * MS);
    let mut wrong = 0_i64;
    for _ in 0..questions {
        let passed = !trace.happens(70);
        wrong += i64::from(!passed);
        now = question(trace, root, candidate, passed, now + 2 * MS);
    }
    trace.edit(root).until(now + 12 * MS).costing(0.0001).set("eval.cases", questions as i64).set("eval.failed", wrong);
}

fn question(trace: &mut Sketch, root: Line, candidate: &Model, passed: bool, at: u64) -> u64 {
    let case = trace.open(root, Service::Evaluator, SpanKind::Internal, "eval.case", at);
    let tokens = Tokens { input: trace.between(1_400..3_400), cached: 0, output: trace.between(120..480) };
    let now = parts::generate(trace, case, Service::Evaluator, "candidate", candidate, tokens, at + MS);
    let tokens = Tokens { input: tokens.output + 900, cached: 0, output: trace.between(20..60) };
    let now = parts::generate(trace, case, Service::Evaluator, "judge", &GPT_4O_MINI, tokens, now + MS);
    trace.edit(case).until(now + MS).costing(0.0).set("eval.passed", passed);
    now + MS
}
