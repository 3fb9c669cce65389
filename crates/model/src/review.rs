//! What people say about a difference in the books: a note, that they know of it, that they take that back.
//!
//! An acknowledgement is about one difference. When the difference becomes another one, it is over by itself.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::alert::hold::{BY_CHARS_MAX, NOTE_CHARS_MAX};
use crate::span::code_enum;
use crate::usd::UsdSum;

code_enum! {
    /// What somebody did.
    Action {
        /// Explained it.
        Noted = 0, "noted";
        /// Took note of it: it leaves the list.
        Acknowledged = 1, "acknowledged";
        /// Took an acknowledgement back.
        TakenBack = 2, "taken back";
    }
}

/// One thing somebody said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub by: String,
    /// What.
    pub action: Action,
    /// In their words; may be empty.
    pub note: String,
    /// The difference it was about.
    pub difference: UsdSum,
}

/// What somebody wants to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// Who.
    pub by: String,
    /// What.
    pub action: Action,
    /// Why.
    pub note: String,
    /// The difference they saw, if they say so.
    pub seen: Option<UsdSum>,
}

/// Why nothing was said.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReviewError {
    /// Nobody is named.
    #[error("say who: a name of 1 to {BY_CHARS_MAX} characters")]
    Nobody,
    /// The note is too long.
    #[error("a note has at most {NOTE_CHARS_MAX} characters")]
    LongNote,
    /// A note that says nothing.
    #[error("write the note")]
    EmptyNote,
    /// The difference has become another one since they looked.
    #[error("the difference is {0} USD by now; look again")]
    Moved(UsdSum),
    /// Somebody was first.
    #[error("{by} acknowledged it at {}", .at.format("%H:%M:%S UTC"))]
    Taken {
        /// Who.
        by: String,
        /// When.
        at: DateTime<Utc>,
    },
    /// There is nothing to take back.
    #[error("it is not acknowledged")]
    Open,
    /// There is nothing to acknowledge.
    #[error("there is no difference")]
    NoDifference,
}

/// The acknowledgement in force at this difference, of what was said, newest first.
pub fn in_force(said: &[Entry], difference: UsdSum) -> Option<&Entry> {
    let last = said.iter().find(|entry| entry.action != Action::Noted)?;
    (last.action == Action::Acknowledged && last.difference == difference).then_some(last)
}

/// The entry that a wish becomes, given what was said before, newest first, and the difference now.
pub fn decide(said: &[Entry], difference: UsdSum, wish: Wish, now: DateTime<Utc>) -> Result<Entry, ReviewError> {
    let (by, note) = (wish.by.trim(), wish.note.trim());
    if by.is_empty() || by.chars().count() > BY_CHARS_MAX {
        return Err(ReviewError::Nobody);
    }
    if note.chars().count() > NOTE_CHARS_MAX {
        return Err(ReviewError::LongNote);
    }
    if wish.seen.is_some_and(|seen| seen != difference) {
        return Err(ReviewError::Moved(difference));
    }
    match (wish.action, in_force(said, difference)) {
        (Action::Noted, _) if note.is_empty() => return Err(ReviewError::EmptyNote),
        (Action::Acknowledged, _) if difference == UsdSum::ZERO => return Err(ReviewError::NoDifference),
        (Action::Acknowledged, Some(first)) => {
            return Err(ReviewError::Taken { by: first.by.clone(), at: first.at });
        }
        (Action::TakenBack, None) => return Err(ReviewError::Open),
        _ => {}
    }
    Ok(Entry { at: now, by: by.to_owned(), action: wish.action, note: note.to_owned(), difference })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(by: &str, action: Action, note: &str) -> Wish {
        Wish { by: by.to_owned(), action, note: note.to_owned(), seen: None }
    }

    const ONE: UsdSum = UsdSum::from_pico(1);
    const TWO: UsdSum = UsdSum::from_pico(2);
    const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

    #[test]
    fn an_acknowledgement_is_of_one_difference_and_can_be_taken_back() {
        let taken = decide(&[], ONE, wish(" Ines ", Action::Acknowledged, "known"), NOW).expect("free");
        assert_eq!(in_force(std::slice::from_ref(&taken), ONE), Some(&taken));
        assert_eq!(in_force(std::slice::from_ref(&taken), TWO), None, "the difference has changed");
        let said = [
            decide(std::slice::from_ref(&taken), ONE, wish("Mara", Action::Noted, "rounding"), NOW).expect("a note"),
            taken,
        ];
        assert!(in_force(&said, ONE).is_some(), "a note changes nothing");
        let refused = decide(&said, ONE, wish("Mara", Action::Acknowledged, ""), NOW).expect_err("Ines was first");
        assert_eq!(refused.to_string(), "Ines acknowledged it at 00:00:00 UTC");
        let back = decide(&said, ONE, wish("Mara", Action::TakenBack, ""), NOW).expect("it is in force");
        let said = [vec![back], said.to_vec()].concat();
        assert_eq!(in_force(&said, ONE), None);
        assert_eq!(decide(&said, ONE, wish("Mara", Action::TakenBack, ""), NOW), Err(ReviewError::Open));
    }

    #[test]
    fn who_looked_at_another_difference_is_told() {
        let seen = Wish { seen: Some(TWO), ..wish("Ines", Action::Acknowledged, "") };
        assert_eq!(decide(&[], ONE, seen, NOW), Err(ReviewError::Moved(ONE)));
        let nobody = decide(&[], ONE, wish(" ", Action::Acknowledged, ""), NOW);
        assert_eq!(nobody, Err(ReviewError::Nobody));
        assert_eq!(decide(&[], ONE, wish("Ines", Action::Noted, " "), NOW), Err(ReviewError::EmptyNote));
        assert_eq!(
            decide(&[], UsdSum::ZERO, wish("Ines", Action::Acknowledged, ""), NOW),
            Err(ReviewError::NoDifference)
        );
    }
}
