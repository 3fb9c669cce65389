//! Budgets that are made, changed at once, and deleted.

use model::budget::draft::Draft;

use super::*;
use crate::testing::noon;

fn a_budget(name: &str, limit_usd: &str) -> Budget {
    let [name, scope, period, limit_usd] = [name, "tenant acme", "month", limit_usd].map(str::to_owned);
    Draft { name, scope, period, limit_usd, thresholds: "80".into(), ..Draft::default() }.read().unwrap()
}

fn robin() -> Person {
    Person::new("Robin", "asked for by finance").unwrap()
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn what_is_done_to_a_budget_stands_in_its_history(db: PgPool) {
    assert_eq!(revision(&db).await.unwrap(), 0);
    let budget = a_budget("Acme", "40.000000000001");
    let Outcome::Done(first) = make(&db, &budget, &robin(), noon()).await.unwrap() else { panic!("it was made") };
    assert_eq!(revision(&db).await.unwrap(), first);
    let kept = all(&db).await.unwrap();
    assert_eq!((&kept[0].budget, kept[0].version, kept[0].by.as_str()), (&budget, 1, "Robin"));

    let other = a_budget("Acme Robotics", "50");
    let changed = replace(&db, ("acme", Some(1)), &other, &robin(), noon()).await.unwrap();
    assert!(matches!(changed, Outcome::Done(id) if id > first));
    assert_eq!(all(&db).await.unwrap()[0], Kept { budget: other, version: 2, by: "Robin".into(), at: noon() });
    assert_eq!(delete(&db, ("acme", None), &robin(), noon()).await.unwrap(), Outcome::Gone, "it has another address");
    assert!(matches!(delete(&db, ("acme-robotics", None), &robin(), noon()).await.unwrap(), Outcome::Done(_)));
    assert_eq!(all(&db).await.unwrap(), []);

    let history = history(&db, None, 10).await.unwrap();
    let lines: Vec<_> = history.iter().map(|line| (line.action, line.slug.as_str(), line.name.as_str())).collect();
    assert_eq!(
        lines,
        [
            (Action::Deleted, "acme-robotics", "Acme Robotics"),
            (Action::Changed, "acme", "Acme Robotics"),
            (Action::Made, "acme", "Acme")
        ]
    );
    assert_eq!(history[1].before, "40.000000000001 USD, month, of tenant acme: alarms at 80 %");
    assert_eq!((history[2].before.as_str(), history[1].after.starts_with("50 USD, month")), ("", true));
    assert_eq!(change(&db, first).await.unwrap().unwrap(), history[2]);
    assert_eq!(super::history(&db, Some("acme"), 1).await.unwrap(), history[1..2]);
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn of_two_who_change_a_budget_at_once_the_second_has_to_look_again(db: PgPool) {
    make(&db, &a_budget("Acme", "40"), &robin(), noon()).await.unwrap();
    let (ines, mara) = (a_budget("Acme", "50"), a_budget("Acme", "60"));
    let (robin, seen) = (robin(), ("acme", Some(1)));
    let (left, right) =
        tokio::join!(replace(&db, seen, &ines, &robin, noon()), replace(&db, seen, &mara, &robin, noon()));
    let outcomes = [left.unwrap(), right.unwrap()];
    let done = outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Done(_))).count();
    let newer = outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Newer(now) if now.version == 2)).count();
    assert_eq!((done, newer), (1, 1), "{outcomes:?}");
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn an_address_is_one_budget_s_and_there_is_a_last_one(db: PgPool) {
    make(&db, &a_budget("Acme", "40"), &robin(), noon()).await.unwrap();
    assert_eq!(make(&db, &a_budget("ACME!", "40"), &robin(), noon()).await.unwrap(), Outcome::Taken);
    make(&db, &a_budget("Beta", "40"), &robin(), noon()).await.unwrap();
    let taken = replace(&db, ("beta", None), &a_budget("acme", "40"), &robin(), noon()).await.unwrap();
    assert_eq!(taken, Outcome::Taken);
    for number in 2..BUDGETS_MAX {
        make(&db, &a_budget(&format!("Budget {number}"), "1"), &robin(), noon()).await.unwrap();
    }
    assert_eq!(make(&db, &a_budget("One more", "1"), &robin(), noon()).await.unwrap(), Outcome::Full);
    let again = replace(&db, ("beta", None), &a_budget("Beta", "41"), &robin(), noon()).await.unwrap();
    assert!(matches!(again, Outcome::Done(_)), "what is there can be changed");
}
