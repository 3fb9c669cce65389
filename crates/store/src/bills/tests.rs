//! Bills that replace each other, go again, and come beside what spans cost.

use model::bill::margin::Calls;

use super::*;
use crate::testing::{Telling, a_span, noon, usd, write};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

async fn imported(db: &PgPool, number: u8, text: &str) -> (i64, bool) {
    let bill = model::bill::read(text, None);
    let new = NewImport { sha256: [number; 32], name: "bill.csv", by: "Ines", bill: &bill };
    import(db, &new, noon()).await.unwrap()
}

async fn counting(db: &PgPool) -> Vec<(String, String, UsdSum)> {
    let mut lines: Vec<_> = billed(db, day("2026-11-01"), day("2026-11-30"))
        .await
        .unwrap()
        .into_iter()
        .map(|Billed { line, .. }| (line.day.to_string(), line.model, line.amount))
        .collect();
    lines.sort();
    lines
}

const FIRST: &str = "day,provider,model,amount\n2026-11-19,openai,gpt-4o,1\n2026-11-20,openai,gpt-4o,2\n";
const SECOND: &str =
    "day,provider,model,amount\n2026-11-20,openai,gpt-4o,3\n2026-11-20,openai,o1,4\n2026-11-20,anthropic,x,5\n";

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn of_two_bills_of_a_provider_and_a_day_the_later_counts_until_it_is_taken_out(db: PgPool) {
    let line = |day: &str, model: &str, amount: &str| (format!("2026-11-{day}"), model.to_owned(), usd(amount));
    assert_eq!(imported(&db, 1, FIRST).await, (1, false));
    assert_eq!(imported(&db, 1, FIRST).await, (1, true), "the same file replaces nothing");
    let (second, _) = imported(&db, 2, SECOND).await;
    let both = [line("19", "gpt-4o", "1"), line("20", "gpt-4o", "3"), line("20", "o1", "4"), line("20", "x", "5")];
    assert_eq!(counting(&db).await, both);
    let listed = imports(&db, None).await.unwrap();
    assert_eq!(listed.iter().map(|import| import.replaced_days).collect::<Vec<_>>(), [0, 1]);
    assert_eq!(listed[0].providers, ["anthropic", "openai"]);
    assert_eq!((listed[1].days, listed[1].amount), (Some((day("2026-11-19"), day("2026-11-20"))), usd("3")));
    assert!(delete(&db, second, "Mara", noon()).await.unwrap());
    assert!(!delete(&db, second, "Mara", noon()).await.unwrap(), "it is out");
    assert_eq!(counting(&db).await, [line("19", "gpt-4o", "1"), line("20", "gpt-4o", "2")]);
    let out = imports(&db, Some(second)).await.unwrap();
    assert_eq!(out[0].deleted, Some(("Mara".to_owned(), noon())));
    assert!(!imported(&db, 2, SECOND).await.1, "a bill that was taken out can come again");
    assert_eq!(counting(&db).await, both);
    assert_eq!(days(&db).await.unwrap(), Some((day("2026-11-19"), day("2026-11-20"))));
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn a_bill_of_which_nothing_is_kept_stays_with_its_reasons(db: PgPool) {
    let (id, _) = imported(&db, 1, "day,provider,model,amount\nsoon,openai,o1,1\n").await;
    let import = imports(&db, Some(id)).await.unwrap().remove(0);
    assert_eq!((import.lines_read, import.lines_kept, import.days), (1, 0, None));
    assert_eq!(import.refusals[0].line, 2);
    assert_eq!(days(&db).await.unwrap(), None);
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn what_spans_cost_by_day_and_model_is_the_same_before_and_after_the_roller(db: PgPool) {
    let call = |trace, model: &str| a_span(trace, 1).with_model("openai", model);
    write(
        &db,
        vec![
            call(1, "gpt-4o").costing("1"),
            call(2, "gpt-4o").failing(),
            call(3, "o1").costing("0.5"),
            call(4, "gpt-4o").costing("2").starting(43_200),
            a_span(5, 1).costing("9"),
        ],
    )
    .await;
    let before = ours(&db, day("2026-11-20"), day("2026-11-20")).await.unwrap();
    let told: Vec<_> = before.iter().map(|line| (line.model.as_str(), line.sums)).collect();
    let sums = |cost: &str, calls, priced, failed| Calls { cost: usd(cost), calls, priced, failed };
    assert_eq!(told, [("gpt-4o", sums("1", 2, 1, 1)), ("o1", sums("0.5", 1, 1, 0))]);
    while crate::outbox::roll(&db).await.unwrap().rows > 0 {}
    assert_eq!(ours(&db, day("2026-11-20"), day("2026-11-20")).await.unwrap(), before);
    assert_eq!(ours(&db, day("2026-11-21"), day("2026-11-22")).await.unwrap()[0].sums.cost, usd("2"));
}
