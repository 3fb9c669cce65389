//! What the rule of the form would have done in the past.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use model::alert::Rule;
use model::alert::query::{Measure, Query};
use model::alert::rule::trial::{Firing, Trial};

use super::api::Tried;
use crate::format::{duration, number, time};
use crate::pages::alerts::words::Unit;

/// Firings that are listed; the number of all stands above.
const LISTED_MAX: usize = 20;

/// The panel.
#[component]
pub fn Tried(
    /// What came of it.
    tried: Tried,
    /// The server's clock.
    now: DateTime<Utc>,
) -> impl IntoView {
    let Tried { rule, outcome } = tried;
    let body = match outcome {
        Ok(trial) => view! { <Outcome rule trial now/> }.into_any(),
        Err(reason) => {
            view! { <p class="pb crit fs-12" role="alert">{format!("It could not be tried: {reason}.")}</p> }.into_any()
        }
    };
    view! {
        <section class="panel" aria-labelledby="tried">
            <header>
                <h2 id="tried">"Tried on the past"</h2>
            </header>
            {body}
        </section>
    }
    .into_any()
}

#[component]
fn Outcome(rule: Rule, trial: Trial, now: DateTime<Utc>) -> impl IntoView {
    let Trial { range, window_seconds, firings, is_all } = trial;
    let width = duration::width(window_seconds);
    let over = duration::width((range.to - range.from).num_seconds());
    let times = match firings.len() {
        0 => "It would not have fired".to_owned(),
        1 => "It would have fired once".to_owned(),
        many => format!("It would have fired {} times", number::count(i64::try_from(many).unwrap_or(i64::MAX))),
    };
    let (at_least, how) = match rule.query {
        Query::OddSpend(_) => (
            "looking at those who spend the most only",
            "Looked at minute by minute, against what was expected then; the dollars are those over it.".to_owned(),
        ),
        _ => (
            "looking at the worst windows only",
            format!("Looked at in whole windows of {width}, by when spans began."),
        ),
    };
    let at_least = if is_all { String::new() } else { format!(", {at_least}") };
    let summary = format!("{times} in the last {over}{at_least}. {how}");
    let left_out = firings.len().saturating_sub(LISTED_MAX);
    let rows =
        firings.into_iter().take(LISTED_MAX).map(|firing| view! { <Row rule=rule.clone() firing now/> }).collect_view();
    let more = (left_out > 0).then(|| {
        let left_out = number::count(i64::try_from(left_out).unwrap_or(i64::MAX));
        view! { <p class="muted fs-12">{format!("and {left_out} before that")}</p> }
    });
    view! {
        <div class="pb">
            <p class="fs-12" role="status">
                <b>{summary}</b>
            </p>
            <ul class="tried fs-12">{rows}</ul>
            {more}
        </div>
    }
    .into_any()
}

#[component]
fn Row(rule: Rule, firing: Firing, now: DateTime<Utc>) -> impl IntoView {
    let who: Vec<String> = firing.group.iter().map(|(name, value)| format!("{name} {value}")).collect();
    let who = if who.is_empty() { "everything".to_owned() } else { who.join(", ") };
    let lasted = duration::width((firing.to - firing.from).num_seconds());
    let href = format!("/traces?from={}&to={}&order=cost", time::machine(firing.from), time::machine(firing.to));
    view! {
        <li>
            <a class="link tnum" href=href>
                <time datetime=time::machine(firing.from)>{time::near(firing.from, now)}</time>
            </a>
            <span class="grow">{who}</span>
            <span class="muted">{format!("for {lasted}")}</span>
            <b class="tnum">{unit(&rule.query).text(firing.worst)}</b>
        </li>
    }
    .into_any()
}

/// What its figure is in.
fn unit(query: &Query) -> Unit {
    match query {
        Query::Spans(query) => Unit::of_figure(query.figure),
        Query::TraceCost { .. } | Query::OddSpend(_) => Unit::Usd,
        Query::TraceMeasure { measure: Measure::DurationNs, .. } => Unit::Nanos,
        _ => Unit::Count,
    }
}
