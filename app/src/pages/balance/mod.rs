//! The books: whether every way of adding up gives the same figure, which traces declared another one, what providers charge.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use self::api::{ReviewDifference, SumAgain, TakeBillOut, load_audit, load_books, load_margin};
use self::view_url::ViewUrl;
use crate::frame::loaded::{Loaded, loading};
use crate::frame::page::Page;

pub mod api;
mod days;
mod drift;
mod figures;
mod imports;
mod margin;
mod said;
mod sums;
mod verdict;
pub mod view_url;

/// The page.
#[component]
pub fn BalancePage() -> impl IntoView {
    let url = use_query_map().with_untracked(ViewUrl::read);
    let review = ServerAction::<ReviewDifference>::new();
    let (sum_again, take_out) = (ServerAction::<SumAgain>::new(), ServerAction::<TakeBillOut>::new());
    let books = loading(load_books());
    let audit = loading(load_audit(url.clone()));
    let bills = loading(load_margin(url.clone()));
    let (of_audit, of_imports) = (url.clone(), url.clone());
    view! {
        <Page title="The books" crumbs=vec![("Costs", "/costs")] live="costs">
            <Loaded read=books view=move |books| view! { <Books books sum_again/> }.into_any()/>
            <div class="grid g-12">
                <section class="panel sp-12" id="drift" aria-labelledby="drift-title">
                    <Loaded read=audit view=move |audit| {
                        view! { <drift::Audit audit url=of_audit.clone() review/> }.into_any()
                    }/>
                </section>
                <section class="panel sp-12" id="bills" aria-labelledby="bills-title">
                    <Loaded read=bills view=move |bills| {
                        view! { <margin::Margin bills url=url.clone() review/> }.into_any()
                    }/>
                </section>
                <section class="panel sp-12" aria-labelledby="imports-title">
                    <Loaded read=bills view=move |bills| {
                        view! { <imports::Imports bills url=of_imports.clone() take_out/> }.into_any()
                    }/>
                </section>
            </div>
        </Page>
    }
    .into_any()
}

/// The verdict, and what it is made of.
#[component]
fn Books(books: api::Books, sum_again: ServerAction<SumAgain>) -> impl IntoView {
    view! {
        <verdict::Verdict books=books.clone()/>
        <figures::Figures books=books.clone()/>
        <div class="grid g-12 balance__parts">
            <section class="panel sp-8" aria-labelledby="sums">
                <sums::Sums books=books.clone()/>
            </section>
            <section class="panel sp-4" aria-labelledby="open">
                <figures::OnItsWay books=books.clone()/>
            </section>
            <section class="panel sp-12" aria-labelledby="days">
                <days::SpansByDay books sum_again/>
            </section>
        </div>
    }
    .into_any()
}
