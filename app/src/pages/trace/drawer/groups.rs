//! Attributes by what they are about, the well known ones first.

use model::Span;
use model::attribute::{Attributes, Text, Value};
use model::conversation;
use model::span::Category;

use super::well_known;
use crate::components::icon::Glyph;

/// What an attribute is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// A call of a model, or the agent around it.
    Ai,
    /// What was said to a model and by it.
    Messages,
    /// A decision.
    Decision,
    /// A run of a tool.
    Tool,
    /// An agent.
    Agent,
    /// A call over HTTP, or another way to call.
    Http,
    /// A database.
    Database,
    /// A queue or topic.
    Messaging,
    /// A failure.
    Exception,
    /// Anything else.
    Rest,
}

impl Group {
    /// Groups that are a section each, in their order; the others belong to sections of their own.
    pub const SECTIONS: [(Self, &'static str, Option<Glyph>); 7] = [
        (Self::Tool, "Tool", Some(Glyph::Tool)),
        (Self::Agent, "Agent", Some(Glyph::Agent)),
        (Self::Http, "HTTP", None),
        (Self::Database, "Database", Some(Glyph::Database)),
        (Self::Messaging, "Messaging", Some(Glyph::Queue)),
        (Self::Exception, "Error", Some(Glyph::Error)),
        (Self::Rest, "Attributes", None),
    ];

    /// Ends of the names that stand first, in this order.
    const fn first(self) -> &'static [&'static str] {
        match self {
            Self::Ai => well_known::AI,
            Self::Decision => well_known::DECISION,
            Self::Tool => well_known::TOOL,
            Self::Agent => well_known::AGENT,
            Self::Http => well_known::HTTP,
            Self::Database => well_known::DATABASE,
            Self::Messaging => well_known::MESSAGING,
            Self::Exception => well_known::EXCEPTION,
            Self::Messages | Self::Rest => &[],
        }
    }
}

/// Groups by the beginning of a name; the first that fits.
const BEGINNINGS: [(Group, &[&str]); 8] = [
    (Group::Tool, &["gen_ai.tool", "ai.toolCall", "tool", "tool_call", "target_tool", "execution_time_ms"]),
    (Group::Agent, &["gen_ai.agent", "agent"]),
    (Group::Decision, &["decision"]),
    (
        Group::Ai,
        &[
            "gen_ai",
            "llm",
            "ai",
            "openinference",
            "traceloop",
            "langfuse",
            "mlflow",
            "embedding",
            "reranker",
            "input",
            "output",
        ],
    ),
    (Group::Http, &["http", "url", "server", "client", "network", "net", "user_agent", "rpc"]),
    (Group::Database, &["db"]),
    (Group::Messaging, &["messaging", "queue"]),
    (Group::Exception, &["exception", "error"]),
];

/// The group of a name: a beginning ends where a part of the name does.
fn group_of(key: &str) -> Group {
    let begins =
        |beginning: &str| key.strip_prefix(beginning).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    let found = BEGINNINGS.iter().find(|(_, beginnings)| beginnings.iter().any(|beginning| begins(beginning)));
    found.map_or(Group::Rest, |(group, _)| *group)
}

/// The attributes of a span by group.
#[derive(Debug, Default)]
pub struct Grouped(Vec<(Group, Vec<(Text, Value)>)>);

impl Grouped {
    /// Takes the attributes of a span apart. What its messages were read from is by itself when they are shown.
    pub fn of(span: &Span, has_messages: bool) -> Self {
        let mut grouped = Self::default();
        for (key, value) in &span.detail.attributes.0 {
            let group = match key.as_str() {
                key if has_messages && conversation::holds_messages(key) => Group::Messages,
                "input.value" | "output.value" if span.category == Category::Tool => Group::Tool,
                key => group_of(key),
            };
            grouped.list(group).push((key.clone(), value.clone()));
        }
        for (group, attributes) in &mut grouped.0 {
            let first = group.first();
            // Stable, so that the others stay in the order they were sent.
            attributes.sort_by_key(|(key, _)| {
                let place = first.iter().position(|end| {
                    key.strip_suffix(end).is_some_and(|before| before.is_empty() || before.ends_with('.'))
                });
                place.unwrap_or(usize::MAX)
            });
        }
        grouped
    }

    /// Takes a group out; empty when there is nothing of it.
    pub fn take(&mut self, group: Group) -> Attributes {
        Attributes(std::mem::take(self.list(group)))
    }

    fn list(&mut self, group: Group) -> &mut Vec<(Text, Value)> {
        let at = self.0.iter().position(|(other, _)| *other == group).unwrap_or_else(|| {
            self.0.push((group, Vec::new()));
            self.0.len() - 1
        });
        &mut self.0[at].1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_belongs_to_the_group_of_its_beginning() {
        assert_eq!(group_of("gen_ai.request.model"), Group::Ai);
        assert_eq!(group_of("gen_ai.tool.call.id"), Group::Tool);
        assert_eq!(group_of("http.method"), Group::Http);
        assert_eq!(group_of("httpx.version"), Group::Rest);
        assert_eq!(group_of("error"), Group::Exception);
        assert_eq!(group_of("tenant"), Group::Rest);
    }
}
