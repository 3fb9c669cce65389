//! A span as the books have it: what it is counted under, and what it adds. Ingest books every span once; the finaliser books
//! corrections as a difference of two.

use crate::outbox::entries::{Cell, Entries, Sums};

/// A span in the books, by ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Booked {
    /// Microseconds since 1970.
    pub(crate) start_us: i64,
    pub(crate) duration_ns: i64,
    pub(crate) tenant: i32,
    pub(crate) service: i32,
    pub(crate) capability: Option<i32>,
    pub(crate) model: Option<i32>,
    pub(crate) user: Option<i32>,
    pub(crate) data_tag: i16,
    pub(crate) is_error: bool,
    /// Cost and tokens are its own.
    pub(crate) counts: bool,
    pub(crate) cost_pico: Option<i64>,
    pub(crate) tokens_in: Option<i32>,
    pub(crate) tokens_out: Option<i32>,
}

impl Booked {
    /// What it is counted under.
    pub(crate) fn cell(&self) -> Cell {
        Cell {
            minute: self.start_us.div_euclid(60_000_000),
            tenant: self.tenant,
            service: self.service,
            capability: self.capability.unwrap_or_default(),
            // A span that only repeats a call is none of the model's.
            model: self.model.filter(|_| self.counts).unwrap_or_default(),
            user: self.user.unwrap_or_default(),
            data_tag: self.data_tag,
        }
    }

    /// What it adds.
    pub(crate) fn sums(&self) -> Sums {
        Sums {
            spans: 1,
            priced: i64::from(self.cost_pico.is_some()),
            errors: i64::from(self.is_error),
            cost_pico: i128::from(self.cost_pico.unwrap_or_default()),
            duration_ns: i128::from(self.duration_ns),
            tokens_in: self.counted(self.tokens_in),
            tokens_out: self.counted(self.tokens_out),
        }
    }

    /// Takes the span out of the books and enters it anew.
    pub(crate) fn replace(&self, with: &Self, entries: &mut Entries) {
        entries.add(self.cell(), -self.sums());
        entries.add(with.cell(), with.sums());
    }

    /// Tokens as far as they count.
    pub(crate) fn counted(&self, tokens: Option<i32>) -> i64 {
        tokens.filter(|_| self.counts).map_or(0, i64::from)
    }
}
