//! Dialects as their SDKs send them, and what cannot be true.
