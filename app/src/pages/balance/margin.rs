//! Bills of providers beside our figures, row by row, with what explains the difference.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use leptos::prelude::*;
use model::UsdSum;
use model::bill::margin::{Row, Totals};
use model::review::Entry;

use super::api::{self, LINES_MAX, ReviewDifference};
use super::drift::Choice;
use super::said::Said;
use super::view_url::{PATH, ViewUrl};
use crate::components::figures::Money;
use crate::components::pager::Pager;
use crate::components::states::Empty;
use crate::format::money::{self, UNKNOWN};
use crate::format::{number, time};

/// Decimals of the columns: providers bill by hundredths of a cent and finer.
const DECIMALS: u32 = 4;

/// The panel.
#[component]
pub fn Margin(
    /// Rows and imports.
    bills: api::Margin,
    /// What the URL asks for.
    url: ViewUrl,
    /// What the forms do.
    review: ServerAction<ReviewDifference>,
) -> impl IntoView {
    let sub = match bills.days {
        None => "no bill yet".to_owned(),
        Some((from, to)) => format!(
            "{} to {}: {} open, {} acknowledged",
            day_text(from, bills.now),
            day_text(to, bills.now),
            number::count(bills.counts.0 as i64),
            number::count(bills.counts.1 as i64),
        ),
    };
    let choices = bills.days.map(|days| {
        let of_links = url.clone();
        view! {
            <Choice name="Rows" href=move |shown| of_links.bills(shown, 0) chosen=url.rows/>
            <DaysOf url=url.clone() days/>
        }
    });
    let body = match (bills.days, bills.rows.is_empty()) {
        (None, _) => view! {
            <Empty title="No bill to compare with">
                "Import what a provider charges by day and model below: it is laid beside what spans cost, day by day."
            </Empty>
        }
        .into_any(),
        (Some(_), true) => view! {
            <Summary totals=bills.totals/>
            <Empty title="No row">"No row of these days is like that. Choose All to see every row."</Empty>
        }
        .into_any(),
        (Some(_), false) => view! {
            <Summary totals=bills.totals/>
            <Rows bills url review/>
        }
        .into_any(),
    };
    view! {
        <header>
            <h2 id="bills-title">"Bills of providers"</h2>
            <span class="sub">{sub}</span>
            <div class="spacer"></div>
            {choices}
        </header>
        {body}
    }
    .into_any()
}

/// The days that are compared.
#[component]
fn DaysOf(url: ViewUrl, days: (NaiveDate, NaiveDate)) -> impl IntoView {
    let kept = ViewUrl { rows_offset: 0, import: None, again: false, ..url };
    let kept = kept.pairs().into_iter().filter(|(key, _)| !["from", "to"].contains(key));
    view! {
        <form class="balance__tolerance" action=format!("{PATH}#bills") method="get" aria-label="Days of the bills">
            {kept.map(|(key, value)| view! { <input type="hidden" name=key value=value/> }).collect_view()}
            <label>
                <span>"From"</span>
                <input class="input" type="date" name="from" value=days.0.to_string()/>
            </label>
            <label>
                <span>"to"</span>
                <input class="input" type="date" name="to" value=days.1.to_string()/>
            </label>
            <button type="submit" class="btn">"Apply"</button>
        </form>
    }
    .into_any()
}

/// All rows of the days together.
#[component]
fn Summary(totals: Totals) -> impl IntoView {
    let difference = totals.difference();
    let figures = [("Ours", totals.ours), ("Billed", totals.bill), ("Difference", difference)].map(|(name, amount)| {
        view! {
            <div>
                <dt>{name}</dt>
                <dd class="tnum">
                    <Money amount/>
                </dd>
            </div>
        }
    });
    view! {
        <dl class="balance__totals">
            {figures.into_iter().collect_view()}
            <div>
                <dt>"Of the bill"</dt>
                <dd class="tnum">{percent(difference, totals.bill)}</dd>
            </div>
        </dl>
    }
    .into_any()
}

#[component]
fn Rows(bills: api::Margin, url: ViewUrl, review: ServerAction<ReviewDifference>) -> impl IntoView {
    let (now, who) = (bills.now, bills.who);
    let (first, count) = (url.rows_offset, bills.rows.len());
    let count_text = |value: usize| number::count(value as i64);
    let shown = format!("{} to {} of {}", count_text(first + 1), count_text(first + count), count_text(bills.matching));
    let next = (first + count < bills.matching).then(|| url.bills(url.rows, first + LINES_MAX));
    let top = (first > 0).then(|| url.bills(url.rows, 0));
    let rows =
        bills.rows.into_iter().map(|(row, said)| view! { <Line row said who=who.clone() now review/> }).collect_view();
    view! {
        <div class="scroll-x" tabindex="0" role="group" aria-labelledby="bills-title">
            <table class="tbl balance__audit">
                <thead>
                    <tr>
                        <th scope="col" class="only-wide">"Day, UTC"</th>
                        <th scope="col">"Model"</th>
                        <th scope="col" class="num only-wide">"Ours"</th>
                        <th scope="col" class="num only-wide">"Bill"</th>
                        <th scope="col" class="num">"Difference"</th>
                        <th scope="col" class="num only-wide">"%"</th>
                        <th scope="col">"Why"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        <Pager shown next first=top/>
    }
    .into_any()
}

#[component]
fn Line(
    row: Row,
    said: Vec<Entry>,
    who: String,
    now: DateTime<Utc>,
    review: ServerAction<ReviewDifference>,
) -> impl IntoView {
    let difference = row.difference();
    let model = if row.model.is_empty() { "no model named".to_owned() } else { row.model.clone() };
    let billed_as = (!row.billed_as.is_empty())
        .then(|| format!("billed as {}", row.billed_as.iter().cloned().collect::<Vec<_>>().join(", ")));
    let known = |amount: Option<UsdSum>| amount.map_or_else(|| UNKNOWN.to_owned(), money::amount);
    let day = day_text(row.day, now);
    let both = format!("{day}: ours {}, bill {}", known(row.ours.map(|ours| ours.cost)), known(row.bill));
    let reasons = row.reasons(now).into_iter().map(|reason| view! { <li>{reason}</li> }).collect_view();
    let form = (difference != UsdSum::ZERO || !said.is_empty()).then(|| {
        let name = format!("{model} on {}", row.day);
        view! { <Said subject=row.subject() name difference said who now review/> }
    });
    view! {
        <tr>
            <td class="tnum only-wide">{day}</td>
            <td>
                <span class="med">{model}</span>
                <span class="balance__what">{row.provider.clone()} {billed_as.map(|name| format!(" · {name}"))}</span>
                <span class="balance__what only-narrow">{both}</span>
            </td>
            <td class="num only-wide">
                <Money amount=row.ours.map(|ours| ours.cost) decimals=DECIMALS/>
            </td>
            <td class="num only-wide">
                <Money amount=row.bill decimals=DECIMALS/>
            </td>
            <td class="num strong">
                <Money amount=difference decimals=DECIMALS/>
            </td>
            <td class="num only-wide">{percent(difference, row.bill.unwrap_or_default())}</td>
            <td class="balance__why">
                <ul>{reasons}</ul>
                {form}
            </td>
        </tr>
    }
    .into_any()
}

/// A difference in percent of the bill, signed: `+2.5%`; a dash where there is no bill.
fn percent(difference: UsdSum, bill: UsdSum) -> String {
    if bill.pico() <= 0 {
        return UNKNOWN.to_owned();
    }
    let share = number::percent(number::share(difference.pico().abs(), bill.pico()));
    match difference.pico() {
        0 => share,
        ..0 => format!("\u{2212}{share}"),
        _ => format!("+{share}"),
    }
}

/// `20 Nov`, with the year when it is another one.
pub fn day_text(day: NaiveDate, now: DateTime<Utc>) -> String {
    time::day(day.and_time(NaiveTime::MIN).and_utc(), now)
}

/// An amount in words.
pub fn amount_text(amount: UsdSum) -> String {
    money::amount(amount)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_margin_is_signed_and_of_the_bill() {
        let usd = |text: &str| UsdSum::from(text.parse::<model::Usd>().unwrap());
        assert_eq!(percent(usd("0.5"), usd("2")), "+25%");
        assert_eq!(percent(UsdSum::from_pico(-1) - usd("0.5"), usd("2")), "\u{2212}25%");
        assert_eq!(percent(UsdSum::ZERO, usd("2")), "0%");
        assert_eq!(percent(usd("2"), UsdSum::ZERO), UNKNOWN);
    }
}
