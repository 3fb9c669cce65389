//! The receivers, one below the other.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use model::alert::notification::Standing;
use model::alert::receiver::ReceiverLine;

use super::api::Told;
use super::test::TestReceiver;
use crate::components::broken_file::BrokenFile;
use crate::components::icon::{Glyph, Icon, Size};
use crate::components::states::Empty;
use crate::format::{duration, number, time};

/// What came of a test.
#[component]
pub fn Tested(
    /// Of which receiver.
    name: String,
    /// Why it did not take it, if it did not.
    problem: Option<String>,
) -> impl IntoView {
    match problem {
        None => view! {
            <p class="banner" role="status">
                <Icon glyph=Glyph::Check size=Size::Medium/>
                <span>{format!("{name} has taken the test.")}</span>
            </p>
        }
        .into_any(),
        Some(problem) => view! {
            <p class="banner warn" role="alert">
                <Icon glyph=Glyph::Warn size=Size::Medium/>
                <span>{format!("{name} has not taken the test: {problem}")}</span>
            </p>
        }
        .into_any(),
    }
}

/// The panel.
#[component]
pub fn List(
    /// What there is.
    told: Told,
) -> impl IntoView {
    let Told { now, book, standings } = told;
    let problem = book.problem;
    let problem = view! { <BrokenFile what="The file of receivers cannot be used" instead="those before it are told" problem now/> };
    let body = if book.receivers.is_empty() {
        view! { <Empty title="Nobody hears of alerts">"Name receivers in notifications.yaml: a webhook, Slack, PagerDuty, an Alertmanager or e-mail."</Empty> }
            .into_any()
    } else {
        let of = |name: &str| standings.iter().find(|standing| standing.receiver == name).cloned();
        let rows = book.receivers.into_iter().map(|line| {
            let standing = of(&line.name);
            view! { <Row line standing now/> }
        });
        view! { <ul class="budget-rules__list">{rows.collect_view()}</ul> }.into_any()
    };
    let where_from = match book.path {
        Some(path) => view! { "They are in " <code>{path}</code> ", which is taken over within seconds." }.into_any(),
        None => view! { "There is no folder for their file: " <code>"TRACETAB_RULES"</code> " names none." }.into_any(),
    };
    view! {
        <section class="panel" aria-labelledby="receivers">
            <header>
                <h2 id="receivers">"Receivers"</h2>
            </header>
            {problem}
            {body}
            <p class="budget-rules__foot">{where_from}</p>
        </section>
    }
    .into_any()
}

#[component]
fn Row(line: ReceiverLine, standing: Option<Standing>, now: DateTime<Utc>) -> impl IntoView {
    let severities: Vec<&str> = line.severities.iter().map(|severity| severity.as_str()).collect();
    let whose = if line.tenants.is_empty() { "everybody".to_owned() } else { line.tenants.join(", ") };
    let seldom = line.every_seconds.map(|seconds| format!(", at most every {}", duration::width(seconds)));
    let of_what = format!("told of {} of {whose}{}", severities.join(", "), seldom.unwrap_or_default());
    view! {
        <li class="budget-rules__rule">
            <div class="budget-rules__facts">
                <h3>{line.name.clone()}</h3>
                <p>{format!("{} at {}", line.kind, line.host)}</p>
                <p class="muted">{of_what}</p>
            </div>
            <div class="budget-rules__standing fs-12">
                {standing_words(standing, now)}
                <form method="post" action=TestReceiver::url()>
                    <input type="hidden" name="receiver" value=line.name.clone()/>
                    <button type="submit" class="btn" aria-label=format!("Send a test to {}", line.name)>
                        <Icon glyph=Glyph::Play size=Size::Medium/>
                        <span>"Send a test"</span>
                    </button>
                </form>
            </div>
        </li>
    }
    .into_any()
}

fn standing_words(standing: Option<Standing>, now: DateTime<Utc>) -> AnyView {
    let Some(standing) = standing else {
        return view! { <p class="muted">"It has not been told of anything yet."</p> }.into_any();
    };
    let Standing { waiting, delivered_24h, given_up_24h, delivered_at, problem, .. } = standing;
    let last = delivered_at.map(|at| {
        view! {
            ", the last "
            <time datetime=time::machine(at)>{time::near(at, now)}</time>
        }
    });
    let told = format!("Told {} times in 24 h", number::count(delivered_24h));
    let is_behind = waiting + given_up_24h > 0;
    let behind = is_behind.then(|| {
        let counts = format!("{} wait, {} were given up", number::count(waiting), number::count(given_up_24h));
        let why = problem.map(|problem| format!(": {problem}")).unwrap_or_default();
        view! { <p class="crit">{counts}{why}</p> }
    });
    view! {
        <p>{told} {last} "."</p>
        {behind}
    }
    .into_any()
}
