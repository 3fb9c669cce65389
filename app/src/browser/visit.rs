//! Showing another page, or the same one anew, within the document that is open: its theme, stream and keys go on.

use std::cell::{Cell, RefCell};

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Document, DomParser, Element, Event, Headers, HtmlElement, HtmlFormElement, RequestInit, Response, SupportedType,
    UrlSearchParams,
};

use super::morph::{self, Keep};
use super::{choices, roving, title};

/// Answers shown in one document before the next link leaves it for a new one: islands that went away free their memory
/// only then.
const VISITS_MAX: u32 = 100;

/// Tells the document's own script that islands may have come; see `document::shell`.
const SWAPPED: &str = "tracetab:swapped";

/// What is kept of the page before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// Another page: from its top, as if it had been opened.
    Follow,
    /// Another view of the page: what is in sight stays in sight.
    Adjust,
    /// An address from the browser's history, which is already in the address bar.
    Back,
    /// The same page with newer figures: what a person did to it stays.
    Refresh,
}

/// Takes an address and whether it is new to the browser's history; false when it is not its own.
type Claim = Box<dyn Fn(&str, bool) -> bool>;

thread_local! {
    /// The page that draws itself from its address, if the one that is shown does.
    static CLAIM: RefCell<Option<Claim>> = const { RefCell::new(None) };
    /// A person waits for an answer.
    static BUSY: Cell<bool> = const { Cell::new(false) };
    /// The number of the latest visit: what comes back for an earlier one is no longer wanted.
    static LATEST: Cell<u32> = const { Cell::new(0) };
    /// The address that is shown, without its fragment.
    static SHOWN: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Goes to another page.
pub fn follow(href: &str) {
    visit(href, Manner::Follow);
}

/// Goes to another view of this page and leaves the scrolling alone.
pub fn adjust(href: &str) {
    visit(href, Manner::Adjust);
}

/// Shows this page with newer figures, unless somebody is on the way to another one.
pub fn refresh() {
    if !BUSY.get() {
        visit(&address(), Manner::Refresh);
    }
}

/// The page that is shown draws itself from its address and takes its own addresses. It is left as a whole, with all
/// it holds.
pub fn claim(takes: impl Fn(&str, bool) -> bool + 'static) {
    remember();
    CLAIM.set(Some(Box::new(takes)));
}

/// Follows the browser's back and forward.
pub(super) fn back() {
    // A fragment is the browser's own affair.
    if SHOWN.with_borrow(|shown| shown.as_ref() != Some(&address())) {
        visit(&address(), Manner::Back);
    }
}

/// Sends a form and shows the page it answers with; when there is no answer, says so in the form and keeps it.
pub(super) fn post(action: &str, fields: UrlSearchParams, form: HtmlFormElement) {
    let (action, number) = (action.to_owned(), next());
    busy(true);
    spawn_local(async move {
        let answer = fetch(&action, Some(&fields)).await;
        busy(false);
        match answer {
            Ok(answer) if number == LATEST.get() => show(answer, Manner::Adjust),
            Ok(_) => {}
            Err(_) => say_unsent(&form),
        }
    });
}

fn visit(href: &str, manner: Manner) {
    let claimed = CLAIM.with_borrow(|claim| claim.as_ref().map(|takes| takes(href, manner != Manner::Back)));
    match claimed {
        Some(true) => return remember(),
        Some(false) => return leave_for(href),
        None if manner != Manner::Refresh && LATEST.get() >= VISITS_MAX => return leave_for(href),
        None => {}
    }
    let (href, number) = (href.to_owned(), next());
    remember();
    busy(manner != Manner::Refresh);
    spawn_local(async move {
        let answer = fetch(&href, None).await;
        if number == LATEST.get() {
            busy(false);
        }
        match answer {
            Ok(answer) if number == LATEST.get() => show(answer, manner),
            // Somebody went on meanwhile.
            Ok(_) => {}
            // The browser says best what is wrong with a page; newer figures can wait.
            Err(_) if manner == Manner::Refresh => {}
            Err(_) => leave_for(&href),
        }
    });
}

/// A page as the server answered it.
struct Answer {
    /// Where it was found, after redirections.
    url: String,
    page: Document,
}

async fn fetch(url: &str, form: Option<&UrlSearchParams>) -> Result<Answer, JsValue> {
    let headers = Headers::new()?;
    headers.set("accept", "text/html")?;
    let request = RequestInit::new();
    request.set_headers(&headers);
    if let Some(form) = form {
        request.set_method("POST");
        request.set_body(form);
    }
    let response: Response = JsFuture::from(window().fetch_with_str_and_init(url, &request)).await?.dyn_into()?;
    let kind = response.headers().get("content-type")?.unwrap_or_default();
    if !kind.starts_with("text/html") {
        return Err(JsValue::from_str(&kind));
    }
    let text = JsFuture::from(response.text()?).await?.as_string().unwrap_or_default();
    // The browser leaves out the fragment where it says what it has fetched. An answered form leads back to the page it
    // is on, with a question mark that asks for nothing.
    let url = if response.redirected() { response.url().trim_end_matches('?').to_owned() } else { url.to_owned() };
    Ok(Answer { url, page: DomParser::new()?.parse_from_string(&text, SupportedType::TextHtml)? })
}

fn show(answer: Answer, manner: Manner) {
    let (old, new) = (frame_of(&document()), frame_of(&answer.page));
    // Another release of the server has other styles and other browser code: only a new document has both.
    let (Some(old), Some(new)) = (old, new.filter(|_| style_of(&answer.page) == style_of(&document()))) else {
        // Newer figures are not worth what somebody is typing.
        if manner != Manner::Refresh || !is_typing() {
            leave_for(&answer.url);
        }
        return;
    };
    title::of_page(&answer.page.title());
    if matches!(manner, Manner::Follow | Manner::Adjust) {
        remember_in_history(&answer.url);
    }
    remember();
    // What a form was sent with has been dealt with.
    let chosen = if manner == Manner::Adjust { Vec::new() } else { choices::chosen() };
    morph::into(&old, &new, if manner == Manner::Refresh { Keep::WhatPeopleDid } else { Keep::Nothing });
    choices::choose(&chosen);
    roving::begin();
    if matches!(manner, Manner::Follow | Manner::Back) {
        begin_at_the_top();
    }
    if let Ok(event) = Event::new(SWAPPED) {
        // False only when a listener cancels it, and none does.
        let _ = document().dispatch_event(&event);
    }
}

/// The page's content gets the focus and is seen from its top, or from where the address points.
fn begin_at_the_top() {
    let main = document().get_element_by_id("main").and_then(|main| main.dyn_into::<HtmlElement>().ok());
    if let Some(main) = main {
        main.set_scroll_top(0);
        // An element with a tabindex takes the focus.
        let _ = main.focus();
    }
    let fragment = window().location().hash().unwrap_or_default();
    let target = fragment.strip_prefix('#').and_then(|id| document().get_element_by_id(id));
    target.iter().for_each(Element::scroll_into_view);
}

/// A form that leads back to its own page is no step in the history.
fn remember_in_history(url: &str) {
    let (Ok(history), location) = (window().history(), window().location()) else { return };
    // Refused only for an address on another server.
    let _ = if location.href().as_deref() == Ok(url) {
        history.replace_state_with_url(&JsValue::NULL, "", Some(url))
    } else {
        history.push_state_with_url(&JsValue::NULL, "", Some(url))
    };
}

/// Says in a form, once, that it was not sent.
fn say_unsent(form: &HtmlFormElement) {
    let said = form.query_selector(".unsent").ok().flatten();
    let Some(line) = said.or_else(|| document().create_element("p").ok()) else { return };
    line.set_class_name("unsent crit fs-12");
    // Fails only for a name no attribute can have.
    let _ = line.set_attribute("role", "alert");
    line.set_text_content(Some("The server did not take this, so nothing has changed. Try again."));
    let _ = form.append_child(&line);
}

/// Whether a person waits; the style sheet shows it when it takes long.
fn busy(waits: bool) {
    BUSY.set(waits);
    if let Some(body) = document().body() {
        // Fails only for a name no attribute can have.
        let _ = body.toggle_attribute_with_force("data-busy", waits);
    }
}

fn is_typing() -> bool {
    document()
        .active_element()
        .is_some_and(|element| ["INPUT", "TEXTAREA", "SELECT"].contains(&element.tag_name().as_str()))
}

fn leave_for(href: &str) {
    // Refused only for an address that is none. To the address that is shown already, this is a reload.
    let _ = window().location().assign(href);
}

fn next() -> u32 {
    LATEST.set(LATEST.get() + 1);
    LATEST.get()
}

/// Takes the address of the document for shown: one that differs in its fragment alone is no other page.
pub(super) fn remember() {
    SHOWN.set(Some(address()));
}

/// Path and query of the address bar.
fn address() -> String {
    let location = window().location();
    location.pathname().unwrap_or_default() + &location.search().unwrap_or_default()
}

fn frame_of(page: &Document) -> Option<Element> {
    page.query_selector(".app").ok().flatten()
}

fn style_of(page: &Document) -> Option<String> {
    page.query_selector("link[rel=stylesheet]").ok().flatten()?.get_attribute("href")
}
