//! Where a range was zoomed in from, kept in the address: every zoom can be taken back, also from a link somebody was sent.

use leptos_router::params::ParamsMap;

use crate::url_state::RangeChoice;

/// The query parameter.
const KEY: &str = "wide";

/// Most steps that can be taken back: past it the addresses grow and nobody remembers where they began.
const STEPS_MAX: usize = 6;

/// The ranges that were left for a narrower one, the widest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Zoom(Vec<RangeChoice>);

impl Zoom {
    /// Reads a query string; a range that makes no sense is none.
    pub fn from_query(query: &ParamsMap) -> Self {
        let text = query.get_str(KEY).unwrap_or_default();
        Self(text.split(',').filter_map(parse).take(STEPS_MAX).collect())
    }

    /// The query pair that means this; none when nothing can be taken back.
    pub fn pair(&self) -> Option<(String, String)> {
        let text = self.0.iter().map(|range| written(*range)).collect::<Vec<_>>().join(",");
        (!text.is_empty()).then(|| (KEY.to_owned(), text))
    }

    /// The same after zooming in from `range`.
    pub fn after(&self, range: RangeChoice) -> Self {
        let left = (self.0.len() + 1).saturating_sub(STEPS_MAX);
        Self(self.0.iter().copied().skip(left).chain([range]).collect())
    }

    /// The range to go back to, and what can be taken back there.
    pub fn back(&self) -> Option<(RangeChoice, Self)> {
        let (range, rest) = self.0.split_last()?;
        Some((*range, Self(rest.to_vec())))
    }
}

/// `-14d`, or `2026-11-07T00:00:00Z/2026-11-08T00:00:00Z`.
fn written(range: RangeChoice) -> String {
    range.to_query().replace("from=", "").replace("&to=", "/")
}

fn parse(text: &str) -> Option<RangeChoice> {
    let (from, to) = text.split_once('/').map_or((text, None), |(from, to)| (from, Some(to)));
    // Nothing at all would be a default, which nobody came from.
    RangeChoice::parse(Some(from).filter(|from| !from.is_empty()), to, 0).ok().filter(|range| range.seconds() > 0)
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};
    use model::time::TimeRange;

    use super::*;

    fn read(text: &str) -> Zoom {
        let mut query = ParamsMap::new();
        query.insert(KEY, text.to_owned());
        Zoom::from_query(&query)
    }

    fn an_hour() -> RangeChoice {
        let to: DateTime<Utc> = "2026-11-17T12:00:00Z".parse().unwrap();
        RangeChoice::Between(TimeRange::last_seconds(3_600, to))
    }

    #[test]
    fn every_zoom_can_be_taken_back_from_its_address() {
        let zoom = Zoom::default().after(RangeChoice::Last(14 * 86_400)).after(an_hour());
        let (_, text) = zoom.pair().unwrap();
        assert_eq!(text, "-14d,2026-11-17T11:00:00Z/2026-11-17T12:00:00Z");
        assert_eq!(read(&text), zoom);
        let (range, rest) = zoom.back().unwrap();
        assert_eq!(range, an_hour());
        assert_eq!(rest.back().unwrap(), (RangeChoice::Last(14 * 86_400), Zoom::default()));
        assert_eq!(Zoom::default().back(), None);
        assert_eq!(Zoom::default().pair(), None);
    }

    #[test]
    fn words_that_are_no_range_are_left_out() {
        assert_eq!(
            read("yesterday,-7d,,2026-11-17T12:00:00Z/2026-11-17T11:00:00Z").back().unwrap().0.seconds(),
            604_800
        );
        assert_eq!(read(""), Zoom::default());
    }

    #[test]
    fn the_latest_steps_are_kept() {
        let zoom = (1..=9).fold(Zoom::default(), |zoom, hours| zoom.after(RangeChoice::Last(hours * 3_600)));
        assert_eq!(zoom.0.len(), STEPS_MAX);
        assert_eq!(zoom.0.last(), Some(&RangeChoice::Last(9 * 3_600)));
    }
}
