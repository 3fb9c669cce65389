//! The list of traces: what is asked for, what could be narrowed, what matches.
//!
//! Everything a person can choose is a link or a form, so the page is the same without JavaScript: `links` says what
//! the URL asks for and makes the addresses, [`api`] answers, the other files draw one part each.

use std::sync::Arc;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use self::api::{Listing, load_traces};
use self::links::ListUrl;
use crate::components::time_range::TimeRangePicker;
use crate::frame::loaded::{Loaded, loading};
use crate::frame::page::Page;

pub mod api;
mod facets;
mod filters;
mod links;
mod nothing;
mod scatter;
mod table;

/// The page.
#[component]
pub fn TracesPage() -> impl IntoView {
    let query = use_query_map();
    let url = Memo::new(move |_| query.with(ListUrl::read));
    let listing = loading(load_traces(query.get_untracked().into_iter().map(own).collect()));
    let picker = move || {
        view! {
            {move || {
                let url = url.get();
                view! { <TimeRangePicker choice=url.range() path=links::PATH keep=url.keep_for_range()/> }
            }}
        }
    };
    view! {
        <Page title="Traces" flush=true actions=picker>
            {move || view! { <filters::QueryBar url=url.get()/> }}
            <Loaded read=listing view=move |listing| view! { <Found url=url.get_untracked() listing/> }.into_any()/>
        </Page>
    }
}

fn own((key, value): (std::borrow::Cow<'static, str>, String)) -> (String, String) {
    (key.into_owned(), value)
}

/// What matches: facets, sums, picture, table.
#[component]
fn Found(url: ListUrl, listing: Listing) -> impl IntoView {
    let nothing = listing.lines.is_empty();
    let colours = Arc::new(listing.colours());
    view! {
        <div class="tr-split">
            <facets::FacetPanel url=url.clone() totals=listing.totals facets=listing.facets.clone() colours=colours.clone()/>
            <div class="tr-main">
                <table::Totals listing=listing.clone()/>
                {if nothing {
                    view! { <nothing::Nothing url listing/> }.into_any()
                } else {
                    view! {
                        <scatter::Scatter listing=listing.clone()/>
                        <table::TraceTable url listing colours/>
                    }
                        .into_any()
                }}
            </div>
        </div>
    }
}
