//! What this browser remembers. The server never hears of it, so only the browser can show it.

use leptos::prelude::*;

use crate::browser::{keys, theme};

/// The choices: value in the browser's storage, and what it is called.
const THEMES: [(Option<&str>, &str); 3] = [(None, "As the system"), (Some("light"), "Light"), (Some("dark"), "Dark")];

/// Light, dark, or as the system has it.
#[island]
pub fn ThemeChoice() -> impl IntoView {
    let chosen = RwSignal::new(None::<String>);
    Effect::new(move |_| chosen.set(theme::chosen()));
    let options = THEMES
        .map(|(value, name)| {
            let here = move || chosen.with(|chosen| chosen.as_deref() == value);
            let choose = move |_| {
                theme::choose(value);
                chosen.set(value.map(str::to_owned));
            };
            view! {
                <label class="settings__option">
                    <input type="radio" name="theme" prop:checked=here on:change=choose/>
                    {name}
                </label>
            }
        })
        .collect_view();
    view! {
        <fieldset class="settings__choice">
            <legend>"Theme"</legend>
            {options}
        </fieldset>
    }
}

/// Turns the keys on or off.
#[island]
pub fn KeysSwitch() -> impl IntoView {
    let on = RwSignal::new(true);
    Effect::new(move |_| on.set(keys::are_on()));
    let switch = move |event| {
        let wanted = event_target_checked(&event);
        keys::turn(wanted);
        on.set(wanted);
    };
    view! {
        <label class="toggle">
            <input type="checkbox" prop:checked=on on:change=switch/>
            <span></span>
            "Keyboard shortcuts"
        </label>
    }
}
