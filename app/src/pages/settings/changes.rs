//! Who made, changed and deleted budgets or rules, when and why.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use model::budget::rulebook::Change;

use crate::components::icon::{Glyph, Icon, Size};
use crate::format::time;
use crate::pages::settings::history;

/// What has just been done, for whoever did it.
#[component]
pub fn Done(
    /// What it was done to: `budget`, `rule`.
    to: &'static str,
    /// The line of the history that says so.
    change: Option<Change>,
) -> impl IntoView {
    change.map(|change| {
        view! {
            <p class="banner" role="status">
                <Icon glyph=Glyph::Check size=Size::Medium/>
                <span>{format!("{} {} the {to} “{}”.", change.by, change.action, change.name)}</span>
            </p>
        }
    })
}

/// The panel; nothing at all before the first change.
#[component]
pub fn History(
    /// Newest first.
    changes: Vec<Change>,
    /// Where older ones are, if there are.
    older: Option<&'static str>,
    /// The server's clock.
    now: DateTime<Utc>,
) -> impl IntoView {
    if changes.is_empty() {
        return ().into_any();
    }
    let rows = changes.into_iter().map(|change| view! { <Row change now/> }).collect_view();
    view! { <history::History rows=rows.into_any() older/> }.into_any()
}

#[component]
fn Row(change: Change, now: DateTime<Utc>) -> impl IntoView {
    let Change { at, by, note, action, name, before, after, .. } = change;
    let note = Some(note).filter(|note| !note.is_empty()).map(|note| format!(": {note}"));
    let was = Some(before).filter(|before| !before.is_empty()).map(|before| {
        view! {
            <p class="muted">
                <del>{before}</del>
            </p>
        }
    });
    let is = Some(after).filter(|after| !after.is_empty()).map(|after| view! { <p>{after}</p> });
    view! {
        <li class="repricing__run">
            <div>
                <p>
                    <time datetime=time::machine(at)>{time::near(at, now)}</time>
                    {format!(" {by} {action} ")}
                    <b>{name}</b>
                    {note}
                </p>
                {was}
                {is}
            </div>
        </li>
    }
    .into_any()
}
