//! The budgets, or how to make one.

use leptos::prelude::*;

use crate::components::budgets::{BudgetBars, Budgets};
use crate::components::states::Empty;
use crate::frame::loaded::{Loaded, Loading};
use crate::pages::settings;

/// Bars of the panel: as high as the breakdown beside it.
pub const BARS_MAX: usize = 6;

/// As in the README.
const EXAMPLE: &str = "budgets:
  - name: Everything
    scope: all
    period: month
    limit_usd: 25000
  - name: Each tenant
    scope: each tenant
    period: day
    limit_usd: 40";

/// The panel.
#[component]
pub fn Panel(
    /// The most used first.
    budgets: Loading<Budgets>,
) -> impl IntoView {
    view! {
        <section class="panel sp-4" aria-labelledby="budgets">
            <header>
                <h2 id="budgets">"Budgets"</h2>
                <span class="sub">"most used first"</span>
                <div class="spacer"></div>
                <a class="link fs-12" href=settings::budgets::PATH>
                    "All budgets"
                </a>
            </header>
            <Loaded read=budgets view=content/>
        </section>
    }
    .into_any()
}

fn content(budgets: Budgets) -> AnyView {
    if budgets.as_of.is_some() && budgets.bars.is_empty() {
        return view! {
            <Empty title="No budget yet">
                <p>
                    <a class="link" href=settings::budgets::PATH>"Make one here"</a> ", or write it into " <code>"budgets.yaml"</code>
                    " in the folder that " <code>"TRACETAB_RULES"</code> " names; it is in force within seconds:"
                </p>
                <pre class="budget-example" tabindex="0">{EXAMPLE}</pre>
            </Empty>
        }
        .into_any();
    }
    view! { <BudgetBars budgets/> }.into_any()
}
