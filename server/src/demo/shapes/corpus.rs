//! `reindex_corpus`: hundreds of documents cut up, embedded and written back.

use model::span::SpanKind;

use crate::demo::cast::Service;
use crate::demo::parts::{self, GPT_4O, GPT_4O_MINI, MS, Tokens};
use crate::demo::sketch::{Line, Sketch};

/// Documents whose summary is due as well.
const SUMMARISED_PER_MILLE: u32 = 60;

/// A night's changes.
pub fn reindex(trace: &mut Sketch) {
    let documents = trace.between(45..110);
    corpus(trace, documents, false);
}

/// The accident: every document, each summarised by the dearest model.
pub fn reindex_everything(trace: &mut Sketch) {
    corpus(trace, 150, true);
}

fn corpus(trace: &mut Sketch, documents: u64, accident: bool) {
    let root = trace.open(None, Service::Indexer, SpanKind::Internal, "reindex_corpus", 0);
    let mut now =
        parts::query(trace, root, Service::Indexer, "SELECT documents WHERE changed_at > $1", "EXPORT_OK", 5 * MS);
    for _ in 0..documents {
        now = document(trace, root, accident, now + MS);
    }
    now = parts::step(trace, root, Service::Indexer, "swap_index", 0.00002, now, 140 * MS);
    trace.edit(root).until(now + 4 * MS).costing(0.0002).set("documents", documents as i64);
}

fn document(trace: &mut Sketch, root: Line, accident: bool, at: u64) -> u64 {
    let line = trace.open(root, Service::Indexer, SpanKind::Internal, "index_document", at);
    let tokens = trace.between(1_800..7_600);
    let mut now = parts::embed(trace, line, Service::Indexer, tokens, at + 2 * MS);
    if accident {
        let tokens = Tokens { input: tokens / 2 + 1_500, cached: 0, output: trace.between(250..420) };
        now = parts::generate(trace, line, Service::Indexer, "summarise", &GPT_4O, tokens, now + MS);
    } else if trace.happens(SUMMARISED_PER_MILLE) {
        let tokens = Tokens { input: tokens, cached: 0, output: trace.between(90..180) };
        now = parts::generate(trace, line, Service::Indexer, "summarise", &GPT_4O_MINI, tokens, now + MS);
    }
    now = parts::query(trace, line, Service::Indexer, "INSERT chunks", "EXPORT_OK", now + MS);
    trace.edit(line).until(now + MS).costing(0.000_002).set("document.tokens", tokens as i64);
    now + MS
}
