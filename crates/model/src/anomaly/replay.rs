//! What would have been found in the past, looked at minute by minute as a server does.

use super::{Episode, Expectation, MINUTES, Minute, Outlook, Sensitivity, Turn};

/// What a series spent in minutes that follow one another.
#[derive(Debug, Clone, Copy)]
pub struct Past<'a> {
    /// The first of them, in minutes since 1970.
    pub first: i64,
    /// Each of them.
    pub minutes: &'a [Minute],
}

/// Looks at every minute since `from`, and tells `each` of it that is not quiet. `expected` says what was expected of an hour, counted
/// since 1970, by those before it.
pub fn replay(
    past: Past,
    from: i64,
    expected: impl Fn(i64) -> Option<Expectation>,
    sensitivity: &Sensitivity,
    mut each: impl FnMut(i64, Turn),
) {
    let Past { first, minutes } = past;
    let (mut open, mut untold) = (None, first);
    let hour = |minute: i64| minute.div_euclid(60);
    let from = from.max(first);
    let mut hours = [0, 1, 2].map(|back| expected(hour(from) - back));
    for now in from..first + minutes.len() as i64 {
        if now.rem_euclid(60) == 0 {
            hours = [expected(hour(now)), hours[0], hours[1]];
        }
        let [since, until] = [untold.max(now + 1 - MINUTES), now + 1].map(|minute| (minute - first) as usize);
        let turn = Episode::look(open, &Outlook::new(hours), &minutes[since..until], now, sensitivity);
        open = match turn {
            Turn::Quiet => continue,
            Turn::Opens(episode) | Turn::GoesOn(episode) => Some(episode),
            Turn::Closes(_) => {
                untold = now + 1;
                None
            }
        };
        each(now, turn);
    }
}
