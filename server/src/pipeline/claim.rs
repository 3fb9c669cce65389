//! Spans that came with the key of a tenant are that tenant's, whatever they say, and live in its own space of trace ids.

use std::sync::Arc;

use model::owner::{OwnerSource, Provenance};
use model::space::TenantSpace;
use model::{Span, TraceId};

use super::shares::Declared;

/// Makes spans, and the totals declared for their traces, those of the tenant.
pub fn claim(own: &TenantSpace, spans: &mut [Span], declared: &mut Declared) {
    for span in spans {
        span.trace_id = own.mask.apply(span.trace_id);
        span.tenant = Some(own.tenant.clone());
        span.known.tenant = Provenance::own(OwnerSource::Key);
    }
    for (trace_id, _) in declared {
        *trace_id = own.mask.apply(*trace_id);
    }
}

/// The id that a trace was sent with.
pub fn sent_as(own: Option<&Arc<TenantSpace>>, kept: TraceId) -> TraceId {
    own.map_or(kept, |own| own.mask.apply(kept))
}
