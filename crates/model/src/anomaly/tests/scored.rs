//! How often it is right, how soon, and how often it cries wolf.

use super::super::*;
use super::series::{LENGTH, Planted, Series, TENANTS, WEEK, series};

/// Minutes a case may be open after what was planted is over: spend has to be as expected for a while.
const AFTER: usize = 60;

#[derive(Debug, Default)]
struct Score {
    planted: usize,
    found: usize,
    cases: usize,
    right: usize,
    delays: Vec<usize>,
    runaway_delays: Vec<usize>,
}

/// Looks at every minute of the second half, as a server would.
fn cases(series: &Series, sensitivity: &Sensitivity) -> Vec<(usize, usize)> {
    let minutes: Vec<Minute> = series.minutes.iter().map(|minute| minute.unwrap_or_default()).collect();
    let expected = |hour: i64| Expectation::of(&series.hours(hour as usize * 60));
    let (mut found, mut opened_at) = (Vec::new(), None);
    let past = Past { first: 0, minutes: &minutes };
    replay(past, 4 * WEEK as i64, expected, sensitivity, |now, turn| match turn {
        Turn::Opens(_) => opened_at = Some(now as usize),
        Turn::Closes(_) => found.extend(opened_at.take().map(|at| (at, now as usize))),
        Turn::GoesOn(_) | Turn::Quiet => {}
    });
    found.extend(opened_at.map(|at| (at, LENGTH)));
    found
}

/// Whether what was planted is beyond three times the band, over all its length.
fn is_plain(series: &Series, planted: &Planted, sensitivity: &Sensitivity) -> bool {
    let expectation = Expectation::of(&series.hours(planted.from / 60 * 60));
    let (_, spread) = Outlook::new([expectation; 3]).within(59, 0, (planted.until - planted.from).min(60)).unwrap();
    let usual: f64 = series.usual[planted.from..planted.until.min(planted.from + 60)].iter().sum();
    let excess = usual * (planted.times - 1.0);
    excess >= 3.0 * sensitivity.twice * spread && excess >= 2.0 * sensitivity.excess_usd
}

fn score(sensitivity: &Sensitivity, seeds: std::ops::Range<u64>) -> Score {
    let mut score = Score::default();
    for (seed, kind) in seeds.flat_map(|seed| TENANTS.into_iter().map(move |kind| (seed, kind))) {
        let series = series(kind, seed * 31 + (kind.calls * 100.0) as u64);
        let cases = cases(&series, sensitivity);
        let overlaps =
            |planted: &Planted, (from, _): &(usize, usize)| (planted.from..planted.until + AFTER).contains(from);
        for planted in &series.planted {
            let case = cases.iter().find(|case| overlaps(planted, case) && case.0 < planted.until + 5);
            if is_plain(&series, planted, sensitivity) {
                score.planted += 1;
                score.found += usize::from(case.is_some());
                score.delays.extend(case.map(|case| case.0 - planted.from));
                if planted.times == 10.0 {
                    score.runaway_delays.extend(case.map(|case| case.0 - planted.from));
                }
            }
        }
        score.cases += cases.len();
        score.right += cases.iter().filter(|case| series.planted.iter().any(|planted| overlaps(planted, case))).count();
    }
    score.delays.sort_unstable();
    score.runaway_delays.sort_unstable();
    score
}

#[test]
fn on_series_with_planted_spend_it_finds_it_soon_and_hardly_ever_cries_wolf() {
    let score = score(&Sensitivity::default(), 0..1);
    let (recall, precision) = (score.found as f64 / score.planted as f64, score.right as f64 / score.cases as f64);
    let middle = |delays: &[usize]| delays[delays.len() / 2];
    let (all, runaway) = (middle(&score.delays), middle(&score.runaway_delays));
    println!(
        "recall {recall:.3} of {}, precision {precision:.3} of {}, minutes until found {all} (10x: {runaway}), false {}",
        score.planted,
        score.cases,
        score.cases - score.right
    );
    assert!(score.planted >= 100, "{}", score.planted);
    assert!(recall >= 0.95 && precision >= 0.9, "{score:?}");
    // A look in the minute it begins counts as one minute.
    assert!(runaway < 2, "{score:?}");
    // Six tenants over a month.
    assert!(score.cases - score.right <= TENANTS.len(), "{score:?}");
}
