//! `arm.move_to`: a robot arm asks for a way, and takes it.

use model::span::SpanKind;

use crate::demo::cast::Service;
use crate::demo::parts::{self, GEMINI, MS, Tokens};
use crate::demo::sketch::{Line, Sketch};

/// Moves in a thousand that run into something.
const BLOCKED_PER_MILLE: u32 = 55;

/// The whole request of the fleet.
pub fn move_to(trace: &mut Sketch) {
    let root = parts::entry(trace, "POST /v1/arm/move_to", "robot-fleet");
    let at = parts::authenticate(trace, root, 2 * MS);
    let plan = trace.open(root, Service::ArmPlanner, SpanKind::Server, "arm.plan", at + 2 * MS);
    let tokens = Tokens { input: trace.between(1_200..2_800), cached: 0, output: trace.between(80..220) };
    let now = parts::generate(trace, plan, Service::ArmPlanner, "plan", &GEMINI, tokens, at + 6 * MS);
    trace.edit(plan).until(now + 4 * MS).costing(0.00004);
    let end = actuate(trace, root, now + 6 * MS);
    trace.edit(root).until(end + 3 * MS);
}

/// One movement; the time at which it ended.
pub fn actuate(trace: &mut Sketch, parent: Line, at: u64) -> u64 {
    let end = at + trace.between(260 * MS..820 * MS);
    let distance = trace.between(40..900) as i64;
    let blocked = trace.happens(BLOCKED_PER_MILLE);
    let line = trace.open(parent, Service::RobotControl, SpanKind::Server, "arm.move_to", at);
    let edit = trace
        .edit(line)
        .until(end)
        .set("operation_type", "robot_actuation")
        .set("robot.distance_mm", distance)
        .event(at + 8 * MS, "motion.started", &[]);
    if blocked {
        edit.failed("PathBlocked", "torque limit reached 38 mm before the target");
    }
    end
}
