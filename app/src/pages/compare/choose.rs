//! Which trace to compare with: those that began with the same operation, some of them by what they stand for, or one by its id.

use leptos::prelude::*;
use model::trace::TraceSummary;

use super::api::Choice;
use super::url::{CompareUrl, PATH, TraceRef};
use crate::components::figures::{Duration, Money, Tenant, known};
use crate::components::icon::{Glyph, Icon, Size};
use crate::components::states::Empty;
use crate::format::{number, time};
use crate::islands::waterfall::row::named;

/// Decimals of the cost column, so that its points line up.
const DECIMALS: u32 = 5;

/// Recent traces listed beside those that stand for something.
const RECENT_MAX: usize = 12;

/// The page without a second trace.
#[component]
pub fn Choose(
    /// The first trace, and others.
    choice: Choice,
) -> impl IntoView {
    let complaint = choice.complaint.map(|words| {
        view! {
            <p class="banner warn" role="alert">
                <Icon glyph=Glyph::Warn size=Size::Medium/>
                <span>{words}</span>
            </p>
        }
    });
    let by_id = by_id(choice.first.as_ref());
    let offers = match choice.first {
        None => view! {
            <Empty title="Two traces, side by side">
                "Name them by their ids, choose two in the list of " <a class="link" href="/traces">"traces"</a>
                ", or open a trace and press Compare."
            </Empty>
        }
        .into_any(),
        Some(first) => offers(&first, &choice.others),
    };
    view! {
        <div class="cmp">
            {complaint}
            <section class="panel" aria-labelledby="by-id">
                <header>
                    <h2 id="by-id">"By id"</h2>
                </header>
                {by_id}
            </section>
            {offers}
        </div>
    }
    .into_any()
}

fn by_id(first: Option<&TraceSummary>) -> AnyView {
    let first = first.map(|first| TraceRef::of(first).to_string());
    let is_open = first.is_none();
    view! {
        <form class="pb cmp-form" action=PATH method="get">
            <label class="cmp-field">
                <span>"Trace A"</span>
                <input class="field mono" name="a" required autocomplete="off" spellcheck="false" placeholder="trace id" value=first.unwrap_or_default()/>
            </label>
            <label class="cmp-field">
                <span>"Trace B"</span>
                <input class="field mono" name="b" required=is_open autocomplete="off" spellcheck="false" placeholder="trace id, or the address of its page"/>
            </label>
            <button class="btn primary" type="submit">"Compare"</button>
        </form>
    }
    .into_any()
}

fn offers(first: &TraceSummary, others: &[TraceSummary]) -> AnyView {
    let operation = first.root_operation.as_deref().map_or("root not received", named).to_owned();
    if others.is_empty() {
        return view! {
            <Empty title="No other trace of the last week began with the same operation">
                {format!("{operation} is the only one. Any other trace can be named by its id.")}
            </Empty>
        }
        .into_any();
    }
    let standing = standing(others);
    let stand = standing.into_iter().map(|(words, other)| line(Some(words), first, other)).collect_view();
    let recent = others.iter().take(RECENT_MAX).map(|other| line(None, first, other)).collect_view();
    let counted = number::counted(others.len() as i64, "trace");
    view! {
        <section class="panel" aria-labelledby="alike">
            <header>
                <h2 id="alike" class="trunc">{format!("Traces that began with {operation}")}</h2>
                <span class="sub only-wide">{format!("of the latest {counted} of the last week")}</span>
            </header>
            {table("Traces that stand for something", stand)}
        </section>
        <section class="panel" aria-labelledby="recent">
            <header>
                <h2 id="recent">"The latest of them"</h2>
                <span class="sub only-wide">{format!("{} of {counted}", others.len().min(RECENT_MAX))}</span>
            </header>
            {table("The latest traces of the same operation", recent)}
        </section>
    }
    .into_any()
}

fn table(label: &'static str, rows: impl IntoView + 'static) -> AnyView {
    view! {
        <div class="scroll-x" tabindex="0" role="region" aria-label=label>
            <table class="tbl cmp-choice">
                <thead>
                    <tr>
                        <th scope="col">"Compare with"</th>
                        <th scope="col" class="only-wide">"Tenant"</th>
                        <th scope="col" class="num only-wide">"Spans"</th>
                        <th scope="col" class="num only-wide">"Errors"</th>
                        <th scope="col" class="num">"Duration"</th>
                        <th scope="col" class="num">"Cost"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn line(stands_for: Option<&'static str>, first: &TraceSummary, other: &TraceSummary) -> AnyView {
    let href = CompareUrl::of(&[&TraceRef::of(first), &TraceRef::of(other)]).href();
    let start = other.start.to_datetime();
    let started = time::day_clock(start, start);
    let words = stands_for.map_or_else(|| started.clone(), str::to_owned);
    let details = stands_for.map(|_| view! { <span class="muted tnum only-wide">{started}</span> });
    view! {
        <tr>
            <td>
                <a class="link" href=href>{words}</a>
                " "
                <span class="mono muted">{other.trace_id.short()}</span>
                " "
                {details}
            </td>
            <td class="only-wide"><Tenant name=other.tenant.clone()/></td>
            <td class="num only-wide">{number::count(other.spans)}</td>
            <td class="num only-wide" class:crit=other.errors != 0>{number::count(other.errors)}</td>
            <td class="num"><Duration nanos=other.duration_ns/></td>
            <td class="num strong"><Money amount=known(other.cost) decimals=DECIMALS/></td>
        </tr>
    }
    .into_any()
}

/// Those that stand for something: the usual one, and the ends. Which cost nothing that is known is left out.
fn standing(others: &[TraceSummary]) -> Vec<(&'static str, &TraceSummary)> {
    let mut by_cost: Vec<&TraceSummary> = others.iter().filter(|other| other.cost.is_some()).collect();
    by_cost.sort_by_key(|other| other.cost);
    let mut by_time: Vec<&TraceSummary> = others.iter().collect();
    by_time.sort_by_key(|other| other.duration_ns);
    let middle = |sorted: &[&'_ TraceSummary]| sorted.len().saturating_sub(1) / 2;
    let found = [
        ("Median by cost", by_cost.get(middle(&by_cost))),
        ("Cheapest", by_cost.first()),
        ("Dearest", by_cost.last()),
        ("Median by duration", by_time.get(middle(&by_time))),
        ("Fastest", by_time.first()),
        ("Slowest", by_time.last()),
    ];
    found.into_iter().filter_map(|(words, found)| Some((words, *found?))).collect()
}

#[cfg(test)]
mod tests {
    use model::time::UnixNanos;
    use model::{TraceId, Usd};

    use super::*;

    fn a_trace(number: u8, cost: Option<i64>, duration_ns: i64) -> TraceSummary {
        TraceSummary {
            trace_id: TraceId::from_bytes([number; 16]).unwrap(),
            space: model::space::Space::SHARED,
            root_service: None,
            root_operation: None,
            tenant: None,
            start: UnixNanos(0),
            duration_ns,
            spans: 1,
            errors: 0,
            unpriced_spans: 0,
            cost: cost.map(Usd::from_pico),
            tokens_in: 0,
            tokens_out: 0,
            shape: Vec::new(),
            split: Vec::new(),
        }
    }

    #[test]
    fn the_usual_one_and_the_ends_are_found_and_unknown_is_not_the_cheapest() {
        let others = [a_trace(1, None, 50), a_trace(2, Some(5), 10), a_trace(3, Some(9), 20), a_trace(4, Some(7), 90)];
        let found = standing(&others);
        let of = |words: &str| found.iter().find(|(is, _)| *is == words).map(|(_, other)| other.trace_id.to_bytes()[0]);
        assert_eq!([of("Median by cost"), of("Cheapest"), of("Dearest")], [Some(4), Some(2), Some(3)]);
        assert_eq!([of("Median by duration"), of("Fastest"), of("Slowest")], [Some(3), Some(2), Some(4)]);
        assert_eq!(standing(&[]), []);
    }
}
