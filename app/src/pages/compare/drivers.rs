//! What made the difference, ranked: it adds up to the difference of the totals, to the last pico-dollar.

use leptos::prelude::*;
use model::UsdSum;
use model::trace::compare::Row;

use super::api::Compared;
use super::delta;
use super::table::{links, path};
use crate::components::figures::{Money, ShareBar};
use crate::components::states::Empty;
use crate::format::number;

/// Decimals of the columns, so that their points line up.
const DECIMALS: u32 = 5;

/// The panel.
#[component]
pub fn Drivers(
    /// Both traces.
    compared: Compared,
) -> impl IntoView {
    let [first, second] = compared.totals;
    let difference = second.cost - first.cost;
    let (others, others_count) = compared.others;
    let content = if compared.drivers.is_empty() && others == UsdSum::ZERO {
        view! { <Empty title="Both cost the same">"No path costs more or less in one of them."</Empty> }.into_any()
    } else {
        let most = compared.drivers.iter().map(|row| row.cost_delta().pico().unsigned_abs()).max().unwrap_or(1);
        let rows = compared.drivers.iter().map(|row| line(row, most, &compared)).collect_view();
        let rest = (others_count > 0 || others != UsdSum::ZERO).then(|| {
            let words = format!("{} that differ", number::counted(others_count as i64, "other path"));
            view! {
                <tr>
                    <td class="muted">{words}</td>
                    <td class="only-wide"></td>
                    <td class="num only-wide"></td>
                    <td class="num only-wide"></td>
                    <td class="num">{delta::cell(others, UsdSum::ZERO)}</td>
                </tr>
            }
        });
        view! {
            <div class="scroll-x" tabindex="0" role="region" aria-label="What made the difference, as a table">
                <table class="tbl">
                    <thead>
                        <tr>
                            <th scope="col">"Path"</th>
                            <th scope="col" class="only-wide cmp-bar">"Share"</th>
                            <th scope="col" class="num only-wide">"A"</th>
                            <th scope="col" class="num only-wide">"B"</th>
                            <th scope="col" class="num">"B − A"</th>
                        </tr>
                    </thead>
                    <tbody>{rows} {rest}</tbody>
                    <tfoot>
                        <tr>
                            <td>"Difference of the totals"</td>
                            <td class="only-wide"></td>
                            <td class="num only-wide"><Money amount=Some(first.cost) decimals=DECIMALS/></td>
                            <td class="num only-wide"><Money amount=Some(second.cost) decimals=DECIMALS/></td>
                            <td class="num">{delta::cell(difference, first.cost)}</td>
                        </tr>
                    </tfoot>
                </table>
            </div>
        }
        .into_any()
    };
    view! {
        <section class="panel" aria-labelledby="drivers">
            <header>
                <h2 id="drivers">"What made the difference in cost"</h2>
                <span class="sub">"own cost of spans, what differs most first"</span>
            </header>
            {content}
        </section>
    }
    .into_any()
}

fn line(row: &Row, most: u128, compared: &Compared) -> AnyView {
    let [first, second] = row.sides.map(|side| side.sums);
    let change = row.cost_delta();
    let share = number::share(change.pico().abs(), i128::try_from(most).unwrap_or(i128::MAX));
    view! {
        <tr>
            <td>
                <div class="cmp-op">
                    {path(row)}
                    {links(row, compared)}
                </div>
            </td>
            <td class="only-wide cmp-bar"><ShareBar share/></td>
            <td class="num only-wide"><Money amount=Some(first.cost) decimals=DECIMALS/></td>
            <td class="num only-wide"><Money amount=Some(second.cost) decimals=DECIMALS/></td>
            <td class="num">{delta::cell(change, first.cost)}</td>
        </tr>
    }
    .into_any()
}
