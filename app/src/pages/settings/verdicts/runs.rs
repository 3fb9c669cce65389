//! What was settled again: how far it is, and who asked.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use model::ruling::Again;

use super::api::Verdicts;
use crate::format::{number, time};

/// The panel, when anything was.
#[component]
pub fn Runs(
    /// What there is.
    verdicts: Verdicts,
) -> impl IntoView {
    let Verdicts { now, runs, waiting, .. } = verdicts;
    if runs.is_empty() {
        return ().into_any();
    }
    let waiting = match waiting {
        0 => "every trace is settled".to_owned(),
        1 => "1 trace waits to be settled".to_owned(),
        waiting => format!("{} traces wait to be settled", number::count(waiting)),
    };
    let lines = runs.into_iter().map(|run| view! { <Line run now/> }).collect_view();
    view! {
        <section class="panel" aria-labelledby="again">
            <header>
                <h2 id="again">"Settled again"</h2>
                <span class="sub tnum">{waiting}</span>
            </header>
            <ul class="verdicts__list">{lines}</ul>
        </section>
    }
    .into_any()
}

#[component]
fn Line(run: Again, now: DateTime<Utc>) -> impl IntoView {
    let is_done = run.finished_at.is_some();
    let put = number::count(run.put);
    let progress = match run.traces {
        None => "counting traces".to_owned(),
        Some(_) if is_done && run.looked == 1 => format!("1 trace looked at, {put} settled again"),
        Some(_) if is_done => format!("{} traces looked at, {put} settled again", number::count(run.looked)),
        Some(of) => {
            let (looked, of) = (number::count(run.looked), number::count(of));
            format!("{looked} of {of} traces looked at, {put} to settle so far")
        }
    };
    let bar = (!is_done).then(|| {
        let of = run.traces.unwrap_or(1).max(1);
        let label = progress.clone();
        view! { <progress max=of value=run.traces.map(|_| run.looked.min(of)) aria-label=label></progress> }
    });
    view! {
        <li class="verdicts__line">
            <div>
                <p><b>{run.about.to_string()}</b> ", traces since " {time::near(run.from, now)}</p>
                <p class="muted">
                    "by " {run.by} ", " <time datetime=time::machine(run.at)>{time::near(run.at, now)}</time>
                </p>
            </div>
            <div class="verdicts__progress" data-hurry=(!is_done).then_some("")>
                {bar}
                <p class="tnum">{progress}</p>
            </div>
        </li>
    }
    .into_any()
}
