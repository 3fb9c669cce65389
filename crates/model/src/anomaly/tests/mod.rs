//! Laws of expectations and looks, and how often the detector is right about series whose truth is known.

mod laws;
mod scored;
mod series;
