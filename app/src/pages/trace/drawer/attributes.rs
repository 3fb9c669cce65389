//! Attributes, as the client sent them, grouped by what they are about.

use leptos::prelude::*;
use model::attribute::Attributes;

use super::Section;
use super::at::{At, Of};
use super::groups::{Group, Grouped};
use super::value::KeyValues;
use crate::components::icon::{Glyph, Icon, Size};
use crate::format::number::counted;

/// From so many attributes on there is a field to find one among them.
const FIND_FROM: usize = 12;

/// What has no place of its own in the drawer, a section for each sort.
#[component]
pub fn AttributeGroups(
    /// What is left of the attributes.
    grouped: Grouped,
    /// Addresses around the span.
    at: At,
) -> impl IntoView {
    let mut grouped = grouped;
    let sections = Group::SECTIONS.map(|(group, title, glyph)| {
        let attributes = grouped.take(group);
        view! { <Listed title glyph attributes at=at.clone()/> }
    });
    sections.collect_view()
}

/// A section of attributes of the span; nothing without any.
#[component]
pub fn Listed(
    /// Its name.
    title: &'static str,
    /// Icon before the name.
    #[prop(optional_no_strip)]
    glyph: Option<Glyph>,
    /// What to list.
    attributes: Attributes,
    /// Addresses around the span.
    at: At,
    /// It is folded until somebody asks for it.
    #[prop(optional)]
    folded: bool,
) -> impl IntoView {
    if attributes.is_empty() {
        return ().into_any();
    }
    view! {
        <Section title=title.to_owned() glyph count=Some(attributes.0.len()) folded>
            <KeyValues attributes of=Of::Span at/>
        </Section>
    }
    .into_any()
}

/// A field that leaves only the values in which a text is found. Works on what is shown, so it needs the browser's code; browsers
/// themselves find text in a page as well.
#[component]
pub fn FindAttribute(
    /// Attributes of the span and of its resource.
    count: usize,
) -> impl IntoView {
    (count >= FIND_FROM).then(|| {
        view! {
            <label class="field find-in">
                <Icon glyph=Glyph::Search size=Size::Medium/>
                <span class="vh">"Find an attribute"</span>
                <input
                    type="search"
                    class="grow"
                    data-finds=".kv-row"
                    placeholder=format!("Find in {}", counted(count as i64, "attribute"))
                    autocomplete="off"
                    spellcheck="false"
                />
                <output class="muted tnum"></output>
            </label>
        }
    })
}
