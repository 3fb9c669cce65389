//! Differences as text: with their sign, and as how many times as much.

use leptos::prelude::*;
use model::UsdSum;
use model::trace::compare::Sums;

use crate::format::{duration, money, number};

/// From how many times as much on, or how few, a difference is worth a colour.
const WORTH_NOTICE: f64 = 1.3;

/// A difference in dollars: `+$0.0012`, `−$0.0012`, `$0`.
pub fn dollars(delta: UsdSum) -> String {
    let text = money::amount(delta);
    if delta > UsdSum::ZERO { format!("+{text}") } else { text }
}

/// A difference in time: `+12.4 ms`, `−1.2 s`, `0`.
pub fn time(delta_ns: i64) -> String {
    if delta_ns == 0 { "0".to_owned() } else { duration::offset(delta_ns) }
}

/// The difference in cost as a cell: red when it is much more, green when it is less.
pub fn cell(delta: UsdSum, before: UsdSum) -> AnyView {
    let class = match number::share(delta.pico(), before.pico()) {
        _ if delta == UsdSum::ZERO => "delta flat",
        _ if delta < UsdSum::ZERO => "delta down",
        share if before == UsdSum::ZERO || share > WORTH_NOTICE - 1.0 => "delta hot",
        _ => "delta",
    };
    view! { <span class=class title=format!("${delta}")>{dollars(delta)}</span> }.into_any()
}

/// How many times as much the second costs; in words where there is nothing to divide by.
pub fn ratio(first: Sums, second: Sums) -> String {
    match (first.spans, second.spans, first.cost.pico(), second.cost.pico()) {
        (0, ..) => "only B".to_owned(),
        (_, 0, ..) => "only A".to_owned(),
        (.., 0, 0) => money::UNKNOWN.to_owned(),
        (.., 0, _) => "from $0".to_owned(),
        (.., before, after) => times(after as f64 / before as f64),
    }
}

/// Two digits after the point below ten, so that a difference of a tenth is seen.
fn times(ratio: f64) -> String {
    if ratio < 10.0 { format!("{ratio:.2}×") } else { number::times(ratio) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sums(spans: u64, pico: i128) -> Sums {
        Sums { spans, cost: UsdSum::from_pico(pico), ..Sums::default() }
    }

    #[test]
    fn a_difference_carries_its_sign() {
        assert_eq!(dollars(UsdSum::from_pico(1_250_000_000)), "+$0.00125");
        assert_eq!(dollars(UsdSum::from_pico(-1_250_000_000)), "\u{2212}$0.00125");
        assert_eq!((dollars(UsdSum::ZERO), time(0)), ("$0".to_owned(), "0".to_owned()));
        assert_eq!(time(-12_400_000), "\u{2212}12.4 ms");
    }

    #[test]
    fn what_cannot_be_divided_is_said_in_words() {
        assert_eq!(ratio(sums(1, 100), sums(1, 110)), "1.10×");
        assert_eq!(ratio(sums(1, 2), sums(1, 94)), "47×");
        assert_eq!(ratio(sums(0, 0), sums(1, 5)), "only B");
        assert_eq!(ratio(sums(2, 5), sums(0, 0)), "only A");
        assert_eq!(ratio(sums(1, 0), sums(1, 5)), "from $0");
        assert_eq!(ratio(sums(1, 0), sums(1, 0)), "—");
    }
}
