//! The runaway agent: `orchestrate_task` of a planner that retries a blocked move, asking the dear model for a new plan each
//! time, with everything it tried before in the prompt.

use model::span::SpanKind;
use serde_json::json;

use crate::demo::cast::Service;
use crate::demo::parts::{self, GPT_4O, MS, Tokens};
use crate::demo::sketch::{Line, Sketch};
use crate::demo::talk::Talk;

/// How the planner is set up.
const SYSTEM: &str = "You plan movements of a robot arm. Ask for one move at a time and wait for what came of it.";

/// What the arm says of every move.
const BLOCKED: &str = "torque limit reached 112 mm before the target";

/// The whole trace: a queue hop, then 11 to 19 rounds of planning and failing.
pub fn retry(trace: &mut Sketch) {
    let root = trace.open(None, Service::Orchestrator, SpanKind::Server, "orchestrate_task", 0);
    trace
        .edit(root)
        .until(110 * MS)
        .costing(0.0001)
        .set("service.peer.name", "robot-fleet")
        .set("deploy", "arm-planner 2.8.1");
    let (message, at) = parts::enqueue(trace, root, "robot_control", 16 * MS);
    let tool = trace.open(message, Service::ToolExecutor, SpanKind::Internal, "execute_robot_control", at);
    let agent = trace.open(tool, Service::ArmPlanner, SpanKind::Internal, "agent.run", at + 4 * MS);
    let rounds = trace.between(11..20);
    let mut now = at + 8 * MS;
    let mut talk = Talk::begin(SYSTEM, "Put part 7 into tray B.");
    for round in 1..=rounds {
        now = attempt(trace, &mut talk, agent, round, now) + 20 * MS;
    }
    let edit = trace.edit(agent).until(now).costing(0.0).set("gen_ai.operation.name", "invoke_agent");
    edit.set("gen_ai.agent.name", "arm-planner")
        .set("agent.steps", rounds as i64)
        .failed("RetriesExhausted", "no plan reached the target; every retry asked for a new one");
    let edit = trace.edit(tool).until(now + 6 * MS).costing(0.01).set("tool.name", "robot_control");
    edit.set("capability", "robot_control").failed("ToolError", "robot_control gave up");
    trace.edit(message).until(now + 12 * MS);
}

/// One round: the same look at the same shelf, a plan that costs more each time, and a move that fails.
fn attempt(trace: &mut Sketch, talk: &mut Talk, agent: Line, round: u64, at: u64) -> u64 {
    let at = look(trace, agent, at);
    let tokens =
        Tokens { input: 2_400 + 1_050 * round + trace.between(0..500), cached: 0, output: trace.between(140..260) };
    let now = parts::generate(trace, agent, Service::ArmPlanner, "tool.plan", &GPT_4O, tokens, at);
    let goal = json!({"to": "tray B", "clearance_mm": 40 + 10 * round});
    let plan = trace.last();
    talk.call(trace, plan, "The way is blocked there. I will try another one.", "arm.move_to", &goal);
    let end = now + trace.between(180 * MS..420 * MS);
    let line = trace.open(agent, Service::RobotControl, SpanKind::Server, "arm.move_to", now + 3 * MS);
    trace
        .edit(line)
        .until(end)
        .set("operation_type", "robot_actuation")
        .set("retry.attempt", round as i64)
        .failed("PathBlocked", BLOCKED);
    talk.give(trace, line, &goal, BLOCKED);
    end
}

/// Looks up where everything stands, which nobody has moved since the last time.
fn look(trace: &mut Sketch, agent: Line, at: u64) -> u64 {
    let end = at + trace.between(20 * MS..60 * MS);
    let line = trace.open(agent, Service::ToolExecutor, SpanKind::Internal, "tool.workspace_map", at);
    let edit = trace.edit(line).until(end).costing(0.0005).set("tool.name", "workspace_map");
    edit.set("gen_ai.operation.name", "execute_tool")
        .set("gen_ai.tool.call.arguments", r#"{"cell":"west","layers":["shelves","trays"]}"#)
        .set("gen_ai.tool.call.result", r#"{"shelves":4,"trays":["A","B"],"blocked":["B.north"]}"#);
    end + 2 * MS
}
