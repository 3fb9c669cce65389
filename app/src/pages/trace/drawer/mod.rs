//! Everything about the opened span.
//!
//! One file per sort of content; each is a `<details>` so that it folds without JavaScript. To add one: a file with a
//! component that shows nothing when the span has nothing of it, and a line in `Drawer`.

use leptos::prelude::*;
use model::cost::{Dimension, Owner};
use model::owner::NamedAbove;
use model::ruling::Override;
use model::space::Within;
use model::span::{Category, Status};
use model::{Span, TraceId};

use super::read::Opened;
use crate::components::copy::CopyId;
use crate::components::figures::{Duration, Money, known};
use crate::components::icon::{Glyph, Icon, Size};
use crate::components::owner::OwnerLink;
use crate::components::states::Failure;
use crate::error::ApiError;
use crate::format::{duration, number};
use crate::islands::waterfall::links::TraceUrl;
use crate::islands::waterfall::row::named;
use crate::islands::waterfall::sheet::SpanPlace;
use crate::islands::waterfall::tab::Tab;
use crate::url_state::encode;

mod attributes;
mod context;
mod cost;
mod events;
mod limit;
mod model_call;
mod waste;

/// The drawer of a span in a view of its trace, or why there is none.
pub fn of(opened: Result<Opened, ApiError>, trace_id: TraceId, place: SpanPlace, url: &TraceUrl) -> AnyView {
    let closed = Closed { href: url.with_span(None).href(trace_id), is_alone: url.tab == Tab::Waterfall };
    match opened {
        Ok(Opened { span, above, ruled, wasted }) => {
            let within = url.within.clone();
            let waste = waste::note(wasted, span.span_id, trace_id, url);
            view! { <Drawer span above ruled place closed within waste/> }.into_any()
        }
        Err(error) => view! { <Unreadable error closed/> }.into_any(),
    }
}

/// The view without the drawer.
#[derive(Clone)]
struct Closed {
    href: String,
    /// The view knows the key for it by itself.
    is_alone: bool,
}

#[component]
fn Drawer(
    span: Span,
    above: NamedAbove,
    ruled: Option<Override>,
    place: SpanPlace,
    closed: Closed,
    within: Within,
    waste: Option<AnyView>,
) -> impl IntoView {
    let failed = span.status == Status::Error;
    let slot = place.slot;
    let category = match span.category {
        Category::Other => String::new(),
        category => format!(" · {category}"),
    };
    let service = Owner { dimension: Dimension::Service, key: Some(span.service.clone()) };
    let similar = format!("/traces?service={}&operation={}", encode(&span.service), encode(&span.name));
    view! {
        <aside class="drawer" aria-label="Span detail">
            <header class="dh">
                <div class="row">
                    <span class="sw lg" data-slot=slot.to_string()></span>
                    <h3 class="dh-name trunc grow" class:crit=failed>{named(&span.name).to_owned()}</h3>
                    <Close closed/>
                </div>
                <div class="row wrap gap-1 dh-sub">
                    <span class="svc">
                        <OwnerLink owner=service/>
                    </span>
                    <span class="muted">{span.kind.as_str()} {category}</span>
                    <span class="dotsep"></span>
                    <CopyId text=span.span_id.to_string() what="span id" inline=true/>
                </div>
                <Figures span=span.clone() place=place.clone()/>
            </header>
            <div class="dbody">
                <limit::Crossed over=place.over/>
                {waste}
                <events::Exceptions span=span.clone()/>
                <context::Warnings span=span.clone()/>
                <model_call::ModelCallSection span=span.clone()/>
                <cost::CostSection span=span.clone() subtree=place.subtree ruled/>
                <attributes::Decision span=span.clone()/>
                <attributes::AttributeGroups span=span.clone()/>
                <context::Ownership span=span.clone() above/>
                <events::Events span=span.clone()/>
                <context::Links span=span.clone() within/>
                <context::Resource span=span.clone()/>
                <context::Context span/>
            </div>
            <footer class="df">
                <a class="btn" href=similar>
                    <Icon glyph=Glyph::Filter size=Size::Medium/>
                    <span>"Traces with this operation"</span>
                </a>
            </footer>
        </aside>
    }
}

/// In place of a span that cannot be read.
#[component]
fn Unreadable(error: ApiError, closed: Closed) -> impl IntoView {
    view! {
        <aside class="drawer" aria-label="Span detail">
            <header class="dh">
                <div class="row">
                    <h3 class="dh-name grow">"Span"</h3>
                    <Close closed/>
                </div>
            </header>
            <div class="dbody pad">
                <Failure error/>
            </div>
        </aside>
    }
}

#[component]
fn Close(closed: Closed) -> impl IntoView {
    let key = (!closed.is_alone).then_some("Escape");
    view! {
        <a class="ibtn sm" href=closed.href aria-label="Close (Esc)" title="Close (Esc)" aria-keyshortcuts=key data-noscroll>
            <Icon glyph=Glyph::Close/>
        </a>
    }
}

/// The two figures: how long, how dear.
#[component]
fn Figures(span: Span, place: SpanPlace) -> impl IntoView {
    let offset = duration::offset(span.start.0.saturating_sub(place.trace_start_ns));
    let self_share = place.self_ns.map(|self_ns| number::share(i128::from(self_ns), i128::from(span.duration_ns)));
    let when = match self_share {
        Some(share) if span.duration_ns > 0 => format!("at {offset} · self {}", number::percent(share)),
        _ => format!("at {offset}"),
    };
    let cost = known(span.cost.usd);
    let of_trace = match cost {
        Some(cost) => format!("{} of trace", number::percent(number::share(cost.pico(), place.trace_cost.pico()))),
        None => "no cost is known".to_owned(),
    };
    view! {
        <div class="duo">
            <div class="time">
                <span>"Duration"</span>
                <b class="tnum"><Duration nanos=span.duration_ns/></b>
                <em>{when}</em>
            </div>
            <div class="money">
                <span>"Self cost"</span>
                <b class="tnum"><Money amount=cost/></b>
                <em>{of_trace}</em>
            </div>
        </div>
    }
}

/// A part of the drawer that folds.
#[component]
fn Section(
    /// Its name.
    title: String,
    /// Icon before the name.
    #[prop(optional_no_strip)]
    glyph: Option<Glyph>,
    /// How many things it holds.
    #[prop(optional_no_strip)]
    count: Option<usize>,
    /// The content.
    children: Children,
) -> impl IntoView {
    view! {
        <details class="dsec" open>
            <summary>
                <Icon glyph=Glyph::Caret size=Size::Small/>
                {glyph.map(|glyph| view! { <Icon glyph size=Size::Medium/> })}
                <span>{title}</span>
                {count.map(|count| view! { <b class="count">{count}</b> })}
            </summary>
            {children()}
        </details>
    }
}
