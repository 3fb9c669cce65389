//! Groups of links that are one stop of the tab key: arrows go from one to its neighbour. Without browser code each of them is a
//! stop of its own, so nothing is out of reach.
//!
//! A group is an element with `data-roves`. The neighbour is what lies in the direction of the arrow, so it works for a line of
//! tabs, the boxes of a flame graph and the nodes of a drawing alike.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, SvgElement};

use super::closest;

/// The groups.
const GROUPS: &str = "[data-roves]";

/// What is wanted first of a group: what is chosen.
const CHOSEN: &str = "a[aria-selected=true],a[aria-current]";

/// Makes every group on the page one stop.
pub fn begin() {
    let Ok(groups) = document().query_selector_all(GROUPS) else { return };
    for group in (0..groups.length()).filter_map(|at| groups.get(at)?.dyn_into::<Element>().ok()) {
        let stop = group.query_selector(CHOSEN).ok().flatten().or_else(|| links(&group).into_iter().next());
        if let Some(stop) = stop {
            stop_at(&group, &stop);
        }
    }
}

/// Moves the focus within a group; whether the key meant that.
pub fn press(event: &KeyboardEvent) -> bool {
    let (Some(group), Some(from)) = (closest(event, GROUPS), closest(event, "a")) else { return false };
    let all = links(&group);
    let found = match event.key().as_str() {
        "Home" => all.first(),
        "End" => all.last(),
        "ArrowRight" => nearest(&all, &from, |x, y| (x, y)),
        "ArrowLeft" => nearest(&all, &from, |x, y| (-x, y)),
        "ArrowDown" => nearest(&all, &from, |x, y| (y, x)),
        "ArrowUp" => nearest(&all, &from, |x, y| (-y, x)),
        _ => return false,
    };
    if let Some(link) = found {
        stop_at(&group, link);
        focus(link);
    }
    true
}

/// Gives the focus to a link, in the text or in a drawing.
pub fn focus(link: &Element) {
    // A link with an address takes the focus.
    if let Some(link) = link.dyn_ref::<HtmlElement>() {
        let _ = link.focus();
    } else if let Some(link) = link.dyn_ref::<SvgElement>() {
        let _ = link.focus();
    }
}

fn links(group: &Element) -> Vec<Element> {
    let Ok(found) = group.query_selector_all("a[href]") else { return Vec::new() };
    (0..found.length()).filter_map(|at| found.get(at)?.dyn_into().ok()).collect()
}

fn stop_at(group: &Element, stop: &Element) {
    for link in links(group) {
        // Fails only for a name no attribute can have.
        let _ = link.set_attribute("tabindex", if link == *stop { "0" } else { "-1" });
    }
}

/// The element nearest to `from` among those ahead of it: what lies straight ahead before all others. `turn` makes a distance in x
/// and y one ahead and one aside.
fn nearest<'a>(all: &'a [Element], from: &Element, turn: impl Fn(f64, f64) -> (f64, f64)) -> Option<&'a Element> {
    /// What lies aside counts as farther.
    const ASIDE: f64 = 4.0;
    /// Elements of one line differ by less.
    const APART: f64 = 1.0;
    let here = from.get_bounding_client_rect();
    let distance = |element: &Element| {
        let there = element.get_bounding_client_rect();
        // By left edges, so that a box leads down to its first child; and up to what it stands on.
        let (ahead, aside) = turn(there.left() - here.left(), there.top() - here.top());
        let covers =
            there.left() <= here.left() && here.left() < there.right() && (there.top() - here.top()).abs() > APART;
        let is_straight = aside.abs() < APART || covers;
        (ahead >= APART).then(|| (!is_straight, ahead + if is_straight { 0.0 } else { aside.abs() * ASIDE }))
    };
    let ahead = all.iter().filter_map(|element| Some((distance(element)?, element)));
    let nearer = |left: (bool, f64), right: (bool, f64)| left.0.cmp(&right.0).then(left.1.total_cmp(&right.1));
    ahead.min_by(|(left, _), (right, _)| nearer(*left, *right)).map(|(_, element)| element)
}
