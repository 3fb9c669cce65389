//! What holds for every history.

use proptest::prelude::*;

use super::super::*;

fn steady(hours: usize, usd: f64) -> Vec<Option<Hour>> {
    vec![Some(Hour { usd, calls: 100.0 }); hours]
}

fn minutes(count: usize, usd: f64) -> Vec<Minute> {
    vec![Minute { usd }; count]
}

fn outlook(usd: f64) -> Outlook {
    Outlook::new([Expectation::of(&steady(4 * 168, usd)); 3])
}

#[test]
fn a_short_history_says_nothing_and_a_longer_one_says_what_it_is_of() {
    assert_eq!(Expectation::of(&steady(11, 6.0)), None);
    let basis = |hours| Expectation::of(&steady(hours, 6.0)).unwrap().basis;
    assert_eq!(basis(12), Basis::TrailingDay(12));
    assert_eq!(basis(80), Basis::HourOfDay(3));
    assert_eq!(basis(3 * 168), Basis::HourOfWeek(3));
    assert_eq!(basis(10 * 168), Basis::HourOfWeek(4));
}

#[test]
fn hours_nobody_knows_of_are_not_taken_for_hours_without_spend() {
    let mut hours = steady(4 * 168, 6.0);
    hours.iter_mut().rev().take(40).for_each(|hour| *hour = None);
    let expected = Expectation::of(&hours).unwrap();
    assert!((expected.usd - 6.0).abs() < 1e-9);
}

#[test]
fn one_wild_hour_a_week_ago_moves_nothing() {
    let (calm, mut wild) = (steady(4 * 168, 6.0), steady(4 * 168, 6.0));
    wild[3 * 168] = Some(Hour { usd: 9_000.0, calls: 100.0 });
    assert_eq!(Expectation::of(&wild), Expectation::of(&calm));
}

#[test]
fn a_runaway_is_odd_after_two_minutes_and_a_case_grows_until_it_is_quiet_again() {
    let expected = outlook(60.0);
    let sensitivity = Sensitivity::default();
    let mut spent = minutes(120, 1.0);
    assert_eq!(Episode::look(None, &expected, &spent, 1_000, &sensitivity), Turn::Quiet);
    spent.extend(minutes(2, 10.0));
    let Turn::Opens(opened) = Episode::look(None, &expected, &spent, 1_002, &sensitivity) else { panic!() };
    assert_eq!((opened.since, opened.until), (1_001, 1_002));
    assert!((opened.excess() - 18.0).abs() < 1e-9, "{opened:?}");
    spent.extend(minutes(3, 10.0));
    let Turn::GoesOn(grown) = Episode::look(Some(opened), &expected, &spent, 1_005, &sensitivity) else { panic!() };
    assert!((grown.excess() - 45.0).abs() < 1e-9 && grown.since == opened.since, "{grown:?}");
    let again = Episode::look(Some(grown), &expected, &spent, 1_005, &sensitivity);
    assert_eq!(again, Turn::GoesOn(grown), "a second look at the same minutes adds nothing");
    spent.extend(minutes(60, 1.0));
    let over = Episode::look(Some(grown), &expected, &spent, 1_065, &sensitivity);
    assert!(matches!(over, Turn::Closes(closed) if (closed.excess() - 45.0).abs() < 1e-9), "{over:?}");
}

#[test]
fn a_window_across_two_hours_is_held_against_both() {
    let hour = |usd| Expectation::of(&steady(4 * 168, usd));
    let outlook = Outlook::new([hour(6.0), hour(60.0)]);
    let expected = |now, back, width| outlook.within(now, back, width).map(|(usd, _)| (usd * 1e6).round() / 1e6);
    assert_eq!(expected(600, 0, 1), Some(0.1), "the first minute of this hour");
    assert_eq!(expected(600, 1, 5), Some(5.0), "those before it");
    assert_eq!(expected(602, 0, 5), Some(2.3));
    assert_eq!(expected(659, 0, 60), Some(6.0));
    assert_eq!(expected(659, 60, 61), None, "an hour nobody expects anything of");
}

#[test]
fn a_few_cents_are_never_odd_however_many_times_what_is_usual() {
    let expected = outlook(0.01);
    let mut spent = minutes(120, 0.0);
    spent.extend(minutes(2, 0.4));
    assert_eq!(judge(&expected, &spent, 1_000, &Sensitivity::default()), None);
}

proptest! {
    #[test]
    fn less_spend_is_never_odder(usd in 0.01f64..100.0, more in 0.0f64..50.0, width in 1usize..60, now in 0i64..1_000) {
        let expected = outlook(usd);
        let sensitivity = Sensitivity::default();
        let mut low = minutes(120, usd / 60.0);
        let mut high = low.clone();
        high.iter_mut().rev().take(width).for_each(|minute| minute.usd += more);
        low.iter_mut().rev().take(width).for_each(|minute| minute.usd += more / 2.0);
        let odd = |minutes: &[Minute]| judge(&expected, minutes, now, &sensitivity).is_some();
        prop_assert!(odd(&high) || !odd(&low));
    }

    #[test]
    fn what_is_expected_is_never_negative_and_finite(hours in prop::collection::vec(prop::option::of(0.0f64..1e6), 0..900)) {
        let hours: Vec<_> = hours.into_iter().map(|usd| usd.map(|usd| Hour { usd, calls: usd })).collect();
        if let Some(expected) = Expectation::of(&hours) {
            prop_assert!(expected.usd >= 0.0 && expected.usd.is_finite());
            prop_assert!(expected.spread >= 0.0 && expected.spread.is_finite());
            prop_assert!(Outlook::new([Some(expected)]).within(30, 0, 2).unwrap().1 > 0.0);
        }
    }
}
