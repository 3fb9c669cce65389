//! The picture of the list: start against duration, a bubble's area is its cost.

use chrono::{DateTime, TimeDelta, Utc};
use leptos::prelude::*;
use model::time::TimeRange;
use model::usd::Usd;

use super::api::{Dot, Listing};
use crate::format::{duration, money, number, time};

/// Radius of the dearest bubble, in pixels: a tenth of the picture's height.
const RADIUS_MAX: f64 = 13.0;

/// Radius of the cheapest, in pixels: still a target for a pointer.
const RADIUS_MIN: f64 = 2.5;

/// Room above the slowest trace, as a factor of its duration.
const HEADROOM: f64 = 1.6;

/// Durations on a logarithmic scale, from a power of ten to a little above the slowest.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    /// Lowest power of ten, in nanoseconds.
    low: i32,
    /// Logarithm of the upper end.
    high: f64,
}

impl Scale {
    /// The scale that holds all these durations.
    pub fn of(durations_ns: impl IntoIterator<Item = i64>) -> Self {
        let (mut shortest, mut longest) = (None, 1);
        for duration in durations_ns.into_iter().map(|duration| duration.max(1)) {
            shortest = Some(shortest.map_or(duration, |shortest: i64| shortest.min(duration)));
            longest = longest.max(duration);
        }
        let low = shortest.unwrap_or(1).ilog10();
        let high = (longest as f64 * HEADROOM).log10();
        // At most 18 for 64 bits of nanoseconds.
        let low = low as i32;
        Self { low, high: high.max(f64::from(low) + 1.0) }
    }

    /// Where a duration lies, 0 at the bottom to 1 at the top.
    pub fn fraction(self, duration_ns: i64) -> f64 {
        let log = (duration_ns.max(1) as f64).log10();
        ((log - f64::from(self.low)) / (self.high - f64::from(self.low))).clamp(0.0, 1.0)
    }

    /// Every power of ten on the scale, in nanoseconds; every second one when there are many.
    fn ticks(self) -> Vec<i64> {
        let powers: Vec<i64> = (self.low..=18)
            .take_while(|power| f64::from(*power) <= self.high)
            .filter_map(|power| 10i64.checked_pow(power as u32))
            .collect();
        let step = powers.len().div_ceil(5);
        powers.into_iter().step_by(step.max(1)).collect()
    }
}

/// The picture, with a sentence that says what it shows.
#[component]
pub fn Scatter(
    /// The list.
    listing: Listing,
) -> impl IntoView {
    let range = listing.range;
    let scale = Scale::of(listing.dots.iter().map(|dot| dot.duration_ns));
    let dearest = listing.dots.iter().filter_map(|dot| dot.cost).max().unwrap_or(Usd::ZERO);
    let summary = format!(
        "Traces by start time and duration, bubble area is cost: {}.",
        shown(listing.dots.len() as i64, listing.totals.traces)
    );
    let partly = (listing.totals.traces > listing.dots.len() as i64)
        .then(|| view! { <figcaption class="scat-note">{shown(listing.dots.len() as i64, listing.totals.traces)}</figcaption> });
    let lines = scale.ticks().into_iter().map(|tick| {
        let bottom = format!("bottom:{:.2}%", scale.fraction(tick) * 100.0);
        view! { <div class="gy" style=bottom><span>{duration::nanos(tick)}</span></div> }
    });
    // The dearest are drawn first, so that smaller ones stay on top and can be reached.
    let mut dots = listing.dots;
    dots.sort_by_key(|dot| std::cmp::Reverse(dot.cost));
    let bubbles = dots.into_iter().map(|dot| bubble(dot, range, scale, dearest)).collect_view();
    view! {
        <figure class="scat-w chart scat" role="group" aria-label=summary>
            <div class="plot">
                {lines.collect_view()} <span class="axn">"log"</span>
                <svg class="bubbles" width="100%" height="100%">
                    {bubbles}
                </svg>
            </div>
            <div class="gx" aria-hidden="true">{time_ticks(range)}</div>
            {partly}
        </figure>
    }
}

/// How many of the traces are in the picture, in words.
fn shown(dots: i64, traces: i64) -> String {
    match dots < traces {
        true => format!("the {} dearest of {}", number::count(dots), number::count(traces)),
        false => format!("all {}", number::count(traces)),
    }
}

fn bubble(dot: Dot, range: TimeRange, scale: Scale, dearest: Usd) -> impl IntoView {
    let x = format!("{:.2}%", position(dot.start.to_datetime(), range) * 100.0);
    let y = format!("{:.2}%", (1.0 - scale.fraction(dot.duration_ns)) * 100.0);
    let r = format!("{:.1}", radius(dot.cost, dearest));
    let cost = dot.cost.map_or_else(|| money::UNKNOWN.to_owned(), money::amount);
    let label = format!("{} {}, {}", dot.trace_id.short(), duration::nanos(dot.duration_ns), cost);
    let class = if dot.failed { "bubble bad" } else { "bubble" };
    view! {
        // The table holds the same traces in reach of the keyboard.
        <a href=dot.href tabindex="-1">
            <circle class=class class:unknown=dot.cost.is_none() cx=x cy=y r=r>
                <title>{label}</title>
            </circle>
        </a>
    }
}

/// Where a moment lies in the range, 0 to 1.
fn position(moment: DateTime<Utc>, range: TimeRange) -> f64 {
    let whole = (range.to - range.from).num_milliseconds().max(1);
    ((moment - range.from).num_milliseconds() as f64 / whole as f64).clamp(0.0, 1.0)
}

/// Area grows with cost; an unknown cost is as small as nothing, and drawn hollow.
fn radius(cost: Option<Usd>, dearest: Usd) -> f64 {
    let share = number::share(i128::from(cost.unwrap_or(Usd::ZERO).pico()), i128::from(dearest.pico()));
    (RADIUS_MAX * share.sqrt()).max(RADIUS_MIN)
}

/// Five moments from end to end; days when the range is longer than two.
fn time_ticks(range: TimeRange) -> impl IntoView {
    let label = |moment| match range.seconds() {
        ..172_800 => time::hour_minute(moment),
        _ => time::day(moment, range.to),
    };
    (0..=4)
        .map(|quarter| {
            let moment = range.from + TimeDelta::seconds(range.seconds() * quarter / 4);
            let left = format!("left:{}%", quarter * 25);
            view! { <span style=left class:first=quarter == 0 class:last=quarter == 4>{label(moment)}</span> }
        })
        .collect_view()
}

#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    fn a_decade_is_as_high_as_any_other() {
        let scale = Scale::of([250_000_000, 48_000_000_000]);
        assert_eq!(scale.ticks(), [100_000_000, 1_000_000_000, 10_000_000_000]);
        assert!(scale.fraction(100_000_000).abs() < 1e-9);
        let decade = scale.fraction(1_000_000_000);
        assert!((scale.fraction(10_000_000_000) - 2.0 * decade).abs() < 1e-9);
        assert!(scale.fraction(48_000_000_000) < 1.0);
    }

    #[test]
    fn no_trace_and_no_duration_still_make_a_scale() {
        for durations in [&[][..], &[0], &[i64::MAX]] {
            let scale = Scale::of(durations.iter().copied());
            assert!(durations.iter().all(|ns| (0.0..=1.0).contains(&scale.fraction(*ns))));
            assert!(!scale.ticks().is_empty());
        }
    }

    #[test]
    fn four_times_the_cost_is_twice_the_radius() {
        let usd = |text: &str| text.parse::<Usd>().unwrap();
        let ratio = radius(Some(usd("4")), usd("4")) / radius(Some(usd("1")), usd("4"));
        assert!((ratio - 2.0).abs() < 1e-9);
        assert!((radius(None, Usd::ZERO) - RADIUS_MIN).abs() < 1e-9);
    }
}
