//! A span as the whole product sees it, whatever protocol brought it.
//!
//! `wire` builds it from bytes, the pipeline settles its [`Cost`], `store` keeps it, pages show it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::attribute::Attributes;
use crate::cost::{Cost, Usage};
use crate::id::{SpanId, TraceId};
use crate::owner::Provenances;
use crate::time::UnixNanos;

/// One unit of work with its owner and its cost.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Span {
    /// The trace it belongs to.
    pub trace_id: TraceId,
    /// Its own id, unique within the trace.
    pub span_id: SpanId,
    /// The span that caused it; `None` for a root.
    pub parent_span_id: Option<SpanId>,
    /// Operation name; empty when the client sent none.
    pub name: String,
    /// `service.name`; `unknown_service` when the client sent none.
    pub service: String,
    /// Role in the call.
    pub kind: SpanKind,
    /// What sort of work it is: drives icons and the dependency map.
    pub category: Category,
    /// Outcome.
    pub status: Status,
    /// The client's words about a failure.
    pub status_message: Option<String>,
    /// When it began.
    pub start: UnixNanos,
    /// How long it took, in nanoseconds, never negative.
    pub duration_ns: i64,
    /// Who pays; `None` is unattributed.
    pub tenant: Option<String>,
    /// What it was done for.
    pub capability: Option<String>,
    /// On whose behalf.
    pub user: Option<String>,
    /// How tenant, user and capability are known.
    pub known: Provenances,
    /// The conversation or session it is part of.
    pub session: Option<String>,
    /// Deployment environment.
    pub environment: Option<String>,
    /// Data class.
    pub data_tag: DataTag,
    /// The other side of a call, by name: an uninstrumented database, queue or provider becomes a node of the map.
    pub peer: Option<String>,
    /// The model call, when it is one.
    pub model_call: Option<ModelCall>,
    /// What it cost and how we know.
    pub cost: Cost,
    /// `operation_type` or the tool's name: the key into the base price table.
    pub priced_as: Option<String>,
    /// `data_size_bytes`, for the base price formula.
    pub data_size_bytes: Option<u64>,
    /// Everything else the client said, as it said it.
    pub detail: Detail,
}

/// The part of a span that no query filters or sums by: kept compressed, shown in the drawer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Detail {
    /// Span attributes.
    pub attributes: Attributes,
    /// Resource attributes, shared by the spans that came together.
    pub resource: Arc<Attributes>,
    /// Instrumentation scope name.
    pub scope_name: String,
    /// Instrumentation scope version.
    pub scope_version: String,
    /// Timestamped events, exceptions among them.
    pub events: Vec<Event>,
    /// Links to other spans.
    pub links: Vec<Link>,
    /// W3C tracestate as sent.
    pub trace_state: String,
    /// W3C flags and OTLP flag bits as sent.
    pub flags: u32,
    /// Attributes, events and links the client itself dropped.
    pub dropped: [u32; 3],
    /// What was odd about the span and what we did about it, in words for people.
    pub warnings: Vec<String>,
}

/// A moment within a span.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// When.
    pub time: UnixNanos,
    /// What; `exception` marks an exception.
    pub name: String,
    /// Its attributes.
    pub attributes: Attributes,
}

/// A reference to a span elsewhere.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Link {
    /// Trace of the other span.
    pub trace_id: TraceId,
    /// The other span.
    pub span_id: SpanId,
    /// Its attributes.
    pub attributes: Attributes,
}

/// A call to a model: who answered, and how many tokens.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelCall {
    /// Provider as sent (`openai`, `anthropic`, ...).
    pub provider: Option<String>,
    /// The model that answered, else the one asked for.
    pub model: Option<String>,
    /// The model asked for, when it differs.
    pub request_model: Option<String>,
    /// Tokens.
    pub usage: Usage,
    /// Provider's price tier, when told (`flex`, `priority`, `batch`, ...).
    pub service_tier: Option<String>,
}

macro_rules! code_enum {
    ($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident = $code:literal, $text:literal;)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$vmeta])* $variant = $code,)* }

        impl $name {
            /// Every variant, in code order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The number kept in the database.
            pub const fn code(self) -> i16 { self as i16 }

            /// The variant with this number.
            pub fn from_code(code: i16) -> Option<Self> {
                Self::ALL.iter().copied().find(|variant| variant.code() == code)
            }

            /// The word shown to people and sent over the API.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}
pub(crate) use code_enum;

code_enum! {
    /// Role of a span in a call (OTLP `Span.SpanKind`, same numbers; 0 reads as internal).
    SpanKind {
        /// Work inside one service.
        Internal = 1, "internal";
        /// Serves a remote request.
        Server = 2, "server";
        /// Makes a remote request.
        Client = 3, "client";
        /// Puts a message on a queue.
        Producer = 4, "producer";
        /// Takes a message from a queue.
        Consumer = 5, "consumer";
    }
}

code_enum! {
    /// Outcome of a span (OTLP `Status.StatusCode`, same numbers).
    Status {
        /// Nothing was said.
        Unset = 0, "unset";
        /// Success, said explicitly.
        Ok = 1, "ok";
        /// Failure.
        Error = 2, "error";
    }
}

code_enum! {
    /// Data class of a span, ordered by how much it restricts.
    DataTag {
        /// May leave.
        ExportOk = 0, "EXPORT_OK";
        /// Sensitive.
        Sensitive = 1, "SENSITIVE";
        /// Personal data.
        Pii = 2, "PII";
    }
}

code_enum! {
    /// What sort of work a span is.
    Category {
        /// Anything else.
        Other = 0, "other";
        /// A call to a language model.
        Llm = 1, "llm";
        /// An embedding call.
        Embedding = 2, "embedding";
        /// An agent's run or step.
        Agent = 3, "agent";
        /// A tool's run.
        Tool = 4, "tool";
        /// A retrieval or rerank.
        Retrieval = 5, "retrieval";
        /// A decision of an agent.
        Decision = 6, "decision";
        /// A workflow, chain or task that groups others.
        Workflow = 7, "workflow";
        /// HTTP or RPC.
        Http = 8, "http";
        /// A database call.
        Database = 9, "database";
        /// A queue or topic.
        Queue = 10, "queue";
    }
}

impl Category {
    /// Whether such a span groups the work of others, so that the tokens it tells may be theirs (an agent's run, a workflow).
    pub const fn is_group(self) -> bool {
        matches!(self, Self::Agent | Self::Workflow)
    }

    /// Whether the peer of a client span of this category is a model provider, a database, a queue or a service.
    pub const fn peer_kind(self) -> crate::dependency::NodeKind {
        match self {
            Self::Llm | Self::Embedding => crate::dependency::NodeKind::Provider,
            Self::Database => crate::dependency::NodeKind::Database,
            Self::Queue => crate::dependency::NodeKind::Queue,
            _ => crate::dependency::NodeKind::Service,
        }
    }
}
