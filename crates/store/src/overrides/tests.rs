//! Overrides in a database: who said what, what the finaliser makes of it, and what is settled again.

use chrono::TimeDelta;
use model::cost::Verdict;
use model::ruling::Named;
use model::time::TimeRange;
use model::{Span, UsdSum};

use super::*;
use crate::balance;
use crate::overrides::again::{self, Step};
use crate::testing::{Telling, a_span, noon, settle_all, span_id, sum, trace_id, usd, write};

fn robin() -> Person {
    Person::new("Robin", "bills again what the call below says").unwrap()
}

async fn said(db: &PgPool, about: [&str; 3], ruling: Ruling) -> i64 {
    let about = About::new(about[0], about[1], about[2]).unwrap();
    match add(db, &about, ruling, &robin(), noon()).await.unwrap() {
        Added::InForce(id) => id,
        other => panic!("{other:?}"),
    }
}

/// A call of a gateway that costs a dollar, and the same of the service it calls.
fn calls(trace: u64) -> Vec<Span> {
    vec![
        a_span(trace, 1).of_service("gateway").costing("1").for_user("u"),
        a_span(trace, 2).of_service("planner").under(1).starting(1).costing("1"),
    ]
}

async fn counted(db: &PgPool) -> UsdSum {
    let balance = balance::check(db).await.unwrap();
    assert!(balance.is_balanced(), "{balance:?}");
    sum(db, "select coalesce(sum(cost_pico), 0)::text from span").await
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn an_override_is_in_force_once_and_says_who_added_it_and_who_took_it_away(db: PgPool) {
    let id = said(&db, ["gateway", "", ""], Ruling::RolledUp).await;
    let about = About::new("gateway", "", "").unwrap();
    assert_eq!(add(&db, &about, Ruling::Own, &robin(), noon()).await.unwrap(), Added::There);
    let named = Named { service: "gateway", scope: "", operation: "work" };
    assert_eq!(in_force(&db).await.unwrap().ruling(named), Ruling::RolledUp);
    assert!(delete(&db, id, "Ines", noon()).await.unwrap());
    assert!(!delete(&db, id, "Mara", noon()).await.unwrap(), "Ines was first");
    assert!(in_force(&db).await.unwrap().is_empty());
    let again = said(&db, ["gateway", "", ""], Ruling::Own).await;
    let all: Vec<_> = list(&db, 10).await.unwrap().into_iter().map(|one| (one.id, one.by, one.deleted)).collect();
    assert_eq!(all, [(again, "Robin".to_owned(), None), (id, "Robin".to_owned(), Some(("Ines".to_owned(), noon())))]);
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn there_are_only_so_many(db: PgPool) {
    for number in 0..OVERRIDES_MAX {
        said(&db, [&format!("service-{number}"), "", ""], Ruling::Own).await;
    }
    let about = About::new("one more", "", "").unwrap();
    assert_eq!(add(&db, &about, Ruling::Own, &robin(), noon()).await.unwrap(), Added::Full);
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn what_is_counted_elsewhere_is_set_aside_when_its_trace_is_settled_and_comes_back_with_the_next_time(
    db: PgPool,
) {
    let id = said(&db, ["gateway", "", "work"], Ruling::RolledUp).await;
    write(&db, calls(1)).await;
    assert_eq!(counted(&db).await, usd("2"));
    settle_all(&db).await;
    assert_eq!(counted(&db).await, usd("1"));
    let gateway = crate::spans::one(&db, trace_id(1), span_id(1)).await.unwrap().unwrap();
    assert_eq!((gateway.cost.verdict, gateway.cost.said()), (Verdict::SetAside, Some("1".parse().unwrap())));
    delete(&db, id, "Ines", noon()).await.unwrap();
    settle_all(&db).await;
    assert_eq!(counted(&db).await, usd("1"), "nobody asked for it to be settled again");
    settle_again(&db, id).await;
    settle_all(&db).await;
    assert_eq!(counted(&db).await, usd("2"));
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn the_scope_of_a_span_is_read_when_an_override_names_one(db: PgPool) {
    said(&db, ["", "proxy.instrumentation", ""], Ruling::RolledUp).await;
    let mut spans = calls(1);
    spans[0].detail.scope_name = "proxy.instrumentation".to_owned();
    write(&db, spans).await;
    write(&db, calls(2)).await;
    settle_all(&db).await;
    assert_eq!(counted(&db).await, usd("3"), "one of four is of that scope");
}

/// Asks for the traces of the day and goes through them.
async fn settle_again(db: &PgPool, id: i64) {
    let range = TimeRange { from: noon() - TimeDelta::days(1), to: noon() + TimeDelta::days(1) };
    again::start(db, id, range, "Ines", noon()).await.unwrap().unwrap();
    assert_eq!(again::start(db, id, range, "Mara", noon()).await.unwrap(), None, "one at a time");
    while again::step(db, 2, noon()).await.unwrap() == Step::More {}
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn all_traces_of_a_range_are_gone_through_and_those_that_are_meant_are_settled_again(db: PgPool) {
    for trace in 1..=5 {
        write(&db, calls(trace)).await;
    }
    write(&db, vec![a_span(9, 1).of_service("other").costing("1")]).await;
    settle_all(&db).await;
    assert_eq!(counted(&db).await, usd("11"));
    let id = said(&db, ["gateway", "", ""], Ruling::RolledUp).await;
    settle_again(&db, id).await;
    let run = again::list(&db, 1).await.unwrap().pop().unwrap();
    assert_eq!((run.traces, run.looked, run.put, run.finished_at), (Some(6), 6, 5, Some(noon())));
    settle_all(&db).await;
    assert_eq!(counted(&db).await, usd("6"));
    assert_eq!(again::step(&db, 2, noon()).await.unwrap(), Step::Idle);
}
