//! The head of the page: what the trace did, how long it took, what it cost, and where the money went.

use leptos::prelude::*;
use model::cost::{Dimension, Owner};
use model::usd::{Usd, UsdSum};

use super::clocks::Clocks;
use super::files::Files;
use super::read::TraceView;
use super::refused::Refused;
use super::waste;
use crate::components::copy::CopyId;
use crate::components::figures::{Duration, Money, Swatch, known};
use crate::components::icon::{Glyph, Icon, Size};
use crate::components::owner::OwnerLink;
use crate::format::{money, number, time};
use crate::islands::waterfall::links::TraceUrl;
use crate::islands::waterfall::row::named;
use crate::pages::compare::url::{CompareUrl, TraceRef};

/// Services named beside the bar; the rest are counted.
const NAMED_SERVICES: usize = 3;

/// Name, outcome, id, figures.
#[component]
pub fn Header(
    /// The trace.
    view: TraceView,
    /// The view it is in.
    url: TraceUrl,
) -> impl IntoView {
    let summary = view.head.summary.clone();
    let (service, operation) = view.overview.root.clone().unwrap_or_default();
    let slot = view.palette().slot(&service);
    let named_by = TraceRef { trace_id: summary.trace_id, within: url.within.clone() };
    let compare = CompareUrl::of(&[&named_by]).href();
    view! {
        <section class="th" aria-label="Trace summary">
            <div class="th-1">
                <span class="sw lg" data-slot=slot.to_string()></span>
                <h2 class="th-name trunc">
                    <span class="svc">{service}</span>
                    {named(&operation).to_owned()}
                </h2>
                <Outcome errors=summary.errors/>
                <CopyId text=summary.trace_id.to_string() what="trace id"/>
                <a class="btn compare" href=compare>
                    <Icon glyph=Glyph::Compare size=Size::Medium/>
                    "Compare"
                </a>
                <Files trace_id=summary.trace_id within=url.within.clone()/>
            </div>
            {view.sheet.over.clone().map(|over| view! { <super::limit::Banner over/> })}
            <Warnings trace=view.clone()/>
            <Refused view=view.clone()/>
            <Clocks view=view.clone() url=url.clone()/>
            <dl class="stats">
                <div class="stat big time">
                    <dt>"Duration"</dt>
                    <dd><Duration nanos=view.sheet.extent.duration_ns/></dd>
                </div>
                <div class="stat big money">
                    <dt>"Cost"</dt>
                    <dd><Money amount=known(summary.cost)/></dd>
                </div>
                <waste::Figure trace=view.clone() url/>
                <CostByService trace=view.clone()/>
                <Facts trace=view/>
            </dl>
        </section>
    }
}

#[component]
fn Outcome(errors: i64) -> impl IntoView {
    match errors {
        0 => view! {
            <span class="badge ok">
                <Icon glyph=Glyph::Ok size=Size::Small/>
                "ok"
            </span>
        }
        .into_any(),
        errors => {
            let text = if errors == 1 { "1 error".to_owned() } else { format!("{} errors", number::count(errors)) };
            view! {
                <span class="badge crit">
                    <Icon glyph=Glyph::Error size=Size::Small/>
                    {text}
                </span>
            }
            .into_any()
        }
    }
}

/// What is incomplete or odd about the trace: never silent.
#[component]
fn Warnings(trace: TraceView) -> impl IntoView {
    let mut warnings = Vec::new();
    if trace.overview.orphans > 0 {
        let orphans = match trace.overview.orphans {
            1 => "1 span names a parent that was".to_owned(),
            count => format!("{} spans name parents that were", number::count(count as i64)),
        };
        warnings.push(format!("{orphans} not received: subtree costs above are a lower bound."));
    }
    if trace.overview.cut_circles > 0 {
        let circles = number::count(trace.overview.cut_circles as i64);
        warnings.push(format!("Parents lead back to themselves in {circles} places: the circle is cut there."));
    }
    if let Some(declared) = trace.head.declared.filter(|declared| UsdSum::from(*declared) != trace.sheet.own_cost) {
        let (declared, own) = (money::amount(declared), money::amount(trace.sheet.own_cost));
        warnings.push(format!("The sender declared a total of {declared}; the spans add up to {own}."));
    }
    let lines = warnings.into_iter().map(|text| {
        view! {
            <p class="banner warn">
                <Icon glyph=Glyph::Warn size=Size::Medium/>
                <span>{text}</span>
            </p>
        }
    });
    lines.collect_view()
}

/// One bar for all the money, and the dearest services by name.
#[component]
fn CostByService(trace: TraceView) -> impl IntoView {
    let palette = trace.palette();
    let share = |cost: Usd| number::share(i128::from(cost.pico()), trace.sheet.own_cost.pico());
    let priced: Vec<(String, Usd)> = trace.overview.split.iter().filter(|(_, cost)| cost.pico() > 0).cloned().collect();
    let words: Vec<String> =
        priced.iter().map(|(service, cost)| format!("{service} {}", number::percent(share(*cost)))).collect();
    let parts = priced.iter().map(|(service, cost)| {
        let width = format!("width:{:.3}%", share(*cost) * 100.0);
        let title = format!("{service} {}", money::amount(*cost));
        view! { <i style=width data-slot=palette.slot(service).to_string() title=title></i> }
    });
    let named = priced.iter().take(NAMED_SERVICES).map(|(service, cost)| {
        view! {
            <span>
                <Swatch colour=palette.slot(service)/>
                {service.clone()}
                " "
                <b class="tnum"><Money amount=known(Some(*cost))/></b>
                " "
                <em class="tnum">{number::percent(share(*cost))}</em>
            </span>
        }
    });
    let all = trace.overview.priced_services;
    let bar = match priced.is_empty() {
        true => view! { <span class="muted">"no span has a cost"</span> }.into_any(),
        false => view! {
            <div class="split" role="img" aria-label=format!("Cost by service: {}", words.join(", "))>{parts.collect_view()}</div>
            <div class="legend">
                <div class="legend named">{named.collect_view()}</div>
                {(all > 1).then(|| view! { <span class="muted">{format!("{all} in all")}</span> })}
            </div>
        }
        .into_any(),
    };
    view! {
        <div class="stat split-stat">
            <dt>"Cost by service"</dt>
            <dd>{bar}</dd>
        </div>
    }
}

#[component]
fn Facts(trace: TraceView) -> impl IntoView {
    let summary = trace.head.summary;
    let start = summary.start.to_datetime();
    let started = format!("{} {}", time::day(start, trace.head.last_seen), time::clock_millis(start));
    let errors = number::count(summary.errors);
    let tenant = match summary.tenant {
        Some(tenant) => {
            let owner = Owner { dimension: Dimension::Tenant, key: Some(tenant) };
            view! { <OwnerLink owner/> }.into_any()
        }
        None => view! { <span class="muted">"unattributed"</span> }.into_any(),
    };
    view! {
        <div class="stat beside">
            <dt>"Start, UTC"</dt>
            <dd class="tnum">{started}</dd>
        </div>
        <div class="stat">
            <dt>"Spans"</dt>
            <dd class="tnum">{number::count(summary.spans)}</dd>
        </div>
        <div class="stat beside">
            <dt>"Services"</dt>
            <dd class="tnum">{number::count(trace.overview.services_total as i64)}</dd>
        </div>
        <div class="stat">
            <dt>"Errors"</dt>
            <dd class="tnum" class:crit=summary.errors != 0>{errors}</dd>
        </div>
        <div class="stat beside">
            <dt>"Tenant"</dt>
            <dd>{tenant}</dd>
        </div>
    }
}
