//! One run: how far it is, what it changes, and what can be done with it.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use model::repricing::{Run, Scope, State};

use super::api::{self, ApplyRepricing, Runs};
use super::{apply, lines};
use crate::components::icon::{Glyph, Icon, Size};
use crate::components::states::Empty;
use crate::format::{money, number, time};

/// The run that is shown, if there is one.
#[component]
pub fn Shown(
    /// What there is.
    runs: Runs,
    /// Applies it.
    apply: ServerAction<ApplyRepricing>,
) -> impl IntoView {
    let Some(shown) = runs.shown.clone() else { return ().into_any() };
    let run = shown.run.clone();
    let title = if run.state == State::Looking { "What would change, so far" } else { "What changes" };
    let head = scope(&run.scope, runs.now);
    let is_ready = run.state == State::Ready;
    view! {
        <section class="panel" aria-labelledby="change">
            <header>
                <h2 id="change">{title}</h2>
                <span class="sub">{head}</span>
                <div class="spacer"></div>
                <StateBadge run=run.clone()/>
            </header>
            <Progress run=run.clone()/>
            <Outcome run=run.clone() now=runs.now/>
            <Table shown=shown.clone()/>
            {is_ready.then(|| view! { <apply::Apply shown revision=runs.revision who=runs.who apply/> })}
        </section>
    }
    .into_any()
}

/// Which calls, in words.
pub(super) fn scope(scope: &Scope, now: DateTime<Utc>) -> String {
    let range = format!("{} to {}", time::near(scope.range.from, now), time::near(scope.range.to, now));
    let only = [("tenant", &scope.tenant), ("model", &scope.model)];
    let only = only.into_iter().filter_map(|(what, name)| Some(format!(", {what} {}", name.as_deref()?)));
    format!("calls from {range} UTC{}", only.collect::<String>())
}

/// How far it is, in a word.
#[component]
pub(super) fn StateBadge(
    /// The run.
    run: Run,
) -> impl IntoView {
    let class = match run.state {
        State::Applied => "badge ok",
        State::Failed => "badge crit",
        _ => "badge",
    };
    view! { <span class=class>{run.state.as_str()}</span> }.into_any()
}

/// How far the server is, while it works; the page is asked for again every second.
#[component]
fn Progress(run: Run) -> impl IntoView {
    if !run.state.is_under_way() {
        return ().into_any();
    }
    let (done, of) = run.progress();
    let what = if run.state == State::Applying { "changed" } else { "looked at" };
    let said = match of {
        Some(of) => format!("{} of {} calls {what}", number::count(done), number::count(of)),
        None => "counting calls".to_owned(),
    };
    let difference = if run.state == State::Applying { run.total.moved } else { run.total.difference() };
    view! {
        <div class="pb repricing__progress" data-hurry="">
            <progress max=of.unwrap_or(1).max(1) value=of.map(|_| done) aria-label=said.clone()></progress>
            <p class="tnum">{said} ", " <b class="money-t">{signed(difference)}</b> " so far"</p>
            <a class="link fs-12 no-js" href=super::PATH>"Look again"</a>
        </div>
    }
    .into_any()
}

/// How it ended.
#[component]
fn Outcome(run: Run, now: DateTime<Utc>) -> impl IntoView {
    if let Some(problem) = run.problem {
        return view! {
            <div class="banner crit settings__problem" role="status">
                <Icon glyph=Glyph::Error size=Size::Medium/>
                <span>{format!("It could not be finished: {problem}.")}</span>
            </div>
        }
        .into_any();
    }
    let Some(application) = run.application.filter(|_| run.state == State::Applied) else { return ().into_any() };
    let skipped = (application.skipped > 0).then(|| {
        let skipped = number::count(application.skipped);
        format!(" {skipped} had changed since they were looked at, and stay as they are.")
    });
    let at = application.finished_at.unwrap_or(application.at);
    view! {
        <p class="pb repricing__outcome">
            <Icon glyph=Glyph::Check size=Size::Medium/>
            <span>
                {format!("{} calls were given another price by {}, ", number::count(application.applied), application.by)}
                <time datetime=time::machine(at)>{time::near(at, now)}</time> ". " <b class="money-t">{signed(run.total.moved)}</b>
                " in the books." {skipped}
            </span>
        </p>
    }
    .into_any()
}

#[component]
fn Table(shown: api::Shown) -> impl IntoView {
    if shown.lines.is_empty() {
        if shown.run.state.is_under_way() {
            return ().into_any();
        }
        return view! {
            <Empty title="No calls">"No call in this range leaves its cost to the price book: each reports it, or there are none."</Empty>
        }
        .into_any();
    }
    view! { <lines::Lines shown/> }.into_any()
}

/// A difference with its sign.
pub(super) fn signed(difference: model::UsdSum) -> String {
    if difference > model::UsdSum::ZERO { format!("+{}", money::amount(difference)) } else { money::amount(difference) }
}
