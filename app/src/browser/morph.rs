//! Makes one piece of the document say what another says, touching only what differs: focus, scrolling and islands
//! live on where nothing changed.

use leptos::wasm_bindgen::JsCast;
use web_sys::{Element, Node};

/// Element that an island is.
const ISLAND: &str = "LEPTOS-ISLAND";

/// What of the old piece survives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// Only what both have: another page is shown.
    Nothing,
    /// What was typed, opened and drawn by islands as well: the same page is shown anew.
    WhatPeopleDid,
}

/// Makes `old` like `new`, which is used up.
pub fn into(old: &Element, new: &Element, keep: Keep) {
    // What keeps itself up to date is left alone: its marker says that it is the same on every page.
    if old.has_attribute("data-keep") && new.has_attribute("data-keep") {
        return;
    }
    attributes(old, new, keep);
    children(old, new, keep);
}

/// Depth of recursion is the depth of a page, which HTML parsers bound at 512.
fn children(old: &Node, new: &Node, keep: Keep) {
    let (mut before, mut after) = (old.first_child(), new.first_child());
    loop {
        (before, after) = match (before, after) {
            (Some(left), Some(right)) => {
                let left = brought(old, &left, &right).unwrap_or(left);
                let next = right.next_sibling();
                if id_of(&left) != id_of(&right) && later_with_id_of(&right, &left).is_some() {
                    // Something new comes before it. Fails only for a node that contains its parent.
                    let _ = old.insert_before(&right, Some(&left));
                    (Some(left), next)
                } else {
                    let rest = (left.next_sibling(), next);
                    node(old, &left, &right, keep);
                    rest
                }
            }
            (Some(left), None) => {
                let rest = left.next_sibling();
                // Fails only for a node that is not a child.
                let _ = old.remove_child(&left);
                (rest, None)
            }
            (None, Some(right)) => {
                let rest = right.next_sibling();
                // Fails only for a node that contains its parent.
                let _ = old.append_child(&right);
                (None, rest)
            }
            (None, None) => return,
        };
    }
}

/// The later child with the id of `new`, brought to where `left` stands: what people chose in a list stays with what it is about
/// when others go.
fn brought(parent: &Node, left: &Node, new: &Node) -> Option<Node> {
    if id_of(left) == id_of(new) {
        return None;
    }
    parent.insert_before(&later_with_id_of(left, new)?, Some(left)).ok()
}

/// The sibling after `node` that has the id of `other`.
fn later_with_id_of(node: &Node, other: &Node) -> Option<Node> {
    let wanted = id_of(other)?;
    let mut later = node.next_sibling();
    while let Some(sibling) = later {
        if id_of(&sibling).as_ref() == Some(&wanted) {
            return Some(sibling);
        }
        later = sibling.next_sibling();
    }
    None
}

/// As an attribute: a form's own `id` is the field of that name, when it has one.
fn id_of(node: &Node) -> Option<String> {
    node.dyn_ref::<Element>()?.get_attribute("id")
}

fn node(parent: &Node, old: &Node, new: &Node, keep: Keep) {
    let elements = (old.dyn_ref::<Element>(), new.dyn_ref::<Element>());
    match elements {
        (Some(old), Some(new)) if is_same(old, new, keep) => {
            if !lives_on(old, new, keep) {
                into(old, new, keep);
            }
        }
        (None, None) if old.node_type() == new.node_type() => {
            if old.node_value() != new.node_value() {
                old.set_node_value(new.node_value().as_deref());
            }
        }
        // Fails only for a node that is not a child.
        _ => drop(parent.replace_child(new, old)),
    }
}

/// Whether one element can become the other. A form that asks for something else is another form, with nothing typed in
/// it, and an island with other properties begins anew.
fn is_same(old: &Element, new: &Element, keep: Keep) -> bool {
    let fresh = keep == Keep::Nothing
        && match old.tag_name().as_str() {
            // What people typed is not part of the markup.
            "FORM" => old.outer_html() != new.outer_html(),
            ISLAND => properties(old) != properties(new),
            _ => false,
        };
    old.tag_name() == new.tag_name() && id_of(old) == id_of(new) && !fresh
}

/// Whether the element draws itself.
fn lives_on(old: &Element, new: &Element, keep: Keep) -> bool {
    old.tag_name() == ISLAND && (keep == Keep::WhatPeopleDid || properties(old) == properties(new))
}

fn properties(island: &Element) -> (Option<String>, Option<String>) {
    (island.get_attribute("data-component"), island.get_attribute("data-props"))
}

fn attributes(old: &Element, new: &Element, keep: Keep) {
    // Opened or closed by a person, a fold stays as it is while figures change.
    let is_theirs = |name: &str| keep == Keep::WhatPeopleDid && name == "open";
    for name in new.get_attribute_names().iter().filter_map(|name| name.as_string()) {
        let value = new.get_attribute(&name);
        if !is_theirs(&name) && old.get_attribute(&name) != value {
            // Fails only for a name no attribute can have.
            let _ = old.set_attribute(&name, &value.unwrap_or_default());
        }
    }
    for name in old.get_attribute_names().iter().filter_map(|name| name.as_string()) {
        if !is_theirs(&name) && !new.has_attribute(&name) {
            let _ = old.remove_attribute(&name);
        }
    }
}
