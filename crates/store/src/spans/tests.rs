//! A span comes back as it was.

use std::sync::Arc;

use chrono::TimeDelta;
use model::attribute::{Attributes, Value};
use model::cost::{Cost, CostSource, DerivedCost, PriceLine, Verdict};
use model::owner::{OwnerSource, Provenance};
use model::span::{Category, DataTag, Event, Link};
use model::time::UnixNanos;

use super::*;
use crate::ingest::{Batch, Writer};
use crate::testing::{Telling, a_span, noon, span_id, trace_id, write};

fn attributes() -> Attributes {
    let nested = Attributes(vec![("deep".into(), Value::Double(f64::INFINITY)), ("none".into(), Value::Empty)]);
    Attributes(vec![
        ("text".into(), Value::from("Grüße\0")),
        ("list".into(), Value::Array(vec![Value::Int(-1), Value::Bool(true), Value::Bytes(vec![0, 255])])),
        ("map".into(), Value::Map(nested)),
    ])
}

fn a_full_span() -> Span {
    let mut span = a_span(1, -7).under(3).of_service("planner").for_tenant("acme").for_user("user_123").failing();
    span = span.with_model("openai", "gpt-4o");
    span.start = UnixNanos(1_763_640_000_123_456_789);
    span.category = Category::Llm;
    span.data_tag = DataTag::Pii;
    span.capability = Some("planning".to_owned());
    span.session = Some("session".to_owned());
    span.known.user = Provenance { source: OwnerSource::Span, inherited: true };
    span.environment = Some("production".to_owned());
    span.peer = Some("openai".to_owned());
    span.status_message = Some("too slow".to_owned());
    span.priced_as = Some("ml_inference".to_owned());
    span.data_size_bytes = Some(12);
    let usd = |text: &str| text.parse::<model::Usd>().unwrap();
    let line = PriceLine { label: "Input".to_owned(), tokens: 100, usd_per_million: usd("2.5"), usd: usd("0.00025") };
    span.cost = Cost {
        usd: Some(usd("0")),
        verdict: Verdict::RolledUp,
        claimed: Some(usd("0.00125")),
        source: CostSource::Reported,
        note: Some("cost_usd".to_owned()),
        reported: Some(usd("0.00125")),
        derived: Some(DerivedCost { usd: usd("0.00045"), lines: vec![line], price_revision: "1".to_owned() }),
        accumulated: Some(usd("0.5")),
    };
    span.detail.attributes = attributes();
    span.detail.resource = Arc::new(attributes());
    span.detail.scope_name = "scope".to_owned();
    span.detail.scope_version = "1.2".to_owned();
    span.detail.events = vec![Event { time: UnixNanos(-5), name: "exception".to_owned(), attributes: attributes() }];
    span.detail.links = vec![Link { trace_id: trace_id(9), span_id: span_id(9), attributes: attributes() }];
    span.detail.trace_state = "a=b".to_owned();
    span.detail.flags = 257;
    span.detail.dropped = [1, 0, 3];
    span.detail.warnings = vec!["odd".to_owned()];
    span
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn a_span_comes_back_as_it_was(db: PgPool) {
    let span = a_full_span();
    write(&db, vec![span.clone()]).await;
    assert_eq!(one(&db, span.trace_id, span.span_id).await.unwrap(), Some(span.clone()));
    assert_eq!(of_trace(&db, span.trace_id, 0, 10).await.unwrap(), vec![span.clone()]);
    let skeletons = skeletons(&db, span.trace_id).await.unwrap();
    assert_eq!((skeletons[0].start, skeletons[0].user.as_deref()), (span.start, Some("user_123")));
    assert_eq!(one(&db, span.trace_id, span_id(1)).await.unwrap(), None);
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn events_come_by_name_and_time_of_those_spans_that_have_any(db: PgPool) {
    let full = a_full_span();
    write(&db, vec![full.clone(), a_span(1, 2)]).await;
    let told = events(&db, full.trace_id, &[full.span_id, span_id(2), span_id(99)]).await.unwrap();
    assert_eq!(told, [(full.span_id, vec![(UnixNanos(-5), "exception".to_owned())])]);
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn spans_come_by_start_and_in_pages(db: PgPool) {
    let spans = (1..=10).map(|n| a_span(1, n).starting(100 - n)).collect();
    write(&db, spans).await;
    let page = of_trace(&db, trace_id(1), 2, 3).await.unwrap();
    assert_eq!(page.iter().map(|span| span.span_id).collect::<Vec<_>>(), [8, 7, 6].map(span_id));
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn light_spans_have_what_rows_need(db: PgPool) {
    let full = a_full_span();
    // Of one service, so of one clock: the parent's time says nothing about the child's.
    let parent = a_span(1, 3).of_service("planner");
    write(&db, vec![full.clone(), a_span(1, 2), parent]).await;
    let waterfall = model::trace::waterfall::Waterfall::of(light(&db, full.trace_id, 10).await.unwrap());
    let rows = waterfall.rows(0..10);
    let row = rows.iter().find(|row| row.span_id() == Some(full.span_id)).unwrap();
    let model::trace::waterfall::RowKind::Span(shown) = &row.kind else { panic!("{row:?}") };
    assert_eq!((&shown.name, &shown.service), (&full.name, &full.service));
    assert_eq!((shown.category, shown.kind, shown.status), (full.category, full.kind, full.status));
    assert_eq!((shown.cost, shown.duration_ns), (full.cost.usd, full.duration_ns));
    assert_eq!(waterfall.extent().start_ns + shown.offset_ns, full.start.0);
    assert_eq!(light(&db, full.trace_id, 2).await.unwrap().len(), 2, "no more than asked for");
    let some = some(&db, full.trace_id, &[full.span_id, span_id(99)]).await.unwrap();
    assert_eq!(some, [full]);
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn a_span_that_comes_long_after_the_others_is_late(db: PgPool) {
    write(&db, vec![a_span(1, 1)]).await;
    let late = Batch::prepare(vec![a_span(1, 2)], &[]);
    Writer::new(db.clone(), 1).write(&late, noon() + TimeDelta::minutes(30)).await.unwrap();
    let waterfall = model::trace::waterfall::Waterfall::of(light(&db, trace_id(1), 10).await.unwrap());
    let half_an_hour = TimeDelta::minutes(30).num_nanoseconds().unwrap();
    assert_eq!(waterfall.late_ns(span_id(2)), Some(half_an_hour - a_span(1, 2).duration_ns));
    assert_eq!(waterfall.late_ns(span_id(1)), None);
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn what_spans_say_is_told_under_every_name(db: PgPool) {
    let full = a_full_span();
    write(&db, vec![full.clone(), a_span(1, 2)]).await;
    let find: model::trace::find::Find =
        r#"Grüße tenant=acme user=user_123 capability=planning model=gpt-4o session=session "too SLOW""#.parse().unwrap();
    let mut told = Vec::new();
    let ids = [full.span_id, span_id(2), span_id(99)];
    let bytes =
        said_by(&db, full.trace_id, &ids, |span_id, said| told.push((span_id, find.meets(u32::MAX, said)))).await;
    told.sort_unstable();
    assert_eq!(told, [(span_id(2), false), (full.span_id, true)]);
    assert!(bytes.unwrap() > 0);
}
