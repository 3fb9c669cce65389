//! What is read, beside the line through its bucket or over the range that is chosen.

use std::sync::Arc;

use leptos::prelude::*;

use super::cursor::Cursor;
use super::readings::Readings;
use crate::components::figures::Swatch;
use crate::format::money;

/// The line, the box beside it.
#[component]
pub(super) fn Tip(readings: Arc<Readings>, cursor: Cursor) -> impl IntoView {
    let percent = |at: f64| format!("{:.2}%", at * 100.0);
    let at = readings.place(cursor.bucket);
    let chosen = cursor.chosen();
    let mark = match chosen {
        Some((first, last)) => {
            let (from, to) = (readings.edge(first), readings.edge(last + 1));
            let style = format!("left:{};width:{}", percent(from), percent(to - from));
            view! { <div class="brush" style=style></div> }.into_any()
        }
        None => view! { <div class="hov" style=format!("left:{}", percent(at))></div> }.into_any(),
    };
    let content = match chosen {
        Some((first, last)) => view! { <Chosen readings=readings.clone() first last/> }.into_any(),
        None => view! { <Bucket readings=readings.clone() cursor/> }.into_any(),
    };
    view! {
        {mark}
        // On the left half the box stands right of the line, and the other way round.
        <div class="tip" class:r=at < 0.5 style=format!("left:{}", percent(at))>
            {content}
        </div>
    }
}

/// A bucket: its parts as they are drawn, the total last, what it was before.
#[component]
fn Bucket(readings: Arc<Readings>, cursor: Cursor) -> impl IntoView {
    let bucket = cursor.bucket;
    let rows = readings
        .parts
        .iter()
        .enumerate()
        .map(|(index, part)| {
            let figure = part.figures.get(bucket).cloned().unwrap_or_default();
            view! {
                <div class:on=cursor.part == Some(index)>
                    <Swatch colour=part.slot/>
                    <span>{part.name.clone()}</span>
                    <b class="tnum">{figure}</b>
                </div>
            }
        })
        .collect_view();
    let before = readings.before(bucket).map(|(name, amount)| {
        view! {
            <div>
                <i class="sw dash"></i>
                <span>{name.to_owned()}</span>
                <b class="tnum">{money::amount(amount)}</b>
            </div>
        }
    });
    let alerts = readings.alerts(bucket).map(|words| view! { <div class="tip-alerts">{words}</div> });
    // Traces of a part are its own where they can be looked for.
    let whose = readings.part(cursor).filter(|part| part.behind.is_some()).map(|part| format!(" of {}", part.name));
    let link = readings.traces_href(cursor).map(|href| {
        let words = format!("Traces{}", whose.unwrap_or_default());
        view! { <a class="tip-a" href=href tabindex="-1">{words}</a> }
    });
    view! {
        <div class="tip-h">
            <b>{readings.title(bucket)}</b>
        </div>
        {rows}
        <div class="tip-t">
            <span>"Total"</span>
            <b class="tnum">{money::amount(readings.total(bucket))}</b>
        </div>
        {before}
        {alerts}
        {link}
    }
}

/// A range of buckets, about to be zoomed into.
#[component]
fn Chosen(readings: Arc<Readings>, first: usize, last: usize) -> impl IntoView {
    let (title, total) = readings.chosen(first, last);
    view! {
        <div class="tip-h">
            <b>{title}</b>
        </div>
        <div class="tip-t">
            <span>"Total"</span>
            <b class="tnum">{money::amount(total)}</b>
        </div>
        <div class="tip-alerts">"Let go, or press Enter, to zoom in"</div>
    }
}
