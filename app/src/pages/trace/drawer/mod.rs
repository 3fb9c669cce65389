//! Everything about the opened span.
//!
//! One file per sort of content; each is a `<details>` so that it folds without JavaScript. To add one: a file with a
//! component that shows nothing when the span has nothing of it, and a line in `Drawer`.

use leptos::prelude::*;
use model::cost::{Dimension, Owner};
use model::span::{Category, Status};
use model::trace::history::History;
use model::{Span, TraceId, conversation};

use self::at::At;
use self::groups::{Group, Grouped};
use super::opened::Opened;
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

mod around;
mod at;
mod attributes;
mod context;
mod cost;
mod decision;
mod events;
mod fold;
mod groups;
mod history;
mod limit;
mod links;
mod messages;
mod model_call;
mod value;
mod waste;
mod well_known;

/// The drawer of a span in a view of its trace, or why there is none.
pub fn of(opened: Result<Opened, ApiError>, trace_id: TraceId, place: SpanPlace, url: &TraceUrl) -> AnyView {
    let closed = Closed { href: url.with_span(None).href(trace_id), is_alone: url.tab == Tab::Waterfall };
    match opened {
        Ok(opened) => view! { <Drawer opened trace_id place closed url=url.clone()/> }.into_any(),
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
fn Drawer(opened: Opened, trace_id: TraceId, place: SpanPlace, closed: Closed, url: TraceUrl) -> impl IntoView {
    let Opened { span, above, ruled, around, history, counted, wasted, late_ns, linking } = opened;
    let at = At::of(&span, trace_id, &url.within);
    let conversation = conversation::messages(&span);
    let mut grouped = Grouped::of(&span, !conversation.is_empty());
    let [ai, told, decision] = [Group::Ai, Group::Messages, Group::Decision].map(|group| grouped.take(group));
    let attributes = span.detail.attributes.0.len() + span.detail.resource.0.len();
    let counted = counted.map(|(span_id, operation)| (url.with_span(Some(span_id)).href(trace_id), operation));
    view! {
        <aside class="drawer" aria-label="Span detail">
            <Head
                span=span.clone()
                place=place.clone()
                history
                closed
                around=around.map(|around| view! { <around::Around around trace_id url=url.clone()/> }.into_any())
            />
            <div class="dbody" tabindex="0" role="region" aria-label="What the span says">
                <limit::Crossed over=place.over/>
                {waste::note(wasted, span.span_id, trace_id, &url)}
                <attributes::FindAttribute count=attributes/>
                <events::Exceptions span=span.clone() at=at.clone()/>
                <context::Warnings span=span.clone() late_ns/>
                <model_call::ModelCallSection span=span.clone() attributes=ai at=at.clone()/>
                <cost::CostSection span=span.clone() subtree=place.subtree ruled counted/>
                <decision::Decision span=span.clone() attributes=decision at=at.clone()/>
                <messages::Messages conversation at=at.clone()/>
                <attributes::AttributeGroups grouped at=at.clone()/>
                <context::Ownership span=span.clone() above at=at.clone()/>
                <events::Events span=span.clone() at=at.clone()/>
                <links::Links span=span.clone() within=url.within.clone() at=at.clone()/>
                <links::Linking linking/>
                <context::Resource span=span.clone() at=at.clone()/>
                <attributes::Listed title="Messages as they were sent" attributes=told at=at.clone() folded=true/>
                <context::Context span=span.clone() at=at.clone()/>
            </div>
            <Foot span at/>
        </aside>
    }
}

/// What is said of the span at a glance.
#[component]
fn Head(
    span: Span,
    place: SpanPlace,
    #[prop(optional_no_strip)] history: Option<History>,
    closed: Closed,
    /// The way to its neighbours.
    #[prop(optional_no_strip)]
    around: Option<AnyView>,
) -> impl IntoView {
    let failed = span.status == Status::Error;
    let category = match span.category {
        Category::Other => String::new(),
        category => format!(" · {category}"),
    };
    let service = Owner { dimension: Dimension::Service, key: Some(span.service.clone()) };
    view! {
        <header class="dh">
            <div class="row">
                <span class="sw lg" data-slot=place.slot.to_string()></span>
                <h3 class="dh-name trunc grow" class:crit=failed tabindex="-1">{named(&span.name).to_owned()}</h3>
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
            {around}
            <Figures span=span.clone() place/>
            <history::Compared history operation=named(&span.name).to_owned()/>
        </header>
    }
}

/// What can be done with the span.
#[component]
fn Foot(span: Span, at: At) -> impl IntoView {
    let similar = at.traces_with(&[("service", &span.service), ("operation", &span.name)]);
    view! {
        <footer class="df">
            <a class="btn" href=similar>
                <Icon glyph=Glyph::Filter size=Size::Medium/>
                <span>"Traces with this operation"</span>
            </a>
            <a class="btn" href=at.json() rel="external" target="_blank">
                <span>"JSON"</span>
            </a>
        </footer>
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
    /// It is folded until somebody asks for it.
    #[prop(optional)]
    folded: bool,
    /// The content.
    children: Children,
) -> impl IntoView {
    view! {
        <details class="dsec" open=!folded>
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
