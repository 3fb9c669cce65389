//! Overrides of verdicts: what operators say about the costs of a service or an instrumentation scope.
//!
//! [`line`] is the shape of an override and of traces that are settled again because of one; [`list`], [`add`] and [`delete`] are
//! what can be done with overrides, [`settle`] asks for what is stored already.

pub mod add;
pub mod delete;
pub mod line;
pub mod list;
pub mod settle;
