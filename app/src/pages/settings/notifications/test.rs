//! The button that tells a receiver something.

use leptos::prelude::*;

use crate::error::ApiError;

/// Tells a receiver that this is only a test, and says on the page what came of it.
#[server]
pub async fn test_receiver(
    /// Its name.
    receiver: String,
) -> Result<(), ApiError> {
    use crate::url_state::encode;
    crate::context::may_change()?;
    let services = crate::context::services()?;
    let outcome = services.notifications.test(&receiver).await;
    let problem = outcome.err().map(|problem| format!("&problem={}", encode(&problem))).unwrap_or_default();
    leptos_axum::redirect(&format!("{}?tested={}{problem}", super::PATH, encode(&receiver)));
    Ok(())
}
