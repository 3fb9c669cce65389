//! The overrides: who said what, and what can be done with it.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use model::ruling::{AGAIN_DAYS_MAX, Override, Ruling};

use super::api::{DeleteVerdict, SettleAgain, Verdicts};
use crate::components::icon::{Glyph, Icon, Size};
use crate::components::states::Empty;
use crate::format::time;
use crate::pages::settings::signature::YourName;

/// Days that are settled again unless somebody says otherwise.
const DAYS: i64 = 7;

/// Those in force.
#[component]
pub fn InForce(
    /// What there is.
    verdicts: Verdicts,
    /// Takes one away.
    delete: ServerAction<DeleteVerdict>,
    /// Settles again.
    settle: ServerAction<SettleAgain>,
) -> impl IntoView {
    let refused = move || {
        let errors = [delete.value().get().and_then(Result::err), settle.value().get().and_then(Result::err)];
        errors.into_iter().flatten().next().map(|error| error.to_string())
    };
    let Verdicts { now, in_force, who, .. } = verdicts;
    let count = in_force.len();
    let lines = in_force.into_iter().map(|one| {
        let (id, who) = (one.id, who.clone());
        view! {
            <Line one now>
                <Again id who=who.clone() settle/>
                <ActionForm action=delete attr:class="form verdicts__act">
                    <input type="hidden" name="id" value=id/>
                    <YourName who/>
                    <button type="submit" class="btn">
                        <Icon glyph=Glyph::Close size=Size::Medium/>
                        <span>"Take away"</span>
                    </button>
                </ActionForm>
            </Line>
        }
    });
    let lines = lines.collect_view();
    view! {
        <section class="panel" aria-labelledby="in-force">
            <header>
                <h2 id="in-force">"In force"</h2>
                <span class="sub tnum">{count}</span>
            </header>
            {move || refused().map(|reason| view! { <p class="pb crit fs-12" role="alert">{reason}</p> })}
            {if count == 0 {
                view! { <Empty title="No overrides">"Whether a cost counts follows from the spans around it, everywhere."</Empty> }.into_any()
            } else {
                view! { <ul class="verdicts__list">{lines}</ul> }.into_any()
            }}
        </section>
    }
    .into_any()
}

/// Those that were taken away; what they have set aside may be settled again.
#[component]
pub fn TakenAway(
    /// What there is.
    verdicts: Verdicts,
    /// Settles again.
    settle: ServerAction<SettleAgain>,
) -> impl IntoView {
    let Verdicts { now, taken_away, who, .. } = verdicts;
    if taken_away.is_empty() {
        return ().into_any();
    }
    let lines = taken_away.into_iter().map(|one| {
        let (id, who) = (one.id, who.clone());
        view! {
            <Line one now>
                <Again id who settle/>
            </Line>
        }
    });
    let lines = lines.collect_view();
    view! {
        <section class="panel" aria-labelledby="taken-away">
            <header>
                <h2 id="taken-away">"Taken away"</h2>
                <span class="sub">"what was settled by them stays as it is until it is settled again"</span>
            </header>
            <ul class="verdicts__list">{lines}</ul>
        </section>
    }
    .into_any()
}

/// What a ruling means, in words.
pub fn words(ruling: Ruling) -> &'static str {
    match ruling {
        Ruling::RolledUp => "never counts",
        Ruling::Own => "always counts",
        Ruling::Default => "counts as usual",
    }
}

#[component]
fn Line(one: Override, now: DateTime<Utc>, children: Children) -> impl IntoView {
    let said = |by: String, at: DateTime<Utc>| {
        view! { {by} ", " <time datetime=time::machine(at)>{time::near(at, now)}</time> }
    };
    let note = (!one.note.is_empty()).then(|| format!(": {}", one.note));
    let deleted = one.deleted.map(|(by, at)| view! { "; taken away by " {said(by, at)} });
    view! {
        <li class="verdicts__line">
            <div>
                <p>
                    <span class="badge">{words(one.ruling)}</span>
                    " "
                    <b>{one.about.to_string()}</b>
                </p>
                <p class="muted">"by " {said(one.by, one.at)} {note} {deleted}</p>
            </div>
            <div class="verdicts__acts">{children()}</div>
        </li>
    }
    .into_any()
}

/// Settles what is stored again.
#[component]
fn Again(id: i64, who: String, settle: ServerAction<SettleAgain>) -> impl IntoView {
    view! {
        <ActionForm action=settle attr:class="form verdicts__act">
            <input type="hidden" name="id" value=id/>
            <label>
                <span>"Last days"</span>
                <input
                    class="input num verdicts__days"
                    type="number"
                    name="days"
                    min="1"
                    max=AGAIN_DAYS_MAX.to_string()
                    value=DAYS.to_string()
                    required
                />
            </label>
            <YourName who/>
            <button type="submit" class="btn">
                <Icon glyph=Glyph::Compare size=Size::Medium/>
                <span>"Settle again"</span>
            </button>
        </ActionForm>
    }
    .into_any()
}
