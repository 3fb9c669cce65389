//! What the form offers to choose from.

use model::budget::DIMENSIONS;

/// Periods that are offered; any rolling window can be typed.
pub const PERIODS: [&str; 6] = ["day", "week", "month", "rolling 24h", "rolling 7d", "rolling 30d"];

/// Whose spend can be counted, as value and label.
pub fn scopes() -> Vec<(String, String)> {
    let one = DIMENSIONS.iter().map(|dimension| (dimension.to_string(), format!("one {dimension}")));
    let each = DIMENSIONS.iter().map(|dimension| (format!("each {dimension}"), format!("each {dimension} by itself")));
    std::iter::once(("all".to_owned(), "everybody".to_owned())).chain(one).chain(each).collect()
}
