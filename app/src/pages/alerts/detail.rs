//! One alert: figures, chart, evidence; beside them the form and the history.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use model::UsdSum;
use model::alert::State;

use super::act::HoldAlert;
use super::api;
use super::chart::Chart;
use super::drove::Drove;
use super::evidence::Evidence;
use super::history::History;
use super::hold::HoldForm;
use super::words::{self, Measured, Of, Unit};
use crate::colour::{self, Kind};
use crate::components::copy::CopyButton;
use crate::components::figures::Swatch;
use crate::components::icon::{Glyph, Icon, Size};
use crate::format::{duration, money, number, time};
use crate::url_state::encode;

/// The alert.
#[component]
pub fn Detail(
    /// Everything about it.
    detail: api::Detail,
    /// Acknowledges, snoozes, resolves it, or takes that back.
    hold: ServerAction<HoldAlert>,
    /// The way back to the list.
    back: String,
) -> impl IntoView {
    let measured = words::measured(&detail.alert);
    let has_chart = detail.series.iter().any(|(_, value)| value.is_some());
    let open = detail.alert.state.is_live();
    view! {
        <article aria-labelledby="alert-title">
            <Head detail=detail.clone() back/>
            <div class="ad-grid">
                <div class="ad-main">
                    <section class="panel" aria-label="Figures">
                        <Figures detail=detail.clone() measured/>
                        <div class="pb">
                            {if has_chart {
                                view! {
                                    <Chart detail=detail.clone()/>
                                    {(!detail.band.is_empty()).then(|| view! { <Legend/> })}
                                }
                                    .into_any()
                            } else {
                                view! { <InPlaceOfChart measured/> }.into_any()
                            }}
                        </div>
                    </section>
                    <Evidence detail=detail.clone() measured/>
                    <Drove parts=detail.parts.clone() drivers=detail.drivers.clone()/>
                </div>
                <div class="ad-side">
                    {open.then(|| view! { <HoldForm detail=detail.clone() hold/> })}
                    <History history=detail.history.clone() deliveries=detail.deliveries.clone() now=detail.now/>
                </div>
            </div>
            {open
                .then(|| {
                    view! {
                        <div class="ad-cta">
                            <a class="btn" href="#hold">
                                <Icon glyph=Glyph::Snooze size=Size::Medium/>
                                <span>"Snooze"</span>
                            </a>
                            <a class="btn primary grow" href="#hold">
                                <Icon glyph=Glyph::Check size=Size::Medium/>
                                <span>"Acknowledge"</span>
                            </a>
                        </div>
                    }
                })}
        </article>
    }
    .into_any()
}

#[component]
fn Head(detail: api::Detail, back: String) -> impl IntoView {
    let alert = detail.alert;
    let tone = words::tone(&alert);
    let has_window = words::measured(&alert).has_window();
    let state = match alert.resolved_at {
        Some(at) => format!("resolved after {}", duration::age((at - alert.fired_at).num_seconds())),
        None => format!("{} {}", alert.state.as_str(), duration::age((detail.now - alert.fired_at).num_seconds())),
    };
    let badge = if alert.state == State::Resolved { "badge ok" } else { "badge" };
    let path = format!("/alerts/{}", alert.id);
    let runbook = alert.runbook.clone().map(|address| {
        view! {
            <a class="btn" href=address rel="noreferrer" target="_blank">
                <Icon glyph=Glyph::Link size=Size::Medium/>
                <span>"Runbook"</span>
            </a>
        }
    });
    let edit = alert.of_rule.as_ref().map(|rule| {
        let href = format!("{}?rule={}", super::rules::PATH, encode(rule));
        view! {
            <a class="btn" href=href>
                <Icon glyph=Glyph::Settings size=Size::Medium/>
                <span>"Edit rule"</span>
            </a>
        }
    });
    let labels = words::labels(&alert)
        .map(|(key, value)| {
            let kind = match key.as_str() {
                "tenant" => Some(Kind::Tenant),
                "service" => Some(Kind::Service),
                "model" => Some(Kind::Model),
                _ => None,
            };
            view! {
                <span class="tag" title=key.clone()>
                    {kind.map(|kind| view! { <Swatch colour=colour::slot(kind, value)/> })}
                    {value.clone()}
                </span>
            }
        })
        .collect_view();
    view! {
        <header class="ad-h">
            <a class="back ibtn" href=back aria-label="Back to the list">
                <Icon glyph=Glyph::Back/>
            </a>
            <div class="grow">
                <div class="row wrap gap-1">
                    <span class=format!("badge {tone}")>
                        <Icon glyph=words::glyph(&alert) size=Size::Small/>
                        {alert.severity.as_str()}
                    </span>
                    <span class=format!("{badge} {}", words::state_tone(&alert))>{state}</span>
                    <span class="muted fs-12 tnum">{format!("since {} UTC", time::day_clock(alert.fired_at, detail.now))}</span>
                </div>
                <h2 id="alert-title" class="ad-title">{alert.rule.clone()}</h2>
                <div class="row wrap gap-1 tags">
                    {labels}
                    <code class="rule">
                        {alert.query_text.clone()}
                        {has_window
                            .then(|| view! { <span class="muted">{format!(" in {}", duration::width(alert.window_seconds))}</span> })}
                    </code>
                </div>
            </div>
            <div class="row gap-1 only-wide">
                {runbook}
                <CopyButton text=path label="Copy link"/>
                {edit}
            </div>
        </header>
    }
    .into_any()
}

/// What line and band of spend are.
#[component]
fn Legend() -> impl IntoView {
    view! {
        <p class="chart-leg row wrap fs-12 muted">
            <span>
                <i class="sw money"></i>
                " spent"
            </span>
            <span>
                <i class="sw band"></i>
                " expected by the hours before, give or take two spreads"
            </span>
        </p>
    }
}

/// Where there is nothing to draw: how it stands is somewhere else, or nothing arrived.
#[component]
fn InPlaceOfChart(measured: Measured) -> impl IntoView {
    let words = match measured.of {
        _ if measured.is_of_a_budget() => view! {
            "How it stands now is among the budgets of "
            <a class="link" href="/costs#budgets">
                "Costs"
            </a>
            "."
        }
        .into_any(),
        Of::Books => view! {
            "Every sum as it is now, and since when it differs, is on the page of the "
            <a class="link" href="/costs/balance">
                "balance"
            </a>
            "."
        }
        .into_any(),
        Of::Spend => "Every minute is held against the same hours of earlier weeks. What was spent and expected when it fired is in \
                      the history."
            .into_any(),
        Of::Traces | Of::Count | Of::Spans { .. } => "Nothing arrived in this time that could be drawn.".into_any(),
    };
    view! { <p class="muted fs-12">{words}</p> }
}

#[component]
fn Figures(detail: api::Detail, measured: Measured) -> impl IntoView {
    let alert = &detail.alert;
    let over = measured
        .value
        .filter(|_| measured.limit > 0.0 && !matches!(measured.of, Of::Spend | Of::Spans { is_small: true }))
        .map(|value| number::times(value / measured.limit));
    let excess = excess(&detail, measured);
    // What is over is told by its last window that had a figure, what is open by the latest one.
    let is_over = alert.state == State::Resolved;
    let when = if is_over { "at most".to_owned() } else { duration::width(alert.window_seconds) };
    let traces = if is_over { alert.peak_count } else { alert.observation.count };
    let traces = measured.is_of_traces().then(|| number::count(traces));
    let name = match (is_over, measured.of) {
        (true, _) => format!("{}, last", measured.name),
        (false, _) if measured.has_window() => format!("{}, {when}", measured.name),
        (false, _) => measured.name.to_owned(),
    };
    let tone = format!("tnum {}-t", words::tone(alert));
    view! {
        <div class="vt">
            <div>
                <span>{name}</span>
                <b class=tone>{words::value(alert)}</b>
            </div>
            <div>
                <span>"Limit"</span>
                <b class="tnum">{words::limit(alert)}</b>
            </div>
            {detail.spending.map(|spending| view! { <Since spending now=detail.now/> })}
            {over
                .map(|over| {
                    view! {
                        <div>
                            <span>"Over by"</span>
                            <b class="tnum">{over}</b>
                        </div>
                    }
                })}
            {traces
                .map(|traces| {
                    view! {
                        <div>
                            <span>{format!("Traces over, {when}")}</span>
                            <b class="tnum">{traces}</b>
                        </div>
                    }
                })}
            {excess
                .map(|excess| {
                    view! {
                        <div class="ex">
                            <span>"Excess, traces below"</span>
                            <b class="tnum money-t">{money::amount(excess)}</b>
                        </div>
                    }
                })}
        </div>
    }
    .into_any()
}

/// What was spent since the case began, where how much was expected. The excess may be of more: of the window it was found in.
#[component]
fn Since(spending: api::Spending, now: DateTime<Utc>) -> impl IntoView {
    let api::Spending { since, cost, expected } = spending;
    let ratio = if expected > 0.0 { number::times(cost.to_f64() / expected) } else { money::UNKNOWN.to_owned() };
    let spent = format!("Spent since {}", time::near_minute(since, now));
    [(spent, money::amount(cost)), ("Expected".to_owned(), Unit::Usd.text(expected)), ("Ratio".to_owned(), ratio)]
        .map(|(name, figure)| {
            view! {
                <div>
                    <span>{name}</span>
                    <b class="tnum">{figure}</b>
                </div>
            }
        })
        .collect_view()
}

/// What the evidence shown cost beyond the limit; only where the limit is one of dollars.
fn excess(detail: &api::Detail, measured: Measured) -> Option<UsdSum> {
    // The limit of anything else is none that a single trace could be over.
    if measured.unit != Unit::Usd || !measured.is_of_traces() || detail.evidence.is_empty() {
        return None;
    }
    let limit = UsdSum::from_f64(measured.limit).pico();
    let beyond =
        detail.evidence.iter().filter_map(|trace| trace.cost).map(|cost| (i128::from(cost.pico()) - limit).max(0));
    Some(UsdSum::from_pico(beyond.sum()))
}
