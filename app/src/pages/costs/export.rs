//! The way to take along what a panel shows: the same question to the API, answered as a file.

use leptos::prelude::*;
use model::cost::{Dimension, Grouping, Owner};
use model::time::TimeRange;

use super::api::{Costs, PartName};
use super::summary::LINES_MAX;
use crate::components::icon::{Glyph, Icon, Size};
use crate::format::time;
use crate::url_state::encode;

/// Files of what is shown: comma-separated values and JSON.
#[component]
pub fn ExportLinks(
    /// The query pairs of what is shown.
    of_what: String,
    /// The format of the first file.
    #[prop(default = "csv")]
    csv: &'static str,
) -> impl IntoView {
    let href = |format: &str| format!("/api/v1/costs?{of_what}&format={format}");
    view! {
        <span class="row">
        <a class="btn ghost" href=href(csv) download="" rel="external" title="What is shown, as comma-separated values">
            <Icon glyph=Glyph::Download size=Size::Medium/>
            <span>"CSV"</span>
        </a>
        <a class="btn ghost" href=href("json") download="" rel="external" title="What is shown, as JSON">
            "JSON"
        </a>
        </span>
    }
    .into_any()
}

/// A breakdown: its groups over its range, beside the range before.
pub fn of_groups(grouping: &Grouping, range: TimeRange) -> String {
    let traces = if *grouping == Grouping::by(Dimension::Tenant) { "&traces=true" } else { "" };
    format!("{}&group_by={}&compare=previous&limit={LINES_MAX}{traces}", exactly(range), by(grouping))
}

/// The series of the chart: its parts, in its buckets.
pub fn of_series(costs: &Costs) -> String {
    let alone = costs.parts.iter().filter(|part| matches!(part.name, PartName::Group(_))).count().max(1);
    let (range, by) = (exactly(costs.range), by(&Grouping::by(costs.by)));
    format!("{range}&group_by={by}&bucket={}&limit={alone}", width(costs.bucket_seconds))
}

/// The series of one owner.
pub fn of_owner(grouping: &Grouping, of: &Owner, range: TimeRange, bucket_seconds: i64) -> String {
    let only = match &of.key {
        Some(key) => format!("{}={}", of.dimension, encode(key)),
        None => format!("without={}", of.dimension),
    };
    let (range, by) = (exactly(range), by(grouping));
    format!("{range}&group_by={by}&{only}&bucket={}&compare=previous", width(bucket_seconds))
}

/// A width as the API writes it.
fn width(bucket_seconds: i64) -> String {
    match bucket_seconds {
        seconds if seconds % 86_400 == 0 => format!("{}d", seconds / 86_400),
        seconds if seconds % 3_600 == 0 => format!("{}h", seconds / 3_600),
        seconds => format!("{}m", seconds / 60),
    }
}

/// A range as query pairs.
pub fn exactly(range: TimeRange) -> String {
    format!("from={}&to={}", time::machine(range.from), time::machine(range.to))
}

/// A comma stands for itself in a query.
fn by(grouping: &Grouping) -> String {
    encode(&grouping.to_string()).replace("%2C", ",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_of_what_is_shown() {
        let to = "2026-11-17T12:00:00Z".parse().expect("a time");
        let range = TimeRange::last_seconds(3_600, to);
        let of = |text: &str| of_groups(&Grouping::parse(text).expect(text), range);
        assert_eq!(
            of("tenant"),
            "from=2026-11-17T11:00:00Z&to=2026-11-17T12:00:00Z&group_by=tenant&compare=previous&limit=40&traces=true"
        );
        assert!(of("model,attribute:a b").ends_with("&group_by=model,attribute:a%20b&compare=previous&limit=40"));
    }
}
