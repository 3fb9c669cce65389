//! One test per sentence of what an alert does.

use proptest::prelude::*;

use super::super::hold::{Person, Quiet, acknowledge, resolve, snooze};
use super::super::{Severity, Terms};
use super::*;
use crate::TraceId;

/// A rule with a window of a minute.
fn rule(threshold: i64) -> Rule {
    let query_text = "sum(cost_usd) by trace_id > 0.1";
    Rule {
        name: "Trace Cost Anomaly".into(),
        query: query_text.parse().unwrap(),
        query_text: query_text.into(),
        threshold,
        window_seconds: 60,
        severity: Severity::Critical,
        terms: Terms::default(),
    }
}

fn saw(count: i64, peak: f64) -> Observation {
    Observation { count, peak: Some(peak), ..Observation::default() }
}

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_700_000_000 + seconds, 0).unwrap()
}

fn until(seconds: i64) -> Quiet {
    Quiet { until: Some(at(seconds)), grows_by: None }
}

fn person() -> Person {
    Person::new("Ines", "looking").unwrap()
}

/// The alert after `count` was seen at `seconds`; it must have changed.
fn after(alert: &Alert, count: i64, peak: f64, seconds: i64) -> Step {
    observe(&rule(1), Some(alert), &saw(count, peak), at(seconds)).unwrap()
}

fn firing() -> Alert {
    observe(&rule(1), None, &saw(2, 0.2), at(0)).unwrap().alert
}

#[test]
fn a_rule_fires_when_its_count_reaches_the_threshold() {
    assert_eq!(observe(&rule(3), None, &saw(2, 0.5), at(0)), None);
    let step = observe(&rule(3), None, &saw(3, 0.5), at(0)).unwrap();
    assert_eq!((step.alert.state, step.alert.fired_at, step.alert.peak_count), (State::Firing, at(0), 3));
    assert_eq!(step.entry.unwrap().text, "Fired: 3 traces, threshold 3");
}

#[test]
fn a_firing_alert_goes_on_without_a_word_and_remembers_its_worst() {
    let step = after(&firing(), 9, 1.0, 10);
    assert_eq!(step.entry, None);
    let step = after(&step.alert, 4, 0.5, 20);
    assert_eq!((step.alert.observation.count, step.alert.peak_count, step.alert.last_true_at), (4, 9, at(20)));
    assert_eq!(step.alert.fired_at, at(0));
}

#[test]
fn a_quiet_window_does_not_forget_how_bad_it_was() {
    let nothing = Observation::default();
    let quiet = observe(&rule(1), Some(&firing()), &nothing, at(30)).unwrap().alert;
    assert_eq!((quiet.observation.count, quiet.observation.peak), (0, Some(0.2)));
    let over = observe(&rule(1), Some(&quiet), &nothing, at(60)).unwrap().alert;
    assert_eq!((over.state, over.observation.peak), (State::Resolved, Some(0.2)));
}

#[test]
fn an_alert_resolves_when_its_condition_has_been_false_for_one_window() {
    let quiet = after(&firing(), 0, 0.0, 59).alert;
    assert_eq!(quiet.state, State::Firing);
    let step = after(&quiet, 0, 0.0, 60);
    assert_eq!((step.alert.state, step.alert.resolved_at), (State::Resolved, Some(at(60))));
    assert_eq!(step.entry.unwrap().text, "Resolved: the condition has been false for 60 s");
}

#[test]
fn an_alert_resolves_a_window_after_the_clock_was_set_back() {
    let step = after(&firing(), 0, 0.0, -86_400);
    assert_eq!((step.alert.state, step.entry), (State::Firing, None));
    assert_eq!(after(&step.alert, 0, 0.0, -86_340).alert.state, State::Resolved);
}

#[test]
fn a_condition_that_comes_back_within_the_window_starts_it_anew() {
    let quiet = after(&firing(), 0, 0.0, 50).alert;
    let back = after(&quiet, 1, 0.2, 55).alert;
    assert_eq!(after(&back, 0, 0.0, 100).alert.state, State::Firing);
    assert_eq!(after(&back, 0, 0.0, 115).alert.state, State::Resolved);
}

#[test]
fn an_acknowledged_alert_stays_quiet_until_its_end() {
    let (held, _) = acknowledge(&firing(), &person(), until(100), at(1)).unwrap();
    let step = after(&held, 3, 0.3, 99);
    assert_eq!((step.alert.state, step.entry), (State::Acknowledged, None));
    let step = after(&step.alert, 3, 0.3, 100);
    assert_eq!((step.alert.state, step.alert.hold, step.alert.fired_at), (State::Firing, None, at(100)));
    assert_eq!(step.entry.unwrap().text, "Fires again: Ines's acknowledgement is over; 3 traces now");
}

#[test]
fn an_acknowledged_alert_about_traces_fires_again_when_its_worst_trace_doubles() {
    let (held, _) = acknowledge(&firing(), &person(), Quiet::default(), at(1)).unwrap();
    assert_eq!(after(&held, 3, 0.39, 2).alert.state, State::Acknowledged);
    assert_eq!(after(&held, 40, 0.2, 2).alert.state, State::Acknowledged, "more of the same");
    let step = after(&held, 1, 0.4, 2);
    assert_eq!(step.alert.state, State::Firing);
    assert_eq!(step.entry.unwrap().text, "Fires again: it is twice what Ines acknowledged; 1 trace now");
}

#[test]
fn an_acknowledged_alert_may_grow_by_as_many_dollars_as_were_named() {
    let quiet = Quiet { until: None, grows_by: Some("5".parse().unwrap()) };
    let (held, _) = acknowledge(&firing(), &person(), quiet, at(1)).unwrap();
    assert_eq!(after(&held, 1, 5.19, 2).alert.state, State::Acknowledged, "far more than twice");
    let step = after(&held, 1, 5.2, 3);
    assert_eq!(step.alert.state, State::Firing);
    assert_eq!(step.entry.unwrap().text, "Fires again: it is $5 more than what Ines acknowledged; 1 trace now");
}

#[test]
fn an_acknowledged_alert_about_spans_fires_again_when_their_number_doubles() {
    let spans = Rule { query: Query::OrphanSpans, ..rule(100) };
    let alert = observe(&spans, None, &saw(120, 30.0), at(0)).unwrap().alert;
    let (held, _) = acknowledge(&alert, &person(), Quiet::default(), at(1)).unwrap();
    let after = |count, peak| observe(&spans, Some(&held), &saw(count, peak), at(2)).unwrap().alert.state;
    assert_eq!(after(239, 99.0), State::Acknowledged);
    assert_eq!(after(240, 1.0), State::Firing);
}

#[test]
fn an_acknowledged_alert_resolves_like_any_other() {
    let (held, _) = acknowledge(&firing(), &person(), Quiet::default(), at(1)).unwrap();
    assert_eq!(after(&held, 0, 0.0, 60).alert.state, State::Resolved);
}

#[test]
fn a_snoozed_alert_is_silent_until_its_end_whatever_happens() {
    let (held, _) = snooze(&firing(), &person(), at(500), at(1)).unwrap();
    let step = after(&held, 1000, 99.0, 100);
    assert_eq!((step.alert.state, step.entry), (State::Snoozed, None));
    assert_eq!(after(&step.alert, 0, 0.0, 499).alert.state, State::Snoozed);
}

#[test]
fn a_snoozed_alert_is_looked_at_again_when_the_snooze_is_over() {
    let (held, _) = snooze(&firing(), &person(), at(500), at(1)).unwrap();
    let step = after(&held, 1, 0.2, 500);
    assert_eq!(step.alert.state, State::Firing);
    assert_eq!(step.entry.unwrap().text, "Fires again: Ines's snooze is over; 1 trace now");
    assert_eq!(after(&held, 0, 0.0, 500).alert.state, State::Resolved);
}

#[test]
fn a_new_breach_after_the_end_opens_a_new_alert() {
    let (over, _) = resolve(&firing(), &person(), at(5)).unwrap();
    assert_eq!(observe(&rule(1), Some(&over), &saw(0, 0.0), at(6)), None);
    let step = observe(&rule(1), Some(&over), &saw(1, 0.2), at(6)).unwrap();
    assert_eq!((step.alert.id, step.alert.state, step.alert.fired_at), (0, State::Firing, at(6)));
}

#[test]
fn an_alert_without_its_rule_is_resolved() {
    let step = without_rule(&firing(), at(9));
    assert_eq!((step.alert.state, step.alert.resolved_at), (State::Resolved, Some(at(9))));
}

#[test]
fn evidence_and_labels_accumulate_the_latest_first() {
    let trace = |number: u8| TraceId::from_bytes([number; 16]).unwrap();
    let label = |value: &str| ("tenant".to_owned(), value.to_owned());
    let mut alert = firing();
    alert.observation.evidence = (1..=50).map(trace).collect();
    alert.observation.labels = vec![label("acme")];
    let seen = Observation {
        evidence: vec![trace(60), trace(3)],
        labels: vec![label("globex"), label("acme")],
        ..saw(2, 0.2)
    };
    let merged = observe(&rule(1), Some(&alert), &seen, at(1)).unwrap().alert.observation;
    assert_eq!(merged.evidence[..3], [trace(60), trace(3), trace(1)]);
    assert_eq!(merged.evidence.len(), EVIDENCE_MAX);
    assert_eq!(merged.labels, [label("globex"), label("acme")]);
}

#[test]
fn a_figure_that_does_not_move_is_not_written_again() {
    let quiet = after(&firing(), 0, 0.0, 10).alert;
    assert_eq!(observe(&rule(1), Some(&quiet), &saw(0, 0.0), at(20)), None);
}

/// Something that happens to an alert.
#[derive(Debug, Clone)]
enum Event {
    Seen(i64, Option<f64>),
    Acknowledged(Option<i64>),
    Snoozed(i64),
    Resolved,
}

fn any_event() -> impl Strategy<Value = (i64, Event)> {
    let event = prop_oneof![
        4 => (prop_oneof![-1..5i64, any::<i64>()], any::<Option<f64>>()).prop_map(|(count, peak)| Event::Seen(count, peak)),
        1 => any::<Option<i32>>().prop_map(|until| Event::Acknowledged(until.map(i64::from))),
        1 => any::<i32>().prop_map(|until| Event::Snoozed(i64::from(until))),
        1 => Just(Event::Resolved),
    ];
    (-100..1000i64, event)
}

proptest! {
    #[test]
    fn no_sequence_panics_and_resolved_is_final(
        events in prop::collection::vec(any_event(), 0..40),
        window_seconds in any::<i64>(),
    ) {
        let rule = Rule { window_seconds, ..rule(1) };
        let mut alert: Option<Alert> = None;
        for (now, event) in events {
            let before = alert.clone();
            let held = match (&event, &alert) {
                (Event::Seen(count, peak), _) => {
                    let seen = Observation { count: *count, peak: *peak, ..Observation::default() };
                    observe(&rule, alert.as_ref(), &seen, at(now)).map(|step| step.alert)
                }
                (_, None) => None,
                (Event::Acknowledged(until), Some(alert)) => {
                    acknowledge(alert, &person(), Quiet { until: until.map(at), grows_by: None }, at(now)).ok().map(|(alert, _)| alert)
                }
                (Event::Snoozed(until), Some(alert)) => {
                    snooze(alert, &person(), at(*until), at(now)).ok().map(|(alert, _)| alert)
                }
                (Event::Resolved, Some(alert)) => resolve(alert, &person(), at(now)).ok().map(|(alert, _)| alert),
            };
            if let (Some(before), Some(after)) = (&before, &held) {
                // Whatever comes after a resolved alert is a new one, which fires.
                prop_assert!(before.state != State::Resolved || (after.state == State::Firing && after.fired_at == at(now)));
            }
            if let Some(after) = &held {
                prop_assert_eq!(after.state == State::Resolved, after.resolved_at.is_some());
                prop_assert_eq!(matches!(after.state, State::Acknowledged | State::Snoozed), after.hold.is_some());
            }
            alert = held.or(alert);
        }
    }
}

fn patient(for_seconds: i64) -> Rule {
    Rule { terms: Terms { for_seconds, ..Terms::default() }, ..rule(1) }
}

#[test]
fn what_has_to_hold_for_a_while_is_pending_until_it_has() {
    let rule = patient(120);
    let step = observe(&rule, None, &saw(1, 0.2), at(0)).unwrap();
    assert_eq!((step.alert.state, step.entry), (State::Pending, None), "nobody hears of it");
    let step = observe(&rule, Some(&step.alert), &saw(3, 0.3), at(119)).unwrap();
    assert_eq!((step.alert.state, step.alert.peak_count, step.entry), (State::Pending, 3, None));
    let step = observe(&rule, Some(&step.alert), &saw(2, 0.2), at(120)).unwrap();
    assert_eq!((step.alert.state, step.alert.fired_at), (State::Firing, at(120)));
    assert_eq!(step.entry.unwrap().text, "Fired: 2 traces, threshold 1, for 120 s");
}

#[test]
fn what_is_pending_is_gone_without_a_word_at_the_first_look_that_finds_nothing() {
    let pending = observe(&patient(120), None, &saw(1, 0.2), at(0)).unwrap().alert;
    let step = observe(&patient(120), Some(&pending), &Observation::default(), at(5)).unwrap();
    assert_eq!((step.alert.state, step.entry), (State::Resolved, None));
    let refused = acknowledge(&pending, &person(), until(60), at(1)).unwrap_err();
    assert_eq!(refused.to_string(), "it does not fire yet: its condition has to be true for longer");
}

#[test]
fn a_clock_that_was_set_back_makes_it_wait_from_then_on_and_no_longer() {
    let pending = observe(&patient(60), None, &saw(1, 0.2), at(5_000)).unwrap().alert;
    let back = observe(&patient(60), Some(&pending), &saw(1, 0.2), at(10)).unwrap().alert;
    assert_eq!((back.state, back.fired_at), (State::Pending, at(10)));
    assert_eq!(observe(&patient(60), Some(&back), &saw(1, 0.2), at(70)).unwrap().alert.state, State::Firing);
}

#[test]
fn what_fires_is_over_only_below_what_it_recovers_at() {
    let rule = Rule { terms: Terms { recovery: Some(2), ..Terms::default() }, ..rule(5) };
    assert_eq!(observe(&rule, None, &saw(4, 0.2), at(0)), None);
    let firing = observe(&rule, None, &saw(5, 0.2), at(0)).unwrap().alert;
    let still = observe(&rule, Some(&firing), &saw(2, 0.2), at(300)).unwrap().alert;
    assert_eq!((still.state, still.last_true_at), (State::Firing, at(300)));
    let quiet = observe(&rule, Some(&still), &saw(1, 0.2), at(360)).unwrap().alert;
    assert_eq!(quiet.state, State::Resolved);
}

#[test]
fn a_figure_of_a_group_is_told_with_its_limit_and_the_labels_of_its_rule() {
    let query_text = "error_rate by service > 5%";
    let labels = vec![("team".to_owned(), "desk".to_owned())];
    let terms = Terms { of: Some("Errors".to_owned()), labels, ..Terms::default() };
    let rule = Rule {
        name: "Errors".into(),
        query: query_text.parse().unwrap(),
        query_text: query_text.into(),
        terms,
        ..rule(1)
    };
    let service = [("service".to_owned(), "shop".to_owned())];
    let seen = Observation { labels: service.to_vec(), ..saw(1, 0.125) };
    let step = observe(&rule.of_group(&service), None, &seen, at(0)).unwrap();
    assert_eq!((step.alert.rule.as_str(), step.alert.of_rule.as_deref()), ("Errors, service shop", Some("Errors")));
    assert_eq!(step.entry.unwrap().text, "Fired: 12.5 %, limit 5 %");
    let named: Vec<_> = step.alert.observation.labels.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(named, ["team", "service"]);
}
