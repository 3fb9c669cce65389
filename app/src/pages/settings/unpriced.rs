//! Models without a price: who called them, how much it was, and the lines that would price them.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::price::{FILL_IN, UnpricedModel};

use super::api::{AddPrice, Unpriced, load_unpriced};
use super::price_form::PriceForm;
use super::repricing;
use crate::components::copy::CopyButton;
use crate::components::states::Empty;
use crate::components::time_range::TimeRangePicker;
use crate::error::ApiError;
use crate::format::{number, time};
use crate::frame::loaded::{Loaded, loading};
use crate::frame::page::Page;
use crate::url_state::{self, RangeChoice};

/// Where the page is.
pub const PATH: &str = "/settings/unpriced";

/// The range without a word in the URL.
const DEFAULT_SECONDS: i64 = 7 * 86_400;

/// The page.
#[component]
pub fn UnpricedPage() -> impl IntoView {
    let range = use_query_map().with_untracked(|query| RangeChoice::from_query(query, DEFAULT_SECONDS));
    let choice = range.clone().unwrap_or(RangeChoice::Last(DEFAULT_SECONDS));
    let range = range.map_err(ApiError::Invalid);
    let unpriced = loading(async move { load_unpriced(range?).await });
    let add = ServerAction::<AddPrice>::new();
    let actions = move || view! { <TimeRangePicker choice path=PATH keep=Vec::new()/> };
    view! {
        <Page title="Models without a price" crumbs=vec![("Settings", "/settings")] actions>
            <Loaded read=unpriced view=move |unpriced| view! { <Models unpriced range=choice add/> }.into_any()/>
        </Page>
    }
    .into_any()
}

#[component]
fn Models(unpriced: Unpriced, range: RangeChoice, add: ServerAction<AddPrice>) -> impl IntoView {
    let Unpriced { now, models, more, takes_prices } = unpriced;
    if models.is_empty() {
        return view! {
            <section class="panel">
                <Empty title="Every model has a price">
                    {format!("No call of a model is without a cost in this range ({}).", range.label().to_lowercase())}
                </Empty>
            </section>
        }
        .into_any();
    }
    let missing: Vec<&UnpricedModel> =
        models.iter().filter(|(_, is_priced)| !is_priced).map(|(model, _)| model).collect();
    let all = (missing.len() > 1).then(|| missing.iter().map(|model| model.lines_to_copy()).collect::<String>());
    let count = number::count(models.len() as i64);
    let lines = models
        .into_iter()
        .map(|(model, is_priced)| view! { <Line model is_priced takes_prices range now add/> })
        .collect_view();
    let sub =
        if more { format!("the {count} with the most tokens; there are more") } else { "most tokens first".to_owned() };
    let how = if takes_prices {
        view! {
            "A price that is set here is added to the end of " <code>"prices.yaml"</code>
            " and holds at once, for every call on every day. What is stored already stays as it is until it is priced again. The same by hand: the lines, with a price in place of each "
            <code>{FILL_IN}</code> "."
        }
        .into_any()
    } else {
        view! {
            "The lines go under " <code>"prices:"</code> " in " <code>"prices.yaml"</code> ", in the folder that "
            <code>"TRACETAB_RULES"</code> " names, with a price in place of each " <code>{FILL_IN}</code>
            ". The server takes the file over within seconds. What is stored already stays as it is until it is priced again."
        }
        .into_any()
    };
    view! {
        <section class="panel" aria-labelledby="unpriced">
            <header>
                <h2 id="unpriced">"Calls without a cost, by model"</h2>
                <span class="sub">{sub}</span>
                <div class="spacer"></div>
                {all.map(|text| view! { <CopyButton text label="Copy all lines"/> })}
            </header>
            <p class="unpriced__how">{how}</p>
            <ul class="unpriced">{lines}</ul>
        </section>
    }
    .into_any()
}

#[component]
fn Line(
    model: UnpricedModel,
    is_priced: bool,
    takes_prices: bool,
    range: RangeChoice,
    now: DateTime<Utc>,
    add: ServerAction<AddPrice>,
) -> impl IntoView {
    let traces = format!("/traces?{}&model={}", range.to_query(), url_state::encode(&model.model));
    let provider = model.provider.clone().unwrap_or_else(|| "provider not told".to_owned());
    let lines = if is_priced {
        let again = format!("{}?{}&model={}", repricing::PATH, range.to_query(), url_state::encode(&model.model));
        view! {
            <p class="unpriced__priced">
                "It has a price by now; these calls came before it. " <a class="link" href=again>"Price them again"</a>
            </p>
        }
        .into_any()
    } else {
        let text = model.lines_to_copy();
        let form = takes_prices.then(|| view! { <PriceForm model=model.clone() add/> });
        view! {
            {form}
            <div class="unpriced__copy">
                <pre class="mono" tabindex="0">{text.clone()}</pre>
                <CopyButton text/>
            </div>
        }
        .into_any()
    };
    view! {
        <li class="unpriced__model">
            <div class="unpriced__facts">
                <h3 class="unpriced__name">
                    <a href=traces>{model.model.clone()}</a>
                </h3>
                <p class="muted">{provider}</p>
                <p class="tnum">{volume(&model)}</p>
                <p class="muted">
                    "last " <time datetime=time::machine(model.last)>{time::near(model.last, now)}</time>
                </p>
            </div>
            <div class="unpriced__lines">{lines}</div>
        </li>
    }
    .into_any()
}

/// How many calls, and how many tokens: `5 calls, 1 of them without tokens: 200,000 tokens in, 4,500 out`.
fn volume(model: &UnpricedModel) -> String {
    let calls = format!("{} {}", number::count(model.calls), if model.calls == 1 { "call" } else { "calls" });
    let tokens = format!("{} tokens in, {} out", number::count(model.tokens_in), number::count(model.tokens_out));
    match model.calls - model.calls_with_tokens {
        0 => format!("{calls}: {tokens}"),
        untold if untold == model.calls => format!("{calls} that told no tokens"),
        untold => format!("{calls}, {} of them without tokens: {tokens}", number::count(untold)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_volume_tells_calls_without_tokens_apart() {
        let said = |calls, calls_with_tokens| {
            let (first, last) = (DateTime::UNIX_EPOCH, DateTime::UNIX_EPOCH);
            let (provider, model) = (None, "acme".to_owned());
            let (tokens_in, tokens_out) = (1_500 * calls_with_tokens, calls_with_tokens);
            volume(&UnpricedModel { provider, model, calls, calls_with_tokens, tokens_in, tokens_out, first, last })
        };
        assert_eq!(said(1, 1), "1 call: 1,500 tokens in, 1 out");
        assert_eq!(said(3, 2), "3 calls, 1 of them without tokens: 3,000 tokens in, 2 out");
        assert_eq!(said(2, 0), "2 calls that told no tokens");
    }
}
