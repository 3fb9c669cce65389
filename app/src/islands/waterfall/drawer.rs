//! The drawer beside the waterfall follows the opened span: its content comes from the server, ready to show.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::JsCast;
use model::SpanId;
use web_sys::HtmlElement;

use super::api::load_drawer;
use super::limit::crossed_by;
use super::sheet::SpanPlace;
use super::viewer::Viewer;
use crate::browser::escaped;

/// The element the drawer is in; empty when no span is opened.
const ELEMENT_ID: &str = "drawer";

/// Shows the drawer of whatever span is opened from now on; the first one came with the page.
pub fn follow(viewer: Viewer) {
    let opened = Memo::new(move |_| viewer.url.with(|url| url.span));
    Effect::watch(
        move || opened.get(),
        move |opened, _, _| match opened {
            Some(span_id) => load(viewer, *span_id),
            None => show(""),
        },
        false,
    );
}

fn load(viewer: Viewer, span_id: SpanId) {
    let row = untrack(|| viewer.row_of(span_id));
    let slot = match row.as_ref().map(|row| &row.kind) {
        Some(model::trace::waterfall::RowKind::Span(span)) => viewer.slot(&span.service),
        _ => crate::colour::OTHER,
    };
    let place = viewer.sheet.with_value(|sheet| SpanPlace {
        over: crossed_by(sheet, span_id),
        ..SpanPlace::of(row.as_deref(), slot, sheet.extent, sheet.own_cost)
    });
    let url = viewer.url.get_untracked();
    spawn_local(async move {
        let answer = load_drawer(viewer.trace_id, span_id, place, url).await;
        // Somebody may have opened another one meanwhile.
        if viewer.url.try_with_untracked(|url| url.span) == Some(Some(span_id)) {
            match answer {
                Ok(html) => show(&html),
                Err(error) => show(&format!(
                    "<aside class=\"drawer\" aria-label=\"Span detail\"><p class=\"banner crit\" role=\"alert\">{}</p></aside>",
                    escaped(&error.to_string())
                )),
            }
        }
    });
}

fn show(html: &str) {
    let Some(element) = document().get_element_by_id(ELEMENT_ID) else { return };
    let focused = document().active_element().filter(|focused| element.contains(Some(focused.as_ref())));
    element.set_inner_html(html);
    // Whoever goes from span to span by the links of the drawer goes on from the same link, or from its top.
    if let Some(focused) = focused {
        let same = document().get_element_by_id(&focused.id());
        let top = || element.query_selector(".dh-name").ok().flatten();
        if let Some(next) = same.or_else(top).and_then(|next| next.dyn_into::<HtmlElement>().ok()) {
            let _ = next.focus();
        }
    }
}
