//! `POST /v1/chat`: a person asks, a model answers, with what the knowledge base has to say.

use model::span::SpanKind;

use crate::demo::cast::Service;
use crate::demo::parts::{self, HAIKU, MS, SONNET, Tokens};
use crate::demo::sketch::Sketch;
use crate::demo::talk::Talk;

/// Answers in a thousand that the provider cuts off for being too busy.
const OVERLOADED_PER_MILLE: u32 = 8;

/// What people ask most.
const QUESTION: &str = "Where is my parcel?";

/// The whole request.
pub fn answer(trace: &mut Sketch) {
    let root = parts::entry(trace, "POST /v1/chat", "web");
    let at = parts::authenticate(trace, root, 3 * MS);
    let chat = trace.open(root, Service::Chat, SpanKind::Server, "chat.turn", at + 3 * MS);
    let turns = trace.between(1..14);
    let statement = "SELECT messages WHERE session_id = $1 ORDER BY created_at";
    let at = parts::query(trace, chat, Service::Chat, statement, "SENSITIVE", at + 6 * MS);
    let looked_up = trace.between(8..40);
    let at = parts::embed(trace, chat, Service::Chat, looked_up, at + 3 * MS);
    let statement = "SELECT articles ORDER BY embedding WHERE tenant = $1 LIMIT 6";
    let at = parts::query(trace, chat, Service::Chat, statement, "EXPORT_OK", at + 2 * MS);
    let hard = trace.happens(400);
    let cached = if turns > 3 { 1_024 } else { 0 };
    let fresh = trace.between(900..1_600) + 160 * turns;
    let output = trace.between(120..520);
    let model = if hard { &SONNET } else { &HAIKU };
    let tokens = Tokens { input: fresh + cached, cached, output };
    let mut end = parts::generate(trace, chat, Service::Chat, "chat", model, tokens, at + 5 * MS);
    let mut talk = Talk::begin("You answer customers of the shop in two sentences.", QUESTION);
    let call = trace.last();
    talk.answer(
        trace,
        call,
        "It left our warehouse this morning and is due tomorrow. The link in your mail shows where it is.",
    );
    if trace.happens(OVERLOADED_PER_MILLE) {
        end += 900 * MS;
        trace
            .edit(chat)
            .until(end)
            .set("http.response.status_code", 529_i64)
            .failed("ProviderOverloaded", "anthropic answered 529 twice; gave up");
        trace.edit(root).set("http.response.status_code", 503_i64);
    }
    let end = parts::query(trace, chat, Service::Chat, "INSERT messages", "SENSITIVE", end + 4 * MS);
    trace.edit(chat).until(end + 3 * MS).costing(0.00002).set("chat.turns", turns as i64);
    trace.edit(root).until(end + 9 * MS);
}
