//! The rules, one below the other: what each says, where it comes from, what it does now.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use model::alert::State;
use model::alert::rule::book::{Listed, RuleFile};
use model::alert::rule::{Terms, fields};
use model::budget::rulebook::Origin;

use super::PATH;
use super::api::{RuleLedger, RuleLine};
use crate::components::broken_file::BrokenFile;
use crate::components::icon::{Glyph, Icon, Size};
use crate::components::states::Empty;
use crate::format::{duration, number, time};

/// The panel.
#[component]
pub fn List(
    /// What there is.
    ledger: RuleLedger,
) -> impl IntoView {
    let RuleLedger { now, lines, file, .. } = ledger;
    let problem = file.problem.clone();
    let problem = view! { <BrokenFile what="The file of rules cannot be used" instead="the rules before it stay in force" problem now/> };
    let body = if lines.is_empty() {
        view! { <Empty title="No rule">"Make one below, or write it into the file."</Empty> }.into_any()
    } else {
        let rows = lines.into_iter().map(|line| view! { <Row line now/> }).collect_view();
        view! { <ul class="budget-rules__list">{rows}</ul> }.into_any()
    };
    view! {
        <section class="panel" aria-labelledby="rules">
            <header>
                <h2 id="rules">"Rules"</h2>
                <div class="spacer"></div>
                <a class="link fs-12" href=format!("{PATH}#rule-form")>
                    "New rule"
                </a>
            </header>
            {problem}
            {body}
            <p class="budget-rules__foot">{where_from(file)} " Besides, odd spend that no rule is about and books that do not balance are always looked for, and budgets raise alarms of their own."</p>
        </section>
    }
    .into_any()
}

fn where_from(file: RuleFile) -> AnyView {
    match file.path {
        Some(path) => view! { "The file is " <code>{path}</code> ", and is taken over within seconds." }.into_any(),
        None => view! {
            "Rules that are read-only are built in: " <code>"TRACETAB_RULES"</code> " names no folder for a file of others."
        }
        .into_any(),
    }
}

#[component]
fn Row(line: RuleLine, now: DateTime<Utc>) -> impl IntoView {
    let RuleLine { listed, open, is_marked } = line;
    let Listed { id, rule, origin, in_force } = listed;
    let source = match (id, origin) {
        (Some(id), Origin::Here { by, at, .. }) => view! {
            <span class="muted">
                {format!("made here, by {by} ")} <time datetime=time::machine(at)>{time::near(at, now)}</time>
            </span>
            <a class="link" href=format!("{PATH}?edit={id}#rule-form") aria-label=format!("Edit {}", rule.name)>
                "Edit"
            </a>
        }
        .into_any(),
        _ => view! { <span class="muted">"read-only"</span> }.into_any(),
    };
    let shadowed = (!in_force).then(|| {
        view! {
            <p class="budget-rules__shadowed">
                <Icon glyph=Glyph::Warn size=Size::Medium/>
                "It does not count: the file has a rule of this name, and the file's does."
            </p>
        }
    });
    let standing = standing(&open, in_force);
    let terms = terms(&rule.terms);
    let asks = if rule.threshold == 1 { String::new() } else { format!("{} or more ", number::count(rule.threshold)) };
    let width = duration::width(rule.window_seconds);
    let says = match fields::window_by_default(&rule.query) {
        Some(_) => format!("{}, over when it has been quiet for {width}", rule.severity),
        None => format!("{asks}in {width}, {}", rule.severity),
    };
    view! {
        <li class="budget-rules__rule" aria-current=is_marked.then_some("true")>
            <div class="budget-rules__facts">
                <h3>{rule.name.clone()}</h3>
                <p>
                    <code>{rule.query_text}</code>
                </p>
                <p>{says} {terms}</p>
                <p class="budget-rules__source">{source}</p>
                {shadowed}
            </div>
            <div class="budget-rules__standing fs-12">{standing}</div>
        </li>
    }
    .into_any()
}

/// What it does now.
fn standing(open: &[(State, i64)], in_force: bool) -> AnyView {
    if !in_force {
        return ().into_any();
    }
    if open.is_empty() {
        return view! { <p class="muted">"Nothing of it is open."</p> }.into_any();
    }
    let part = |(state, count): &(State, i64)| {
        let tone = match state {
            State::Firing => "badge crit",
            State::Acknowledged | State::Snoozed => "badge warn",
            State::Pending | State::Resolved => "badge",
        };
        view! { <a class=tone href="/alerts">{format!("{} {state}", number::count(*count))}</a> }
    };
    let parts = open.iter().map(part).collect_view();
    view! { <p class="row wrap gap-1">{parts}</p> }.into_any()
}

/// What may be left out, where it is not.
fn terms(terms: &Terms) -> String {
    let mut said = Vec::new();
    if terms.for_seconds > 0 {
        said.push(format!("for {}", duration::width(terms.for_seconds)));
    }
    said.extend(terms.labels.iter().map(|(name, value)| format!("{name} = {value}")));
    if terms.runbook.is_some() {
        said.push("with a runbook".to_owned());
    }
    if said.is_empty() { String::new() } else { format!(", {}", said.join(", ")) }
}
