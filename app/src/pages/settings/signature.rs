//! Who does something, and why: the fields that end a form.

use leptos::prelude::*;
use model::alert::hold::{BY_CHARS_MAX, NOTE_CHARS_MAX};

/// The name of who sends the form.
#[component]
pub fn YourName(
    /// The name this browser used last.
    who: String,
) -> impl IntoView {
    view! {
        <label>
            <span>"Your name"</span>
            <input class="input" name="by" required maxlength=BY_CHARS_MAX autocomplete="name" value=who/>
        </label>
    }
}

/// The name, and a note.
#[component]
pub fn Signature(
    /// The name this browser used last.
    who: String,
) -> impl IntoView {
    view! {
        <YourName who/>
        <label>
            <span>"Note"</span>
            <input class="input" name="note" maxlength=NOTE_CHARS_MAX autocomplete="off"/>
        </label>
    }
}
