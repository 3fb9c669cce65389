//! Links and forms of our own pages are followed without leaving the document; everything else is the browser's.

use leptos::ev::{MouseEvent, SubmitEvent};
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use web_sys::{Element, FormData, HtmlButtonElement, HtmlFormElement, Url, UrlSearchParams};

use super::{closest, visit};

/// Follows a clicked link, unless the click or the link asks for something else.
pub(super) fn click(event: &MouseEvent) {
    let modified = event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key();
    if event.default_prevented() || event.button() != 0 || modified {
        return;
    }
    let Some(link) = closest(event, "a[href]").filter(is_ours) else { return };
    let Some(url) = link.get_attribute("href").and_then(|href| here(&href)) else { return };
    let location = window().location();
    let same_page = location.pathname() == Ok(url.pathname()) && location.search() == Ok(url.search());
    if same_page && !url.hash().is_empty() {
        return;
    }
    event.prevent_default();
    if link.has_attribute("data-noscroll") {
        visit::adjust(&url.href());
    } else {
        visit::follow(&url.href());
    }
}

/// Sends a form and shows what comes back.
pub(super) fn submit(event: &SubmitEvent) {
    let form = event.target().and_then(|target| target.dyn_into::<HtmlFormElement>().ok());
    let Some(form) = form.filter(|_| !event.default_prevented()) else { return };
    let sent_by = event.submitter();
    // As attributes: a form's own `action` is the field of that name, when it has one. A button may have another one.
    let attribute = |name: &str| {
        let own = sent_by.as_ref().and_then(|button| button.get_attribute(&format!("form{name}")));
        own.or_else(|| form.get_attribute(name)).unwrap_or_default()
    };
    let method = attribute("method");
    let (Some(url), Some(fields)) = (here(&attribute("action")), fields(&form, sent_by.clone())) else { return };
    // A file goes as the browser sends it.
    if method == "dialog" || attribute("enctype") == "multipart/form-data" {
        return;
    }
    event.prevent_default();
    if method == "post" {
        visit::post(&url.href(), fields, form);
    } else {
        url.set_search(&String::from(fields.to_string()));
        visit::follow(&url.href());
    }
}

/// Whether a link leads to a page of ours, in this tab.
fn is_ours(link: &Element) -> bool {
    let leaves = ["download", "target"].iter().any(|attribute| link.has_attribute(attribute));
    !leaves && link.get_attribute("rel").is_none_or(|rel| !rel.split(' ').any(|word| word == "external"))
}

/// The address, if it is on this server.
fn here(href: &str) -> Option<Url> {
    let base = document().base_uri().ok().flatten()?;
    let url = Url::new_with_base(href, &base).ok()?;
    (window().location().origin() == Ok(url.origin())).then_some(url)
}

/// What the form says, with the button that sent it.
fn fields(form: &HtmlFormElement, sent_by: Option<web_sys::HtmlElement>) -> Option<UrlSearchParams> {
    let data = FormData::new_with_form(form).ok()?;
    let fields = UrlSearchParams::new_with_str_sequence_sequence(&data).ok()?;
    if let Some(button) = sent_by.and_then(|element| element.dyn_into::<HtmlButtonElement>().ok())
        && !button.name().is_empty()
    {
        fields.append(&button.name(), &button.value());
    }
    Some(fields)
}
