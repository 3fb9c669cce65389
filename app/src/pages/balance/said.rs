//! What people said about a difference, and the form to say something. A plain form: it works without JavaScript.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use model::UsdSum;
use model::alert::hold::{BY_CHARS_MAX, NOTE_CHARS_MAX};
use model::review::{self, Entry};

use super::api::ReviewDifference;
use crate::components::icon::{Glyph, Icon, Size};
use crate::format::{money, time};

/// Everything that was said, and the form.
#[component]
pub fn Said(
    /// What differs.
    subject: String,
    /// What it is called, for the name of the form.
    name: String,
    /// The difference now.
    difference: UsdSum,
    /// Newest first.
    said: Vec<Entry>,
    /// The name this browser used last.
    who: String,
    /// The server's clock.
    now: DateTime<Utc>,
    /// What the form does.
    review: ServerAction<ReviewDifference>,
) -> impl IntoView {
    let held = review::in_force(&said, difference).cloned();
    let summary = match (&held, said.first()) {
        (Some(held), _) => format!("acknowledged by {}", held.by),
        (None, Some(last)) => format!("{} by {}", last.action, last.by),
        (None, None) => "Explain or acknowledge".to_owned(),
    };
    let is_held = held.is_some();
    let refused = move || review.value().get().and_then(Result::err).map(|error| error.to_string());
    view! {
        <details class="said">
            <summary>
                {is_held.then(|| view! { <Icon glyph=Glyph::Check size=Size::Small/> })}
                <span class="trunc">{summary}</span>
                <span class="vh">{format!(": {name}")}</span>
            </summary>
            <div class="said__body">
                <History said now/>
                <ActionForm action=review attr:class="form" attr:aria-label=format!("About {name}")>
                    <input type="hidden" name="subject" value=subject/>
                    <input type="hidden" name="seen" value=difference.pico().to_string()/>
                    <label>
                        <span>"Note"</span>
                        <textarea name="note" rows="2" maxlength=NOTE_CHARS_MAX></textarea>
                    </label>
                    <label>
                        <span>"Who"</span>
                        <input class="input" name="by" required maxlength=BY_CHARS_MAX autocomplete="name" value=who/>
                    </label>
                    <div class="row">
                        {if is_held {
                            view! { <button type="submit" class="btn grow" name="action" value="undo">"Undo"</button> }.into_any()
                        } else {
                            view! {
                                <button type="submit" class="btn grow" name="action" value="acknowledge">
                                    <Icon glyph=Glyph::Check size=Size::Medium/>
                                    <span>"Acknowledge"</span>
                                </button>
                            }
                                .into_any()
                        }}
                        <button type="submit" class="btn" name="action" value="note">"Add note"</button>
                    </div>
                    {move || refused().map(|reason| view! { <p class="crit fs-12" role="alert">{reason}</p> })}
                </ActionForm>
            </div>
        </details>
    }
    .into_any()
}

#[component]
fn History(said: Vec<Entry>, now: DateTime<Utc>) -> impl IntoView {
    if said.is_empty() {
        return ().into_any();
    }
    let lines = said
        .into_iter()
        .map(|entry| {
            let what = format!("{} at {} by {}", entry.action, money::amount(entry.difference), entry.by);
            let note = (!entry.note.is_empty()).then(|| view! { <span class="said__note">{entry.note}</span> });
            view! {
                <li>
                    <time class="tnum" datetime=time::machine(entry.at)>{time::near(entry.at, now)}</time>
                    <span>{what} {note}</span>
                </li>
            }
        })
        .collect_view();
    view! { <ol class="said__history">{lines}</ol> }.into_any()
}
