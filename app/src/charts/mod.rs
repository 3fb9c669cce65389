//! Charts. The only place that names plotters.
