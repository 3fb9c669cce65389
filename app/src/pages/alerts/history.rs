//! What happened to an alert, and who has been told.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use leptos::prelude::*;
use model::alert::notification::{Delivery, Outcome};
use model::alert::{HistoryEntry, State};

use crate::format::{number, time};

/// What is due for longer than this is not about to be told.
const IN_A_MOMENT: TimeDelta = TimeDelta::seconds(30);

/// One line.
#[derive(Debug, PartialEq, Eq)]
struct Line {
    at: DateTime<Utc>,
    class: &'static str,
    text: String,
    by: Option<String>,
}

/// The panel, newest first.
#[component]
pub fn History(
    /// What happened.
    history: Vec<HistoryEntry>,
    /// Who has been told, or is to be.
    deliveries: Vec<Delivery>,
    /// The server's clock.
    now: DateTime<Utc>,
) -> impl IntoView {
    view! {
        <section class="panel" aria-labelledby="history">
            <header>
                <h2 id="history">"History"</h2>
            </header>
            <ol class="tl pb">
                {lines(history, deliveries, now)
                    .into_iter()
                    .map(|Line { at, class, text, by }| {
                        view! {
                            <li class=class>
                                <time class="tnum" datetime=time::machine(at)>
                                    {time::near(at, now)}
                                </time>
                                <span>{text} {by.map(|by| view! { <span class="muted">" by "{by}</span> })}</span>
                            </li>
                        }
                    })
                    .collect_view()}
            </ol>
        </section>
    }
    .into_any()
}

fn lines(history: Vec<HistoryEntry>, deliveries: Vec<Delivery>, now: DateTime<Utc>) -> Vec<Line> {
    let mut lines: Vec<Line> = history.into_iter().map(happened).chain(told(deliveries, now)).collect();
    lines.sort_by_key(|line| std::cmp::Reverse(line.at));
    lines
}

fn happened(entry: HistoryEntry) -> Line {
    let class = match entry.state {
        State::Firing | State::Pending => "crit",
        State::Resolved => "ok",
        State::Acknowledged | State::Snoozed => "held",
    };
    Line { at: entry.at, class, text: entry.text, by: entry.by }
}

/// Those who were told in the same second share a line; whoever could not be told has one of its own.
fn told(deliveries: Vec<Delivery>, now: DateTime<Utc>) -> Vec<Line> {
    let mut sent: BTreeMap<i64, (DateTime<Utc>, Vec<String>)> = BTreeMap::new();
    let mut lines = Vec::new();
    for Delivery { receiver, outcome, attempts, at, problem } in deliveries {
        let why = problem.unwrap_or_default();
        match outcome {
            Outcome::Delivered => {
                let (_, receivers) = sent.entry(at.timestamp()).or_insert((at, Vec::new()));
                if !receivers.contains(&receiver) {
                    receivers.push(receiver);
                }
            }
            Outcome::GivenUp => {
                lines.push(Line { at, class: "crit", text: format!("{receiver} was never told: {why}"), by: None });
            }
            Outcome::Waiting if attempts > 0 => {
                let tried = number::counted(attempts.into(), "attempt");
                let next = time::near(at, now);
                let text = format!("{receiver} is not told yet, after {tried}: {why}; next at {next}");
                lines.push(Line { at: at.min(now), class: "crit", text, by: None });
            }
            Outcome::Waiting if now - at > IN_A_MOMENT => {
                let why = "a critical alert about the same is open, or it is told seldom";
                lines.push(Line { at, class: "", text: format!("{receiver} is told later: {why}"), by: None });
            }
            Outcome::Waiting => {}
        }
    }
    lines.extend(sent.into_values().map(|(at, mut receivers)| {
        receivers.sort();
        Line { at, class: "", text: format!("Sent to {}", receivers.join(", ")), by: None }
    }));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_was_told_together_shares_a_line_and_who_was_not_says_why() {
        let now: DateTime<Utc> = "2026-11-20T12:00:00Z".parse().unwrap();
        let delivery = |receiver: &str, outcome, attempts, seconds| Delivery {
            receiver: receiver.to_owned(),
            outcome,
            attempts,
            at: now + TimeDelta::seconds(seconds),
            problem: (attempts > 0).then(|| "it was answered with 500".to_owned()),
        };
        let fired =
            HistoryEntry { at: now - TimeDelta::seconds(9), state: State::Firing, by: None, text: "Fired".into() };
        let lines = lines(
            vec![fired],
            vec![
                delivery("on-call", Outcome::Delivered, 0, -5),
                delivery("#costs", Outcome::Delivered, 0, -5),
                delivery("bridge", Outcome::Waiting, 2, 30),
                delivery("new", Outcome::Waiting, 0, 3),
                delivery("quiet", Outcome::Waiting, 0, -60),
                delivery("gone", Outcome::GivenUp, 9, -7),
            ],
            now,
        );
        let texts: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
        assert!(texts[0].starts_with("bridge is not told yet, after 2 attempts: it was answered with 500; next at"));
        assert_eq!(
            texts[1..],
            [
                "Sent to #costs, on-call",
                "gone was never told: it was answered with 500",
                "Fired",
                "quiet is told later: a critical alert about the same is open, or it is told seldom"
            ]
        );
    }
}
