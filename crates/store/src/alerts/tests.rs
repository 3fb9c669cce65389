//! Alerts: kept, changed by one at a time, and what their rules see.

use chrono::TimeDelta;
use model::alert::query::{Comparison, Measure, Query};
use model::alert::wanted::Wanted;
use model::alert::{Hold, Observation, Severity};
use model::time::TimeRange;

use super::*;
use crate::testing::{Telling, a_span, an_alert, noon, trace_id, write};

fn an_entry(text: &str, state: State, by: Option<&str>) -> HistoryEntry {
    HistoryEntry { at: noon(), state, by: by.map(str::to_owned), text: text.to_owned() }
}

async fn fire(db: &PgPool, rule: &str) -> Alert {
    let id = insert(db, &an_alert(rule), &an_entry("fired", State::Firing, None)).await.unwrap().unwrap();
    get(db, id).await.unwrap().unwrap()
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn an_alert_comes_back_as_it_was(db: PgPool) {
    let fired = fire(&db, "Deep").await;
    assert_eq!(fired, Alert { id: fired.id, version: 1, ..an_alert("Deep") });
    assert_eq!(open_of_rule(&db, "Deep").await.unwrap(), Some(fired.clone()));
    let hold = Hold {
        by: "ann".into(),
        note: String::new(),
        at: noon(),
        until: None,
        grows_by: Some("5".parse().unwrap()),
        count: 3,
        peak: Some(0.25),
    };
    let held = Alert { state: State::Acknowledged, hold: Some(hold), ..fired.clone() };
    assert!(update(&db, &held, Some(&an_entry("taken", State::Acknowledged, Some("ann")))).await.unwrap());
    assert_eq!(get(&db, fired.id).await.unwrap(), Some(Alert { version: 2, ..held }));
    let told: Vec<String> = history(&db, fired.id).await.unwrap().into_iter().map(|entry| entry.text).collect();
    assert_eq!(told, ["taken", "fired"]);
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn every_time_an_alert_fired_is_found_and_what_people_did_is_not(db: PgPool) {
    let alert = fire(&db, "Dear").await;
    let later = |hours, by: Option<&str>, state| HistoryEntry {
        at: noon() + TimeDelta::hours(hours),
        ..an_entry("later", state, by)
    };
    for entry in [
        later(1, Some("ann"), State::Acknowledged),
        later(2, None, State::Firing),
        later(3, None, State::Resolved),
        later(4, Some("ann"), State::Firing),
    ] {
        let read = get(&db, alert.id).await.unwrap().unwrap();
        assert!(update(&db, &read, Some(&entry)).await.unwrap());
    }
    let times = async |from: i64, to: i64, limit| {
        let range = TimeRange { from: noon() + TimeDelta::hours(from), to: noon() + TimeDelta::hours(to) };
        let fired = fired(&db, range, limit).await.unwrap();
        assert!(fired.iter().all(|(_, found)| found.id == alert.id && found.version == 5));
        fired.into_iter().map(|(at, _)| (at - noon()).num_hours()).collect::<Vec<_>>()
    };
    assert_eq!(times(0, 5, 10).await, [2, 0]);
    assert_eq!(times(0, 2, 10).await, [0], "the end is not in the range");
    assert_eq!(times(0, 5, 1).await, [2], "the newest");
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn the_second_of_two_who_change_an_alert_is_told(db: PgPool) {
    let read = fire(&db, "Deep").await;
    let before = change_count(&db).await.unwrap();
    let entry = an_entry("resolved", State::Resolved, Some("ann"));
    let resolved = Alert { state: State::Resolved, resolved_at: Some(noon()), ..read.clone() };
    let (first, second) = tokio::join!(update(&db, &resolved, Some(&entry)), update(&db, &resolved, Some(&entry)));
    assert_ne!(first.unwrap(), second.unwrap());
    assert_eq!(history(&db, read.id).await.unwrap().len(), 2);
    assert_eq!(change_count(&db).await.unwrap(), before + 1);
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn another_trace_as_evidence_is_news_and_another_look_is_not(db: PgPool) {
    let alert = fire(&db, "Dear").await;
    let before = change_count(&db).await.unwrap();
    let mut looked = Alert { last_true_at: noon() + TimeDelta::seconds(1), ..alert.clone() };
    looked.observation.evidence.reverse();
    assert!(update(&db, &looked, None).await.unwrap());
    assert_eq!(change_count(&db).await.unwrap(), before);
    let mut grown = Alert { version: looked.version + 1, ..looked };
    grown.observation.evidence.insert(0, crate::testing::trace_id(77));
    assert!(update(&db, &grown, None).await.unwrap());
    assert_eq!(change_count(&db).await.unwrap(), before + 1);
    assert_eq!(history(&db, alert.id).await.unwrap().len(), 1);
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn alerts_are_listed_firing_then_held_then_resolved(db: PgPool) {
    let (resolved, held) = (fire(&db, "a").await, fire(&db, "b").await);
    fire(&db, "c").await;
    let resolved = Alert { state: State::Resolved, resolved_at: Some(noon()), ..resolved };
    assert!(update(&db, &resolved, None).await.unwrap());
    assert!(update(&db, &Alert { state: State::Snoozed, ..held }, None).await.unwrap());
    let rules: Vec<String> = list(&db, None, 10).await.unwrap().into_iter().map(|alert| alert.rule).collect();
    assert_eq!(rules, ["c", "b", "a"]);
    assert_eq!(list(&db, Some(State::Resolved), 10).await.unwrap().len(), 1);
    assert_eq!(open_of_rule(&db, "a").await.unwrap(), None);
    let tally = async |hours| counts(&db, noon() + TimeDelta::hours(hours)).await.unwrap();
    assert_eq!(tally(1).await, Counts { firing: 1, held: 1, resolved_24h: 1 });
    assert_eq!(tally(25).await.resolved_24h, 0);
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn a_rule_has_at_most_one_open_alert(db: PgPool) {
    fire(&db, "Deep").await;
    assert_eq!(insert(&db, &an_alert("Deep"), &an_entry("fired", State::Firing, None)).await.unwrap(), None);
    assert_eq!(history(&db, list(&db, None, 10).await.unwrap()[0].id).await.unwrap().len(), 1);
}

fn window() -> TimeRange {
    TimeRange { from: noon() - TimeDelta::minutes(1), to: noon() + TimeDelta::minutes(1) }
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn a_dear_trace_is_seen_with_who_pays_for_it(db: PgPool) {
    let dear = |trace: u64, usd: &str| a_span(trace, 1).for_tenant("acme").costing(usd);
    let history = dear(4, "9").starting(-7_200);
    write(&db, vec![dear(1, "0.1"), dear(2, "0.2"), dear(3, "0.75"), history, a_span(5, 1)]).await;
    let query = Query::TraceCost { op: Comparison::Greater, limit: "0.1".parse().unwrap() };
    let seen = observe(&db, &query, window()).await.unwrap();
    assert_eq!((seen.count, seen.peak), (2, Some(0.75)));
    assert_eq!(seen.evidence, [3, 2].map(trace_id));
    let labels = [("tenant", "acme"), ("service", "worker"), ("operation", "work")];
    assert_eq!(seen.labels, labels.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let later = TimeRange { from: window().to, to: window().to + TimeDelta::minutes(1) };
    assert_eq!(observe(&db, &query, later).await.unwrap(), Observation::default());
    let points = series(&db, &query, window(), 60).await.unwrap();
    assert_eq!(points.iter().map(|(_, value)| *value).collect::<Vec<_>>(), [None, Some(0.75)]);
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn spans_without_a_cost_are_counted_where_they_arrived(db: PgPool) {
    let mut spans: Vec<_> = (1..=5).map(|span| a_span(1, span)).collect();
    spans.extend([a_span(2, 1), a_span(2, 2).costing("0"), a_span(3, 1).starting(-7_200)]);
    write(&db, spans).await;
    let seen = observe(&db, &Query::SpansWithoutCost, window()).await.unwrap();
    assert_eq!((seen.count, seen.peak, seen.evidence), (6, Some(5.0), vec![trace_id(1), trace_id(2)]));
    let points = series(&db, &Query::SpansWithoutCost, window(), 60).await.unwrap();
    assert_eq!(points.iter().map(|(_, value)| *value).collect::<Vec<_>>(), [None, Some(6.0)]);
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn figures_of_whole_traces_are_compared_as_written(db: PgPool) {
    let two = (1..=2).map(|span| a_span(1, span).failing());
    let three = (1..=3).map(|span| a_span(2, span));
    write(&db, two.chain(three).collect()).await;
    sqlx::query("update traces set max_depth = span_count, orphan_count = span_count * 10").execute(&db).await.unwrap();
    let count = async |measure, op, limit| {
        observe(&db, &Query::TraceMeasure { measure, op, limit }, window()).await.unwrap().count
    };
    assert_eq!(count(Measure::Depth, Comparison::Greater, 2).await, 1);
    assert_eq!(count(Measure::Spans, Comparison::GreaterOrEqual, 2).await, 2);
    assert_eq!(count(Measure::Errors, Comparison::Less, 2).await, 1);
    assert_eq!(count(Measure::DurationNs, Comparison::LessOrEqual, 10_000_000).await, 2);
    assert_eq!(count(Measure::Errors, Comparison::Equal, 2).await, 1);
    let orphans = observe(&db, &Query::OrphanSpans, window()).await.unwrap();
    assert_eq!((orphans.count, orphans.peak, orphans.evidence), (50, Some(30.0), vec![trace_id(2), trace_id(1)]));
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn several_are_kept_together_and_each_tells_whether_it_was(db: PgPool) {
    let known = fire(&db, "Known").await;
    let stale = Alert { version: known.version + 7, ..known.clone() };
    let step =
        |alert: Alert, text: Option<&str>| Step { alert, entry: text.map(|text| an_entry(text, State::Firing, None)) };
    let steps = [
        step(an_alert("First"), Some("fired")),
        step(an_alert("Known"), Some("fired")),
        step(known.clone(), None),
        step(stale, Some("too late")),
        step(an_alert("Last"), Some("fired")),
    ];
    let before = change_count(&db).await.unwrap();
    let ids = keep(&db, &steps).await.unwrap();
    let [Some(first), None, Some(again), None, Some(last)] = ids[..] else { panic!("{ids:?}") };
    assert_eq!((again, first < last), (known.id, true), "in their order");
    assert_eq!(get(&db, known.id).await.unwrap().unwrap(), Alert { version: known.version + 1, ..known.clone() });
    assert_eq!(history(&db, known.id).await.unwrap().len(), 1, "only figures moved");
    assert_eq!(history(&db, first).await.unwrap(), [an_entry("fired", State::Firing, None)]);
    assert_eq!(change_count(&db).await.unwrap(), before + 1);
    keep(&db, &[step(get(&db, last).await.unwrap().unwrap(), None)]).await.unwrap();
    assert_eq!(change_count(&db).await.unwrap(), before + 1, "that it was looked at is no news");
    let mut rules = open_rules(&db).await.unwrap();
    rules.sort();
    assert_eq!(rules.iter().map(|(rule, ..)| rule.as_str()).collect::<Vec<_>>(), ["First", "Known", "Last"]);
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn what_is_wanted_is_found_by_its_rule_and_labels_the_most_severe_first_and_all_of_it_is_counted(db: PgPool) {
    let keep = async |rule: &str, severity, tenant: &str, state, minutes: i64| {
        let labels = vec![("tenant".to_owned(), tenant.to_owned())];
        let plain = an_alert(rule);
        let alert = Alert {
            severity,
            state,
            fired_at: noon() + TimeDelta::minutes(minutes),
            resolved_at: (state == State::Resolved).then(|| noon() + TimeDelta::minutes(minutes)),
            observation: Observation { labels, ..plain.observation.clone() },
            ..plain
        };
        insert(&db, &alert, &an_entry("fired", state, None)).await.unwrap().unwrap()
    };
    let late = keep("Slow answers", Severity::Warning, "acme", State::Firing, 9).await;
    let dear = keep("Dear trace", Severity::Critical, "acme robotics", State::Firing, 1).await;
    let deep = keep("Deep trace", Severity::Critical, "beta", State::Firing, 0).await;
    let over = keep("Dear trace, again", Severity::Critical, "acme", State::Resolved, 5).await;
    let _long_over = keep("Dear trace, then", Severity::Critical, "acme", State::Resolved, -60).await;
    let found = async |text: &str, severity: &str, state: &str, limit| {
        let wanted = Wanted::read(text, severity, state).unwrap();
        let found = find(&db, &wanted, noon(), limit).await.unwrap();
        let total: i64 = found.counts.iter().map(|(_, count)| count).sum();
        (found.alerts.into_iter().map(|alert| alert.id).collect::<Vec<_>>(), total)
    };
    assert_eq!(found("", "", "", 9).await, (vec![dear, deep, late, over], 4));
    assert_eq!(found("", "", "", 1).await, (vec![dear, over], 4), "the first of each state, and all are counted");
    assert_eq!(found("ACME", "", "", 9).await, (vec![dear, late, over], 3));
    assert_eq!(found("tenant=acme", "", "", 9).await, (vec![late, over], 2), "a label is the whole of it");
    assert_eq!(found("dear acme", "", "firing", 9).await, (vec![dear], 1));
    assert_eq!(found("", "warning", "", 9).await, (vec![late], 1));
    assert_eq!(found("% _", "", "", 9).await, (vec![], 0), "what is typed is no pattern");
}
