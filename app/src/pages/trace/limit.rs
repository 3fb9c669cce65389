//! A trace over the limit of one trace: what the head of the page says of it, and where the running tab passes the limit.

use leptos::prelude::*;
use model::budget::crossing::Over;
use model::trace::waterfall::{Layout, RunningTab};
use model::usd::UsdSum;
use model::{TraceId, Usd};
use store::Db;

use super::read::TraceView;
use crate::components::icon::{Glyph, Icon, Size};
use crate::error::ApiError;
use crate::format::{duration, money};
use crate::islands::waterfall::limit::{self, OverLimit};
use crate::islands::waterfall::links::TraceUrl;
use crate::islands::waterfall::row::named;

/// Whether a trace is over the limit in force, and what there is to say about it. The rule is that of the alarm.
pub async fn read(
    db: &Db,
    kept: TraceId,
    layout: &Layout,
    trace_id: TraceId,
    url: &TraceUrl,
) -> Result<Option<OverLimit>, ApiError> {
    let Some(limit) = crate::context::services()?.budgets.rules().trace_limit else { return Ok(None) };
    // What it costs in all is known; where it crossed takes putting its spans in order.
    if layout.overview.own_cost <= limit.into() {
        return Ok(None);
    }
    let Some(over) = Over::of(layout.waterfall.spent(), limit) else { return Ok(None) };
    let (name, offset_ns) = layout.waterfall.named(over.crossing.span_id).unwrap_or_default();
    let alert = store::alerts::of_trace(db, model::budget::alarm::TRACE_ALARM, kept).await?;
    let href = url.with_span(Some(over.crossing.span_id)).href(trace_id);
    Ok(Some(OverLimit { over, name: name.to_owned(), offset_ns, href, alert }))
}

/// What the head of the page says.
#[component]
pub fn Banner(
    /// The trace.
    over: OverLimit,
) -> impl IntoView {
    let words =
        format!("Over its limit of {} by {}, crossed at ", limit::limit(&over.over), money::amount(over.over.by()));
    let place = format!("{} {}", named(&over.name), duration::offset(over.offset_ns));
    let alert = over.alert.map(|id| {
        view! {
            <a class="link" href=format!("/alerts/{id}")>"BUDGET ALARM"</a>
        }
    });
    view! {
        <p class="banner crit over-limit-banner">
            <Icon glyph=Glyph::Warn size=Size::Medium/>
            <span>{words} <a href=over.href>{place}</a></span>
            {alert}
        </p>
    }
    .into_any()
}

/// Where the running tab passes the limit, as parts of the strip's height and width.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Passing {
    height: f64,
    at: f64,
}

fn passing(tab: &RunningTab, limit: Usd) -> Option<Passing> {
    let (limit, total) = (UsdSum::from(limit), tab.total());
    let first = tab.points.iter().position(|point| *point > limit)?;
    let last = tab.points.len().saturating_sub(1).max(1);
    Some(Passing { height: limit.pico() as f64 / total.pico().max(1) as f64, at: first as f64 / last as f64 })
}

/// The limit as a line across the strip, in its coordinates; the curve reaches from `bottom` to `top`.
pub fn line(view: &TraceView, width: f64, bottom: f64, top: f64) -> Option<AnyView> {
    let over = view.sheet.over.as_ref()?;
    let passing = passing(&view.overview.tab, over.over.limit)?;
    let y = bottom - (bottom - top) * passing.height;
    let line =
        view! { <path class="tab-limit" d=format!("M0 {y:.1}H{width}") vector-effect="non-scaling-stroke"></path> };
    Some(line.into_any())
}

/// The moment at which the running tab passes it, and the limit in figures.
pub fn moment(view: &TraceView) -> Option<AnyView> {
    let over = view.sheet.over.as_ref()?;
    let passing = passing(&view.overview.tab, over.over.limit)?;
    let limit = limit::limit(&over.over);
    let at = duration::offset((view.sheet.extent.duration_ns as f64 * passing.at) as i64);
    let title = format!("the running tab passes the limit of {limit} at {at}");
    let side = if passing.at > 0.5 { "l" } else { "r" };
    let moment = view! {
        <div class="tab-over" style=format!("left:{:.2}%", passing.at * 100.0) data-side=side title=title>
            <span class="tnum">{format!("limit {limit}")}</span>
        </div>
    };
    Some(moment.into_any())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tab_passes_the_limit_at_its_first_point_above_it() {
        let points = [0, 0, 5, 10, 20].map(UsdSum::from_pico).to_vec();
        let tab = RunningTab { points };
        assert_eq!(passing(&tab, Usd::from_pico(10)), Some(Passing { height: 0.5, at: 1.0 }));
        assert_eq!(passing(&tab, Usd::from_pico(5)), Some(Passing { height: 0.25, at: 0.75 }));
        assert_eq!(passing(&tab, Usd::from_pico(20)), None);
    }
}
