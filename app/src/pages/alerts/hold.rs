//! The form that takes an alert, silences it, closes it, or takes that back. A plain form: it works without JavaScript.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use model::alert::hold::{BY_CHARS_MAX, NOTE_CHARS_MAX};
use model::alert::{Hold, State};

use super::act::HoldAlert;
use super::api::Detail;
use super::list::item::held;
use super::words::{self, Of};
use crate::components::icon::{Glyph, Icon, Size};
use crate::format::money;

/// How long a hold may be, as `hold_alert` reads it, and in words.
const ENDS: [(&str, &str); 6] = [
    ("+1h", "1 hour"),
    ("+4h", "4 hours"),
    ("+12h", "12 hours"),
    ("+1d", "1 day"),
    ("+7d", "7 days"),
    ("", "until it is resolved"),
];

/// Everything a person can do to an open alert.
#[component]
pub fn HoldForm(
    /// The alert.
    detail: Detail,
    /// What the form does.
    hold: ServerAction<HoldAlert>,
) -> impl IntoView {
    let alert = detail.alert;
    let refused = move || hold.value().get().and_then(Result::err).map(|error| error.to_string());
    let is_held = alert.state != State::Firing;
    let in_dollars = words::query(&alert).is_some_and(|query| query.is_in_dollars());
    let holder = alert.hold.as_ref().filter(|_| is_held).map(|hold| {
        view! { <Holder verb=if alert.state == State::Snoozed { "Snoozed" } else { "Acknowledged" } hold=hold.clone() now=detail.now/> }
    });
    let again = fires_again(&alert);
    view! {
        <section class="panel" id="hold" aria-labelledby="hold-title">
            <header>
                <h2 id="hold-title">"Acknowledge"</h2>
            </header>
            <div class="pb">
                {holder}
                <ActionForm action=hold attr:class="form">
                    <input type="hidden" name="id" value=alert.id/>
                    <Fields who=detail.who in_dollars/>
                    <Buttons is_held/>
                    {move || refused().map(|reason| view! { <p class="crit fs-12" role="alert">{reason}</p> })}
                    <p class="fs-11 muted">{again}</p>
                </ActionForm>
            </div>
        </section>
    }
    .into_any()
}

/// Why, who, and how long it is to be quiet.
#[component]
fn Fields(who: String, in_dollars: bool) -> impl IntoView {
    view! {
        <label>
            <span>"Note"</span>
            <textarea name="note" rows="3" maxlength=NOTE_CHARS_MAX></textarea>
        </label>
        <OwnerAndEnd who/>
        {in_dollars
            .then(|| {
                view! {
                    <label>
                        <span>"Quiet until it grows by, in dollars"</span>
                        <input class="input" name="grows_by" inputmode="decimal" autocomplete="off" placeholder="twice what it is"/>
                    </label>
                }
            })}
    }
    .into_any()
}

/// Who takes it, and for how long.
#[component]
pub fn OwnerAndEnd(
    /// The name this browser used last.
    who: String,
) -> impl IntoView {
    view! {
        <div class="two">
            <label>
                <span>"Owner"</span>
                <input class="input" name="by" required maxlength=BY_CHARS_MAX autocomplete="name" value=who/>
            </label>
            <label>
                <span>"For"</span>
                <select class="input" name="until">
                    {ENDS.map(|(value, words)| view! { <option value=value>{words}</option> }).collect_view()}
                </select>
            </label>
        </div>
    }
    .into_any()
}

/// What can be done; the first is what Enter does.
#[component]
fn Buttons(is_held: bool) -> impl IntoView {
    let undo = is_held.then(|| {
        view! {
            <button type="submit" class="btn ghost" name="action" value="undo">
                "Take it back"
            </button>
        }
    });
    view! {
        <div class="row">
            <button type="submit" class="btn primary grow" name="action" value="acknowledge" aria-keyshortcuts="a">
                <Icon glyph=Glyph::Check size=Size::Medium/>
                <span>"Acknowledge"</span>
            </button>
            <button type="submit" class="btn" name="action" value="snooze" aria-keyshortcuts="s">
                <Icon glyph=Glyph::Snooze size=Size::Medium/>
                <span>"Snooze"</span>
            </button>
        </div>
        <div class="row hold__end">
            {undo}
            <button type="submit" class="btn ghost" name="action" value="resolve">
                "Resolve"
            </button>
        </div>
    }
    .into_any()
}

/// Who has it, until when, and why.
#[component]
fn Holder(verb: &'static str, hold: Hold, now: DateTime<Utc>) -> impl IntoView {
    let grows = hold.grows_by.map(|by| format!(", or until it grows by {}", money::amount(by))).unwrap_or_default();
    view! {
        <div class="hold__now">
            <p>
                <Icon glyph=Glyph::Check size=Size::Medium/>
                {format!("{verb}: {}{grows}", held(&hold, now))}
            </p>
            {(!hold.note.is_empty()).then(|| view! { <p class="hold__note">{hold.note}</p> })}
        </div>
    }
    .into_any()
}

/// When an acknowledged alert fires again.
fn fires_again(alert: &model::alert::Alert) -> String {
    let measured = words::measured(alert);
    if measured.is_of_a_budget() {
        return "Acknowledged, it stays quiet until it is over; the next threshold has an alert of its own. \
                Snoozed, it is silent until the end."
            .into();
    }
    if measured.of == Of::Books {
        return "Acknowledged, it stays quiet until the books balance or a sum differs by twice as much. \
                Snoozed, it is silent until the end."
            .into();
    }
    if let (State::Acknowledged, Some(hold)) = (alert.state, &alert.hold) {
        if let Some(by) = hold.grows_by {
            let limit = measured.unit.text(hold.peak.unwrap_or_default() + by.to_f64());
            return format!("It fires again at {limit}, {} more than when it was acknowledged.", money::amount(by));
        }
        let at_hold = if measured.is_worst_figure() { hold.peak } else { Some(hold.count as f64) };
        let limit = at_hold.filter(|value| *value > 0.0).map(|value| measured.unit.text(value * 2.0));
        return match limit {
            Some(limit) => format!("It fires again at {limit}, twice what it was when it was acknowledged."),
            None => "It fires again at twice what it was when it was acknowledged.".into(),
        };
    }
    let twice = match (measured.is_of_traces(), measured.value) {
        (true, Some(value)) => format!("if a trace passes {}, twice what it is now", measured.unit.text(value * 2.0)),
        (false, Some(value)) if value > 0.0 => {
            format!("at {}, twice what it is now", measured.unit.text(value * 2.0))
        }
        _ => "at twice what it is then".into(),
    };
    format!("Acknowledged, it fires again {twice}. Snoozed, it is silent until the end.")
}
