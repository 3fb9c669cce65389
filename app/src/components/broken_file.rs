//! That a file of rules cannot be used, since when, why, and what is done meanwhile.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use model::price::FileProblem;

use super::icon::{Glyph, Icon, Size};
use crate::format::time;

/// The banner; nothing at all where there is no problem.
#[component]
pub fn BrokenFile(
    /// What cannot be used: `The file of budgets cannot be used`.
    what: &'static str,
    /// What is in force instead: `the budgets before it stay in force`.
    instead: &'static str,
    /// What is wrong.
    problem: Option<FileProblem>,
    /// The server's clock.
    now: DateTime<Utc>,
) -> impl IntoView {
    problem.map(|FileProblem { since, reason }| {
        view! {
            <div class="banner warn settings__problem" role="status">
                <Icon glyph=Glyph::Warn size=Size::Medium/>
                <span>
                    {format!("{what} since ")} <time datetime=time::machine(since)>{time::near(since, now)}</time>
                    {format!("; {instead}. ")} <code>{reason}</code>
                </span>
            </div>
        }
    })
}
