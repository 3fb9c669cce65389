//! Whether the books balance, in a word.

use leptos::prelude::*;
use leptos::task::spawn_local;
use model::UsdSum;

use crate::components::icon::{Glyph, Icon, Size};
use crate::error::ApiError;
use crate::format::money;

/// The largest difference between a sum and the bill; `None` when there was no time yet to add all spans up.
#[server]
pub async fn load_drift() -> Result<Option<UsdSum>, ApiError> {
    use crate::context::Freshness;
    let balance = crate::context::services()?.books.check(Freshness::Recent).await?.balance;
    Ok(balance.is_complete().then(|| balance.worst()))
}

/// The verdict, asked for after the page is there: the check reads every span, and nobody should wait for it.
#[island]
pub fn BalanceBadge() -> impl IntoView {
    let drift = RwSignal::new(None::<UsdSum>);
    Effect::new(move |_| {
        spawn_local(async move {
            if let Ok(Some(found)) = load_drift().await {
                drift.try_set(Some(found));
            }
        });
    });
    move || match drift.get() {
        Some(drift) => view! { <Verdict drift/> }.into_any(),
        None => view! { <span class="badge">"Check the books"</span> }.into_any(),
    }
}

/// Green only when every sum equals the bill to the last pico-dollar.
#[component]
pub fn Verdict(
    /// The largest difference.
    drift: UsdSum,
) -> impl IntoView {
    let (class, glyph, words) = if drift == UsdSum::ZERO {
        ("badge ok", Glyph::Check, "All sums = bill, drift $0".to_owned())
    } else {
        ("badge crit", Glyph::Error, format!("Sums differ by {}", money::amount(drift)))
    };
    view! {
        <span class=class>
            <Icon glyph size=Size::Small/>
            <span class="badge__words">{words}</span>
        </span>
    }
}
