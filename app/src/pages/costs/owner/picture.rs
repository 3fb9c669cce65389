//! Spend of one owner over time, beside the range before.

use leptos::prelude::*;
use model::cost::{Grouping, Owner};

use super::api::Owned;
use crate::charts::spend::{Series, Shape};
use crate::colour;
use crate::components::owner;
use crate::components::states::Empty;
use crate::format::{duration, money, time};
use crate::pages::costs::chart::ZoomOut;
use crate::pages::costs::drawn::{self, Drawn};
use crate::pages::costs::export::{self, ExportLinks};
use crate::pages::costs::view_state::{group_name, kind};
use crate::pages::costs::zoom::Zoom;
use crate::url_state::{RangeChoice, encode};

/// The panel.
#[component]
pub fn Spend(
    /// Whose.
    owner: Owner,
    /// What it spent.
    owned: Owned,
    /// The range as it was asked for.
    asked: RangeChoice,
    /// Where it was zoomed in from.
    zoom: Zoom,
) -> impl IntoView {
    let width = duration::width(owned.bucket_seconds);
    let of_what = export::of_owner(&Grouping::by(owner.dimension), &owner, owned.range, owned.bucket_seconds);
    let has_before = !owned.before.is_empty();
    let length = duration::width(asked.seconds());
    let spent = owned.sums.now.cost.pico() != 0 || has_before;
    let zoomed_out = zoom.back().map(|(range, rest)| (range.label(), address(&owner, Some(range), &rest)));
    let body = if spent {
        let zoom = address(&owner, None, &zoom.after(asked));
        let and = if zoom.contains('?') { '&' } else { '?' };
        let summary = summary(&owner, &owned);
        let drawn = drawn(&owner, owned, &length, format!("{zoom}{and}"));
        view! { <drawn::Picture drawn shape=Shape::Stacked summary/> }.into_any()
    } else {
        view! { <Empty title="Nothing was spent in this range">"Choose a longer one."</Empty> }.into_any()
    };
    view! {
        <header>
            <h2 id="spend">"Spend"</h2>
            <span class="sub only-wide">{format!("per {width}, UTC")}</span>
            {zoomed_out.map(|(label, href)| view! { <ZoomOut label href/> })}
            <div class="spacer"></div>
            <ExportLinks of_what csv="csv-series"/>
        </header>
        <div class="pb">
            {body}
            {has_before
                .then(|| {
                    view! {
                        <div class="legend chart-leg">
                            <span>
                                <i class="sw dash"></i>
                                {format!("the {length} before")}
                            </span>
                        </div>
                    }
                })}
        </div>
    }
    .into_any()
}

/// The page of an owner over a range that was zoomed into.
fn address(of: &Owner, range: Option<RangeChoice>, zoom: &Zoom) -> String {
    let page = owner::href(of, range);
    match zoom.pair() {
        Some((key, value)) => {
            let and = if page.contains('?') { '&' } else { '?' };
            format!("{page}{and}{key}={}", encode(&value))
        }
        None => page,
    }
}

fn summary(of: &Owner, owned: &Owned) -> String {
    format!(
        "Spend of {}, {} in all, {} to {} UTC, per {}",
        group_name(of.dimension, of.key.as_deref()),
        money::amount(owned.sums.now.cost),
        time::day_minute(owned.range.from, owned.now),
        time::day_minute(owned.range.to, owned.now),
        duration::width(owned.bucket_seconds),
    )
}

/// What the picture is made of: one part, which is all of it.
fn drawn(of: &Owner, owned: Owned, length: &str, zoom: String) -> Drawn {
    let behind = owner::condition(of);
    let series = Series {
        name: group_name(of.dimension, of.key.as_deref()),
        slot: of.key.as_deref().map_or(colour::OTHER, |key| colour::slot(kind(of.dimension), key)),
        values: owned.series,
        behind: behind.clone(),
    };
    let before = Some(owned.before).filter(|before| !before.is_empty());
    Drawn {
        now: owned.now,
        range: owned.range,
        bucket_seconds: owned.bucket_seconds,
        buckets: owned.buckets,
        series: vec![series],
        previous: before.map(|figures| (format!("the {length} before"), figures)),
        alarms: owned.alarms,
        behind,
        zoom,
    }
}

#[cfg(test)]
mod tests {
    use model::cost::Dimension;

    use super::*;

    #[test]
    fn a_zoom_into_the_page_of_one_keeps_whose_it_is() {
        let zoom = Zoom::default().after(RangeChoice::Last(86_400));
        let of = |key: Option<&str>| Owner { dimension: Dimension::User, key: key.map(str::to_owned) };
        assert_eq!(address(&of(Some("ann")), None, &zoom), "/costs/user/ann?wide=-24h");
        assert_eq!(address(&of(Some("..")), None, &zoom), "/costs/user?key=..&wide=-24h");
        assert_eq!(address(&of(None), Some(RangeChoice::Last(3_600)), &Zoom::default()), "/costs/user?from=-1h");
    }
}
