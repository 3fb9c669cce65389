//! The difference by tenant and model.

use leptos::prelude::*;
use model::UsdSum;
use model::repricing::{Change, Line};

use super::api;
use super::run::signed;
use crate::components::figures::{Money, Tenant};
use crate::format::number;

/// The table.
#[component]
pub fn Lines(
    /// The run with its lines.
    shown: api::Shown,
) -> impl IntoView {
    let api::Shown { run, lines, more, .. } = shown;
    let count = number::count(lines.len() as i64);
    let (lines, same): (Vec<Line>, Vec<Line>) = lines.into_iter().partition(|line| says_something(&line.change));
    let same = (!same.is_empty()).then(|| {
        let words = if same.len() == 1 {
            "1 more, where nothing changes".to_owned()
        } else {
            format!("{} more, where nothing changes", number::count(same.len() as i64))
        };
        view! {
            <tr>
                <td colspan="8" class="muted">{words}</td>
            </tr>
        }
    });
    let path = format!("/api/v1/prices/repricing/{}", run.id);
    let more = more.then(|| {
        view! {
            <p class="pb muted fs-12">
                {format!("The {count} lines with the largest difference; more are in ")} <a class="link" href=path.clone() rel="external">
                    {path.clone()}
                </a>
            </p>
        }
    });
    view! {
        <div class="scroll-x" tabindex="0" role="group" aria-labelledby="change">
            <table class="tbl repricing__lines">
                <thead>
                    <tr>
                        <th scope="col">"Tenant"</th>
                        <th scope="col">"Model"</th>
                        <th scope="col" class="num only-wide">"Calls"</th>
                        <th scope="col" class="num only-wide">"Other price"</th>
                        <th scope="col" class="num only-wide">"Unpriced"</th>
                        <th scope="col" class="num only-wide">"Stored"</th>
                        <th scope="col" class="num only-wide">"At these prices"</th>
                        <th scope="col" class="num">"Difference"</th>
                    </tr>
                </thead>
                <tbody>{lines.into_iter().map(|line| view! { <Row line/> }).collect_view()} {same}</tbody>
                <tfoot>
                    <tr>
                        <td>"All"</td>
                        <td></td>
                        <Figures change=run.total/>
                    </tr>
                </tfoot>
            </table>
        </div>
        {more}
    }
    .into_any()
}

#[component]
fn Row(line: Line) -> impl IntoView {
    let Line { tenant, provider, model, change } = line;
    let from = provider.clone().map(|provider| format!("{provider} ")).unwrap_or_default();
    let named = format!("{from}{model}");
    view! {
        <tr>
            <td class="repricing__name"><Tenant name=tenant/></td>
            <td class="repricing__name">
                <span class="trunc" title=named>{model}</span>
                <span class="repricing__more">{narrow(&change)}</span>
            </td>
            <Figures change/>
        </tr>
    }
    .into_any()
}

#[component]
fn Figures(change: Change) -> impl IntoView {
    let Change { calls, changed, unpriced_before, unpriced_after, before, after, .. } = change;
    let tone = if change.difference() < UsdSum::ZERO { "delta down" } else { "delta" };
    view! {
        <td class="num only-wide">{number::count(calls)}</td>
        <td class="num only-wide">{number::count(changed)}</td>
        <td class="num only-wide">{unpriced(unpriced_before, unpriced_after)}</td>
        <td class="num only-wide"><Money amount=Some(before)/></td>
        <td class="num only-wide"><Money amount=Some(after)/></td>
        <td class="num strong" title=format!("{} USD", change.difference())>
            <span class=tone>{signed(change.difference())}</span>
        </td>
    }
    .into_any()
}

/// Whether anything about it changes, or has been changed.
fn says_something(change: &Change) -> bool {
    change.changed > 0 || change.applied > 0 || change.unpriced_before != change.unpriced_after
}

/// How many had no price, and would have none.
fn unpriced(before: i64, after: i64) -> String {
    if before == after {
        number::count(before)
    } else {
        format!("{} → {}", number::count(before), number::count(after))
    }
}

/// What the wide columns say, where there is no room for them.
fn narrow(change: &Change) -> String {
    let calls = format!("{} of {} calls", number::count(change.changed), number::count(change.calls));
    match (change.unpriced_before, change.unpriced_after) {
        (0, 0) => calls,
        (before, after) => format!("{calls}, {} unpriced", unpriced(before, after)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_narrow_line_says_what_the_wide_one_does() {
        let change = Change { calls: 1_200, changed: 3, unpriced_before: 2, ..Change::default() };
        assert_eq!(narrow(&change), "3 of 1,200 calls, 2 → 0 unpriced");
        assert_eq!(narrow(&Change { calls: 1, changed: 1, ..Change::default() }), "1 of 1 calls");
    }
}
