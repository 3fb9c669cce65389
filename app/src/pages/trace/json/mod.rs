//! The trace as other programs read it: the beginning of a file of `GET /api/v1/traces/{trace_id}`, or all of it when that is short,
//! laid out for people, with the ways to the whole.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use self::pretty::pretty;
use super::files::{FORMATS, href};
use super::read::TraceView;
use crate::components::icon::{Glyph, Icon, Size};
use crate::context::Excerpt;
use crate::format::number;
use crate::islands::waterfall::links::TraceUrl;

mod pretty;

/// Where the text is, for the button that copies it.
const TEXT_ID: &str = "json-text";

/// A file as far as it is shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Shown {
    /// Its format: one of [`FORMATS`].
    pub format: String,
    /// Its beginning.
    pub excerpt: Excerpt,
}

/// The format an address names; the first for what is none.
pub fn format_of(url: &TraceUrl) -> &'static str {
    let asked = url.option("format").unwrap_or_default();
    FORMATS.iter().find(|file| file.format == asked).unwrap_or(&FORMATS[0]).format
}

/// The text with its formats.
#[component]
pub fn JsonView(
    /// What is shown.
    shown: Shown,
    /// The trace.
    view: TraceView,
    /// The address, for links.
    url: TraceUrl,
) -> impl IntoView {
    let trace_id = view.sheet.trace_id;
    let formats = FORMATS.iter().enumerate().map(|(at, file)| {
        let is_on = file.format == shown.format;
        let url = url.with_option("format", (at > 0).then(|| file.format.to_owned()));
        view! {
            <a href=url.href(trace_id) class:on=is_on aria-current=is_on.then_some("true") data-noscroll>
                {file.name}
            </a>
        }
    });
    let formats = formats.collect_view();
    let file = href(trace_id, &url.within, &shown.format);
    let text = pretty(&shown.excerpt.text);
    let is_all = shown.excerpt.is_whole && !text.is_cut && text.cut_strings == 0;
    let how_much = how_much(&shown.excerpt, view.sheet.spans, &text);
    let copy = if is_all { "Copy" } else { "Copy what is shown" };
    view! {
        <div class="js-bar">
            <nav class="seg" aria-label="Format">{formats}</nav>
            <span class="muted js-part">{how_much}</span>
            <button type="button" class="btn needs-js" data-does="copy" data-from=TEXT_ID>
                <Icon glyph=Glyph::Copy size=Size::Medium/>
                <span aria-live="polite">{copy}</span>
            </button>
            <a class="btn" href=file.clone() rel="external">"Open whole"</a>
            <a class="btn" href=file download="" rel="external">
                <Icon glyph=Glyph::Download size=Size::Medium/>
                "Download"
            </a>
        </div>
        <pre class="js-text mono" tabindex="0" role="region" aria-label="The trace as JSON"><code id=TEXT_ID inner_html=text.html></code></pre>
    }
    .into_any()
}

/// How much of the file is shown, in words.
fn how_much(excerpt: &Excerpt, spans: i64, text: &pretty::Pretty) -> String {
    let strings = match text.cut_strings {
        0 => String::new(),
        count => format!(", {} shortened", number::counted(count as i64, "long value")),
    };
    if text.is_cut {
        let (shown, all) = (number::bytes(text.read as u64), number::counted(spans, "span"));
        return format!("The first {shown} of a file of {all}{strings}");
    }
    match excerpt.is_whole {
        true => format!("The whole file, {}{strings}", number::counted(excerpt.spans, "span")),
        false => format!("The first {} of {} spans{strings}", number::count(excerpt.spans), number::count(spans)),
    }
}
