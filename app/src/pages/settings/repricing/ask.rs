//! The form that asks what would change. A plain form: it works without JavaScript.

use leptos::prelude::*;

use super::api::{Asked, Runs, StartRepricing};
use crate::components::icon::{Glyph, Icon, Size};
use crate::format::time;
use crate::url_state::RangeChoice;

/// The range without a word in the URL.
const DEFAULT_SECONDS: i64 = 86_400;

/// Range, tenant and model.
#[component]
pub fn Ask(
    /// What there is.
    runs: Runs,
    /// What the address asks for.
    asked: Asked,
    /// What the form does.
    start: ServerAction<StartRepricing>,
) -> impl IntoView {
    let refused = move || start.value().get().and_then(Result::err).map(|error| error.to_string());
    let given = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let choice = RangeChoice::parse(given(&asked.from).as_deref(), given(&asked.to).as_deref(), DEFAULT_SECONDS)
        .unwrap_or(RangeChoice::Last(DEFAULT_SECONDS));
    let range = choice.resolve(runs.now);
    let to = matches!(choice, RangeChoice::Between(_)).then(|| time::input(range.to)).unwrap_or_default();
    let is_busy = runs.under_way().is_some();
    let tenants = runs.tenants.iter().map(|name| view! { <option value=name.clone()></option> }).collect_view();
    view! {
        <section class="panel" aria-labelledby="ask">
            <header>
                <h2 id="ask">"Which calls"</h2>
                <span class="sub">"that did not report their cost, at the prices in use now"</span>
            </header>
            <div class="pb">
                <ActionForm action=start attr:class="form repricing__ask">
                    <label>
                        <span>"From, UTC"</span>
                        <input class="input" type="datetime-local" name="from" required value=time::input(range.from)/>
                    </label>
                    <label>
                        <span>"To, UTC (now when empty)"</span>
                        <input class="input" type="datetime-local" name="to" value=to/>
                    </label>
                    <label>
                        <span>"Tenant (all when empty)"</span>
                        <input class="input" name="tenant" list="tenants" autocomplete="off" spellcheck="false" value=asked.tenant/>
                        <datalist id="tenants">{tenants}</datalist>
                    </label>
                    <label>
                        <span>"Model (all when empty)"</span>
                        <input class="input" name="model" autocomplete="off" spellcheck="false" value=asked.model/>
                    </label>
                    <button type="submit" class="btn" disabled=is_busy>
                        <Icon glyph=Glyph::Search size=Size::Medium/>
                        <span>"Look what would change"</span>
                    </button>
                </ActionForm>
                {move || refused().map(|reason| view! { <p class="crit fs-12" role="alert">{reason}</p> })}
                <p class="repricing__prices">"Prices in use: " <code>{runs.revision}</code> ". Looking writes nothing."</p>
            </div>
        </section>
    }
    .into_any()
}
