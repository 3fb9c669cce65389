//! The one way a page shows what a server function answers.

use leptos::prelude::*;

use crate::components::states::Failure;
use crate::error::ApiError;

/// Shows `resource` through `view` once it is there; keeps what was there while newer data loads; shows the error of
/// a failed panel in its place and leaves the others alone.
#[component]
pub fn Loaded<T, F>(
    /// What to show.
    resource: Resource<Result<T, ApiError>>,
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
                    match resource.await {
                        Ok(data) => view(data),
                        Err(error) => view! { <Failure error/> }.into_any(),
                    }
                })
            }}
        </Transition>
    }
    .into_any()
}
