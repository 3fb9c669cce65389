//! Two traces beside each other: which is compared with which, what made the difference, and both trees as one.
//!
//! Without a second trace the page offers some (`choose`); [`url`] says what is compared, [`api`] answers.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use self::api::{Answer, load};
use self::url::CompareUrl;
use crate::frame::loaded::{Loaded, loading};
use crate::frame::page::Page;

pub mod api;
mod choose;
mod delta;
mod drivers;
mod head;
mod table;
pub mod url;

/// The page.
#[component]
pub fn ComparePage() -> impl IntoView {
    let url = use_query_map().with_untracked(CompareUrl::read);
    let answer = loading(load(url.clone()));
    view! {
        <Page title="Compare traces" crumbs=vec![("Traces", "/traces")]>
            <Loaded
                read=answer
                view=move |answer| match answer {
                    Answer::Choose(choice) => view! { <choose::Choose choice=*choice/> }.into_any(),
                    Answer::Compared(compared) => {
                        let (compared, url) = (*compared, url.clone());
                        view! {
                            <div class="cmp">
                                <head::Head compared=compared.clone() url=url.clone()/>
                                <drivers::Drivers compared=compared.clone()/>
                                <table::Paths compared url/>
                            </div>
                        }
                            .into_any()
                    }
                }
            />
        </Page>
    }
}
