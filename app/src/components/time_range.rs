//! The picker of a range of time: links for the usual ones, a plain form for any other.

use leptos::prelude::*;
use model::time::TimeRange;

use crate::components::icon::{Glyph, Icon, Size};
use crate::format::time;
use crate::url_state::{PRESETS_SECONDS, RangeChoice};

/// A menu of ranges; choosing one follows a link, so it works without JavaScript.
#[component]
pub fn TimeRangePicker(
    /// The range in force.
    choice: RangeChoice,
    /// The same range as moments, when known: fills the form.
    #[prop(optional_no_strip)]
    resolved: Option<TimeRange>,
    /// Path of the page.
    #[prop(into)]
    path: String,
    /// Query pairs of the page that stay as they are.
    keep: Vec<(String, String)>,
) -> impl IntoView {
    let kept: String = keep.iter().map(|(key, value)| format!("&{key}={}", crate::url_state::encode(value))).collect();
    let presets = PRESETS_SECONDS
        .map(|seconds| {
            let preset = RangeChoice::Last(seconds);
            let current = (preset == choice).then_some("true");
            view! {
                <a href=format!("{path}?{}{kept}", preset.to_query()) aria-current=current class:on=preset == choice>
                    {preset.label()}
                </a>
            }
        })
        .collect_view();
    let from = resolved.map(|range| time::input(range.from));
    let to = resolved.map(|range| time::input(range.to));
    view! {
        <details class="picker">
            <summary class="picker__now">
                <Icon glyph=Glyph::Calendar size=Size::Medium/>
                <b>{choice.label()}</b>
                <Icon glyph=Glyph::CaretDown size=Size::Small/>
            </summary>
            <div class="menu picker__menu">
                {presets}
                <hr/>
                <form class="picker__form" action=path method="get">
                    {keep
                        .into_iter()
                        .map(|(key, value)| view! { <input type="hidden" name=key value=value/> })
                        .collect_view()}
                    <label>
                        <span>"From, UTC"</span>
                        <input type="datetime-local" name="from" required value=from/>
                    </label>
                    <label>
                        <span>"To, UTC"</span>
                        <input type="datetime-local" name="to" required value=to/>
                    </label>
                    <button type="submit" class="btn">"Apply"</button>
                </form>
            </div>
        </details>
    }
    .into_any()
}
