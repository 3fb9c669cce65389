//! The field that searches the trace: the server answers, this steps through what it found.

use leptos::ev::KeyboardEvent;
use leptos::html::Input;
use leptos::prelude::*;
use model::trace::waterfall::Found;

use super::keys;
use super::viewer::Viewer;
use crate::components::icon::{Glyph, Icon, Size};
use crate::format::number;

/// What the field is called for the key that goes to it.
pub const FIELD_ID: &str = "find";

/// A form without JavaScript; with it, the address changes and the answer is shown here.
#[component]
pub fn FindField(
    /// Who looks for something.
    viewer: Viewer,
) -> impl IntoView {
    let input = NodeRef::<Input>::new();
    let typed = move || input.get_untracked().map(|input| input.value().trim().to_owned()).unwrap_or_default();
    let asked = move || viewer.url.with(|url| url.look.find.clone().unwrap_or_default());
    let press = move |event: KeyboardEvent| match event.key().as_str() {
        "Enter" if event.shift_key() || typed() == untrack(asked) => {
            event.prevent_default();
            viewer.step_to_hit(!event.shift_key(), false);
        }
        "Escape" => keys::return_to_row(viewer),
        _ => {}
    };
    // Another view in the browser's history has another find.
    Effect::new(move |_| {
        let asked = asked();
        if let Some(input) = input.get() {
            input.set_value(&asked);
        }
    });
    let step = move |forward: bool| move |_| viewer.step_to_hit(forward, false);
    let has_hits = move || viewer.found.with(|found| matches!(found, Some(Ok(found)) if found.total > 0));
    view! {
        <form class="field sm find" class:has-hits=has_hits role="search" action=format!("/traces/{}", viewer.trace_id)>
            <Icon glyph=Glyph::Search size=Size::Medium/>
            <OtherFields viewer leaving_out=&["find", "at", "span"]/>
            <input
                id=FIELD_ID
                name="find"
                node_ref=input
                value=untrack(asked)
                placeholder="Find in trace"
                aria-label="Find in trace"
                aria-describedby="find-note"
                title="A word, key=value, cost > 0.01, duration > 1s, status = error"
                autocomplete="off"
                spellcheck="false"
                on:keydown=press
            />
            <span class="hits tnum" role="status">{move || hits(viewer)}</span>
            <span class="needs-js find-steps">
                <button type="button" class="ibtn xs" aria-label="Previous match" title="Previous match (shift enter)" on:click=step(false)>
                    <Icon glyph=Glyph::Up size=Size::Small/>
                </button>
                <button type="button" class="ibtn xs" aria-label="Next match" title="Next match (enter)" on:click=step(true)>
                    <Icon glyph=Glyph::CaretDown size=Size::Small/>
                </button>
            </span>
            <kbd aria-hidden="true">"/"</kbd>
        </form>
    }
}

/// The rest of the address, so that a form changes its own part of it alone.
#[component]
pub fn OtherFields(
    /// Whose address it is.
    viewer: Viewer,
    /// What the form says itself.
    leaving_out: &'static [&'static str],
) -> impl IntoView {
    move || {
        let pairs = viewer.url.with(|url| url.to_query()).into_iter();
        let others = pairs.filter(|(key, _)| !leaving_out.contains(key));
        others.map(|(key, value)| view! { <input type="hidden" name=key value=value/> }).collect_view()
    }
}

/// `3 of 2,571`.
fn hits(viewer: Viewer) -> String {
    let active = viewer.active.get();
    viewer.found.with(|found| match found {
        _ if viewer.searching.get() => "…".to_owned(),
        Some(Ok(found)) => counted(found, active),
        Some(Err(_)) | None => String::new(),
    })
}

fn counted(found: &Found, active: usize) -> String {
    let total = number::count(found.total as i64);
    match found.rows.binary_search(&active) {
        _ if found.total == 0 => "none".to_owned(),
        Ok(at) => format!("{} of {total}", number::count(at as i64 + 1)),
        Err(_) => format!("{total} found"),
    }
}

/// What is wrong with a find, or what its answer leaves out.
#[component]
pub fn FindNote(
    /// Who looks for something.
    viewer: Viewer,
) -> impl IntoView {
    let note = move || {
        viewer.found.with(|found| match found {
            Some(Err(error)) => Some((format!("Nothing was searched for: {error}."), true)),
            Some(Ok(found)) => left_out(found).map(|note| (note, false)),
            None => None,
        })
    };
    view! {
        <div id="find-note" class="find-note" role="status">
            {move || note().map(|(note, wrong)| view! { <p class:crit=wrong>{note}</p> })}
        </div>
    }
}

/// What was not looked at, and what cannot be stepped through; nothing when that is nothing.
fn left_out(found: &Found) -> Option<String> {
    let count = |count: usize| number::count(count as i64);
    let looked = found.looked.map(|looked| {
        format!("The attributes of {} of {} spans were read: there may be more.", count(looked.spans), count(looked.of))
    });
    let steps = (found.rows.len() < found.total)
        .then(|| format!("The first {} of {} can be stepped through.", count(found.rows.len()), count(found.total)));
    let notes: Vec<String> = looked.into_iter().chain(steps).collect();
    (!notes.is_empty()).then(|| notes.join(" "))
}

#[cfg(test)]
mod tests {
    use model::trace::waterfall::Looked;

    use super::*;

    #[test]
    fn a_hit_is_told_by_its_place_among_all() {
        let found = Found { rows: vec![2, 5, 9], total: 2_571, ..Found::default() };
        assert_eq!(counted(&found, 9), "3 of 2,571");
        assert_eq!(counted(&found, 4), "2,571 found");
        assert_eq!(counted(&Found::default(), 4), "none");
    }

    #[test]
    fn nothing_is_left_out_silently() {
        let found = Found { rows: vec![1], total: 1, ..Found::default() };
        assert_eq!(left_out(&found), None);
        let looked = Some(Looked { spans: 50_000, of: 120_000 });
        let found = Found { total: 7_000, looked, ..found };
        assert_eq!(
            left_out(&found).unwrap(),
            "The attributes of 50,000 of 120,000 spans were read: there may be more. The first 1 of 7,000 can be stepped through."
        );
    }
}
