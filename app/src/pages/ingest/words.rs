//! Classes of reasons, and why requests were sent back, in words.

use model::ingest::TurnedAway;
use model::rejected::Reason;

use crate::format::number;

/// A class as a heading: `Bad id`.
pub const fn title(class: Reason) -> &'static str {
    match class {
        Reason::Other => "Other",
        Reason::BadId => "Bad id",
        Reason::BadTime => "No usable time",
        Reason::TooLarge => "Too large",
        Reason::TooMany => "Too many at once",
        Reason::Broken => "Unreadable",
        Reason::WrongFormat => "Not a format read here",
        Reason::Closed => "Day is closed",
        Reason::Value => "Value out of range",
    }
}

/// A class after a number: `9 with a bad id`.
pub const fn clause(class: Reason) -> &'static str {
    match class {
        Reason::Other => "for another reason",
        Reason::BadId => "with a bad id",
        Reason::BadTime => "without a usable time",
        Reason::TooLarge => "too large",
        Reason::TooMany => "with too many spans or values",
        Reason::Broken => "that could not be read",
        Reason::WrongFormat => "in a format that is not read there",
        Reason::Closed => "of a day that takes no more spans",
        Reason::Value => "with a value that cannot be kept",
    }
}

/// Why a request was sent back, after a number: `3 because the queue was full`.
pub const fn because(why: TurnedAway) -> &'static str {
    match why {
        TurnedAway::Full => "because the queue was full",
        TurnedAway::Database => "because the database did not answer",
        TurnedAway::Failed => "because of a fault the log explains",
        TurnedAway::Stopping => "because the server was stopping",
        TurnedAway::Incomplete => "because not all of it arrived",
        TurnedAway::Disk => "because the database's disk was full",
    }
}

/// A number with its noun: `1 span`, `12 spans`.
pub fn count_of(count: u64, noun: &str) -> String {
    format!("{} {noun}{}", count_text(count), if count == 1 { "" } else { "s" })
}

/// A number with its thousands apart.
pub fn count_text(count: u64) -> String {
    number::count(i64::try_from(count).unwrap_or(i64::MAX))
}

/// `12 spans were refused in the last 10 minutes: 9 with a bad id, 3 too large.`; `None` when there were none.
pub fn sentence(noun: &str, what: &str, parts: impl IntoIterator<Item = (u64, &'static str)>) -> Option<String> {
    let parts: Vec<(u64, &str)> = parts.into_iter().filter(|(count, _)| *count > 0).collect();
    let all: u64 = parts.iter().map(|(count, _)| count).sum();
    let was = if all == 1 { "was" } else { "were" };
    let clauses: Vec<String> = parts.iter().map(|(count, words)| format!("{} {words}", count_text(*count))).collect();
    let clauses = match clauses.as_slice() {
        [] => return None,
        [_] => parts.first().map(|(_, words)| (*words).to_owned()).unwrap_or_default(),
        _ => clauses.join(", "),
    };
    let minutes = model::ingest::RECENT_MINUTES;
    Some(format!("{} {was} {what} in the last {minutes} minutes: {clauses}.", count_of(all, noun)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_happened_is_one_sentence() {
        let parts = [(9, clause(Reason::BadId)), (0, clause(Reason::Broken)), (3, clause(Reason::TooLarge))];
        let said = sentence("span", "refused", parts).unwrap();
        assert_eq!(said, "12 spans were refused in the last 10 minutes: 9 with a bad id, 3 too large.");
        let one = sentence("request", "sent back", [(1, because(TurnedAway::Full))]).unwrap();
        assert_eq!(one, "1 request was sent back in the last 10 minutes: because the queue was full.");
        assert_eq!(sentence("span", "refused", [(0, "x")]), None);
    }
}
