//! How fast the reader goes through the rows: what rushes past is drawn in brief, and what is not in sight is not drawn, until it rests.

/// Rows that everything moves by at once, from which on nobody reads them: three notches of a wheel within one frame are as many.
const RUSH_ROWS: usize = 10;

/// How fast the reader goes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Pace {
    /// All rows are drawn, and some beyond those in sight.
    #[default]
    Rest,
    /// Something moved far or everything changes: only rows in sight are drawn.
    Moved,
    /// It moved far again before it came to rest: rows that come new are drawn in brief.
    Rushing,
}

impl Pace {
    /// The pace after all rows have moved by so many.
    pub fn after(self, moved_rows: usize) -> Self {
        match self {
            _ if moved_rows < RUSH_ROWS => self,
            Self::Rest => Self::Moved,
            Self::Moved | Self::Rushing => Self::Rushing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_leaps_once_sees_whole_rows_and_whoever_rushes_on_sees_them_in_brief() {
        let leapt = Pace::Rest.after(500);
        assert_eq!(leapt, Pace::Moved);
        assert_eq!(leapt.after(500), Pace::Rushing);
        assert_eq!(Pace::Rushing.after(RUSH_ROWS), Pace::Rushing);
    }

    #[test]
    fn a_turn_of_the_wheel_is_no_rush() {
        for pace in [Pace::Rest, Pace::Moved, Pace::Rushing] {
            assert_eq!(pace.after(RUSH_ROWS - 1), pace);
        }
    }
}
