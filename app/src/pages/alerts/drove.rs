//! What drove an alert: whose spend went up, and what the traces behind it do more of than others.

use leptos::prelude::*;
use model::alert::drivers::{Against, Change, Driver, Drivers, Part, Spend};
use model::cost::Dimension;

use super::words::Unit;
use crate::colour::{self, Kind};
use crate::components::figures::{ShareBar, Swatch};
use crate::format::number;

/// The panel; nothing where nothing can be told.
#[component]
pub fn Drove(
    /// What went up of all that a tenant spends.
    parts: Vec<Part>,
    /// What the traces behind it do more of.
    drivers: Option<Drivers>,
) -> impl IntoView {
    let drivers = drivers.filter(|drivers| !drivers.operations.is_empty());
    if parts.is_empty() && drivers.is_none() {
        return ().into_any();
    }
    view! {
        <section class="panel" aria-labelledby="drove">
            <header>
                <h2 id="drove">"What drove it"</h2>
            </header>
            <div class="pb drivers">
                {(!parts.is_empty()).then(|| view! { <Parts parts/> })} {drivers.map(|drivers| view! { <Operations drivers/> })}
            </div>
        </section>
    }
    .into_any()
}

#[component]
fn Parts(parts: Vec<Part>) -> impl IntoView {
    let most = parts.iter().map(|part| part.now.over(&part.usual)).fold(0.0, f64::max);
    let rows = parts
        .into_iter()
        .map(|part| {
            let kind = match part.dimension {
                Dimension::Service => Kind::Service,
                Dimension::Model => Kind::Model,
                Dimension::Tenant => Kind::Tenant,
                _ => Kind::Label,
            };
            let name = part.key.unwrap_or_default();
            let colour = colour::slot(kind, &name);
            let words = format!("{}, {}", part.dimension, said(&part.now, &part.usual, "calls", whole));
            view! { <Row colour name words over=part.now.over(&part.usual) most/> }
        })
        .collect_view();
    view! {
        <h3>"Spent more since it began, against the same hours of the last 4 weeks"</h3>
        <ul class="drivers">{rows}</ul>
    }
}

#[component]
fn Operations(drivers: Drivers) -> impl IntoView {
    let Drivers { traces, ordinary, against, operations } = drivers;
    let most = operations.iter().map(|driver| driver.now.over(&driver.usual)).fold(0.0, f64::max);
    let rows = operations
        .into_iter()
        .map(|Driver { service, operation, model, now, usual }| {
            let colour = colour::slot(Kind::Service, &service);
            let name = named(operation, model.as_deref());
            let words = format!("{}, {service}", said(&now, &usual, "calls per trace", number::rate));
            view! { <Row colour name words over=now.over(&usual) most/> }
        })
        .collect_view();
    let when = match against {
        Against::SameHour => "the same hour, last 4 weeks",
        Against::DayBefore => "the day before",
    };
    let others = number::counted(ordinary, "ordinary one");
    let whole = format!("More in each of {}, against {others} of {when}", number::counted(traces, "trace"));
    view! {
        <h3>{whole}</h3>
        <ul class="drivers">{rows}</ul>
    }
}

#[component]
fn Row(colour: u8, name: String, words: String, over: f64, most: f64) -> impl IntoView {
    let title = format!("{name}, {words}");
    let share = if most > 0.0 { over / most } else { 0.0 };
    view! {
        <li class="driver">
            <Swatch colour/>
            <span class="trunc" title=title>
                <b class="med">{name}</b>
                " "
                <span class="muted">{words}</span>
            </span>
            <ShareBar share/>
            <b class="num">{format!("+{}", Unit::Usd.text(over))}</b>
        </li>
    }
}

/// The operation with its model, unless it names that itself, if only by the first part of its name.
fn named(operation: String, model: Option<&str>) -> String {
    match model {
        Some(model) if !operation.split_whitespace().any(|word| model.starts_with(word)) => {
            format!("{operation} {model}")
        }
        _ => operation,
    }
}

/// Why it costs more, in words.
fn said(now: &Spend, usual: &Spend, calls: &str, figure: impl Fn(f64) -> String) -> String {
    match now.change(usual) {
        Change::New => format!("{} {calls}, usually none", figure(now.calls)),
        Change::Calls => format!("{} {calls}, was {}", figure(now.calls), figure(usual.calls)),
        Change::Price => format!("{} a call, was {}", Unit::Usd.text(now.price()), Unit::Usd.text(usual.price())),
        Change::Neither => "unchanged per call".to_owned(),
    }
}

fn whole(calls: f64) -> String {
    number::count(calls as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_is_named_once() {
        let name = |operation: &str, model| named(operation.to_owned(), model);
        assert_eq!(name("tool.plan gpt-4o", Some("gpt-4o-2024-08-06")), "tool.plan gpt-4o");
        assert_eq!(name("llm.generate", Some("gpt-4o")), "llm.generate gpt-4o");
        assert_eq!(name("sql.query", None), "sql.query");
    }

    #[test]
    fn it_is_said_why_something_costs_more() {
        let usual = Spend { calls: 3.4, usd: 0.034 };
        let words = |calls, usd| said(&Spend { calls, usd }, &usual, "calls per trace", number::rate);
        assert_eq!(words(14.2, 0.142), "14.2 calls per trace, was 3.4");
        assert_eq!(words(3.4, 0.34), "$0.100 a call, was $0.0100");
        assert_eq!(words(3.5, 0.0352), "unchanged per call");
        let new = said(&usual, &Spend::default(), "calls", whole);
        assert_eq!(new, "3 calls, usually none");
    }
}
