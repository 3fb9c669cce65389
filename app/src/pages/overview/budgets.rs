//! The budgets nearest to their limits, when there are any.

use leptos::prelude::*;

use crate::components::budgets::{BudgetBars, Budgets};

/// The panel; nothing at all without a budget, which the costs page tells how to make.
#[component]
pub fn Panel(
    /// The most used first.
    budgets: Budgets,
) -> impl IntoView {
    (!budgets.bars.is_empty()).then(|| {
        view! {
            <section class="panel sp-12 budgets-across" aria-labelledby="budgets">
                <header>
                    <h2 id="budgets">"Budgets"</h2>
                    <span class="sub">"most used first"</span>
                    <div class="spacer"></div>
                    <a class="link fs-12" href="/costs#budgets">
                        "Costs"
                    </a>
                </header>
                <BudgetBars budgets/>
            </section>
        }
    })
}
