//! What became of an import, in words.

use std::fmt;

use app::url_state::{RANGE_SECONDS_MAX, RangeChoice};
use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use model::time::{TimeRange, UnixNanos};

use super::request::together;
use super::tally::{Oddities, Refusals, count};

/// What became of one file.
#[derive(Debug, Default)]
pub struct Outcome {
    /// What people call it.
    pub name: String,
    /// What it holds, in words, as far as that was found out.
    pub holds: Option<String>,
    /// Spans that are in the database now.
    pub taken: u64,
    /// Spans that were refused, here or there.
    pub refused: u64,
    /// What was odd about it.
    pub odd: Oddities,
    /// Why not all of it was read, or sent.
    pub error: Option<String>,
}

/// What became of everything.
#[derive(Debug, Default)]
pub struct Summary {
    server: String,
    /// The files that were begun.
    pub files: Vec<Outcome>,
    /// How many were not.
    pub untouched: usize,
    /// What was refused.
    pub refusals: Refusals,
    /// Why it ended early.
    pub stopped: Option<String>,
    /// When spans that were taken began, first and last.
    began_ns: Option<(u64, u64)>,
}

impl Outcome {
    /// Nothing yet.
    pub fn new(name: String) -> Self {
        Self { name, ..Self::default() }
    }
}

impl fmt::Display for Outcome {
    /// The line that is printed when the file is done.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.name)?;
        if let Some(holds) = &self.holds {
            write!(f, " ({holds}): {} taken", spans(self.taken))?;
            if self.refused > 0 {
                write!(f, ", {} refused", count(self.refused))?;
            }
        }
        self.error.as_ref().map_or(Ok(()), |error| write!(f, ": {error}"))?;
        self.odd.lines().try_for_each(|line| write!(f, "\n  {line}"))
    }
}

impl Summary {
    /// Of an import into the server at this address.
    pub fn new(server: String) -> Self {
        Self { server, ..Self::default() }
    }

    /// Spans of this time were taken.
    pub fn began(&mut self, range_ns: Option<(u64, u64)>) {
        let ends = range_ns.into_iter().flat_map(|(first, last)| [first, last]);
        self.began_ns = ends.fold(self.began_ns, together);
    }

    /// Whether every span of every file was taken.
    pub fn is_clean(&self) -> bool {
        let whole = self.files.iter().all(|file| file.error.is_none());
        whole && self.refusals.total() == 0 && self.stopped.is_none() && self.untouched == 0
    }

    /// Where the traces are in the dashboard; a page shows no more than two years.
    fn link(&self) -> Option<String> {
        let (first, last) = self.began_ns?;
        let minute =
            |ns: u64| UnixNanos(i64::try_from(ns).ok()?).to_datetime().duration_trunc(TimeDelta::minutes(1)).ok();
        let to: DateTime<Utc> = minute(last)?.checked_add_signed(TimeDelta::minutes(1))?;
        let from = minute(first)?.max(to - TimeDelta::seconds(RANGE_SECONDS_MAX));
        Some(format!("{}/traces?{}", self.server, RangeChoice::Between(TimeRange { from, to }).to_query()))
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let taken: u64 = self.files.iter().map(|file| file.taken).sum();
        let files = if self.files.len() == 1 { "1 file".to_owned() } else { format!("{} files", self.files.len()) };
        write!(f, "\n{} of {files} taken by {}", spans(taken), self.server)?;
        let refused = self.refusals.total();
        if refused > 0 {
            write!(f, ", {} refused:", count(refused))?;
        }
        writeln!(f)?;
        self.refusals.lines().iter().try_for_each(|line| writeln!(f, "  {line}"))?;
        let failed: Vec<&str> =
            self.files.iter().filter(|file| file.error.is_some()).map(|file| file.name.as_str()).collect();
        if !failed.is_empty() {
            writeln!(f, "Not taken to the end: {}", failed.join(", "))?;
        }
        if self.untouched > 0 {
            writeln!(
                f,
                "Not begun: {}",
                if self.untouched == 1 { "1 file".to_owned() } else { format!("{} files", self.untouched) }
            )?;
        }
        if let Some(why) = &self.stopped {
            writeln!(f, "Ended early: {why}")?;
        }
        self.link().map_or(Ok(()), |link| writeln!(f, "See them at {link}"))
    }
}

fn spans(number: u64) -> String {
    if number == 1 { "1 span".to_owned() } else { format!("{} spans", count(number)) }
}

#[cfg(test)]
mod tests {
    use wire::Rejected;

    use super::*;

    /// 2024-01-15T10:00:30Z.
    const NOON_NS: u64 = 1_705_312_830_000_000_000;

    fn a_file(name: &str, taken: u64) -> Outcome {
        Outcome { holds: Some("OTLP JSON lines, gzip".into()), taken, ..Outcome::new(name.into()) }
    }

    #[test]
    fn a_clean_import_says_how_much_and_where() {
        let mut summary = Summary::new("http://127.0.0.1:8080".into());
        summary.files.push(a_file("a.jsonl.gz", 12_004));
        summary.began(Some((NOON_NS, NOON_NS)));
        assert!(summary.is_clean());
        assert_eq!(summary.files[0].to_string(), "a.jsonl.gz (OTLP JSON lines, gzip): 12,004 spans taken");
        insta::assert_snapshot!(summary, @r"

        12,004 spans of 1 file taken by http://127.0.0.1:8080
        See them at http://127.0.0.1:8080/traces?from=2024-01-15T10:00:00Z&to=2024-01-15T10:01:00Z
        ");
    }

    #[test]
    fn whatever_was_not_taken_is_said_with_its_reason() {
        let mut summary = Summary::new("http://127.0.0.1:8080".into());
        let mut odd = Outcome { refused: 2, ..a_file("a.log", 1) };
        odd.odd.add("3 lines that are not spans were left out");
        let diary =
            Outcome { error: Some("it begins like none of the formats".into()), ..Outcome::new("diary.txt".into()) };
        let refused =
            Rejected { trace_id: None, span_id: Some("00".into()), reason: "line 7: span_id: invalid".into() };
        summary.refusals.add("a.log", &refused);
        summary.refusals.add("a.log", &refused);
        summary.files.extend([odd, diary]);
        (summary.untouched, summary.stopped) = (1, Some("the server is gone".into()));
        assert!(!summary.is_clean());
        insta::assert_snapshot!(format!("{}\n{}{summary}", summary.files[0], summary.files[1]), @r"
        a.log (OTLP JSON lines, gzip): 1 span taken, 2 refused
          3 lines that are not spans were left out
        diary.txt: it begins like none of the formats
        1 span of 2 files taken by http://127.0.0.1:8080, 2 refused:
          2 × span_id: invalid (such as span 00, line 7, a.log)
        Not taken to the end: diary.txt
        Not begun: 1 file
        Ended early: the server is gone
        ");
    }

    #[test]
    fn the_link_shows_no_more_than_a_page_does() {
        let mut summary = Summary::new("http://a".into());
        summary.began(Some((0, 0)));
        assert_eq!(summary.link(), None);
        summary.began(Some((1, NOON_NS)));
        let expected = "http://a/traces?from=2022-01-13T10:01:00Z&to=2024-01-15T10:01:00Z";
        assert_eq!(summary.link().as_deref(), Some(expected));
        summary.began(Some((NOON_NS, u64::MAX)));
        assert_eq!(summary.link(), None, "a time that no calendar has");
    }
}
