//! Which service a span belongs to.

use super::field::Field;
use super::found::Found;
use super::label;
use crate::raw::RawSpan;

/// What OpenTelemetry SDKs call a service that was not given a name; they may add the program's after a colon.
const UNKNOWN: &str = "unknown_service";

/// The protocol's own field, else the resource's `service.name`, else a `service` attribute as the documents set it, else
/// the project a tracing tool was told.
pub fn of_span(raw: &RawSpan, found: &Found<'_>, warnings: &mut Vec<String>) -> String {
    let mut fit = |name: &str| label::fit("the service", name, warnings);
    if let Some(own) = raw.fields.text("service") {
        return fit(own);
    }
    let resource = raw.origin.resource.text("service.name").map(str::trim).filter(|name| !name.is_empty());
    if let Some(named) = resource.filter(|name| !name.starts_with(UNKNOWN)) {
        return fit(named);
    }
    match found.text(Field::Service).or_else(|| found.text(Field::Project)) {
        Some(told) => fit(&told),
        None => fit(resource.unwrap_or(UNKNOWN)),
    }
}
