//! What bills are read as, and what is refused of them.

use super::*;
use proptest::prelude::*;

const OPENAI: &str = "\
start_time,end_time,start_time_iso,end_time_iso,amount_value,amount_currency,quantity,line_item,project_id
1790467200,1790553600,2026-09-27T00:00:00+00:00,2026-09-28T00:00:00+00:00,,,,,
1790553600,1790640000,2026-09-28T00:00:00,2026-09-29T00:00:00,0.5,usd,1000,\"gpt-4o-2024-08-06, input\",proj_a
1790553600,1790640000,2026-09-28T00:00:00,2026-09-29T00:00:00,0.25,usd,10,\"gpt-4o-2024-08-06, output\",proj_a
";

fn line(day: &str, provider: &str, model: &str, amount: &str, lines: i64) -> Line {
    let pico = amount.parse::<crate::Usd>().expect("an amount");
    Line {
        day: day.parse().expect("a day"),
        provider: provider.into(),
        model: model.into(),
        amount: pico.into(),
        lines,
    }
}

#[test]
fn lines_of_one_day_and_model_are_added_up() {
    let bill = read(OPENAI, None);
    assert_eq!(bill.lines, [line("2026-09-28", "openai", "gpt-4o-2024-08-06", "0.75", 2)]);
    assert_eq!((bill.lines_read, bill.lines_kept, bill.refusals.len()), (3, 3, 0));
    assert_eq!(bill.amount().to_string(), "0.75");
    assert!(bill.notes.iter().any(|note| note.starts_with("1 lines without an amount")), "{:?}", bill.notes);
}

#[test]
fn what_is_wrong_is_named_by_line_and_column_and_the_others_are_kept() {
    let text = "day;provider;model;amount;currency\n2026-11-20;OpenAI;gpt-4o;1.50;USD\n20.11.2026;openai;gpt-4o;1;USD\n\
                2026-11-20;openai;gpt-4o;$2;USD\n2026-11-20;openai;gpt-4o;2;EUR\n2026-11-20;openai;gpt-4o;2\n";
    let bill = read(text, None);
    assert_eq!((bill.lines_read, bill.lines_kept), (5, 1));
    let told: Vec<_> = bill.refusals.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "line 3, column day: expected a day such as 2026-11-20, found “20.11.2026”",
            "line 4, column amount: expected a plain decimal number of US dollars, such as 0.00125, found “$2”",
            "line 5, column currency: expected USD, the only currency that is kept, found “EUR”",
            "line 6: expected 5 fields as in the header, found 4",
        ]
    );
}

#[test]
fn a_bill_without_a_provider_needs_to_be_told_whose_it_is() {
    let text = "date,model,cost\n2026-11-20,gpt-4o,1\n";
    assert!(read(text, None).refusals[0].reason.contains("say which it is"));
    assert_eq!(read(text, Some("openai")).lines, [line("2026-11-20", "openai", "gpt-4o", "1", 1)]);
}

#[test]
fn what_is_no_bill_is_refused_as_a_whole() {
    for text in ["", "\n\n", "hello", "day,amount\n\"1", "a,b\n1,2\n"] {
        let bill = read(text, Some("openai"));
        assert!(bill.lines.is_empty() && bill.refusals.len() == 1, "{text}: {bill:?}");
    }
}

proptest! {
    #[test]
    fn any_text_is_a_bill_or_refusals_and_never_a_panic(text in "(day|amount|usd|openai|[,;\"\n0-9.eE-]|\\PC){0,60}") {
        let bill = read(&text, Some("openai"));
        prop_assert!(bill.lines_kept <= bill.lines_read);
        prop_assert!(!bill.refusals.is_empty() || bill.lines_kept == bill.lines_read);
    }

    #[test]
    fn a_bill_that_is_written_reads_back_to_the_pico_dollar(
        lines in prop::collection::vec((0i64..400, "[a-z]{1,6}", "[a-z][a-z0-9. -]{0,10}[a-z]", 0i64..9_000_000_000_000_000_000), 1..30),
        semicolons in any::<bool>(),
    ) {
        let delimiter = if semicolons { ';' } else { ',' };
        let first: chrono::NaiveDate = "2026-01-01".parse().unwrap();
        let mut text = csv::write(&["Day", "Provider", "Model", "Amount", "Currency"], delimiter);
        let mut sums = std::collections::BTreeMap::<_, UsdSum>::new();
        for (day, provider, model, pico) in &lines {
            let (day, amount) = (first + chrono::TimeDelta::days(*day), crate::Usd::from_pico(*pico));
            let fields = [day.to_string(), provider.clone(), model.clone(), amount.to_string(), "usd".to_owned()];
            text.push_str(&format!("\n{}", csv::write(&fields, delimiter)));
            *sums.entry((day, provider.clone(), model.clone())).or_default() += amount.into();
        }
        let bill = read(&text, None);
        prop_assert_eq!(bill.lines_kept, lines.len() as i64);
        let kept: std::collections::BTreeMap<_, _> =
            bill.lines.into_iter().map(|line| ((line.day, line.provider, line.model), line.amount)).collect();
        prop_assert_eq!(kept, sums);
    }
}
