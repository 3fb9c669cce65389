//! Settles what a span costs.

use model::Span;

/// Prices of models.
pub struct PriceBook;

impl PriceBook {
    /// The book that comes with the product.
    pub const fn bundled() -> Self {
        Self
    }

    /// Settles the cost of a span.
    pub fn price(&self, _span: &mut Span) {}
}
