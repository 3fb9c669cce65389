//! U+0000, which PostgreSQL cannot keep in text, becomes U+FFFD everywhere.

use std::ops::Deref;
use std::sync::Arc;

use model::attribute::{Attributes, Value};

use crate::raw::{Origin, RawSpan, warn};

/// Cleans every text of the span; says so in a warning when there was anything to clean.
pub fn clean(raw: &mut RawSpan) {
    let mut found = false;
    for field in [&mut raw.name, &mut raw.status_message, &mut raw.trace_state] {
        found |= text(field);
    }
    found |= attributes(&mut raw.fields) | attributes(&mut raw.attributes);
    for event in &mut raw.events {
        found |= text(&mut event.name) | attributes(&mut event.attributes);
    }
    for link in &mut raw.links {
        found |= attributes(&mut link.attributes);
    }
    // The origin is shared: it is only copied when it has something to clean, which is next to never.
    if is_dirty(&raw.origin) {
        let mut origin = Origin::clone(&raw.origin);
        let mut resource = Attributes::clone(&origin.resource);
        attributes(&mut resource);
        origin.resource = Arc::new(resource);
        text(&mut origin.scope_name);
        text(&mut origin.scope_version);
        raw.origin = Arc::new(origin);
        found = true;
    }
    if found {
        warn(&mut raw.warnings, "U+0000 characters were replaced with U+FFFD");
    }
}

fn text(text: &mut (impl Deref<Target = str> + From<String>)) -> bool {
    let dirty = text.contains('\0');
    if dirty {
        *text = text.replace('\0', "\u{FFFD}").into();
    }
    dirty
}

fn attributes(attributes: &mut Attributes) -> bool {
    attributes.0.iter_mut().fold(false, |found, (key, item)| found | text(key) | value(item))
}

/// Recursion ends where decoding did: no protocol reads values nested more than 128 deep.
fn value(item: &mut Value) -> bool {
    match item {
        Value::String(string) => text(string),
        Value::Array(items) => items.iter_mut().fold(false, |found, item| found | value(item)),
        Value::Map(map) => attributes(map),
        _ => false,
    }
}

fn is_dirty(origin: &Origin) -> bool {
    let names = [&origin.scope_name, &origin.scope_version];
    names.iter().any(|name| name.contains('\0'))
        || origin.resource.0.iter().any(|(key, item)| key.contains('\0') || has_nul(item))
}

fn has_nul(item: &Value) -> bool {
    match item {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(has_nul),
        Value::Map(map) => map.0.iter().any(|(key, item)| key.contains('\0') || has_nul(item)),
        _ => false,
    }
}
