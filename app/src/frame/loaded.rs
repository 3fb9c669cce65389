//! What a page reads, and the one way it shows it.

use std::future::pending;
use std::sync::{Mutex, PoisonError};

use leptos::prelude::*;

use crate::components::states::Failure;
use crate::context::Services;
use crate::error::ApiError;

/// What a page has asked for and waits for.
pub type Loading<T> = AsyncDerived<Result<T, ApiError>>;

/// Begins to read what the page is drawn from. The answer to the browser waits for it, so that its status is right.
///
/// Not a `Resource`: nothing in the browser asks for it again, and a resource is written into the page a second time, as data,
/// whenever it is made while some island of the same page is drawn.
pub fn loading<T, F>(answer: F) -> AsyncDerived<T>
where
    T: Send + Sync + 'static,
    F: Future<Output = T> + Send + 'static,
{
    // Routes are listed by drawing pages with no server behind them: then there is nothing to read.
    let answer = Mutex::new(use_context::<Services>().map(|_| answer));
    let read = AsyncDerived::new(move || {
        let answer = answer.lock().unwrap_or_else(PoisonError::into_inner).take();
        async move {
            match answer {
                Some(answer) => answer.await,
                // Else a page is drawn once.
                None => pending().await,
            }
        }
    });
    if let Some(page) = Owner::current_shared_context() {
        page.defer_stream(Box::pin(read.ready()));
    }
    read
}

/// Shows what was `read` through `view` once it is there; shows the error of a failed panel in its place and leaves the others
/// alone.
#[component]
pub fn Loaded<T, F>(
    /// What to show.
    read: Loading<T>,
    /// How to show it.
    view: F,
) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
    F: Fn(T) -> AnyView + Clone + Send + Sync + 'static,
{
    view! {
        <Transition fallback=|| view! { <span class="skel" aria-hidden="true"></span> }>
            {move || {
                let view = view.clone();
                Suspend::new(async move {
                    match read.await {
                        Ok(data) => view(data),
                        Err(error) => view! { <Failure error/> }.into_any(),
                    }
                })
            }}
        </Transition>
    }
    .into_any()
}
