//! Which service a span belongs to.

use super::found::Found;
use super::keys::Field;
use crate::raw::RawSpan;

/// What OpenTelemetry SDKs call a service that was not given a name; they may add the program's after a colon.
const UNKNOWN: &str = "unknown_service";

/// The protocol's own field, else the resource's `service.name`, else a `service` attribute as the documents set it.
pub fn of_span(raw: &RawSpan, found: &Found<'_>) -> String {
    let resource = raw.origin.resource.text("service.name").map(str::trim).filter(|name| !name.is_empty());
    let own = || raw.fields.text("service").map(str::to_owned);
    let named = || resource.filter(|name| !name.starts_with(UNKNOWN)).map(str::to_owned);
    let unknown = || resource.unwrap_or(UNKNOWN).to_owned();
    own().or_else(named).or_else(|| found.text(Field::Service)).unwrap_or_else(unknown)
}
