//! Whether the books balance, in a sentence; if not, what is off, by how much, since when.

use leptos::prelude::*;
use model::UsdSum;

use super::api::Books;
use crate::components::icon::{Glyph, Icon, Size};
use crate::format::time;

/// The banner.
#[component]
pub fn Verdict(
    /// The books.
    books: Books,
) -> impl IntoView {
    let balance = &books.balance;
    if !balance.is_complete() {
        let summed = balance.days.iter().filter(|day| day.spans.is_some()).count();
        let words = format!(
            "{summed} of {} days of spans are added up. There was no time for more; every look goes on where the last ended.",
            balance.days.len()
        );
        return view! {
            <div class="banner warn balance__verdict" role="status" data-hurry>
                <Icon glyph=Glyph::Clock size=Size::Medium/>
                <span>{words}</span>
                <a class="link" href="" rel="external">"Go on"</a>
            </div>
        }
        .into_any();
    }
    if balance.is_balanced() {
        let words = format!("The books balance: {} sums are equal to the last pico-dollar.", balance.by.len());
        return view! {
            <div class="banner ok balance__verdict" role="status">
                <Icon glyph=Glyph::Check size=Size::Medium/>
                <span>{words}</span>
            </div>
        }
        .into_any();
    }
    let total = balance.total;
    let off = balance.by.iter().filter(|(_, sum)| *sum != total).map(|(name, sum)| {
        let since = balance.off_since.iter().find(|(of, _)| of == name);
        let since = since.map_or_else(
            || " It cannot be told since when.".to_owned(),
            |(_, since)| format!(" The first difference is on {} UTC.", time::day_minute(*since, books.now)),
        );
        let words = format!("The sum by {} is {}.{since}", name.replace('_', " "), difference(*sum - total));
        view! { <li>{words}</li> }
    });
    view! {
        <div class="banner crit balance__verdict" role="alert">
            <Icon glyph=Glyph::Error size=Size::Medium/>
            <div>
                <b>"The books do not balance."</b>
                <ul>{off.collect_view()}</ul>
            </div>
        </div>
    }
    .into_any()
}

/// `$0.25 less than the spans`, with all its digits.
fn difference(difference: UsdSum) -> String {
    let amount = UsdSum::from_pico(difference.pico().abs());
    let word = if difference.pico() < 0 { "less" } else { "more" };
    format!("${amount} {word} than that of the spans")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_is_told_to_the_pico_dollar() {
        assert_eq!(difference(UsdSum::from_pico(-1)), "$0.000000000001 less than that of the spans");
        assert_eq!(difference(UsdSum::from_pico(250_000_000_000)), "$0.25 more than that of the spans");
    }
}
