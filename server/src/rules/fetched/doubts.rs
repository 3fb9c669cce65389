//! Reasons not to believe prices that can be read: most models are gone, or a price is not of the size it was.

use std::collections::HashMap;

use model::Usd;
use model::time::UnixNanos;

use crate::pipeline::price::overrides::{Entry, Overrides, Prices};
use crate::pipeline::price::{Fetched, PriceBook, RatesBook};

/// A price that is so many times what it was, or such a part of it, is a mistake rather than a price: a decimal point, or a price
/// per thousand for one per million.
const TIMES_MAX: i128 = 100;

/// Fewer than one in so many of the models that there were is a file that was cut off.
const KEPT_MIN: usize = 2;

/// Prices that are named as examples; the others are counted.
const NAMED_MAX: usize = 5;

/// Why `new` is not believed in place of what is in the book; `None` when it is.
pub(super) fn about(new: &Fetched, book: &PriceBook, at: UnixNanos) -> Option<String> {
    let (old, new) = match new {
        Fetched::Book(new) => (of_book(&book.rates(), at), of_book(new, at)),
        Fetched::Entries(new) => (of_entries(&book.fetched_entries()), of_entries(new)),
    };
    collapse(old.len(), new.len()).or_else(|| odd(&old, &new))
}

/// Named prices, by what they are of.
type Named = HashMap<String, Vec<(&'static str, Usd)>>;

fn of_book(book: &RatesBook, at: UnixNanos) -> Named {
    let named = book.models().map(|(provider, model)| {
        let rates = book.of_model(provider, model, at).map(|rates| {
            let reads = ("cached input", rates.cache_read);
            vec![("input", rates.input), reads, ("cache write", rates.cache_write), ("output", rates.output)]
        });
        (format!("{provider}/{model}"), rates.unwrap_or_default())
    });
    named.collect()
}

fn of_entries(entries: &Overrides) -> Named {
    let name = |entry: &Entry| {
        let tier = entry.tier.as_deref().map(|tier| format!(", tier {tier}")).unwrap_or_default();
        let from = entry.valid_from.map(|from| format!(", from {from}")).unwrap_or_default();
        format!("{}{tier}{from}", entry.what)
    };
    let given = |entry: &Entry| {
        let prices = match &entry.prices {
            Prices::Tokens(tokens) => {
                [("input", tokens.input), ("cached input", tokens.cached_input), ("output", tokens.output)]
            }
            Prices::Flat(flat) => [("call", flat.per_call), ("second", flat.per_second), ("MB", flat.per_mb)],
        };
        prices.into_iter().filter_map(|(of, price)| Some((of, price?))).collect()
    };
    entries.entries().iter().map(|entry| (name(entry), given(entry))).collect()
}

fn collapse(old: usize, new: usize) -> Option<String> {
    let is_too_few = new == 0 && old > 0 || new * KEPT_MIN < old;
    is_too_few.then(|| {
        format!("it has {new} models where there were {old}; fewer than half are taken for a file that was cut off")
    })
}

fn odd(old: &Named, new: &Named) -> Option<String> {
    let mut odd: Vec<String> = Vec::new();
    for (name, prices) in new {
        let Some(before) = old.get(name) else { continue };
        for (of, now) in prices {
            let then = before.iter().find(|(other, _)| other == of).map(|(_, usd)| *usd);
            if let Some(then) = then.filter(|then| is_odd(*then, *now)) {
                odd.push(format!("{name} {of} {now} USD, {then} before"));
            }
        }
    }
    odd.sort_unstable();
    let more = odd.len().saturating_sub(NAMED_MAX);
    let more = if more > 0 { format!("; and {more} more") } else { String::new() };
    (!odd.is_empty()).then(|| {
        odd.truncate(NAMED_MAX);
        format!(
            "prices are more than {TIMES_MAX} times what they were, or less than that part of it: {}{more}",
            odd.join("; ")
        )
    })
}

/// What cost something and is free now is as odd as what is a hundred times cheaper; what was free may cost anything.
fn is_odd(then: Usd, now: Usd) -> bool {
    let (then, now) = (i128::from(then.pico()), i128::from(now.pico()));
    then > 0 && (now > then * TIMES_MAX || now * TIMES_MAX < then)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::rules::prices;

    const AT: UnixNanos = UnixNanos(1_793_000_000_000_000_000);

    fn entries(text: &str) -> Fetched {
        Fetched::Entries(prices::parse(Path::new("p.yaml"), &format!("prices:\n{text}")).unwrap())
    }

    /// What is said of `new` where `old` is in force.
    fn said(old: &str, new: &str) -> Option<String> {
        let book = PriceBook::bundled();
        book.put_behind(entries(old));
        about(&entries(new), &book, AT)
    }

    #[test]
    fn a_price_of_another_size_is_not_believed() {
        let price = |input: &str| format!("  - {{model: acme, input_per_million: {input}}}\n");
        for fine in ["2", "200", "0.02"] {
            assert_eq!(said(&price("2"), &price(fine)), None, "{fine}");
        }
        for odd in ["200.1", "0.019", "0"] {
            let reason = said(&price("2"), &price(odd)).unwrap();
            assert!(
                reason.contains("acme input") && reason.contains("2 USD before") || reason.contains("2 before"),
                "{reason}"
            );
        }
        assert_eq!(said(&price("0"), &price("3")), None, "what was free may cost something");
        assert_eq!(said("  - {model: other, per_call: 1}\n", &price("3")), None, "a new model has any price");
    }

    #[test]
    fn a_file_with_fewer_than_half_of_its_models_is_not_believed() {
        let models =
            |count: usize| (0..count).map(|n| format!("  - {{model: m{n}, per_call: 1}}\n")).collect::<String>();
        assert_eq!(said(&models(10), &models(5)), None);
        assert!(said(&models(10), &models(4)).unwrap().contains("4 models where there were 10"));
    }

    #[test]
    fn the_built_in_book_believes_itself_and_not_a_book_of_one_model() {
        let book = PriceBook::bundled();
        let small = br#"[{"id":"acme","name":"Acme","api_pattern":"https://acme\\.test","models":[{"id":"a","match":{"equals":"a"},
            "prices":{"input_mtok":1,"output_mtok":2}}]}]"#;
        let small = RatesBook::read(small, "small 1".to_owned()).unwrap();
        assert_eq!(small.of_model("acme", "a", AT).unwrap().output.to_string(), "2");
        assert!(about(&Fetched::Book(small), &book, AT).unwrap().contains("1 models where there were "));
        assert_eq!(about(&Fetched::Book(RatesBook::default()), &book, AT), None);
    }
}
