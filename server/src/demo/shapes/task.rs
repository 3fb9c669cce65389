//! `orchestrate_task`: a task planned, queued and executed; the executor is still at work when the planner is long done.

use model::span::SpanKind;

use crate::demo::cast::Service;
use crate::demo::parts::{self, MS};
use crate::demo::sketch::Sketch;

/// Three or four spans along the queue.
pub fn orchestrate(trace: &mut Sketch) {
    let root = trace.open(None, Service::Orchestrator, SpanKind::Server, "orchestrate_task", 0);
    let (message, at) = parts::enqueue(trace, root, "code_generator", 14 * MS);
    let planned = trace.between(60 * MS..130 * MS);
    trace.edit(root).until(planned).costing(0.0001).set("service.peer.name", "web");
    let length = trace.between(80 * MS..900 * MS);
    let execute = trace.open(message, Service::ToolExecutor, SpanKind::Internal, "execute_code_generator", at);
    let end = at + length;
    let edit = trace.edit(execute).until(end).costing(0.0011).set("tool.name", "code_generator");
    edit.set("tool.version", "1.0.0").set("execution_time_ms", (length / MS) as i64);
    if trace.happens(15) {
        trace.edit(execute).failed("TemplateError", "the template `service.rs.j2` has no block named `routes`");
    }
    trace.edit(message).until(end + 4 * MS).set("accumulated_cost_usd", 0.0013);
}
