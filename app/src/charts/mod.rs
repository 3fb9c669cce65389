//! Charts. The only place that names plotters.
//!
//! plotters lays out and draws; [`sheet`] takes what it draws as paths with a meaning, so that style sheets colour them
//! in both themes. Text is HTML beside the SVG: it is never stretched, can be selected, and needs no fonts to measure.
//! [`scale`] chooses ticks, [`spend`], [`trend`], [`pulse`] and [`spark`] each draw one kind of chart, [`figure`] puts axes
//! around it, [`pins`] marks what happened ([`bundle`] keeps them apart), [`crate::islands::readout`] tells the figures
//! under the pointer. To add a chart: a file that returns a [`figure::Plot`].

pub mod bundle;
pub mod figure;
pub mod pins;
pub mod pulse;
pub mod scale;
pub mod sheet;
pub mod spark;
pub mod spend;
pub mod trend;
