//! Bringing a bill in, what came of it, and the bills there are. A plain form: it works without JavaScript.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use model::alert::hold::BY_CHARS_MAX;
use model::bill::{BILL_BYTES_MAX, Import};

use super::api::{self, TakeBillOut};
use super::margin::{amount_text, day_text};
use super::view_url::ViewUrl;
use crate::components::icon::{Glyph, Icon, Size};
use crate::format::{number, time};

/// Providers that are offered where a bill does not say whose it is; any other can be written.
const PROVIDERS: [&str; 8] = ["openai", "anthropic", "azure", "aws", "google", "mistral", "cohere", "groq"];

/// The panel.
#[component]
pub fn Imports(
    /// The imports among other things.
    bills: api::Margin,
    /// What the URL asks for.
    url: ViewUrl,
    /// Takes a bill out.
    take_out: ServerAction<TakeBillOut>,
) -> impl IntoView {
    let (now, who) = (bills.now, bills.who);
    let outcome = url.import.and_then(|id| bills.imports.iter().find(|import| import.id == id)).cloned();
    let rows =
        bills.imports.into_iter().map(|import| view! { <Line import who=who.clone() now take_out/> }).collect_view();
    let refused = move || take_out.value().get().and_then(Result::err).map(|error| error.to_string());
    view! {
        <header>
            <h2 id="imports-title">"Import a bill"</h2>
            <span class="sub">"CSV with day, provider, model and amount, or a cost export of OpenAI or Anthropic"</span>
        </header>
        {outcome.map(|import| view! { <Outcome import again=url.again/> })}
        <Form who=who.clone()/>
        {move || refused().map(|reason| view! { <p class="pb crit fs-12" role="alert">{reason}</p> })}
        <ul class="balance__imports">{rows}</ul>
    }
    .into_any()
}

#[component]
fn Form(who: String) -> impl IntoView {
    let limit = format!("at most {}", number::bytes(BILL_BYTES_MAX as u64));
    let providers = PROVIDERS.map(|provider| view! { <option value=provider></option> });
    view! {
        <form class="form balance__form" method="post" action="/api/v1/bills" enctype="multipart/form-data" aria-label="Import a bill">
            <label>
                <span>{format!("File, {limit}")}</span>
                <input class="input" type="file" name="file" accept=".csv,.tsv,text/csv,text/plain"/>
            </label>
            <label>
                <span>"or its text"</span>
                <textarea name="text" rows="3" spellcheck="false" placeholder="day,provider,model,amount"></textarea>
            </label>
            <div class="two">
                <label>
                    <span>"Provider, if the bill does not say"</span>
                    <input class="input" name="provider" list="providers" maxlength=BY_CHARS_MAX autocomplete="off"/>
                    <datalist id="providers">{providers.into_iter().collect_view()}</datalist>
                </label>
                <label>
                    <span>"Who"</span>
                    <input class="input" name="by" required maxlength=BY_CHARS_MAX autocomplete="name" value=who/>
                </label>
            </div>
            <div class="row">
                <button type="submit" class="btn primary">"Import"</button>
                <span class="muted fs-12">
                    "US dollars only. A later bill of the same provider and day takes the place of an earlier one, which stays in the list."
                </span>
            </div>
        </form>
    }
    .into_any()
}

/// What came of the import that was just made.
#[component]
fn Outcome(import: Import, again: bool) -> impl IntoView {
    let (class, glyph) = match (import.lines_kept, import.refusals.is_empty()) {
        (0, _) => ("banner crit balance__outcome", Glyph::Error),
        (_, false) => ("banner warn balance__outcome", Glyph::Warn),
        (_, true) => ("banner ok balance__outcome", Glyph::Check),
    };
    let words = if again {
        format!("{} is imported already, as number {}. Nothing was replaced.", import.name, import.id)
    } else {
        outcome(&import)
    };
    let told = import.refusals.len() as i64;
    let untold = (import.lines_read - import.lines_kept).max(told) - told;
    let refusals: Vec<String> = import.refusals.iter().map(ToString::to_string).collect();
    let more = (untold > 0).then(|| format!("and {} more lines", number::count(untold)));
    let lines = refusals.into_iter().chain(more).map(|line| view! { <li>{line}</li> }).collect_view();
    view! {
        <div class=class role="status">
            <Icon glyph size=Size::Medium/>
            <div>
                <b>{words}</b>
                <ul>{lines}</ul>
            </div>
        </div>
    }
    .into_any()
}

/// `bill.csv: 118 of 120 lines were kept, $45.00 from 1 Nov to 20 Nov.`
fn outcome(import: &Import) -> String {
    if import.lines_kept == 0 {
        return format!("{}: nothing was kept.", import.name);
    }
    let (kept, read) = (number::count(import.lines_kept), number::count(import.lines_read));
    format!("{}: {kept} of {read} lines were kept, {} together.", import.name, amount_text(import.amount))
}

#[component]
fn Line(import: Import, who: String, now: DateTime<Utc>, take_out: ServerAction<TakeBillOut>) -> impl IntoView {
    let days = import.days.map(|(first, last)| {
        if first == last {
            day_text(first, now)
        } else {
            format!("{} to {}", day_text(first, now), day_text(last, now))
        }
    });
    let facts = [
        days,
        Some(import.providers.join(", ")).filter(|providers| !providers.is_empty()),
        Some(format!("{} of {} lines", number::count(import.lines_kept), number::count(import.lines_read))),
        (import.replaced_days > 0)
            .then(|| format!("{} replaced by a later bill", number::counted(import.replaced_days, "day"))),
    ];
    let facts = facts.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let by = if import.by.is_empty() { String::new() } else { format!(" by {}", import.by) };
    let history = match &import.deleted {
        Some((by, at)) => format!("taken out {} by {by}", time::near(*at, now)),
        None => format!("imported {}{by}", time::near(import.at, now)),
    };
    let is_in = import.deleted.is_none() && import.lines_kept > 0;
    let notes = import.notes.clone().into_iter().chain(import.refusals.iter().map(ToString::to_string));
    let notes: Vec<_> = notes.chain([format!("sha256 {}", import.sha256)]).collect();
    let name = import.name.clone();
    view! {
        <li class="balance__import" class:is-out=!is_in>
            <div class="balance__import-facts">
                <b class="trunc">{import.name.clone()}</b>
                <span class="muted">{facts}</span>
                <span class="muted">{history}</span>
            </div>
            <b class="tnum">{amount_text(import.amount)}</b>
            <details class="said">
                <summary>
                    "Details"
                    <span class="vh">{format!(" of {name}, number {}", import.id)}</span>
                </summary>
                <div class="said__body">
                    <ul class="balance__notes">{notes.into_iter().map(|note| view! { <li>{note}</li> }).collect_view()}</ul>
                    {is_in
                        .then(|| {
                            view! {
                                <ActionForm action=take_out attr:class="form" attr:aria-label=format!("Take {name} out")>
                                    <input type="hidden" name="id" value=import.id/>
                                    <label>
                                        <span>"Who"</span>
                                        <input class="input" name="by" required maxlength=BY_CHARS_MAX autocomplete="name" value=who/>
                                    </label>
                                    <button type="submit" class="btn">"Take it out"</button>
                                </ActionForm>
                            }
                        })}
                </div>
            </details>
        </li>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outcome_says_what_was_kept() {
        let bill = model::bill::read("day,provider,model,amount\n2026-11-20,openai,o1,1\nsoon,openai,o1,1\n", None);
        let import = Import {
            id: 1,
            sha256: String::new(),
            name: "bill.csv".into(),
            by: String::new(),
            at: DateTime::UNIX_EPOCH,
            lines_read: bill.lines_read,
            lines_kept: bill.lines_kept,
            amount: bill.amount(),
            days: None,
            providers: Vec::new(),
            replaced_days: 0,
            notes: bill.notes,
            refusals: bill.refusals,
            deleted: None,
        };
        assert_eq!(outcome(&import), "bill.csv: 1 of 2 lines were kept, $1.00 together.");
        assert_eq!(outcome(&Import { lines_kept: 0, ..import }), "bill.csv: nothing was kept.");
    }
}
