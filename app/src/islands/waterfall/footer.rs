//! The line under the waterfall: what is shown of how much, whether the money adds up, which keys there are.

use leptos::prelude::*;

use super::shown::Shown;
use super::viewer::Viewer;
use crate::components::icon::{Glyph, Icon, Size};
use crate::format::{money, number};

/// What is shown, the check of the sums, keys.
#[component]
pub fn Footer(
    /// Who looks at it.
    viewer: Viewer,
) -> impl IntoView {
    let sheet = viewer.sheet.get_value();
    let unpriced = sheet.unpriced;
    let unpriced = (unpriced > 0).then(|| {
        view! { <span class="tnum" title="The total is a lower bound">{format!("{} without a known cost", number::count(unpriced))}</span> }
    });
    let drift = sheet.drift;
    let check = if drift.pico() == 0 {
        view! {
            <span class="chk">
                <Icon glyph=Glyph::Check size=Size::Small/>
                "Σ self = subtree of root, drift $0"
            </span>
        }
        .into_any()
    } else {
        view! {
            <span class="chk warn-t">
                <Icon glyph=Glyph::Warn size=Size::Small/>
                {format!("Σ self differs from the subtrees by {}", money::amount(drift))}
            </span>
        }
        .into_any()
    };
    let keys = [
        (&["j", "k"][..], "move"),
        (&["←", "→"], "fold"),
        (&["c"], "colour"),
        (&["p"], "path"),
        (&["e"], "next error"),
        (&["$"], "dearest"),
        (&["?"], "all keys"),
    ];
    let keys = keys.map(
        |(keys, what)| view! { {keys.iter().map(|key| view! { <kbd>{*key}</kbd> }).collect_view()} " " {what} " " },
    );
    view! {
        <div class="wf-foot">
            <Shown viewer/>
            {unpriced}
            {check}
            <div class="heat-leg only-wide">
                <span>"Self cost, share of trace"</span>
                {(0..7).map(|heat| view! { <i data-heat=heat.to_string()></i> }).collect_view()}
                <span class="tnum">"0.1% · 0.5% · 2% · 6% · 15% · 26%"</span>
            </div>
            <div class="spacer"></div>
            <span class="wf-keys only-wide needs-js">{keys.collect_view()}</span>
        </div>
    }
}
