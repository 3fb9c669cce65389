//! Small requests: what a product does all day between the dear ones.

use model::span::SpanKind;

use crate::demo::cast::Service;
use crate::demo::parts::{self, GPT_4O_MINI, MS, Tokens};
use crate::demo::sketch::Sketch;

/// One of them.
pub fn any(trace: &mut Sketch) {
    match trace.between(0..10) {
        0..=3 => session(trace),
        4..=6 => suggestion(trace),
        7..=8 => telemetry(trace),
        _ => artifact(trace),
    }
}

fn session(trace: &mut Sketch) {
    let root = parts::entry(trace, "GET /v1/session", "web");
    let end = parts::authenticate(trace, root, MS);
    trace.edit(root).until(end + 2 * MS);
}

fn suggestion(trace: &mut Sketch) {
    let root = parts::entry(trace, "POST /v1/chat/suggest", "web");
    let at = parts::authenticate(trace, root, MS);
    let chat = trace.open(root, Service::Chat, SpanKind::Server, "chat.suggest", at + 2 * MS);
    let tokens = Tokens { input: trace.between(180..520), cached: 0, output: trace.between(12..48) };
    let end = parts::generate(trace, chat, Service::Chat, "chat", &GPT_4O_MINI, tokens, at + 4 * MS);
    trace.edit(chat).until(end + MS).costing(0.00001);
    trace.edit(root).until(end + 3 * MS);
}

fn telemetry(trace: &mut Sketch) {
    let root = parts::entry(trace, "POST /v1/arm/state", "robot-fleet");
    let control = parts::request(trace, root, Service::RobotControl, "arm.state", 0.000_005, 2 * MS, 0);
    let end = parts::query(trace, control, Service::RobotControl, "INSERT arm_states", "EXPORT_OK", 4 * MS);
    trace.edit(control).until(end + MS);
    trace.edit(root).until(end + 3 * MS);
}

fn artifact(trace: &mut Sketch) {
    let root = parts::entry(trace, "GET /v1/artifacts/{id}", "web");
    let at = parts::authenticate(trace, root, MS);
    let length = trace.between(12 * MS..70 * MS);
    let get = parts::request(trace, root, Service::ArtifactStore, "GET /artifacts/{id}", 0.000_003, at + MS, length);
    if trace.happens(12) {
        trace.edit(get).set("http.response.status_code", 404_i64).failed("NotFound", "the artifact has expired");
    }
    trace.edit(root).until(at + length + 3 * MS);
}
