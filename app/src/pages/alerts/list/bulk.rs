//! What is done to several alerts at once, under the list. A plain form: it works without JavaScript.

use leptos::prelude::*;

use crate::components::icon::{Glyph, Icon, Size};
use crate::pages::alerts::act::HoldAlerts;
use crate::pages::alerts::hold::OwnerAndEnd;

/// The form that the boxes of the list belong to.
pub const FORM_ID: &str = "bulk";

/// The name of those boxes.
pub const FIELD: &str = "ids[]";

/// Owner, end, and what is done.
#[component]
pub fn Bulk(
    /// The name this browser used last.
    who: String,
    /// What the form does.
    bulk: ServerAction<HoldAlerts>,
) -> impl IntoView {
    let refused = move || bulk.value().get().and_then(Result::err).map(|error| error.to_string());
    view! {
        {move || refused().map(|reason| view! { <p class="al-refused crit fs-12" role="alert">{reason}</p> })}
        <ActionForm action=bulk attr:id=FORM_ID attr:class="form al-bulk" attr:aria-label="The chosen alerts">
            <OwnerAndEnd who/>
            <div class="row">
                <button type="submit" class="btn primary grow" name="action" value="acknowledge">
                    <Icon glyph=Glyph::Check size=Size::Medium/>
                    <span>"Acknowledge"</span>
                </button>
                <button type="submit" class="btn" name="action" value="snooze">
                    <Icon glyph=Glyph::Snooze size=Size::Medium/>
                    <span>"Snooze"</span>
                </button>
                <button type="submit" class="btn ghost" name="action" value="resolve">"Resolve"</button>
            </div>
        </ActionForm>
    }
    .into_any()
}
