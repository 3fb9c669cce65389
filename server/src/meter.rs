//! A line of progress on standard error: drawn over itself on a terminal, now and then a line of its own in a log.

use std::io::{IsTerminal, Write, stderr};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Characters of a bar.
const BAR_CHARS: u64 = 20;

/// Between two looks at the progress on a terminal.
const TERMINAL_TICK: Duration = Duration::from_millis(200);

/// Between two lines in a log.
const LOG_TICK: Duration = Duration::from_secs(5);

/// Columns of a terminal that does not say how many it has.
const COLUMNS: usize = 80;

/// Goes to the beginning of the line and empties it.
const EMPTY_LINE: &str = "\r\x1b[K";

/// Where progress is shown.
#[derive(Debug)]
pub struct Meter {
    is_terminal: bool,
    shown: Mutex<String>,
}

impl Meter {
    /// A meter that shows nothing yet.
    pub fn new() -> Self {
        Self { is_terminal: stderr().is_terminal(), shown: Mutex::default() }
    }

    /// Whether somebody may be looking.
    pub const fn is_terminal(&self) -> bool {
        self.is_terminal
    }

    /// Shows what `line` says whenever it is worth it; never returns.
    pub async fn follow(&self, line: impl Fn() -> Option<String>) {
        loop {
            tokio::time::sleep(if self.is_terminal { TERMINAL_TICK } else { LOG_TICK }).await;
            if let Some(line) = line() {
                self.show(&line);
            }
        }
    }

    fn show(&self, line: &str) {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        if *shown != line {
            // Nothing can be said about a terminal that does not listen.
            let _ = if self.is_terminal {
                write!(stderr(), "{EMPTY_LINE}{}", fit(line, columns()))
            } else {
                writeln!(stderr(), "{line}")
            };
            line.clone_into(&mut shown);
        }
    }

    /// Takes the line away, for something that stays.
    pub fn clear(&self) {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        if self.is_terminal && !shown.is_empty() {
            let _ = write!(stderr(), "{EMPTY_LINE}");
        }
        shown.clear();
    }
}

impl Default for Meter {
    fn default() -> Self {
        Self::new()
    }
}

fn columns() -> usize {
    let columns = rustix::termios::tcgetwinsize(stderr()).map_or(0, |size| usize::from(size.ws_col));
    if columns == 0 { COLUMNS } else { columns }
}

/// As much of a line as there are columns for: one that goes on below could not be drawn over. The last column stays free, since
/// some terminals go to the next line with it.
fn fit(line: &str, columns: usize) -> String {
    if line.chars().count() < columns {
        return line.to_owned();
    }
    line.chars().take(columns.saturating_sub(2)).chain(['…']).collect()
}

/// How much of something is done: `[######........]`.
pub fn bar(done: u64, total: u64) -> String {
    let filled = (u128::from(done) * u128::from(BAR_CHARS)).checked_div(u128::from(total)).unwrap_or(0);
    let bar: String = (0..BAR_CHARS).map(|at| if u128::from(at) < filled { '#' } else { '.' }).collect();
    format!("[{bar}]")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_never_reaches_the_end_of_the_terminal() {
        assert_eq!(fit("12345", 6), "12345");
        assert_eq!(fit("123456", 6), "1234…");
        for columns in 1..9 {
            assert!(fit("1234567", columns).chars().count() <= columns.max(1), "{columns}");
        }
    }

    #[test]
    fn a_bar_fills_from_nothing_to_all() {
        assert_eq!(bar(0, 0), bar(0, 9));
        assert_eq!(bar(50, 100), format!("[{}{}]", "#".repeat(10), ".".repeat(10)));
        assert_eq!(bar(100, 100), format!("[{}]", "#".repeat(20)));
        assert_eq!(bar(u64::MAX, 1), bar(1, 1), "a file may grow while it is read");
    }
}
