//! What `prices.yaml` may say, and how a mistake in it is explained.

use std::fmt::Write;

use model::price::{FILL_IN, UnpricedModel};
use proptest::prelude::*;

use super::*;

fn parsed(text: &str) -> Result<Overrides, String> {
    parse(Path::new("rules/prices.yaml"), text)
}

fn shown(text: &str) -> Vec<String> {
    parsed(text).unwrap().entries().iter().map(ToString::to_string).collect()
}

#[test]
fn an_entry_prices_models_or_operations_by_tokens_or_flat() {
    let text = "
prices:
  - provider: acme
    model: acme-(large|small)
    tier: batch
    valid_from: 2026-01-01
    valid_to: 2026-06-30
    input_per_million: 2.50
    cached_input_per_million: 0.25
    cache_write_per_million: 3.125
    output_per_million: 1e1
    reasoning_per_million: '12'
    per_request: 0.005
  - model: acme-image-1
    per_call: 0.04
    per_second: 0.0001
    per_mb: 0.000000000001
  - operation: web_search
    per_call: 0.01
";
    assert_eq!(
        shown(text),
        [
            "acme acme-(large|small), tier batch, from 2026-01-01, until 2026-06-30: 2.5 USD per million input tokens, \
             0.25 USD cached, 3.125 USD cache write, 10 USD output, 12 USD reasoning, 0.005 USD per request",
            "acme-image-1: 0.04 USD per call, 0.0001 USD per second, 0.000000000001 USD per MB",
            "operation web_search: 0.01 USD per call",
        ]
    );
    assert_eq!(shown("prices: []"), [""; 0]);
}

#[test]
fn the_revision_is_the_files_name_and_changes_with_its_content() {
    let revision = |text| parsed(text).unwrap().revision().to_owned();
    let (one, other) = (revision("prices: []"), revision("prices: [] # none"));
    assert_eq!(one, "prices.yaml 27213763c581");
    assert!(other.starts_with("prices.yaml ") && one != other);
}

/// What is wrong with one entry that begins on the third line.
fn refused(entry: &str) -> String {
    let text = format!("# prices\nprices:\n  - {}\n", entry.trim().replace('\n', "\n    "));
    parsed(&text).err().unwrap_or_else(|| panic!("accepted: {text}"))
}

#[test]
fn a_bad_value_is_named_with_its_line_and_what_was_expected() {
    for (line, expected) in [
        ("input_per_million: $2.50", "expected a plain decimal number of US dollars"),
        ("input_per_million: 2,50", "expected a plain decimal number of US dollars"),
        ("input_per_million: -1", "cannot be negative"),
        ("input_per_million: .nan", "expected a plain decimal number of US dollars"),
        ("input_per_million: 10000000", "cannot be kept"),
        ("input_per_million: 0.0000000000001", "at most 12 decimals"),
        ("input_per_million:", "expected a plain decimal number of US dollars"),
        ("input_per_million: [1]", "expected a price in US dollars"),
        ("per_call: 10", "of at most 9"),
        ("valid_from: 31.01.2026", "expected a day such as 2026-01-31"),
        ("valid_to: 2026-02-30", "expected a day such as 2026-01-31"),
        ("tier: ''", "expected a name"),
        ("provider: open(ai", "unclosed group"),
        ("input_usd: 1", "unknown field `input_usd`"),
    ] {
        let message = refused(&format!("model: acme\n{line}"));
        assert!(message.contains(expected), "{line}: {message}");
        assert!(message.contains("at line 4 "), "{line}: {message}");
    }
}

#[test]
fn an_entry_that_contradicts_itself_is_refused_with_its_line() {
    for (entry, expected) in [
        ("model: acme", "expected a price"),
        ("input_per_million: 1", "expected a provider, a model or an operation"),
        ("model: acme\noperation: search\nper_call: 1", "it has both"),
        ("model: acme\nper_call: 1\ninput_per_million: 1", "it has both"),
        ("operation: search\ninput_per_million: 1", "an operation has no tokens"),
        ("operation: search\ntier: batch\nper_call: 1", "expected no tier"),
        ("model: acme\ncached_input_per_million: 1", "expected input_per_million"),
        ("model: acme\nper_call: 1\nvalid_from: 2026-02-01\nvalid_to: 2026-01-31", "no earlier than valid_from"),
    ] {
        let message = refused(entry);
        assert!(message.contains(expected), "{entry}: {message}");
        assert!(message.contains("entry 1") && message.contains("at line 3 "), "{entry}: {message}");
    }
    assert!(refused("model: acme\nper_call: 1\nmodel: acme").contains("duplicate field `model`"));
}

/// What is wrong with a second entry, on the fifth line, after a first one.
fn second_refused(first: &str, second: &str) -> Option<String> {
    let entry = |entry: &str| format!("  - {}\n    per_call: 1\n", entry.replace('\n', "\n    "));
    parsed(&format!("prices:\n{}{}", entry(first), entry(second))).err()
}

#[test]
fn entries_that_repeat_or_contradict_each_other_are_refused() {
    for (first, second, expected) in [
        ("model: acme", "model: ACME", "never reached: entry 1 (acme)"),
        ("model: ac.*", "model: acme", "never reached: entry 1 (ac.*)"),
        ("provider: acme", "provider: acme\nmodel: large", "never reached: entry 1"),
        ("model: acme", "model: acme\ntier: batch", "never reached: entry 1"),
        ("operation: search", "operation: search", "never reached: entry 1 (operation search)"),
        ("model: acme\nvalid_from: 2026-01-01", "model: acme", "contradicts entry 1"),
        ("model: acme\nvalid_to: 2026-06-30", "model: acme\nvalid_from: 2026-06-30", "contradicts entry 1"),
    ] {
        let message = second_refused(first, second).unwrap_or_else(|| panic!("accepted: {first}; {second}"));
        assert!(message.contains(expected) && message.contains("entry 2"), "{message}");
        assert!(message.contains(" at line "), "{message}");
    }
    for (first, second) in [
        ("model: acme\nvalid_to: 2026-06-30", "model: acme\nvalid_from: 2026-07-01"),
        ("model: acme", "model: ac.*"),
        ("model: acme\ntier: batch", "model: acme"),
        ("provider: one\nmodel: acme", "provider: other\nmodel: acme"),
        ("operation: acme", "model: acme"),
        ("model: ac.*\nvalid_to: 2026-06-30", "model: acme"),
    ] {
        assert_eq!(second_refused(first, second), None, "{first}; {second}");
    }
}

#[test]
fn the_example_of_the_readme_is_a_price_file() {
    let readme = include_str!("../../../../README.md");
    let (_, rest) = readme.split_once("```yaml\nprices:").unwrap();
    let (example, _) = rest.split_once("```").unwrap();
    assert_eq!(shown(&format!("prices:{example}")).len(), 4);
}

#[test]
fn a_file_of_another_shape_is_refused() {
    let error = |text: &str| parsed(text).err().unwrap();
    assert!(error("").contains("missing field `prices`"));
    assert!(error("prices: 7").contains("expected a list of prices"));
    assert!(error("prices:\n  - acme").contains("expected a price with its keys"));
    assert!(error("prices: []\nalerts: []").contains("unknown field `alerts`"));
    let mut many = "prices:\n".to_owned();
    for number in 0..=ENTRIES_MAX {
        writeln!(many, "  - {{model: m{number}, per_call: 1}}").unwrap();
    }
    assert!(error(&many).contains("at most 1000"));
}

proptest! {
    #[test]
    fn lines_to_copy_are_about_exactly_the_model_they_are_for(
        name in "[ -~äßГ\u{85}\u{2028}]{1,40}|[a-z]{2,5}[*?()|.+^$]{1,3}|true|null|[0-9.e]{1,9}|- #: [a-z]{1,5}",
        provider in proptest::option::of("[ -~]{1,20}"),
        tokens_out in 0..2_i64,
    ) {
        let trimmed = |name: &str| name.trim().to_owned();
        let (name, provider) = (trimmed(&name), provider.as_deref().map(trimmed).filter(|name| !name.is_empty()));
        prop_assume!(!name.is_empty());
        let now = chrono::DateTime::UNIX_EPOCH;
        let model = UnpricedModel {
            provider, model: name.clone(), calls: 1, calls_with_tokens: 1, tokens_in: 1, tokens_out, first: now, last: now,
        };
        let lines = model.lines_to_copy();
        let forgotten = parsed(&format!("prices:\n{lines}")).err();
        prop_assert!(forgotten.is_some_and(|error| error.contains(FILL_IN)));
        let prices = parsed(&format!("prices:\n{}", lines.replace(FILL_IN, "1"))).map_err(TestCaseError::fail)?;
        let day = now.date_naive();
        prop_assert!(prices.knows(model.provider.as_deref(), &name, day), "{lines}");
        prop_assert!(!prices.knows(model.provider.as_deref(), &format!("{name}x"), day), "{lines}");
    }
}
