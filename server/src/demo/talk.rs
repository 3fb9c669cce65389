//! What agents and models say to each other in the demo, as OpenTelemetry's GenAI messages.

use serde_json::{Value, json};

use super::sketch::{Line, Sketch};

/// A conversation that grows: every call is sent all that was said before.
#[derive(Debug, Default)]
pub struct Talk {
    messages: Vec<Value>,
    calls: u32,
}

impl Talk {
    /// A conversation that begins with how the model is set up and what a person asks.
    pub fn begin(system: &str, user: &str) -> Self {
        let mut talk = Self::default();
        talk.say("system", &json!([{"type": "text", "content": system}]));
        talk.ask(user);
        talk
    }

    /// Somebody says something to the model.
    pub fn ask(&mut self, text: &str) {
        self.say("user", &json!([{"type": "text", "content": text}]));
    }

    /// The call `line` is sent everything so far, and answers with words.
    pub fn answer(&mut self, trace: &mut Sketch, line: Line, text: &str) {
        self.tell(trace, line, &json!([{"type": "text", "content": text}]), "stop");
    }

    /// The call `line` is sent everything so far, says something and asks for a tool.
    pub fn call(&mut self, trace: &mut Sketch, line: Line, text: &str, tool: &str, arguments: &Value) {
        self.calls += 1;
        let id = format!("call_{}", self.calls);
        let parts = json!([
            {"type": "text", "content": text},
            {"type": "tool_call", "id": id, "name": tool, "arguments": arguments},
        ]);
        self.tell(trace, line, &parts, "tool_calls");
    }

    /// The tool `line` ran with these arguments and gave this back, which goes to the model.
    pub fn give(&mut self, trace: &mut Sketch, line: Line, arguments: &Value, result: &str) {
        let edit = trace.edit(line).set("gen_ai.tool.call.arguments", arguments.to_string());
        edit.set("gen_ai.tool.call.result", result);
        let id = format!("call_{}", self.calls);
        self.say("tool", &json!([{"type": "tool_call_response", "id": id, "response": result}]));
    }

    fn tell(&mut self, trace: &mut Sketch, line: Line, parts: &Value, finish: &str) {
        let input = Value::Array(self.messages.clone()).to_string();
        let output = json!([{"role": "assistant", "parts": parts, "finish_reason": finish}]).to_string();
        trace.edit(line).set("gen_ai.input.messages", input).set("gen_ai.output.messages", output);
        self.say("assistant", parts);
    }

    fn say(&mut self, role: &str, parts: &Value) {
        self.messages.push(json!({"role": role, "parts": parts}));
    }
}
