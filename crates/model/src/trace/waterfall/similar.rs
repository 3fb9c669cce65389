//! Folding of similar siblings: many of one service, operation and role become one row.

use std::cmp::Reverse;
use std::collections::HashMap;

use super::columns::Columns;
use super::critical::Critical;
use crate::span::SpanKind;

/// Similar siblings from which on they stand in one row: fewer are seen at a glance.
pub const SIMILAR_MIN: usize = 8;

/// Failed spans that keep a row of their own beside the similar ones: of more, the row counts them and marks where they are.
const FAILED_OUT_MAX: usize = 16;

/// Spans on the critical path that keep a row of their own, the longest: siblings that run one after the other are all on it,
/// and then it tells nothing.
const CRITICAL_OUT_MAX: usize = 2;

/// One of the siblings as rows show them.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// A span by itself.
    Span(u32),
    /// Similar ones, by start.
    Similar(Vec<u32>),
}

impl Unit {
    /// The span that began first.
    pub fn first(&self) -> u32 {
        match self {
            Self::Span(span) => *span,
            Self::Similar(members) => members.first().copied().unwrap_or(0),
        }
    }
}

/// All siblings of one sort.
#[derive(Default)]
struct Sort {
    members: Vec<u32>,
    /// Those that keep a row of their own.
    out: Vec<u32>,
}

/// The rows that siblings, which come by start time, stand in: a row of similar ones stands where the first of them began.
pub(super) fn units(spans: &Columns, critical: &Critical, siblings: &[u32]) -> Vec<Unit> {
    let mut sorts: HashMap<(u32, u32, SpanKind), Sort> = HashMap::new();
    if siblings.len() >= SIMILAR_MIN {
        for &span in siblings {
            sorts.entry(spans.sort_of(span)).or_default().members.push(span);
        }
    }
    sorts.retain(|_, sort| sort.stays_many(spans, critical));
    let mut units = Vec::new();
    for &span in siblings {
        match sorts.get_mut(&spans.sort_of(span)) {
            Some(sort) if !sort.out.contains(&span) => {
                if !sort.members.is_empty() {
                    units.push(Unit::Similar(std::mem::take(&mut sort.members)));
                }
            }
            _ => units.push(Unit::Span(span)),
        }
    }
    units
}

impl Sort {
    /// Takes out what keeps a row of its own; whether enough are left for a row of similar ones.
    fn stays_many(&mut self, spans: &Columns, critical: &Critical) -> bool {
        if self.members.len() < SIMILAR_MIN {
            return false;
        }
        let failed = self.members.iter().copied().filter(|&span| spans.has_failed(span));
        self.out.extend(failed.take(FAILED_OUT_MAX));
        let mut passed: Vec<u32> = self.members.iter().copied().filter(|&span| critical.passes(span)).collect();
        passed.sort_by_key(|&span| Reverse(spans.duration(span)));
        self.out.extend(passed.into_iter().take(CRITICAL_OUT_MAX));
        self.members.retain(|span| !self.out.contains(span));
        self.members.len() >= SIMILAR_MIN
    }
}
