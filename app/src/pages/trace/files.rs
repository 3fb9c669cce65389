//! The way to take a trace along: as it can be sent in again, and in the formats of other tools.

use leptos::prelude::*;
use model::TraceId;
use model::space::Within;

use crate::components::icon::{Glyph, Icon, Size};
use crate::url_state::encode;

/// A format of `GET /api/v1/traces/{trace_id}`.
pub struct FileFormat {
    /// Its name there.
    pub format: &'static str,
    /// Its name for people.
    pub name: &'static str,
    /// What is in it.
    pub words: &'static str,
}

/// All of them, ours first.
pub const FORMATS: [FileFormat; 3] = [
    FileFormat { format: "native", name: "Native", words: "JSON, with costs and verdicts" },
    FileFormat { format: "otlp", name: "OTLP", words: "OTLP JSON, as it was sent" },
    FileFormat { format: "jaeger", name: "Jaeger", words: "Jaeger JSON, as it was sent" },
];

/// A menu of files.
#[component]
pub fn Files(
    /// The id it is asked for by.
    trace_id: TraceId,
    /// Where it is, when several tenants have sent its id.
    within: Within,
) -> impl IntoView {
    let files = FORMATS.map(|FileFormat { format, words, .. }| {
        view! {
            <a href=href(trace_id, &within, format) download="" rel="external">
                {words}
            </a>
        }
    });
    view! {
        <details class="picker files">
            <summary class="picker__now">
                <Icon glyph=Glyph::Download size=Size::Medium/>
                "Download"
            </summary>
            <div class="menu picker__menu">{files.collect_view()}</div>
        </details>
    }
    .into_any()
}

/// The address of a file.
pub fn href(trace_id: TraceId, within: &Within, format: &str) -> String {
    let within = within.to_query().map(|(key, value)| format!("{key}={}&", encode(value))).unwrap_or_default();
    format!("/api/v1/traces/{trace_id}?{within}format={format}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_of_the_trace_that_is_open() {
        let trace_id = TraceId::from_bytes([1; 16]).expect("an id");
        let of = |within| href(trace_id, &within, "otlp");
        assert_eq!(of(Within::Anywhere), format!("/api/v1/traces/{trace_id}?format=otlp"));
        assert_eq!(of(Within::Tenant("a b".into())), format!("/api/v1/traces/{trace_id}?tenant=a%20b&format=otlp"));
    }
}
