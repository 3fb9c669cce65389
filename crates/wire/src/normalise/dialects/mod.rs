//! One file per dialect: its keys, its words for the sort of work, its quirks, and spans as its SDK sends them.
//!
//! A key list is a constant named after what it tells, best key first where the dialect has several; [`super::precedence`]
//! puts the lists of all dialects in order. Nothing else in `normalise` names a dialect's key.

pub mod agentops;
pub mod documents;
pub mod langfuse;
pub mod litellm;
pub mod mlflow;
pub mod openinference;
pub mod openlit;
pub mod otel_genai;
pub mod otel_general;
pub mod pydantic_ai;
pub mod traceloop;
pub mod vercel_ai;
