//! The rows that are drawn, kept as they should be: what comes new is written as text, what goes is taken away, and what changes
//! in a row that stays is changed there, since it may be in focus.

use std::borrow::Cow;

use leptos::html::Div;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use model::trace::waterfall::{Row, Zoom};
use web_sys::{Element, HtmlElement};

use self::steps::{Step, steps};
use super::drawn::Drawn;
use super::pace::Pace;
use super::row;
use super::viewer::Viewer;
use crate::components::markup::Markup;

mod steps;

/// What changes in a row while it is drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Standing {
    /// Its place among the visible rows.
    place: usize,
    /// Whether what is below it is folded away; `None` when nothing is below it.
    is_folded: Option<bool>,
    /// Its span is opened.
    is_selected: bool,
    /// It is where the keyboard comes to.
    is_active: bool,
    /// The part of the time its bar shows.
    zoom: Zoom,
}

impl Standing {
    /// How a row stands now.
    fn of(drawn: &Drawn, place: usize, viewer: Viewer) -> Self {
        let (index, row) = (drawn.index, drawn.row.as_deref());
        let span = row.and_then(Row::span_id);
        let has_below = row.is_some_and(|row| row.descendants > 0);
        Self {
            place,
            is_folded: has_below.then(|| viewer.folds.with(|folds| folds.is_folded(index))),
            is_selected: span.is_some() && viewer.url.with(|url| url.span == span),
            is_active: viewer.active.get() == index,
            zoom: viewer.zoom.get(),
        }
    }

    /// The attributes that say so. The head is the first row.
    pub fn attributes(&self) -> [(&'static str, Option<Cow<'static, str>>); 4] {
        let told = |yes: bool| Cow::Borrowed(if yes { "true" } else { "false" });
        [
            ("aria-rowindex", Some(Cow::Owned((self.place + 2).to_string()))),
            ("aria-expanded", self.is_folded.map(|is_folded| told(!is_folded))),
            ("aria-selected", Some(told(self.is_selected))),
            ("tabindex", Some(Cow::Borrowed(if self.is_active { "0" } else { "-1" }))),
        ]
    }
}

/// The rows of the window.
#[component]
pub fn Rows(
    /// Who looks at them.
    viewer: Viewer,
) -> impl IntoView {
    let element = NodeRef::<Div>::new();
    let first = untrack(|| shown(&[], viewer));
    let html = written(&first, viewer);
    let drawn = StoredValue::new(first);
    Effect::new(move |_| {
        let wanted = drawn.with_value(|drawn| shown(drawn, viewer));
        if let Some(rows) = element.get() {
            drawn.with_value(|drawn| bring(&rows, drawn, &wanted, viewer));
            drawn.set_value(wanted);
        }
    });
    view! { <div class="wf-rows" role="presentation" node_ref=element inner_html=html></div> }
}

/// A row and how it stands.
type Shown = (Drawn, Standing);

/// What is to be drawn after what is: of rows that rush past, those that come new in brief.
fn shown(before: &[Shown], viewer: Viewer) -> Vec<Shown> {
    let start = viewer.window.with(|window| window.start);
    let is_rushing = viewer.pace.get() == Pace::Rushing;
    let is_whole = |index: usize| {
        before.binary_search_by_key(&index, |(drawn, _)| drawn.index).is_ok_and(|at| !before[at].0.is_brief)
    };
    let standing = |(mut drawn, place): (Drawn, usize)| {
        drawn.is_brief = is_rushing && !is_whole(drawn.index);
        let standing = Standing::of(&drawn, place, viewer);
        (drawn, standing)
    };
    viewer.drawn().into_iter().zip(start..).map(standing).collect()
}

fn written(rows: &[Shown], viewer: Viewer) -> String {
    let mut html = Markup::default();
    rows.iter().for_each(|(drawn, standing)| row::write(&mut html, drawn, standing, viewer));
    html.into_html()
}

/// Makes of the rows that are drawn those that are wanted.
fn bring(rows: &Element, drawn: &[Shown], wanted: &[Shown], viewer: Viewer) {
    let key = |shown: &Shown| (shown.0.index, shown.0.key());
    let (before, after): (Vec<_>, Vec<_>) = (drawn.iter().map(key).collect(), wanted.iter().map(key).collect());
    let mut here = rows.first_element_child();
    for step in steps(&before, &after) {
        match step {
            Step::Remove => {
                let Some(gone) = here else { return };
                here = gone.next_element_sibling();
                gone.remove();
            }
            Step::Write(new) => {
                let html = written(&wanted[new], viewer);
                // Refused only where there is no place, and there is one: in the element or before one of its children.
                let _ = match &here {
                    Some(next) => next.insert_adjacent_html("beforebegin", &html),
                    None => rows.insert_adjacent_html("beforeend", &html),
                };
            }
            Step::Keep(was, is) => {
                let Some(row) = here else { return };
                here = row.next_element_sibling();
                adjust(&row, &drawn[was].1, &wanted[is], viewer);
            }
        }
    }
}

/// Changes what has changed in a row.
fn adjust(element: &Element, was: &Standing, (drawn, is): &Shown, viewer: Viewer) {
    let Some(row) = drawn.row.as_deref().filter(|_| was != is) else { return };
    for ((name, before), (_, now)) in was.attributes().into_iter().zip(is.attributes()) {
        if let (Some(now), true) = (&now, before != now) {
            // Refused only for a name no attribute can have.
            let _ = element.set_attribute(name, now);
        }
    }
    if was.zoom != is.zoom {
        let mut html = Markup::default();
        row::axis(&mut html, row, drawn.is_brief, viewer);
        if let Some(axis) = element.last_element_child().and_then(|cell| cell.dyn_into::<HtmlElement>().ok()) {
            axis.set_inner_html(&html.into_html());
        }
    }
}
