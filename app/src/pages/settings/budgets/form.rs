//! The form of a budget. A plain form: it works without JavaScript, and what could not be taken is still in it.

use leptos::prelude::*;
use model::alert::hold::{BY_CHARS_MAX, NOTE_CHARS_MAX};
use model::budget::draft::Mistake;
use model::budget::rulebook::{BUDGETS_MAX, Listed, Origin};

use super::api::Ledger;
use super::choices;
use super::save::SaveBudget;
use super::typed::Typed;
use crate::components::fields::{Choice, Field, of_field};
use crate::components::icon::{Glyph, Icon, Size};
use crate::format::time;

/// Everything a budget is made of, and who makes it.
#[component]
pub fn Form(
    /// What there is.
    ledger: Ledger,
    /// What the address says was typed.
    typed: Typed,
    /// What the form does.
    save: ServerAction<SaveBudget>,
) -> impl IntoView {
    let failed = move || save.value().get().and_then(Result::err).map(|error| error.to_string());
    let mistakes = if typed.sent { mistakes(&typed, &ledger) } else { Vec::new() };
    let edited = ledger.edited.as_ref();
    let (title, button) = match edited {
        Some(listed) => (format!("Change “{}”", listed.budget.name), "Save"),
        None => ("New budget".to_owned(), "Make budget"),
    };
    let filled = filled(typed, edited, &ledger.who);
    let general = mistakes.iter().filter(|mistake| mistake.field.is_empty());
    let general = general.map(|mistake| view! { <p class="crit fs-12" role="alert">{mistake.expected.clone()}</p> });
    let general = general.collect_view();
    let (edit, version) = (filled.edit.clone(), filled.version.clone());
    let fields = fields(&filled, &mistakes);
    let tenants = ledger.tenants.into_iter().map(|name| view! { <option value=name></option> }).collect_view();
    let periods = choices::PERIODS.map(|period| view! { <option value=period></option> }).collect_view();
    // After every change it is another form, and what was typed before is gone from it.
    let after = ledger.changes.first().map_or(0, |change| change.id);
    let cancel = edited.is_some().then(|| view! { <a class="btn" href=super::PATH>"Cancel"</a> });
    view! {
        <section class="panel" aria-labelledby="budget-form">
            <header>
                <h2 id="budget-form">{title}</h2>
            </header>
            <div class="pb">
                <ActionForm action=save attr:class="form budget-form" attr:data-after=after>
                    <input type="hidden" name="typed[edit]" value=edit/>
                    <input type="hidden" name="typed[version]" value=version/>
                    {fields}
                    <datalist id="owner-names">{tenants}</datalist>
                    <datalist id="period-names">{periods}</datalist>
                    <div class="budget-form__end">
                        <button type="submit" class="btn primary">
                            <Icon glyph=Glyph::Check size=Size::Medium/>
                            <span>{button}</span>
                        </button>
                        {cancel}
                    </div>
                </ActionForm>
                {general}
                {move || failed().map(|reason| view! { <p class="crit fs-12" role="alert">{reason}</p> })}
            </div>
        </section>
    }
    .into_any()
}

fn fields(filled: &Typed, mistakes: &[Mistake]) -> AnyView {
    let field = |name: &'static str, label: &'static str, value: &str, hint: &'static str| {
        let list = match name {
            "owner" => Some("owner-names"),
            "period" => Some("period-names"),
            _ => None,
        };
        let length = match name {
            "by" => BY_CHARS_MAX,
            "note" => NOTE_CHARS_MAX,
            _ => model::budget::fields::NAME_CHARS_MAX,
        };
        let is_decimal = matches!(name, "limit_usd" | "burn_fast" | "burn_slow");
        let mistake = of_field(mistakes, name);
        view! { <Field name label value=value.to_owned() hint mistake list length is_decimal/> }
    };
    view! {
        {field("name", "Name", &filled.name, "what it is called, and addressed by")}
        <Choice
            name="scope"
            label="Whose spend"
            options=choices::scopes()
            chosen=filled.scope.clone()
            hint="each by itself is as many budgets as there are names"
            mistake=of_field(mistakes, "scope")
        />
        {field("owner", "Name of the one", &filled.owner, "only for one tenant, user, service, capability or model")}
        {field("period", "Period", &filled.period, "day, week, month, or a rolling window such as rolling 30d")}
        {field("limit_usd", "Limit, USD", &filled.limit_usd, "what may be spent within the period")}
        {field("thresholds", "Alarms at, % of the limit", &filled.thresholds, "such as 50, 80, 100; or none")}
        {field("burn_fast", "Burn rate, an hour", &filled.burn_fast, "1 spends the limit exactly by the end")}
        {field("burn_slow", "Burn rate, a day", &filled.burn_slow, "likewise; for periods of more than a day")}
        {field("by", "Your name", &filled.by, "it stands in the history")}
        {field("note", "Note", &filled.note, "why; may be empty")}
    }
    .into_any()
}

/// What the form says: what was typed, else the budget that is edited, else the usual.
fn filled(typed: Typed, edited: Option<&Listed>, who: &str) -> Typed {
    let or = |text: String, usual: &str| if text.is_empty() { usual.to_owned() } else { text };
    let filled = match edited.map(|listed| (listed, &listed.origin)) {
        _ if typed.sent => return typed,
        Some((listed, Origin::Here { version, .. })) => Typed::of(&listed.budget, *version),
        _ => Typed {
            scope: or(typed.scope.clone(), "all"),
            period: or(typed.period.clone(), "month"),
            thresholds: or(typed.thresholds.clone(), "50, 80, 100"),
            burn_fast: or(typed.burn_fast.clone(), "14.4"),
            burn_slow: or(typed.burn_slow.clone(), "3"),
            edit: String::new(),
            ..typed
        },
    };
    Typed { by: or(filled.by.clone(), who), ..filled }
}

/// Everything that stands against it now, by the rule it was refused by.
fn mistakes(typed: &Typed, ledger: &Ledger) -> Vec<Mistake> {
    let mut mistakes = typed.read().err().unwrap_or_default();
    let here = || ledger.lines.iter().map(|line| &line.listed).filter(|listed| listed.origin != Origin::File);
    let slug = typed.read().map(|(budget, _)| budget.slug()).unwrap_or_default();
    if slug != typed.edit && here().any(|listed| listed.budget.slug() == slug) {
        mistakes.push(Mistake::new("name", "another budget that was made here has this name; expected another one"));
    }
    if typed.edit.is_empty() && here().count() >= BUDGETS_MAX {
        mistakes.push(Mistake::new("", format!("There are {BUDGETS_MAX} budgets, and there may be no more.")));
    }
    match ledger.edited.as_ref().map(|listed| (&listed.budget, &listed.origin)) {
        None if !typed.edit.is_empty() => {
            mistakes.push(Mistake::new("", "Somebody has deleted it meanwhile. Save again to make it anew."));
        }
        Some((budget, Origin::Here { version, by, at })) if typed.version != version.to_string() => {
            let at = time::near(*at, ledger.now);
            let words = format!("{by} changed it meanwhile, at {at}: {budget}. Open it again to change that.");
            mistakes.push(Mistake::new("", words));
        }
        _ => {}
    }
    mistakes
}
