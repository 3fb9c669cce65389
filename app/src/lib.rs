//! The dashboard: what the user sees, compiled natively for server rendering and to wasm for the browser.

#[cfg(feature = "ssr")]
pub mod context;
