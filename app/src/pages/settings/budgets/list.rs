//! The budgets, one below the other: what each says, where it comes from, how it stands.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use model::budget::rulebook::{Listed, Origin};

use super::PATH;
use super::api::{Ledger, LedgerLine};
use crate::components::broken_file::BrokenFile;
use crate::components::budgets::Bar;
use crate::components::icon::{Glyph, Icon, Size};
use crate::components::states::Empty;
use crate::format::{money, number, time};
use crate::url_state::encode;

/// The panel.
#[component]
pub fn List(
    /// What there is.
    ledger: Ledger,
) -> impl IntoView {
    let Ledger { now, as_of, lines, file, trace_limit, .. } = ledger;
    let problem = file.as_ref().and_then(|file| file.problem.clone());
    let problem = view! { <BrokenFile what="The file of budgets cannot be used" instead="the budgets before it stay in force" problem now/> };
    let path = match &file {
        Some(file) if file.is_there => file.path.clone(),
        _ => "budgets.yaml".to_owned(),
    };
    let where_from = match file {
        Some(file) if file.is_there => {
            view! { "The file is " <code>{file.path}</code> ", and is taken over within seconds." }.into_any()
        }
        Some(file) => view! { "There is no file; it would be " <code>{file.path}</code> "." }.into_any(),
        None => view! { "There is no folder for a file: " <code>"TRACETAB_RULES"</code> " names none." }.into_any(),
    };
    let trace = trace_limit.map_or_else(
        || "A trace may cost as much as it likes.".to_owned(),
        |limit| format!("A trace that costs more than {} raises BUDGET ALARM.", money::amount(limit)),
    );
    let body = if lines.is_empty() {
        view! { <Empty title="No budget yet">"Make the first one below, or write it into the file."</Empty> }.into_any()
    } else {
        let rows = lines.into_iter().map(|line| view! { <Row line path=path.clone() now as_of/> }).collect_view();
        view! { <ul class="budget-rules__list">{rows}</ul> }.into_any()
    };
    view! {
        <section class="panel" aria-labelledby="budgets">
            <header>
                <h2 id="budgets">"Budgets"</h2>
                <div class="spacer"></div>
                <a class="link fs-12" href=format!("{PATH}#budget-form")>
                    "New budget"
                </a>
            </header>
            {problem}
            {body}
            <p class="budget-rules__foot">{where_from} " " {trace}</p>
        </section>
    }
    .into_any()
}

#[component]
fn Row(line: LedgerLine, path: String, now: DateTime<Utc>, as_of: Option<DateTime<Utc>>) -> impl IntoView {
    let LedgerLine { listed, bars, left_out } = line;
    let Listed { budget, origin, in_force } = listed;
    let edit = format!("{PATH}?edit={}#budget-form", encode(&budget.slug()));
    let source = match origin {
        Origin::File => view! { <span class="muted">"read-only, from " <code>{path}</code></span> }.into_any(),
        Origin::Here { by, at, .. } => view! {
            <span class="muted">
                {format!("made here, by {by} ")} <time datetime=time::machine(at)>{time::near(at, now)}</time>
            </span>
            <a class="link" href=edit aria-label=format!("Edit {}", budget.name)>
                "Edit"
            </a>
        }
        .into_any(),
    };
    let shadowed = (!in_force).then(|| {
        view! {
            <p class="budget-rules__shadowed">
                <Icon glyph=Glyph::Warn size=Size::Medium/>
                "It does not count: the file has a budget of this name, and the file's does."
            </p>
        }
    });
    let standing = match as_of {
        _ if !in_force => ().into_any(),
        Some(_) if bars.is_empty() && budget.scope.is_each() => {
            view! { <p class="muted fs-11">"Nobody has spent anything in this period."</p> }.into_any()
        }
        Some(as_of) if !bars.is_empty() => {
            let bars = bars.into_iter().map(|bar| view! { <Bar bar as_of/> }).collect_view();
            view! { <ul class="budgets">{bars}</ul> }.into_any()
        }
        _ => view! { <p class="muted fs-11" data-hurry="">"It has not been read yet."</p> }.into_any(),
    };
    let more = (left_out > 0).then(|| {
        let left_out = number::count(i64::try_from(left_out).unwrap_or(i64::MAX));
        view! { <p class="muted fs-11">{format!("{left_out} more, less used")}</p> }
    });
    view! {
        <li class="budget-rules__rule">
            <div class="budget-rules__facts">
                <h3>{budget.name.clone()}</h3>
                <p>{budget.to_string()}</p>
                <p class="budget-rules__source">{source}</p>
                {shadowed}
            </div>
            <div class="budget-rules__standing">{standing} {more}</div>
        </li>
    }
    .into_any()
}
