//! The picture of spend over time, with everything that lies over it: now, what can be read, alerts that fired.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use model::UsdSum;
use model::time::TimeRange;

use super::alarms::Alarms;
use crate::charts::figure::Figure;
use crate::charts::pins::Pins;
use crate::charts::scale;
use crate::charts::spend::{self, Series, Shape};
use crate::format::money;
use crate::islands::readout::readings::{Part, Readings};
use crate::islands::readout::{ReadingsData, Readout};

/// Where the read-out finds its figures.
const READINGS_ID: &str = "spend-readings";

/// How far to the right "now" may be to have its name beside it: at the end of the picture it needs none.
const NAMED_MAX: f64 = 0.9;

/// Everything a picture is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawn {
    /// The server's clock.
    pub now: DateTime<Utc>,
    /// What the horizontal axis spans: whole buckets.
    pub range: TimeRange,
    /// Width of a bucket in seconds.
    pub bucket_seconds: i64,
    /// Start of every bucket.
    pub buckets: Vec<DateTime<Utc>>,
    /// Parts, dearest first.
    pub series: Vec<Series>,
    /// What the range before is called, and what each of its buckets cost; when it is to be seen.
    pub previous: Option<(String, Vec<UsdSum>)>,
    /// Alerts that fired.
    pub alarms: Alarms,
    /// The conditions on the traces behind a bucket as a whole; `None` when they cannot be looked for.
    pub behind: Option<String>,
    /// Address of this view without a range, to which one is added.
    pub zoom: String,
}

/// The picture.
#[component]
pub fn Picture(
    /// What it is made of.
    drawn: Drawn,
    /// How it is drawn.
    shape: Shape,
    /// One sentence that says what it shows.
    summary: String,
) -> impl IntoView {
    let Drawn { now, range, .. } = drawn;
    let points: Vec<_> = drawn.buckets.iter().map(|bucket| scale::middle(*bucket, drawn.bucket_seconds, now)).collect();
    let places: Vec<f64> = points.iter().map(|point| scale::place(*point, range)).collect();
    let last = places.len().saturating_sub(1);
    let readings = readings(&drawn, shape);
    let pins = drawn.alarms.pins(&drawn.buckets, range);
    let previous = drawn.previous.map(|(_, figures)| figures).unwrap_or_default();
    let spend = spend::Spend { range, points, series: drawn.series, previous };
    let (plot, roofs) = (spend::plot(&spend, shape), spend::roofs(&spend, shape));
    let now_at = (now < range.to).then(|| scale::place(now, range));
    view! {
        <Figure summary plot class="chart--spend">
            {now_at
                .map(|at| {
                    view! {
                        <div class="now" style=format!("left:{:.2}%", at * 100.0)>
                            {(at <= NAMED_MAX).then(|| view! { <span>"now"</span> })}
                        </div>
                    }
                })}
            <ReadingsData id=READINGS_ID readings/>
            <Readout source=READINGS_ID.to_owned() last/>
            <Pins pins places roofs what="alert"/>
        </Figure>
    }
    .into_any()
}

/// Everything the read-out says. The parts are drawn bottom up, so they are read top down.
fn readings(drawn: &Drawn, shape: Shape) -> Readings {
    let series = &drawn.series;
    let figures = |series: &Series| series.values.iter().map(|value| money::amount(*value)).collect();
    let total = |bucket: usize| series.iter().filter_map(|series| series.values.get(bucket).copied()).sum::<UsdSum>();
    let mut alerts: Vec<(usize, i64)> = Vec::new();
    let mut pinned: Vec<usize> = drawn.alarms.pins(&drawn.buckets, drawn.range).iter().map(|pin| pin.bucket).collect();
    pinned.sort_unstable();
    for bucket in pinned {
        match alerts.last_mut() {
            Some((last, count)) if *last == bucket => *count += 1,
            _ => alerts.push((bucket, 1)),
        }
    }
    Readings {
        first: drawn.range.from.timestamp(),
        width: drawn.bucket_seconds,
        now: drawn.now.timestamp(),
        buckets: drawn.buckets.len(),
        parts: series
            .iter()
            .rev()
            .map(|series| Part {
                slot: series.slot,
                name: series.name.clone(),
                figures: figures(series),
                behind: series.behind.clone(),
            })
            .collect(),
        totals: (0..drawn.buckets.len()).map(total).collect(),
        // A share of the range before would be one of another whole.
        previous: drawn.previous.clone().filter(|_| shape != Shape::Share),
        alerts,
        behind: drawn.behind.clone(),
        zoom: drawn.zoom.clone(),
    }
}
