//! Refused spans on a real database: listed, added up, pruned.

use chrono::TimeDelta;
use model::rejected::{Given, REJECTED_LISTED_MAX, listed};

use super::*;
use crate::testing::noon;

fn a_request(sender: &str, refused: Vec<Refused>) -> Request {
    Request { at: noon(), sender: sender.into(), encoding: Some("OTLP JSON"), refused }
}

fn spans<'a>(given: impl IntoIterator<Item = (&'a str, &'a str)>) -> Vec<Refused> {
    listed(given.into_iter().map(|(id, reason)| Given { trace_id: Some("nope"), span_id: Some(id), reason }))
}

async fn count(db: &PgPool, statement: &'static str) -> i64 {
    sqlx::query_scalar(statement).fetch_one(db).await.unwrap()
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn what_was_refused_is_read_back_newest_first(db: PgPool) {
    let broken = Refused::request("the body is not OTLP protobuf: it ends in the middle");
    let first = a_request("python from ::1", spans([("1", "span_id: missing"), ("2", "trace_id: missing")]));
    let mut second = Request { encoding: None, ..a_request("curl", vec![broken.clone()]) };
    second.refused.extend(spans([("a\0b", "trace_id: missing")]));
    record(&db, &[first, second]).await.unwrap();
    let lines = list(&db, &Filter::default(), 100).await.unwrap();
    let told: Vec<_> = lines.iter().map(|line| (line.sender.as_str(), line.class, line.refused.spans)).collect();
    assert_eq!(
        told,
        [
            ("curl", Reason::BadId, Some(1)),
            ("curl", Reason::Broken, None),
            ("python from ::1", Reason::BadId, Some(1)),
            ("python from ::1", Reason::BadId, Some(1)),
        ]
    );
    assert_eq!(lines[0].refused.span_id.as_deref(), Some("a\u{fffd}b"));
    assert_eq!((&lines[1].refused, lines[1].encoding.as_deref()), (&broken, None));
    assert_eq!((lines[3].at, lines[3].encoding.as_deref()), (noon(), Some("OTLP JSON")));

    let next = Filter { before: Some(lines[0].id), class: Some(Reason::BadId), sender: None };
    assert_eq!(list(&db, &next, 1).await.unwrap(), [lines[2].clone()]);
    let of_curl = Filter { sender: Some("curl".into()), ..Filter::default() };
    assert_eq!(list(&db, &of_curl, 9).await.unwrap(), lines[..2]);
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn sums_are_exact_whatever_is_grouped(db: PgPool) {
    let many = spans(std::iter::repeat_n(("1", "trace_id: missing"), 2_500));
    let request = Refused::request("the body has more than 9 bytes");
    record(&db, &[a_request("a", many), a_request("b", vec![request])]).await.unwrap();
    assert_eq!(count(&db, "select count(*) from rejected_spans").await, REJECTED_LISTED_MAX as i64 + 2);
    let told = sums(&db, noon()).await.unwrap();
    let sum = |class, spans, requests| Sum { class, spans, requests };
    assert_eq!(told, [sum(Reason::BadId, 2_500, 0), sum(Reason::TooLarge, 0, 1)]);
    assert_eq!(sums(&db, noon() + TimeDelta::seconds(1)).await.unwrap(), []);
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn the_old_and_the_too_many_are_forgotten(db: PgPool) {
    let at = |days: i64| Request { at: noon() + TimeDelta::days(days), ..a_request("a", spans([("1", "id: no")])) };
    record(&db, &(0..10).map(at).collect::<Vec<_>>()).await.unwrap();
    let before = noon() + TimeDelta::days(2);
    assert_eq!(prune(&db, before, 100).await.unwrap(), 2);
    assert_eq!(prune(&db, before, 100).await.unwrap(), 0);
    assert_eq!(prune(&db, before, 3).await.unwrap(), 5);
    let left = list(&db, &Filter::default(), 100).await.unwrap();
    assert_eq!(left.iter().map(|line| line.at).min(), Some(noon() + TimeDelta::days(7)));
    assert_eq!(left.len(), 3);
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn what_was_refused_of_a_trace_is_counted_once_however_often_it_is_sent(db: PgPool) {
    let refused = |trace: u64, span: &str, reason: &str| Refused {
        trace_id: Some(crate::testing::trace_id(trace).to_string()),
        span_id: Some(span.into()),
        reason: reason.into(),
        spans: Some(1),
    };
    let lines = vec![
        refused(1, "a", "time: none"),
        refused(1, "b", "time: none"),
        refused(1, "c", "id: zero"),
        refused(2, "a", "id: zero"),
    ];
    record(&db, &[a_request("one", lines.clone()), a_request("one", lines)]).await.unwrap();
    let told = of_trace(&db, crate::testing::trace_id(1), 10).await.unwrap();
    assert_eq!(told, [("time: none".to_owned(), 2), ("id: zero".to_owned(), 1)]);
    assert_eq!(of_trace(&db, crate::testing::trace_id(1), 1).await.unwrap().len(), 1);
    assert_eq!(of_trace(&db, crate::testing::trace_id(3), 10).await.unwrap(), []);
}
