//! Everything a read-out can say, and the addresses it leads to.

use chrono::{DateTime, TimeDelta, Utc};
use model::UsdSum;
use model::time::TimeRange;
use serde::{Deserialize, Serialize};

use super::cursor::Cursor;
use crate::components::owner;
use crate::format::{money, number, time};
use crate::url_state::RangeChoice;

/// The figures of a chart by bucket.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Readings {
    /// Start of the first bucket, in seconds since 1970.
    pub first: i64,
    /// Width of a bucket in seconds.
    pub width: i64,
    /// The clock when the page was made, in seconds since 1970.
    pub now: i64,
    /// How many buckets; they fill the chart from edge to edge.
    pub buckets: usize,
    /// The parts, in the order they are drawn, top first.
    pub parts: Vec<Part>,
    /// The sum of the parts.
    pub totals: Vec<UsdSum>,
    /// What the range before is called, and what each of its buckets cost; when it is shown.
    pub previous: Option<(String, Vec<UsdSum>)>,
    /// Buckets in which alerts fired, and how many.
    pub alerts: Vec<(usize, i64)>,
    /// The conditions on the traces behind a bucket as a whole; `None` when they cannot be looked for.
    pub behind: Option<String>,
    /// Address of this view without a range, to which one is added.
    pub zoom: String,
}

/// One part of every bucket.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// Slot of its colour.
    pub slot: u8,
    /// Its name.
    pub name: String,
    /// Its figures as they are shown.
    pub figures: Vec<String>,
    /// The conditions on the traces behind it; `None` when they cannot be looked for.
    pub behind: Option<String>,
}

impl Readings {
    /// The time of so many buckets, the first and the last included.
    pub fn range(&self, first: usize, last: usize) -> TimeRange {
        let edge = |index: usize| at(self.first.saturating_add(self.width.saturating_mul(index as i64)));
        TimeRange { from: edge(first), to: edge(last.saturating_add(1)) }
    }

    /// The bucket at a place of the chart, 0.0–1.0.
    pub fn bucket_at(&self, place: f64) -> usize {
        // Beyond an edge is the bucket at that edge.
        ((place.max(0.0) * self.buckets as f64) as usize).min(self.buckets.saturating_sub(1))
    }

    /// Where a bucket begins, 0.0–1.0; the one after the last is the right edge.
    pub fn edge(&self, bucket: usize) -> f64 {
        bucket as f64 / self.buckets.max(1) as f64
    }

    /// Where a bucket is drawn, 0.0–1.0: at its middle, or that of what has passed of it.
    pub fn place(&self, bucket: usize) -> f64 {
        let range = self.range(bucket, bucket);
        let seconds = range.seconds().max(1) as f64;
        let passed = (self.now - range.from.timestamp()) as f64 / seconds;
        let middle = if passed > 0.0 { passed.min(1.0) / 2.0 } else { 0.5 };
        (bucket as f64 + middle) / self.buckets.max(1) as f64
    }

    /// When a bucket is, and whether it is over.
    pub fn title(&self, bucket: usize) -> String {
        let range = self.range(bucket, bucket);
        let said = format!("{} UTC", time::between(range, at(self.now)));
        match self.now {
            now if now < range.from.timestamp() => format!("{said}, still to come"),
            now if now < range.to.timestamp() => format!("{said}, in progress"),
            _ => said,
        }
    }

    /// What a bucket cost.
    pub fn total(&self, bucket: usize) -> UsdSum {
        self.totals.get(bucket).copied().unwrap_or_default()
    }

    /// What the same bucket of the range before cost, and what that range is called.
    pub fn before(&self, bucket: usize) -> Option<(&str, UsdSum)> {
        let (name, figures) = self.previous.as_ref()?;
        Some((name, figures.get(bucket).copied()?))
    }

    /// How many alerts fired in a bucket, in words.
    pub fn alerts(&self, bucket: usize) -> Option<String> {
        let found = self.alerts.iter().find(|(at, _)| *at == bucket);
        found.map(|(_, count)| number::counted(*count, "alert"))
    }

    /// When a chosen range is, and what it cost.
    pub fn chosen(&self, first: usize, last: usize) -> (String, UsdSum) {
        let title = format!("{} UTC", time::between(self.range(first, last), at(self.now)));
        (title, (first..=last).map(|bucket| self.total(bucket)).sum())
    }

    /// What is read in a sentence, for screen readers.
    pub fn spoken(&self, cursor: Cursor) -> String {
        if let Some((first, last)) = cursor.chosen() {
            let (title, total) = self.chosen(first, last);
            return format!("{title} chosen, total {}. Enter zooms in", money::amount(total));
        }
        let (title, total) = (self.title(cursor.bucket), money::amount(self.total(cursor.bucket)));
        let figure = |part: &Part| part.figures.get(cursor.bucket).cloned().unwrap_or_default();
        if let Some(part) = self.part(cursor) {
            return format!("{title}: {} {}, of {total} in all", part.name, figure(part));
        }
        let before = self.before(cursor.bucket).map(|(name, amount)| format!(", {name} {}", money::amount(amount)));
        let alerts = self.alerts(cursor.bucket).map(|alerts| format!(" {alerts}.")).unwrap_or_default();
        let rows: Vec<String> = self.parts.iter().map(|part| format!("{} {}", part.name, figure(part))).collect();
        format!("{title}: total {total}{}.{alerts} {}", before.unwrap_or_default(), rows.join(", "))
    }

    /// The part that is read by itself.
    pub fn part(&self, cursor: Cursor) -> Option<&Part> {
        self.parts.get(cursor.part?)
    }

    /// The traces behind what is read: of one part, where they can be looked for, else of the whole bucket.
    pub fn traces_href(&self, cursor: Cursor) -> Option<String> {
        let conditions = self.part(cursor).and_then(|part| part.behind.as_ref()).or(self.behind.as_ref())?;
        let (first, last) = cursor.chosen().unwrap_or((cursor.bucket, cursor.bucket));
        Some(owner::traces_where(&RangeChoice::Between(self.range(first, last)).to_query(), conditions))
    }

    /// This view of the buckets from one to another.
    pub fn zoom_href(&self, first: usize, last: usize) -> String {
        format!("{}{}", self.zoom, RangeChoice::Between(self.range(first, last)).to_query())
    }
}

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH.checked_add_signed(TimeDelta::seconds(seconds)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usd(cents: i128) -> UsdSum {
        UsdSum::from_pico(cents * 10_000_000_000)
    }

    /// Three hours from ten on, half an hour into the last.
    fn readings() -> Readings {
        let from: DateTime<Utc> = "2026-11-17T10:00:00Z".parse().unwrap();
        let part = |name: &str, behind: Option<&str>| Part {
            slot: 1,
            name: name.into(),
            figures: vec!["$1".into(), "$2".into(), "$3".into()],
            behind: behind.map(str::to_owned),
        };
        Readings {
            first: from.timestamp(),
            width: 3_600,
            now: from.timestamp() + 9_000,
            buckets: 3,
            parts: vec![part("2 others", None), part("acme", Some("tenant=acme"))],
            totals: vec![usd(200), usd(400), usd(600)],
            previous: Some(("the 3 h before".into(), vec![usd(100), usd(100), usd(100)])),
            alerts: vec![(1, 2)],
            behind: Some(String::new()),
            zoom: "/costs?group_by=tenant&wide=-3h&".into(),
        }
    }

    #[test]
    fn every_place_of_the_chart_is_in_one_bucket() {
        let readings = readings();
        let buckets = [-0.1, 0.0, 0.333, 0.334, 0.999, 1.0, 7.0].map(|place| readings.bucket_at(place));
        assert_eq!(buckets, [0, 0, 0, 1, 2, 2, 2]);
        assert_eq!(Readings::default().bucket_at(0.5), 0);
        assert!((readings.place(0) - 1.0 / 6.0).abs() < 1e-9);
        assert!((readings.place(2) - 2.25 / 3.0).abs() < 1e-9, "half of what has passed of it");
    }

    #[test]
    fn a_bucket_is_read_with_its_time_its_parts_and_what_was_before() {
        assert_eq!(
            readings().spoken(Cursor::at(1)),
            "Tue 17 Nov, 11:00 to 12:00 UTC: total $4.00, the 3 h before $1.00. 2 alerts. 2 others $2, acme $2"
        );
        let part = Cursor { part: Some(1), ..Cursor::at(2) };
        assert_eq!(readings().spoken(part), "Tue 17 Nov, 12:00 to 13:00 UTC, in progress: acme $3, of $6.00 in all");
        let range = Cursor { anchor: Some(2), ..Cursor::at(1) };
        assert_eq!(readings().spoken(range), "Tue 17 Nov, 11:00 to 13:00 UTC chosen, total $10.00. Enter zooms in");
    }

    #[test]
    fn a_bucket_leads_to_the_traces_of_exactly_its_time() {
        let href = |cursor| readings().traces_href(cursor).unwrap();
        let hour = "/traces?from=2026-11-17T11:00:00Z&to=2026-11-17T12:00:00Z&order=cost";
        assert_eq!(href(Cursor::at(1)), hour);
        assert_eq!(href(Cursor { part: Some(1), ..Cursor::at(1) }), format!("{hour}&tenant=acme"));
        assert_eq!(href(Cursor { part: Some(0), ..Cursor::at(1) }), hour, "the others cannot be looked for");
        let of_nobody = Readings { behind: None, ..readings() };
        assert_eq!(of_nobody.traces_href(Cursor::at(1)), None);
    }

    #[test]
    fn a_zoom_has_the_edges_of_its_buckets() {
        assert_eq!(
            readings().zoom_href(0, 1),
            "/costs?group_by=tenant&wide=-3h&from=2026-11-17T10:00:00Z&to=2026-11-17T12:00:00Z"
        );
    }
}
