//! The check itself: what it keeps, what it finds, what it says about it.

use chrono::{Days, TimeDelta};

use super::*;
use crate::ingest::{Batch, Writer};
use crate::testing::{Telling, a_span, noon, usd, write};

/// A day later than all that tests write.
fn later() -> DateTime<Utc> {
    noon() + Days::new(2)
}

async fn checked(db: &PgPool) -> Balance {
    let balance = check_with_kept(db, later(), Duration::from_secs(60)).await.unwrap();
    days::keep(db, &balance.days, noon()).await.unwrap();
    balance
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn a_day_that_is_over_is_added_up_once_and_again_when_its_traces_say_something_else(db: PgPool) {
    write(&db, vec![a_span(1, 1).costing("1"), a_span(1, 2)]).await;
    let first = checked(&db).await;
    assert_eq!((first.days.len(), first.days[0].summed_at), (1, None));
    let spans = first.spans();
    assert_eq!((spans.spans, spans.unknown, spans.cost), (2, 1, usd("1")));
    assert_eq!(checked(&db).await.days[0].summed_at, Some(noon()), "kept");
    write(&db, vec![a_span(1, 3).costing("0.5")]).await;
    let third = checked(&db).await;
    assert!(third.is_balanced() && third.total == usd("1.5") && third.days[0].summed_at.is_none(), "{third:?}");
    days::forget(&db).await.unwrap();
    assert_eq!(checked(&db).await.days[0].summed_at, None, "asked to add up again");
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn a_sum_that_is_off_is_told_with_the_hour_in_which_it_begins(db: PgPool) {
    write(&db, vec![a_span(1, 1).costing("1").for_user("u"), a_span(2, 1).costing("2").for_user("u").starting(7_300)])
        .await;
    while crate::outbox::roll(&db).await.unwrap().rows > 0 {}
    assert!(check(&db).await.unwrap().is_balanced());
    let spoil = "update cost_rollup set cost_pico = cost_pico - 7 where dim = $1 and tenant_id = 0 and bucket > $2 and grain = 3600";
    let user = model::cost::Dimension::User.code();
    sqlx::query(spoil).bind(user).bind(noon() + TimeDelta::hours(1)).execute(&db).await.unwrap();
    sqlx::query("update traces set cost_pico = cost_pico + 1").execute(&db).await.unwrap();
    let balance = check(&db).await.unwrap();
    assert!(!balance.is_balanced());
    assert_eq!(balance.worst(), UsdSum::from_pico(7));
    let midnight = crate::partitions::home_at(noon());
    let since = [("user".to_owned(), noon() + TimeDelta::hours(2)), ("traces".to_owned(), midnight)];
    assert_eq!(balance.off_since, since);
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn what_nobody_owns_and_what_is_on_its_way_is_told(db: PgPool) {
    let owned = a_span(1, 1).costing("1").for_tenant("acme").for_user("u").with_model("openai", "gpt-4o");
    write(&db, vec![owned, a_span(2, 1).costing("0.25")]).await;
    let balance = check(&db).await.unwrap();
    let nobody: Vec<_> = balance.unattributed.iter().map(|(of, sum)| (of.as_str(), *sum)).collect();
    assert_eq!(
        nobody,
        [("tenant", usd("0.25")), ("user", usd("0.25")), ("capability", usd("1.25")), ("model", usd("0.25"))]
    );
    assert_eq!((balance.open.outbox_rows, balance.open.unsettled_traces), (1, 2));
    assert_eq!(balance.open.last_seen, Some(noon()));
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn days_that_there_was_no_time_for_are_left_open_and_not_called_balanced(db: PgPool) {
    let writer = Writer::new(db.clone(), 1);
    writer.write(&Batch::prepare(vec![a_span(1, 1).costing("1")], &[]), noon()).await.unwrap();
    let hasty = check_with_kept(&db, later(), Duration::ZERO).await.unwrap();
    assert!(!hasty.is_complete() && !hasty.is_balanced(), "{hasty:?}");
    assert!(checked(&db).await.is_balanced());
    assert!(check_with_kept(&db, later(), Duration::ZERO).await.unwrap().is_balanced(), "all of it is kept");
}
