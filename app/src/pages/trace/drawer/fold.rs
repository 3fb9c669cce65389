//! Long texts: their beginning, and the way to the rest.

use leptos::prelude::*;
use model::conversation::Excerpt;

use crate::components::code::Code;
use crate::format::number::bytes;

/// Bytes of a long text that are seen before anybody asks for more: some lines of the drawer.
const BEGINNING_BYTES: usize = 600;

/// Bytes of one text in the page; what is longer is a page of its own.
const IN_PAGE_BYTES_MAX: usize = 16 * 1024;

/// A text in the type of code, at most as much of it as is read at once. What is copied is marked by `data-value`.
#[component]
pub fn Folded(
    /// The text.
    excerpt: Excerpt,
    /// Where all of it is; `None` when it is nowhere by itself.
    #[prop(optional_no_strip)]
    whole: Option<String>,
) -> impl IntoView {
    let Excerpt { text, bytes: size, json } = excerpt;
    if text.len() == size && size <= BEGINNING_BYTES {
        return view! {
            <pre class="block" data-value="">
                <Code text json/>
            </pre>
        }
        .into_any();
    }
    let beginning = text[..text.floor_char_boundary(BEGINNING_BYTES)].to_owned();
    let seen = beginning.len();
    let how_much = format!("{} of {}", bytes(seen as u64), bytes(size as u64));
    if text.len() == size && size <= IN_PAGE_BYTES_MAX {
        return view! {
            <details class="fold">
                <summary>
                    <span class="block fold__seen">
                        <Code text=beginning json/>
                    </span>
                    <span class="fold__more">{how_much} <b class="link">"Show all"</b></span>
                    <span class="fold__less">{bytes(size as u64)} <b class="link">"Show less"</b></span>
                </summary>
                <pre class="block" data-value="">
                    <Code text json/>
                </pre>
            </details>
        }
        .into_any();
    }
    let link = whole.map(|href| view! { <a class="link" href=href rel="external" target="_blank">"Show all"</a> });
    view! {
        <pre class="block fold__seen">
            <Code text=beginning json/>
        </pre>
        <p class="fold__more">{how_much} " " {link}</p>
    }
    .into_any()
}
