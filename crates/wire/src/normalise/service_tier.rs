//! The price tier of a model call: what the provider said it served, else what was asked for.

use std::borrow::Cow;

use serde_json::Value as Json;

use super::dialects::vercel_ai;
use super::field::Field;
use super::found::Found;
use super::json_text;

/// What objects of parameters call it.
const NAME: &str = "service_tier";

/// The tier under a key of its own, else within an object that a dialect keeps it in.
pub fn of_span<'a>(found: &Found<'a>) -> Option<Cow<'a, str>> {
    found.text(Field::ServiceTier).or_else(|| vercel_ai::service_tier(found)).or_else(|| among_parameters(found))
}

/// Parameters hold whole schemas of tools; they are only read when they can have a tier.
fn among_parameters<'a>(found: &Found<'a>) -> Option<Cow<'a, str>> {
    let tier = found.all(Field::Parameters).filter(|candidate| candidate.mentions(NAME)).find_map(|candidate| {
        let parameters = json_text::object(candidate.value)?;
        parameters.get(NAME).and_then(Json::as_str).map(json_text::name)
    });
    tier.flatten().map(Cow::Owned)
}
