//! The dashboard: what the user sees.
//!
//! Pages are rendered by the server, with their data in the HTML, so that they read without JavaScript; the browser
//! gets code for the [`islands`] and for what keeps pages alive ([`browser`]). This file alone says what runs where.
//! To add a page: a folder in `pages`, a route in `routes`, a place in [`components::places`] if it belongs there.

// Pages nest components, and each level is a level of types for the compiler.
#![recursion_limit = "256"]

pub mod browser;
pub mod colour;
pub mod components;
pub mod error;
pub mod format;
pub mod islands;
pub mod url_state;

#[cfg(feature = "ssr")]
pub mod charts;
#[cfg(feature = "ssr")]
pub mod context;
#[cfg(feature = "ssr")]
pub mod document;
#[cfg(feature = "ssr")]
pub mod frame;
#[cfg(feature = "ssr")]
pub mod pages;
#[cfg(feature = "ssr")]
pub mod routes;
