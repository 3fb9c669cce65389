//! The form that writes what was shown. A plain form: it works without JavaScript.

use leptos::prelude::*;
use model::repricing::CannotApply;

use super::api::{self, ApplyRepricing};
use super::run::signed;
use crate::components::icon::{Glyph, Icon, Size};
use crate::format::number;
use crate::pages::settings::signature::Signature;

/// Name, note, button; before them what changed since.
#[component]
pub fn Apply(
    /// What is applied.
    shown: api::Shown,
    /// All prices that are in force.
    revision: String,
    /// The name this browser used last.
    who: String,
    /// What the form does.
    apply: ServerAction<ApplyRepricing>,
) -> impl IntoView {
    let refused = move || apply.value().get().and_then(Result::err).map(|error| error.to_string());
    let run = shown.run;
    let cannot = match run.can_apply(&revision) {
        Ok(()) => None,
        Err(CannotApply::NothingToChange) => {
            Some("Every call has the price it would get: nothing to apply.".to_owned())
        }
        Err(why) => Some(format!("It cannot be applied any more: {why}.")),
    };
    if let Some(cannot) = cannot {
        return view! { <p class="pb fs-12" role="status">{cannot}</p> }.into_any();
    }
    let in_step = run.changes - run.total.changed;
    let what =
        format!("{} in the books, in {} calls.", signed(run.total.difference()), number::count(run.total.changed));
    let in_step = (in_step > 0).then(|| {
        format!(" {} more are counted elsewhere or not yet, and keep what they say in step.", number::count(in_step))
    });
    let later = (shown.later > 0).then(|| {
        let later = number::count(shown.later);
        view! {
            <p class="banner warn" role="status">
                <Icon glyph=Glyph::Warn size=Size::Medium/>
                <span>{format!("{later} calls of this range came since, and are no part of this. They came at the prices in use now.")}</span>
            </p>
        }
    });
    view! {
        <div class="pb repricing__apply">
            {later}
            <p class="fs-12">{what} {in_step} " It is written as signed corrections, and stands in the history with your name."</p>
            <ActionForm action=apply attr:class="form repricing__by">
                <input type="hidden" name="id" value=run.id/>
                <Signature who/>
                <button type="submit" class="btn primary">
                    <Icon glyph=Glyph::Check size=Size::Medium/>
                    <span>"Apply"</span>
                </button>
            </ActionForm>
            {move || refused().map(|reason| view! { <p class="crit fs-12" role="alert">{reason}</p> })}
        </div>
    }
    .into_any()
}
