//! Spend of one owner over time, beside the range before.

use leptos::prelude::*;
use model::cost::{Grouping, Owner};

use super::api::Owned;
use crate::charts::figure::Figure;
use crate::charts::scale;
use crate::charts::spend::{self, Series, Shape};
use crate::colour;
use crate::components::states::Empty;
use crate::format::{duration, money, time};
use crate::pages::costs::export::{self, ExportLinks};
use crate::pages::costs::view_state::{group_name, kind};

/// The panel.
#[component]
pub fn Spend(
    /// Whose.
    owner: Owner,
    /// What it spent.
    owned: Owned,
    /// Length of the range as it was asked for.
    asked_seconds: i64,
) -> impl IntoView {
    let width = duration::width(owned.bucket_seconds);
    let of_what = export::of_owner(&Grouping::by(owner.dimension), &owner, owned.range, owned.bucket_seconds);
    let has_before = !owned.before.is_empty();
    let length = duration::width(asked_seconds);
    let spent = owned.sums.now.cost.pico() != 0 || has_before;
    let body = if spent {
        view! { <Picture owner owned/> }.into_any()
    } else {
        view! { <Empty title="Nothing was spent in this range">"Choose a longer one."</Empty> }.into_any()
    };
    view! {
        <header>
            <h2 id="spend">"Spend"</h2>
            <span class="sub only-wide">{format!("per {width}, UTC")}</span>
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

#[component]
fn Picture(owner: Owner, owned: Owned) -> impl IntoView {
    let name = group_name(owner.dimension, owner.key.as_deref());
    let points = owned.buckets.iter().map(|bucket| scale::middle(*bucket, owned.bucket_seconds, owned.now)).collect();
    let slot = owner.key.as_deref().map_or(colour::OTHER, |key| colour::slot(kind(owner.dimension), key));
    let summary = format!(
        "Spend of {name}, {} in all, {} to {} UTC, per {}",
        money::amount(owned.sums.now.cost),
        time::day_minute(owned.range.from, owned.now),
        time::day_minute(owned.range.to, owned.now),
        duration::width(owned.bucket_seconds),
    );
    let series = vec![Series { name, slot, values: owned.series }];
    let spend = spend::Spend { range: owned.range, points, series, previous: owned.before };
    let now_at = (owned.now < owned.range.to).then(|| scale::place(owned.now, owned.range));
    view! {
        <Figure summary plot=spend::plot(&spend, Shape::Stacked) class="chart--spend">
            {now_at
                .map(|at| {
                    view! {
                        <div class="now" class:now--end=(at > 0.9) style=format!("left:{:.2}%", at * 100.0)>
                            <span>"now"</span>
                        </div>
                    }
                })}
        </Figure>
    }
    .into_any()
}
