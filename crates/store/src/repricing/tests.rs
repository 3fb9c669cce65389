//! A plan is applied once, whatever happens in between, and the books balance.

use chrono::TimeDelta;
use model::cost::{Cost, CostSource, DerivedCost, PriceLine, Verdict};
use model::repricing::differs;
use model::time::TimeRange;
use model::trace::Finalised;
use model::trace::settle::{Sight, settle};
use model::{Span, Usd, UsdSum};

use super::*;
use crate::finalise::{self, Finding};
use crate::spans::model_calls::{self, Search};
use crate::testing::{Telling, a_span, noon, span_id, sum, trace_id, usd, write};

fn later(seconds: i64) -> DateTime<Utc> {
    noon() + TimeDelta::seconds(seconds)
}

/// What 100 input tokens cost at a price per million.
fn at_price(per_million: &str, revision: &str) -> Cost {
    let line = PriceLine::new("Input", 100, per_million.parse().unwrap()).unwrap();
    let derived = DerivedCost::new(vec![line], revision).unwrap();
    let note = Some(format!("priced by {revision}"));
    Cost { usd: Some(derived.usd), source: CostSource::Derived, note, derived: Some(derived), ..Cost::default() }
}

fn a_call(trace: u64, span: i64, cost: Option<&str>) -> Span {
    let mut call = a_span(trace, span).with_model("acme", "large").for_tenant("acme").for_user("u");
    if let Some(per_million) = cost {
        call.cost = at_price(per_million, "one");
    }
    call
}

fn all() -> Scope {
    Scope { range: TimeRange { from: noon(), to: later(3_600) }, tenant: None, model: None }
}

/// A dry run at these prices, from its beginning to its end.
async fn look(db: &PgPool, new: impl Fn(&Span) -> Cost) -> i64 {
    let id = start(db, &all(), "two", later(1)).await.unwrap().unwrap();
    let search = Search { scope: &all(), received_by: later(1) };
    let from = Position::before(noon());
    let places = model_calls::places(db, search, from, later(3_600), 1_000).await.unwrap();
    let mut looked = Looked::default();
    for (place, span) in model_calls::at(db, &places).await.unwrap() {
        let new = new(&span);
        looked.add(place, &span.cost, differs(&span.cost, &new).then_some(&new));
    }
    let to = Position::before(later(3_600));
    keep(db, id, &looked, (from, to), 60).await.unwrap();
    keep(db, id, &looked, (from, to), 60).await.unwrap();
    finish(db, id, later(2)).await.unwrap();
    id
}

async fn apply_all(db: &PgPool, id: i64, at_once: i64) -> Run {
    let person = Person::new("Robin", "contract of May").unwrap();
    assert!(begin(db, id, &person, later(3)).await.unwrap());
    while !apply(db, id, at_once, later(4)).await.unwrap().is_last {}
    get(db, id).await.unwrap().unwrap()
}

/// Sums of spans, of traces, and of what the outbox adds up to.
async fn books(db: &PgPool) -> [UsdSum; 3] {
    [
        sum(db, "select coalesce(sum(cost_pico), 0)::text from span").await,
        sum(db, "select coalesce(sum(cost_pico), 0)::text from traces").await,
        sum(
            db,
            "select coalesce(sum(u.pico), 0)::text from rollup_outbox o, unnest(o.dim, o.cost_pico) as u(dim, pico) where u.dim = 3",
        )
        .await,
    ]
}

async fn unpriced(db: &PgPool) -> [i64; 2] {
    let of = async |statement: &'static str| sqlx::query_scalar::<_, i64>(statement).fetch_one(db).await.unwrap();
    [
        of("select count(*) from span where cost_pico is null").await,
        of("select sum(nocost_count)::int8 from traces").await,
    ]
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn a_plan_is_applied_in_parts_and_every_sum_moves_by_what_was_shown(db: PgPool) {
    write(&db, vec![a_call(1, 1, Some("10000")), a_call(1, 2, None), a_call(2, 1, Some("10000")), a_span(3, 1)]).await;
    write(&db, vec![a_call(4, 1, None).costing("7")]).await;
    let id = look(&db, |_| at_price("20000", "two")).await;
    let ready = get(&db, id).await.unwrap().unwrap();
    assert_eq!((ready.state, ready.total.calls, ready.changes, ready.looked), (State::Ready, 3, 3, 3));
    assert_eq!([ready.total.before, ready.total.after], [usd("2"), usd("6")]);
    assert_eq!((ready.total.unpriced_before, ready.total.unpriced_after), (1, 0));
    assert_eq!(books(&db).await, [usd("9"); 3], "nothing is written");

    let applied = apply_all(&db, id, 2).await;
    assert_eq!(books(&db).await, [usd("13"); 3]);
    assert_eq!(unpriced(&db).await, [1, 1]);
    let application = applied.application.unwrap();
    assert_eq!((applied.state, application.applied, application.skipped), (State::Applied, 3, 0));
    assert_eq!((application.by.as_str(), application.note.as_str()), ("Robin", "contract of May"));
    assert_eq!((applied.total.applied, applied.total.moved), (3, usd("4")));
    let lines = lines(&db, id, 10).await.unwrap();
    assert_eq!(lines.len(), 1);
    assert_eq!(
        (lines[0].tenant.as_deref(), lines[0].model.as_str(), lines[0].change),
        (Some("acme"), "large", applied.total)
    );
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn the_breakdown_of_a_call_agrees_with_its_new_cost_and_all_else_stays(db: PgPool) {
    let mut call = a_call(1, 1, Some("10000"));
    call.detail.scope_name = "scope".to_owned();
    call.session = Some("s".to_owned());
    write(&db, vec![call.clone()]).await;
    let id = look(&db, |_| at_price("20000", "two")).await;
    apply_all(&db, id, 10).await;
    call.cost = at_price("20000", "two");
    assert_eq!(crate::spans::one(&db, trace_id(1), span_id(1)).await.unwrap(), Some(call));
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn a_call_that_is_counted_elsewhere_keeps_its_claim_in_step(db: PgPool) {
    let mut repeated = a_call(1, 1, Some("10000"));
    repeated.cost.judge(Verdict::Repeated);
    write(&db, vec![repeated, a_call(1, 2, Some("10000")).under(1)]).await;
    let id = look(&db, |_| at_price("30000", "two")).await;
    let ready = get(&db, id).await.unwrap().unwrap();
    assert_eq!((ready.changes, ready.total.changed, ready.total.difference()), (2, 1, usd("2")));
    apply_all(&db, id, 10).await;
    assert_eq!(books(&db).await, [usd("3"); 3]);
    let cost = crate::spans::one(&db, trace_id(1), span_id(1)).await.unwrap().unwrap().cost;
    let zero = Some(Usd::ZERO);
    assert_eq!((cost.verdict, cost.usd, cost.claimed), (Verdict::Repeated, zero, "3".parse().ok()));
}

/// What the finaliser does with every trace that is due.
async fn settle_all(db: &PgPool) -> usize {
    let due = finalise::quiet(db, later(60), later(60), 100).await.unwrap();
    let findings = due.traces.into_iter().map(|mut trace| {
        let corrections = trace.settle(&settle(&trace.claims, Sight::Whole));
        Finding { trace_id: trace.trace_id, version: trace.version, found: Finalised::default(), corrections }
    });
    let findings: Vec<Finding> = findings.collect();
    finalise::apply(db, &findings).await.unwrap();
    finalise::forget(db, &due.lines).await.unwrap();
    findings.len()
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn what_is_above_a_call_is_settled_anew_when_its_cost_is_another_one(db: PgPool) {
    let parts = [a_call(1, 2, Some("10000")).under(1), a_call(1, 3, Some("20000")).under(1)];
    write(&db, [vec![a_span(1, 1).costing("3")], parts.to_vec()].concat()).await;
    assert_eq!((settle_all(&db).await, settle_all(&db).await), (1, 0));
    assert_eq!(books(&db).await, [usd("3"); 3], "the parent is the sum of its parts");
    let id = look(&db, |_| at_price("10000", "two")).await;
    apply_all(&db, id, 10).await;
    assert_eq!(books(&db).await, [usd("2"); 3]);
    assert_eq!(settle_all(&db).await, 1);
    assert_eq!(books(&db).await, [usd("5"); 3], "it is no sum of theirs any more");
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn a_finaliser_that_read_a_trace_before_does_not_undo_the_new_price(db: PgPool) {
    write(&db, vec![a_call(1, 1, Some("10000"))]).await;
    let due = finalise::quiet(&db, later(60), later(60), 100).await.unwrap();
    let id = look(&db, |_| at_price("20000", "two")).await;
    apply_all(&db, id, 10).await;
    let findings = due.traces.into_iter().map(|mut trace| {
        let corrections = trace.settle(&settle(&trace.claims, Sight::Whole));
        Finding { trace_id: trace.trace_id, version: trace.version, found: Finalised::default(), corrections }
    });
    finalise::apply(&db, &findings.collect::<Vec<_>>()).await.unwrap();
    assert_eq!(settle_all(&db).await, 1, "it is still to be looked at");
    assert_eq!(books(&db).await, [usd("2"); 3]);
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn a_call_that_has_changed_since_it_was_looked_at_stays(db: PgPool) {
    write(&db, vec![a_call(1, 1, Some("10000")), a_call(2, 1, Some("10000"))]).await;
    let id = look(&db, |_| at_price("20000", "two")).await;
    sqlx::query(
        "update repricing_change set before_pico = 1 where trace_id = (select min(trace_id::text)::uuid from traces)",
    )
    .execute(&db)
    .await
    .unwrap();
    let application = apply_all(&db, id, 1).await.application.unwrap();
    assert_eq!((application.applied, application.skipped), (1, 1));
    assert_eq!(books(&db).await, [usd("3"); 3]);
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn one_run_is_under_way_at_a_time_and_a_new_one_replaces_what_was_not_applied(db: PgPool) {
    write(&db, vec![a_call(1, 1, Some("10000"))]).await;
    let first = look(&db, |_| at_price("20000", "two")).await;
    let second = start(&db, &all(), "two", later(5)).await.unwrap().unwrap();
    assert_eq!(start(&db, &all(), "two", later(5)).await.unwrap(), None);
    let person = Person::new("Robin", "").unwrap();
    assert!(!begin(&db, first, &person, later(6)).await.unwrap());
    assert_eq!(get(&db, first).await.unwrap().unwrap().state, State::Replaced);
    assert_eq!(under_way(&db).await.unwrap().map(|under_way| under_way.run.id), Some(second));
    assert!(!forget_plans(&db).await.unwrap());
    let left: i64 = sqlx::query_scalar("select count(*) from repricing_change").fetch_one(&db).await.unwrap();
    assert_eq!(left, 0);
    fail(&db, second, "no").await.unwrap();
    assert!(under_way(&db).await.unwrap().is_none());
    assert_eq!(list(&db, 10).await.unwrap().iter().map(|run| run.id).collect::<Vec<_>>(), [second, first]);
}

/// Numbers that look random, the same in every run.
fn drawn(from: &mut u64, below: u64) -> u64 {
    *from = from.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*from >> 33) % below
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn pricing_forth_and_back_gives_the_same_books(db: PgPool) {
    let mut dice = 7;
    for round in 0..8 {
        let first = round * 100;
        let spans = (0..40).map(|number| {
            let (trace, span) = (first + drawn(&mut dice, 8), i64::from(number + 1));
            let mut call = a_call(trace, span, None);
            if drawn(&mut dice, 4) > 0 {
                call.cost = at_price(&format!("{}.{}", drawn(&mut dice, 50), drawn(&mut dice, 1_000_000)), "one");
            }
            let verdicts = [Verdict::Own, Verdict::Own, Verdict::Repeated, Verdict::Pending];
            call.cost.judge(verdicts[usize::try_from(drawn(&mut dice, 4)).unwrap()]);
            call.under(i64::try_from(drawn(&mut dice, 40) + 1).unwrap())
        });
        write(&db, spans.collect()).await;
    }
    let scope = all();
    let stored = async || {
        let places = model_calls::places(
            &db,
            Search { scope: &scope, received_by: later(9) },
            Position::before(noon()),
            later(60),
            999,
        );
        let mut spans = model_calls::at(&db, &places.await.unwrap()).await.unwrap();
        spans.sort_by_key(|(place, _)| (place.trace_id, place.span_id));
        spans.into_iter().map(|(_, span)| span).collect::<Vec<Span>>()
    };
    let (before, sums, missing) = (stored().await, books(&db).await, unpriced(&db).await);
    assert!(sums[0] > UsdSum::ZERO && sums.iter().all(|sum| *sum == sums[0]), "{sums:?}");
    let id = look(&db, |_| at_price("12345.678901", "two")).await;
    let shown = get(&db, id).await.unwrap().unwrap().total;
    let applied = apply_all(&db, id, 7).await;
    assert_eq!(applied.total.moved, shown.difference());
    assert_eq!(books(&db).await, [sums[0] + shown.difference(); 3]);

    let was =
        |span: &Span| before.iter().find(|old| (old.trace_id, old.span_id) == (span.trace_id, span.span_id)).unwrap();
    let id = look(&db, |span| {
        let mut cost = was(span).cost.clone();
        cost.judge(Verdict::Own);
        cost
    })
    .await;
    apply_all(&db, id, 11).await;
    assert_eq!(books(&db).await, sums);
    assert_eq!(unpriced(&db).await, missing);
    assert_eq!(stored().await, before);
}
