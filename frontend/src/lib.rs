//! Starts the dashboard in the browser.
