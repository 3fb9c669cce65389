//! The rules of the house as tests: what may depend on what, what a file may be called and hold, where colours stand.
//!
//! A rule that only stands in a document is broken within a month. To add one: a test whose name is the rule, whose
//! message says what to do about a breach.

#![expect(clippy::expect_used, reason = "a broken rule check should stop with its reason")]

mod arrows;
mod colours;
mod contrast;
mod documents;
mod files;
mod licences;
mod workspace;
