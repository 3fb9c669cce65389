//! Lists, heads and look-ups of traces.

use model::alert::drivers::Against;
use model::cost::{Dimension, Owner};
use model::span::DataTag;
use model::time::TimeRange;
use model::trace::filter::{Order, TraceFilter};

use super::*;
use crate::testing::{Telling, a_span, noon, trace_id, usd, write};

fn the_day() -> TimeRange {
    TimeRange::last_seconds(86_400, noon() + chrono::TimeDelta::hours(12))
}

/// Thirty traces, every third of acme, every fifth failed, every tenth without a known cost.
async fn thirty_traces(db: &PgPool) {
    let trace = |n: u64| {
        let root =
            a_span(n, 1).starting(n as i64 % 7).of_service(if n.is_multiple_of(2) { "gateway" } else { "worker" });
        let root = if n.is_multiple_of(3) { root.for_tenant("acme") } else { root };
        let root = if n.is_multiple_of(5) { root.failing() } else { root };
        let mut child =
            a_span(n, 2).under(1).starting(n as i64 % 7).of_service("planner").for_user(&format!("user_{n}"));
        child.duration_ns = 1_000_000_000 * (n as i64 % 4 + 1);
        if n.is_multiple_of(7) {
            (child.capability, child.data_tag) = (Some("plan".to_owned()), DataTag::Pii);
        }
        let child = if n.is_multiple_of(10) { child } else { child.costing(&format!("0.{n:02}")) };
        [root, child]
    };
    write(db, (1..=30).flat_map(trace).collect()).await;
}

async fn numbers(db: &PgPool, filter: TraceFilter) -> Vec<u64> {
    let page = list(db, &filter).await.unwrap();
    assert_eq!(page.totals.traces as usize, page.traces.len(), "everything that matches is on the page");
    let number =
        |trace: model::trace::TraceSummary| u64::from_be_bytes(trace.trace_id.to_bytes()[8..].try_into().unwrap());
    let mut numbers: Vec<u64> = page.traces.into_iter().map(number).collect();
    numbers.sort_unstable();
    numbers
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn pages_of_every_order_show_each_trace_once_and_descend(db: PgPool) {
    thirty_traces(&db).await;
    for order in [Order::Start, Order::Duration, Order::Cost] {
        let mut filter = TraceFilter { order, limit: 7, ..TraceFilter::all(the_day()) };
        let mut lines = Vec::new();
        loop {
            let page = list(&db, &filter).await.unwrap();
            assert_eq!(page.totals.traces, 30);
            lines.extend(page.traces);
            match page.next {
                Some(next) => filter.cursor = Some(next),
                None => break,
            }
        }
        let keys: Vec<_> =
            lines.iter().map(|line| filter.cursor_after(line)).map(|cursor| (cursor.at, cursor.trace_id)).collect();
        assert_eq!(keys.len(), 30);
        assert!(keys.windows(2).all(|pair| pair[0] > pair[1]), "{order:?}: {keys:?}");
    }
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn every_condition_narrows_to_what_it_says(db: PgPool) {
    thirty_traces(&db).await;
    let all = || TraceFilter::all(the_day());
    let those = |keep: fn(u64) -> bool| (1..=30).filter(|n| keep(*n)).collect::<Vec<u64>>();
    let strings = |name: &str| vec![name.to_owned()];
    assert_eq!(numbers(&db, TraceFilter { tenants: strings("acme"), ..all() }).await, those(|n| n % 3 == 0));
    assert_eq!(numbers(&db, TraceFilter { services: strings("gateway"), ..all() }).await, those(|n| n % 2 == 0));
    assert_eq!(numbers(&db, TraceFilter { services: strings("planner"), ..all() }).await, those(|_| true));
    assert_eq!(numbers(&db, TraceFilter { services: strings("nobody"), ..all() }).await, those(|_| false));
    assert_eq!(numbers(&db, TraceFilter { user: Some("user_7".to_owned()), ..all() }).await, [7]);
    assert_eq!(numbers(&db, TraceFilter { operation: Some("work".to_owned()), ..all() }).await, those(|_| true));
    assert_eq!(numbers(&db, TraceFilter { model: Some("gpt-4o".to_owned()), ..all() }).await, those(|_| false));
    let capability = |name: &str| Some(name.to_owned());
    assert_eq!(numbers(&db, TraceFilter { capability: capability("plan"), ..all() }).await, those(|n| n % 7 == 0));
    assert_eq!(numbers(&db, TraceFilter { data_tag: Some(DataTag::Pii), ..all() }).await, those(|n| n % 7 == 0));
    let unowned = |without| TraceFilter { without: Some(without), ..all() };
    assert_eq!(numbers(&db, unowned(Dimension::Tenant)).await, those(|n| n % 10 != 0), "what cost something");
    assert_eq!(numbers(&db, unowned(Dimension::User)).await, those(|_| false));
    assert_eq!(numbers(&db, unowned(Dimension::Capability)).await, those(|n| n % 10 != 0 && n % 7 != 0));
    assert_eq!(numbers(&db, TraceFilter { has_errors: Some(true), ..all() }).await, those(|n| n % 5 == 0));
    assert_eq!(numbers(&db, TraceFilter { has_errors: Some(false), ..all() }).await, those(|n| n % 5 != 0));
    let seconds = |count: i64| Some(count * 1_000_000_000);
    assert_eq!(numbers(&db, TraceFilter { min_duration_ns: seconds(3), ..all() }).await, those(|n| n % 4 >= 2));
    assert_eq!(numbers(&db, TraceFilter { max_duration_ns: seconds(2), ..all() }).await, those(|n| n % 4 < 2));
    let cost = |text: &str| Some(text.parse().unwrap());
    assert_eq!(numbers(&db, TraceFilter { min_cost: cost("0.28"), ..all() }).await, [28, 29]);
    assert_eq!(numbers(&db, TraceFilter { max_cost: cost("0.02"), ..all() }).await, [1, 2]);
    let before = TimeRange { from: noon() - chrono::TimeDelta::hours(1), to: noon() };
    assert_eq!(numbers(&db, TraceFilter::all(before)).await, those(|_| false));
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn sums_and_facets_are_of_everything_that_matches(db: PgPool) {
    thirty_traces(&db).await;
    let filter = TraceFilter { limit: 1, ..TraceFilter::all(the_day()) };
    let page = list(&db, &filter).await.unwrap();
    assert_eq!(lines(&db, &filter).await.unwrap(), page.traces, "the lines alone are the same lines");
    assert_eq!(page.traces.len(), 1);
    // 0.01 to 0.30 without the tens: 4.65 - 0.6.
    assert_eq!(page.totals.cost, usd("4.05"));
    assert_eq!(page.totals.with_errors, 6);
    assert_eq!((page.totals.p50_ns, page.totals.p95_ns), (Some(2_000_000_000), Some(4_000_000_000)));
    assert_eq!(page.facets.tenants, [(None, 20), (Some("acme".to_owned()), 10)]);
    assert_eq!(page.facets.services, [("gateway".to_owned(), 15), ("worker".to_owned(), 15)]);
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn an_unknown_cost_is_not_zero(db: PgPool) {
    write(&db, vec![a_span(1, 1), a_span(2, 1).costing("0")]).await;
    let cost = async |n| head(&db, trace_id(n)).await.unwrap().unwrap().summary.cost;
    assert_eq!(cost(1).await, None);
    assert_eq!(cost(2).await, Some(model::Usd::ZERO));
    assert_eq!(head(&db, trace_id(3)).await.unwrap(), None);
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn the_dearest_of_some_traces_are_found_wherever_they_stand(db: PgPool) {
    thirty_traces(&db).await;
    let ids = [7, 29, 3, 13, 99].map(trace_id);
    let found: Vec<_> = dearest_of(&db, &ids, 3).await.unwrap().into_iter().map(|trace| trace.trace_id).collect();
    assert_eq!(found, [29, 13, 7].map(trace_id));
    assert_eq!(dearest_of(&db, &[], 3).await.unwrap(), []);
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn the_traces_of_an_owner_are_those_of_a_tenant_or_those_with_its_spans(db: PgPool) {
    thirty_traces(&db).await;
    let owner = |dimension, key: Option<&str>| Owner { dimension, key: key.map(str::to_owned) };
    let acme = owner(Dimension::Tenant, Some("acme"));
    let of_acme = spend(&db, &acme, the_day()).await.unwrap();
    // 0.03 to 0.27 without the thirtieth; failed are the fifteenth and the thirtieth.
    assert_eq!((of_acme.traces, of_acme.failed), (10, 2));
    assert_eq!((of_acme.cost, of_acme.failed_cost, of_acme.failed_spans_cost), (usd("1.35"), usd("0.15"), None));
    assert_eq!(by_tenant(&db, the_day()).await.unwrap().get(&Some("acme".to_owned())), Some(&of_acme));
    let user = owner(Dimension::User, Some("user_15"));
    let of_user = spend(&db, &user, the_day()).await.unwrap();
    // Its span did not fail, the root above it did.
    assert_eq!((of_user.traces, of_user.failed, of_user.failed_cost), (1, 1, usd("0.15")));
    assert_eq!(of_user.failed_spans_cost, Some(usd("0")));
    let gateway = spend(&db, &owner(Dimension::Service, Some("gateway")), the_day()).await.unwrap();
    assert_eq!((gateway.traces, gateway.cost), (15, usd("0")), "its spans cost nothing");
    let dearest = dearest_of_tenant(&db, Some("acme"), the_day(), 3).await.unwrap();
    assert_eq!(dearest.into_iter().map(|trace| trace.trace_id).collect::<Vec<_>>(), [27, 24, 21].map(trace_id));
    assert_eq!(dearest_of_tenant(&db, Some("nobody"), the_day(), 3).await.unwrap(), []);
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn what_several_spent_is_found_together_and_each_has_its_own_dearest_first(db: PgPool) {
    thirty_traces(&db).await;
    let of = |n: u64, tenant| a_span(n, 1).for_tenant(tenant).of_service("planner").costing("1");
    write(&db, vec![of(41, "acme"), of(42, "beta")]).await;
    let suspect = |dimension, key: Option<&str>| Suspect {
        owner: Owner { dimension, key: key.map(str::to_owned) },
        tenant: None,
        since: noon(),
    };
    let planner = suspect(Dimension::Service, Some("planner"));
    let suspects = [
        suspect(Dimension::User, Some("user_7")),
        suspect(Dimension::Capability, Some("plan")),
        Suspect { tenant: Some("beta".to_owned()), ..planner.clone() },
        Suspect { since: noon() + chrono::TimeDelta::seconds(6), ..planner.clone() },
        suspect(Dimension::Total, None),
        suspect(Dimension::User, Some("nobody")),
        suspect(Dimension::User, Some("user_10")),
        suspect(Dimension::User, Some("user_9")),
    ];
    let found = evidence(&db, &suspects, the_day().to).await.unwrap();
    let of_plan = [28, 21, 14, 7].map(trace_id).to_vec();
    let late = [27, 13, 6].map(trace_id).to_vec();
    let user = |n| vec![trace_id(n)];
    assert_eq!(found[..4], [user(7), of_plan, user(42), late]);
    assert_eq!(
        (found[4].len(), &found[4][..3]),
        (29, &[42, 41, 29].map(trace_id)[..]),
        "what costs nothing is no evidence"
    );
    assert_eq!(found[5..], [vec![], vec![], user(9)], "nor is what nobody knows the cost of");
    assert_eq!(evidence(&db, &suspects, noon()).await.unwrap(), vec![Vec::<TraceId>::new(); suspects.len()]);
    assert_eq!(evidence(&db, &[], noon()).await.unwrap(), Vec::<Vec<TraceId>>::new());
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn what_dear_traces_do_more_of_is_told_against_ordinary_ones_of_the_same_root(db: PgPool) {
    /// A run with so many calls of this price, this long after noon.
    fn run(trace: u64, calls: i64, usd: &str, seconds: i64) -> Vec<model::Span> {
        let of = |span: i64| a_span(trace, span).for_tenant("acme").of_service("planner").starting(seconds);
        let call = |number: i64| model::Span {
            name: "chat".into(),
            ..of(10 + number).under(1).with_model("openai", "gpt-4o").costing(usd)
        };
        std::iter::once(of(1)).chain((0..calls).map(call)).chain([of(2).under(1).costing("0.01")]).collect()
    }
    const WEEK: i64 = 7 * 86_400;
    let ordinary = (1..=12).flat_map(|number| run(number, 2, "0.01", -WEEK + number.cast_signed()));
    let others = (21..=30).flat_map(|number| run(number, 50, "0.01", -2 * WEEK + 7_200 + number.cast_signed()));
    write(&db, ordinary.chain(others).collect()).await;
    write(&db, [run(101, 8, "0.03", 60), run(102, 8, "0.03", 61)].concat()).await;
    let told = drivers(&db, &[trace_id(101), trace_id(102)]).await.unwrap().unwrap();
    assert_eq!((told.traces, told.ordinary, told.against), (2, 12, Against::SameHour));
    let [chat] = told.operations.as_slice() else { panic!("the other call costs what it did: {told:?}") };
    let names = (chat.service.as_str(), chat.operation.as_str(), chat.model.as_deref());
    assert_eq!(names, ("planner", "chat", Some("gpt-4o")));
    assert_eq!((chat.now.calls, chat.usual.calls), (8.0, 2.0));
    assert!((chat.now.over(&chat.usual) - 0.22).abs() < 1e-9, "{chat:?}");
    assert_eq!(drivers(&db, &[trace_id(999)]).await.unwrap(), None);
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn a_young_history_is_told_by_the_day_before_and_none_by_nothing(db: PgPool) {
    let one =
        |trace, usd, seconds| a_span(trace, 1).for_tenant("acme").of_service("planner").costing(usd).starting(seconds);
    write(&db, vec![one(1, "1", 0)]).await;
    assert_eq!(drivers(&db, &[trace_id(1)]).await.unwrap(), None);
    write(&db, vec![one(2, "0.25", -3_600), one(3, "0.25", -90_000)]).await;
    let told = drivers(&db, &[trace_id(1)]).await.unwrap().unwrap();
    assert_eq!((told.ordinary, told.against), (1, Against::DayBefore));
    assert!((told.operations[0].now.over(&told.operations[0].usual) - 0.75).abs() < 1e-9);
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn traces_with_a_span_of_unknown_cost_are_found(db: PgPool) {
    let priced = a_span(1, 1).costing("0.5");
    let free = a_span(2, 1).costing("0");
    let partly = [a_span(3, 1).costing("0.5"), a_span(3, 2).under(1)];
    write(&db, [priced, free].into_iter().chain(partly).collect()).await;
    let all = || TraceFilter::all(the_day());
    assert_eq!(numbers(&db, TraceFilter { unpriced: true, ..all() }).await, [3], "free is not unknown");
}
