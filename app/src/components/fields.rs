//! Fields of a form that says what it expects, and what was wrong with what it was given.
//!
//! The server function behind such a form takes one argument, `typed`, and the fields are parts of it.

use leptos::prelude::*;
use model::budget::draft::Mistake;

/// What is wrong with one field.
pub fn of_field(mistakes: &[Mistake], field: &str) -> Option<String> {
    mistakes.iter().find(|mistake| mistake.field == field).map(|mistake| mistake.expected.clone())
}

/// One line of text.
#[component]
pub fn Field(
    /// Its name.
    name: &'static str,
    /// What stands above it.
    label: &'static str,
    /// What is in it.
    value: String,
    /// What it takes.
    hint: &'static str,
    /// What was wrong with what it was given.
    mistake: Option<String>,
    /// The list of what may be chosen.
    #[prop(optional_no_strip)]
    list: Option<&'static str>,
    /// Characters it takes.
    length: usize,
    /// It is a decimal number.
    #[prop(optional)]
    is_decimal: bool,
    /// It is written in code.
    #[prop(optional)]
    is_code: bool,
) -> impl IntoView {
    let id = format!("{name}-hint");
    view! {
        <div class:wide=is_code>
            <label>
                <span>{label}</span>
                <input
                    class="input"
                    class:mono=is_code
                    name=format!("typed[{name}]")
                    value=value
                    list=list
                    inputmode=is_decimal.then_some("decimal")
                    maxlength=length
                    autocomplete=if name == "by" { "name" } else { "off" }
                    spellcheck="false"
                    aria-invalid=mistake.is_some().then_some("true")
                    aria-describedby=id.clone()
                />
            </label>
            <Hint id hint mistake/>
        </div>
    }
    .into_any()
}

/// One of a few.
#[component]
pub fn Choice(
    /// Its name.
    name: &'static str,
    /// What stands above it.
    label: &'static str,
    /// Value and words of each.
    options: Vec<(String, String)>,
    /// The value that is chosen.
    chosen: String,
    /// What it is about.
    hint: &'static str,
    /// What was wrong with what it was given.
    mistake: Option<String>,
) -> impl IntoView {
    let id = format!("{name}-hint");
    let option = |(value, words): (String, String)| {
        let selected = value == chosen;
        view! { <option value=value selected=selected>{words}</option> }
    };
    let options = options.into_iter().map(option).collect_view();
    view! {
        <div>
            <label>
                <span>{label}</span>
                <select
                    class="input"
                    name=format!("typed[{name}]")
                    aria-invalid=mistake.is_some().then_some("true")
                    aria-describedby=id.clone()
                >
                    {options}
                </select>
            </label>
            <Hint id hint mistake/>
        </div>
    }
    .into_any()
}

/// What is expected, once it was something else in red.
#[component]
fn Hint(id: String, hint: &'static str, mistake: Option<String>) -> impl IntoView {
    match mistake {
        Some(mistake) => view! { <span id=id class="budget-form__hint crit" role="alert">{mistake}</span> }.into_any(),
        None => view! { <span id=id class="budget-form__hint">{hint}</span> }.into_any(),
    }
}
