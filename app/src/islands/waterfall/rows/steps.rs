//! What has to be done to make one list of another, both in the same order.

use std::iter::Peekable;
use std::ops::Range;

/// What is done next, at the first element that has not been passed yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// It goes.
    Remove,
    /// These of the new list come before it.
    Write(Range<usize>),
    /// It stays: where it stood in the old list, and where in the new one.
    Keep(usize, usize),
}

/// How `old` becomes `new`: lists of places, each with what is there, by rising places. An element stays when both have it alike.
pub(super) fn steps<P: Ord, K: PartialEq>(old: &[(P, K)], new: &[(P, K)]) -> Vec<Step> {
    let (mut steps, mut written) = (Vec::with_capacity(old.len() + 2), 0);
    let mut gone = old.iter().enumerate().peekable();
    for (at, element) in new.iter().enumerate() {
        while let Some(_gone) = gone.next_if(|(_, old)| old.0 < element.0 || (old.0 == element.0 && old.1 != element.1))
        {
            steps.push(Step::Remove);
        }
        if let Some(was) = next_if_at(&mut gone, &element.0) {
            write(&mut steps, written..at);
            steps.push(Step::Keep(was, at));
            written = at + 1;
        }
    }
    steps.extend(gone.map(|_| Step::Remove));
    write(&mut steps, written..new.len());
    steps
}

fn next_if_at<'a, P: Ord + 'a, K: 'a>(
    old: &mut Peekable<impl Iterator<Item = (usize, &'a (P, K))>>,
    place: &P,
) -> Option<usize> {
    old.next_if(|(_, old)| old.0 == *place).map(|(was, _)| was)
}

fn write(steps: &mut Vec<Step>, new: Range<usize>) {
    if !new.is_empty() {
        steps.push(Step::Write(new));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn done(old: &[(u32, u32)], new: &[(u32, u32)]) -> Vec<(u32, u32)> {
        let (mut list, mut at) = (old.to_vec(), 0);
        for step in steps(old, new) {
            match step {
                Step::Remove => drop(list.remove(at)),
                Step::Write(range) => {
                    let coming = &new[range];
                    list.splice(at..at, coming.iter().copied());
                    at += coming.len();
                }
                Step::Keep(was, is) => {
                    assert_eq!((list[at], old[was]), (new[is], new[is]));
                    at += 1;
                }
            }
        }
        list
    }

    #[test]
    fn scrolling_removes_at_one_end_and_writes_at_the_other() {
        let rows = |range: Range<u32>| range.map(|place| (place, 0)).collect::<Vec<_>>();
        let down = steps(&rows(0..3), &rows(1..5));
        assert_eq!(down, [Step::Remove, Step::Keep(1, 0), Step::Keep(2, 1), Step::Write(2..4)]);
        let up = steps(&rows(2..4), &rows(0..3));
        assert_eq!(up, [Step::Write(0..2), Step::Keep(0, 2), Step::Remove]);
        assert_eq!(steps(&rows(0..1), &[(0, 1)]), [Step::Remove, Step::Write(0..1)], "it is drawn otherwise");
    }

    #[test]
    fn whatever_was_drawn_becomes_what_is_wanted() {
        // Every pair of lists of four places, each empty or with one of two things.
        let list = |number: u32| -> Vec<(u32, u32)> {
            (0..4).filter_map(|place| Some((place, (number / 3_u32.pow(place) % 3).checked_sub(1)?))).collect()
        };
        for (old, new) in (0..81).flat_map(|old| (0..81).map(move |new| (old, new))) {
            assert_eq!(done(&list(old), &list(new)), list(new), "{:?}", list(old));
        }
    }
}
