//! What books that do not balance raise, as a rule of [`crate::alert`]: the machine decides when it fires and when it is over.

use super::query::Query;
use super::{Observation, Rule, Severity, Terms};
use crate::cost::Balance;
use crate::usd::UsdSum;

/// The name of the rule.
pub const BOOKS_ALARM: &str = "books do not balance";

/// How long the alert stays after the books balance again: a check is of one moment, and the next one ends it.
const WINDOW_SECONDS: i64 = 1;

/// The rule that every way of adding up the books gives the same figure.
pub fn rule() -> Rule {
    Rule {
        name: BOOKS_ALARM.to_owned(),
        query_text: Query::BooksDiffer.to_string(),
        query: Query::BooksDiffer,
        threshold: 1,
        window_seconds: WINDOW_SECONDS,
        severity: Severity::Critical,
        terms: Terms::default(),
    }
}

/// What a balance shows: the sums that differ, each with by how much. `None` of one that misses a day, which says nothing.
pub fn observation(balance: &Balance) -> Option<Observation> {
    if !balance.is_complete() {
        return None;
    }
    let differing: Vec<(String, String)> =
        differing(balance).map(|(name, difference)| (name.to_owned(), format!("{name} {difference} USD"))).collect();
    let count = i64::try_from(differing.len()).unwrap_or(i64::MAX);
    // For people only: the comparison is made in pico-dollars.
    let peak = (count > 0).then(|| balance.worst().to_f64());
    Some(Observation { count, peak, evidence: Vec::new(), labels: differing })
}

/// What differs, in words for the history: every sum with its difference, and since when.
pub fn words(balance: &Balance) -> String {
    let since = |name: &str| {
        let found = balance.off_since.iter().find(|(of, _)| of == name);
        found.map(|(_, since)| format!(" (since {})", since.format("%Y-%m-%d %H:%M"))).unwrap_or_default()
    };
    let sums: Vec<String> =
        differing(balance).map(|(name, difference)| format!("{name} by {difference} USD{}", since(name))).collect();
    format!("Fired: of {} USD in all spans, these sums differ: {}", balance.total, sums.join(", "))
}

/// The sums that are not that of the spans, each less that of the spans.
fn differing(balance: &Balance) -> impl Iterator<Item = (&str, UsdSum)> {
    let differ = balance.by.iter().filter(|(_, sum)| *sum != balance.total);
    differ.map(|(name, sum)| (name.as_str(), *sum - balance.total))
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::alert::State;
    use crate::alert::machine::observe;
    use crate::cost::{Day, DaySum};

    fn a_balance(by: &[(&str, i128)]) -> Balance {
        let by = by.iter().map(|(name, pico)| ((*name).to_owned(), UsdSum::from_pico(*pico))).collect();
        Balance { total: UsdSum::from_pico(2_000_000_000_000), by, ..Balance::default() }
    }

    #[test]
    fn a_sum_that_differs_fires_and_says_which_and_the_next_balance_ends_it() {
        let mut off = a_balance(&[("user", 1_500_000_000_000), ("spans", 2_000_000_000_000)]);
        off.off_since = vec![("user".to_owned(), DateTime::UNIX_EPOCH)];
        let seen = observation(&off).expect("complete");
        assert_eq!((seen.count, seen.peak), (1, Some(0.5)));
        assert_eq!(seen.labels, [("user".to_owned(), "user -0.5 USD".to_owned())]);
        let told = "Fired: of 2 USD in all spans, these sums differ: user by -0.5 USD (since 1970-01-01 00:00)";
        assert_eq!(words(&off), told);
        let now = DateTime::UNIX_EPOCH;
        let fired = observe(&rule(), None, &seen, now).expect("fires").alert;
        assert_eq!((fired.state, fired.severity), (State::Firing, Severity::Critical));
        let right = observation(&a_balance(&[("user", 2_000_000_000_000)])).expect("complete");
        let over = observe(&rule(), Some(&fired), &right, now + chrono::TimeDelta::seconds(60)).expect("over");
        assert_eq!(over.alert.state, State::Resolved);
    }

    #[test]
    fn a_balance_that_misses_a_day_says_nothing() {
        let open = Day { day: DateTime::UNIX_EPOCH, spans: None, traces: DaySum::default(), summed_at: None };
        let balance = Balance { days: vec![open], ..a_balance(&[("user", 1)]) };
        assert_eq!(observation(&balance), None);
    }
}
