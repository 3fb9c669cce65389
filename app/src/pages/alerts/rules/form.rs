//! The form of a rule. A plain form: it works without JavaScript, what could not be taken is still in it, and what is typed can be
//! tried on the past before it is saved.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use model::alert::Severity;
use model::alert::hold::{BY_CHARS_MAX, NOTE_CHARS_MAX};
use model::alert::rule::NoData;
use model::alert::rule::book::{Listed, RULES_MAX};
use model::alert::rule::draft::Draft;
use model::alert::rule::fields::{NAME_CHARS_MAX, QUERY_BYTES_MAX};
use model::budget::draft::Mistake;
use model::budget::rulebook::Origin;

use super::PATH;
use super::api::RuleLedger;
use super::save::SaveRule;
use super::typed::Typed;
use crate::components::fields::{Choice, Field, of_field};
use crate::components::icon::{Glyph, Icon, Size};
use crate::format::time;

/// Everything a rule is made of, and who makes it.
#[component]
pub fn Form(
    /// What there is.
    ledger: RuleLedger,
    /// What the address says was typed.
    typed: Typed,
) -> impl IntoView {
    let mistakes = if typed.sent { mistakes(&typed, &ledger) } else { Vec::new() };
    let edited = ledger.edited.as_ref();
    let (title, button) = match edited {
        Some(listed) => (format!("Change “{}”", listed.rule.name), "Save"),
        None => ("New rule".to_owned(), "Make rule"),
    };
    let filled = filled(typed, edited, &ledger.who);
    let general = mistakes.iter().filter(|mistake| mistake.field.is_empty());
    let general = general.map(|mistake| view! { <p class="crit fs-12" role="alert">{mistake.expected.clone()}</p> });
    let general = general.collect_view();
    let fields = fields(&filled, &mistakes);
    let cancel = edited.is_some().then(|| view! { <a class="btn" href=PATH>"Cancel"</a> });
    let queries = EXAMPLES.map(|example| view! { <option value=example></option> }).collect_view();
    view! {
        <section class="panel" aria-labelledby="rule-form">
            <header>
                <h2 id="rule-form">{title}</h2>
            </header>
            <div class="pb">
                <form method="post" action=SaveRule::url() class="form budget-form">
                    <input type="hidden" name="typed[edit]" value=filled.edit.clone()/>
                    <input type="hidden" name="typed[version]" value=filled.version.clone()/>
                    {fields}
                    <datalist id="queries">{queries}</datalist>
                    <div class="budget-form__end">
                        <button type="submit" class="btn primary">
                            <Icon glyph=Glyph::Check size=Size::Medium/>
                            <span>{button}</span>
                        </button>
                        <button type="submit" class="btn" formmethod="get" formaction=format!("{PATH}#tried") name="try" value="1">
                            <Icon glyph=Glyph::Play size=Size::Medium/>
                            <span>"Try on the last 7 days"</span>
                        </button>
                        {cancel}
                    </div>
                </form>
                {general}
            </div>
        </section>
    }
    .into_any()
}

/// Queries that are offered; any can be typed.
const EXAMPLES: [&str; 10] = [
    "sum(cost_usd) by tenant > 10",
    "sum(cost_usd) by trace_id > 0.5",
    "error_rate by service > 5%",
    "p95(duration) by operation > 2s",
    "count(errors) by model > 20 where service = planner",
    "spans without gen_ai.request.model attribute",
    "trace depth > 50",
    "anomaly(cost_usd) by tenant > 5 and 100%",
    "budget spent >= 90% where tenant = acme",
    "count(spans) < 1 where service = billing",
];

fn fields(filled: &Typed, mistakes: &[Mistake]) -> AnyView {
    let field = |name: &'static str, label: &'static str, value: &str, hint: &'static str| {
        let length = match name {
            "name" => NAME_CHARS_MAX,
            "by" => BY_CHARS_MAX,
            "note" => NOTE_CHARS_MAX,
            _ => QUERY_BYTES_MAX,
        };
        let list = (name == "query").then_some("queries");
        let mistake = of_field(mistakes, name);
        view! { <Field name label value=value.to_owned() hint mistake list length is_code={name == "query"}/> }
    };
    let severities = Severity::ALL.iter().map(|severity| (severity.to_string(), severity.to_string())).collect();
    let meanings = NoData::ALL.map(|(word, meaning)| (word.to_owned(), no_data_words(meaning).to_owned())).to_vec();
    let Draft { name, query, threshold, window, severity, wait, recovery, no_data, labels, runbook } = &filled.draft;
    view! {
        {field("query", "Query", query, "count, sum, max, avg, p50 to p99 or error_rate, by any key, where any field or attribute …; or trace cost, depth, duration, spans, errors; or anomaly(cost_usd) by …, budget spent, budget burn")}
        {field("name", "Name", name, "what its alerts are called")}
        {field("window", "Window", window, "what arrived within, such as 5m; up to 1h, for whole traces up to 24h; of anomalies and budgets, how long it has to be quiet until it is over")}
        <Choice name="severity" label="Severity" options=severities chosen=severity.clone() hint="how bad it is" mistake=of_field(mistakes, "severity")/>
        {field("threshold", "How many", threshold, "traces, or spans where the query has no limit; 1 is the usual")}
        {field("for", "For", wait, "how long it has to be true before it fires, such as 2m; 0s is at once")}
        {field("recovery", "Over again at", recovery, "in the unit of the limit; empty is the limit itself")}
        <Choice name="no_data" label="When there is nothing" options=meanings chosen=no_data.clone() hint="for figures such as a rate or a percentile" mistake=of_field(mistakes, "no_data")/>
        {field("labels", "Labels", labels, "such as team = payments, env = prod")}
        {field("runbook", "Runbook", runbook, "an address: what to do about it")}
        {field("by", "Your name", &filled.by, "it stands in the history")}
        {field("note", "Note", &filled.note, "why; may be empty")}
    }
    .into_any()
}

const fn no_data_words(meaning: NoData) -> &'static str {
    match meaning {
        NoData::Ok => "all is well",
        NoData::Keep => "alerts stay as they are",
        NoData::Fire => "it fires",
    }
}

/// What the form says: what was typed, else the rule that is edited, else the usual.
fn filled(typed: Typed, edited: Option<&Listed>, who: &str) -> Typed {
    let or = |text: String, usual: &str| if text.is_empty() { usual.to_owned() } else { text };
    let filled = match edited.map(|listed| (listed.id, &listed.rule, &listed.origin)) {
        _ if typed.sent => Typed { edit: typed.edit.clone(), ..typed },
        Some((Some(id), rule, Origin::Here { version, .. })) => Typed::of(rule, id, *version),
        _ => {
            let draft = typed.draft.clone();
            let draft = Draft {
                threshold: or(draft.threshold, "1"),
                window: or(draft.window, "5m"),
                severity: or(draft.severity, "warning"),
                wait: or(draft.wait, "0s"),
                no_data: or(draft.no_data, "ok"),
                ..draft
            };
            Typed { draft, edit: String::new(), ..typed }
        }
    };
    Typed { by: or(filled.by.clone(), who), ..filled }
}

/// Everything that stands against it now, by the rule it was refused by. What is only tried need not be anybody's.
fn mistakes(typed: &Typed, ledger: &RuleLedger) -> Vec<Mistake> {
    let mut mistakes = typed.read().err().unwrap_or_default();
    if typed.tried {
        mistakes.retain(|mistake| mistake.field != "by");
        return mistakes;
    }
    let here = || ledger.lines.iter().map(|line| &line.listed).filter(|listed| listed.origin != Origin::File);
    let is_other = |listed: &&Listed| listed.id.map(|id| id.to_string()).as_ref() != Some(&typed.edit);
    if here().filter(is_other).any(|listed| listed.rule.name == typed.draft.name.trim()) {
        mistakes.push(Mistake::new("name", "another rule that was made here has this name; expected another one"));
    }
    if typed.edit.is_empty() && here().count() >= RULES_MAX {
        mistakes.push(Mistake::new("", format!("There are {RULES_MAX} rules, and there may be no more.")));
    }
    match ledger.edited.as_ref().map(|listed| (&listed.rule, &listed.origin)) {
        None if !typed.edit.is_empty() => {
            mistakes.push(Mistake::new("", "Somebody has deleted it meanwhile. Make it anew with the fields above."));
        }
        Some((rule, Origin::Here { version, by, at })) if typed.version != version.to_string() => {
            let at = time::near(*at, ledger.now);
            let words = format!("{by} changed it meanwhile, at {at}: {}. Open it again to change that.", rule.words());
            mistakes.push(Mistake::new("", words));
        }
        _ => {}
    }
    mistakes
}
