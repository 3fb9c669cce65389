//! The form that takes an alert or silences it. A plain form: it works without JavaScript.

use leptos::prelude::*;
use model::alert::State;
use model::alert::hold::{BY_CHARS_MAX, NOTE_CHARS_MAX};

use super::api::{Detail, HoldAlert};
use super::list::held;
use super::words::{self, Of};
use crate::components::icon::{Glyph, Icon, Size};

/// How long a hold may be, as `hold_alert` reads it, and in words.
const ENDS: [(&str, &str); 6] = [
    ("+1h", "1 hour"),
    ("+4h", "4 hours"),
    ("+12h", "12 hours"),
    ("+1d", "1 day"),
    ("+7d", "7 days"),
    ("", "until it is resolved"),
];

/// Acknowledge and snooze.
#[component]
pub fn HoldForm(
    /// The alert.
    detail: Detail,
    /// What the form does.
    hold: ServerAction<HoldAlert>,
) -> impl IntoView {
    let alert = detail.alert;
    let refused = move || hold.value().get().and_then(Result::err).map(|error| error.to_string());
    let holder = alert.hold.as_ref().filter(|_| alert.state != State::Firing).map(|held_by| {
        let verb = if alert.state == State::Snoozed { "Snoozed" } else { "Acknowledged" };
        let note = held_by.note.clone();
        view! {
            <div class="hold__now">
                <p>
                    <Icon glyph=Glyph::Check size=Size::Medium/>
                    {format!("{verb}: {}", held(held_by, detail.now))}
                </p>
                {(!note.is_empty()).then(|| view! { <p class="hold__note">{note}</p> })}
            </div>
        }
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
                    <label>
                        <span>"Note"</span>
                        <textarea name="note" rows="3" maxlength=NOTE_CHARS_MAX></textarea>
                    </label>
                    <div class="two">
                        <label>
                            <span>"Owner"</span>
                            <input class="input" name="by" required maxlength=BY_CHARS_MAX autocomplete="name" value=detail.who/>
                        </label>
                        <label>
                            <span>"For"</span>
                            <select class="input" name="until">
                                {ENDS.map(|(value, words)| view! { <option value=value>{words}</option> }).collect_view()}
                            </select>
                        </label>
                    </div>
                    <div class="row">
                        <button type="submit" class="btn primary grow" name="action" value="acknowledge">
                            <Icon glyph=Glyph::Check size=Size::Medium/>
                            <span>"Acknowledge"</span>
                        </button>
                        <button type="submit" class="btn" name="action" value="snooze">
                            <Icon glyph=Glyph::Snooze size=Size::Medium/>
                            <span>"Snooze"</span>
                        </button>
                    </div>
                    {move || refused().map(|reason| view! { <p class="crit fs-12" role="alert">{reason}</p> })}
                    <p class="fs-11 muted">{again}</p>
                </ActionForm>
            </div>
        </section>
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
