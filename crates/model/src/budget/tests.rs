//! Laws of periods, standings and crossings.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;

use super::crossing::{Spent, crossing};
use super::standing::State;
use super::*;
use crate::SpanId;
use crate::time::UnixNanos;
use crate::usd::UsdSum;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn budget(limit: &str, period: Period) -> Budget {
    Budget {
        name: "All tenants".into(),
        scope: Scope::All,
        period,
        limit: limit.parse().unwrap(),
        thresholds: THRESHOLDS_BY_DEFAULT.to_vec(),
        burn_limits: BurnLimits::default(),
    }
}

fn spend(period: i128) -> Spend {
    Spend { period: UsdSum::from_pico(period), ..Spend::default() }
}

#[test]
fn calendar_periods_begin_at_midnight_utc_on_mondays_and_on_firsts() {
    let range = |period: Period, now| {
        let range = period.range(at(now));
        (range.from.to_rfc3339(), range.to.to_rfc3339())
    };
    let days = |from: &str, to: &str| (format!("{from}T00:00:00+00:00"), format!("{to}T00:00:00+00:00"));
    assert_eq!(range(Period::Day, "2026-11-20T23:59:59.999Z"), days("2026-11-20", "2026-11-21"));
    assert_eq!(range(Period::Week, "2026-11-22T12:00:00Z"), days("2026-11-16", "2026-11-23"));
    assert_eq!(range(Period::Month, "2026-12-31T12:00:00Z"), days("2026-12-01", "2027-01-01"));
    assert_eq!(range(Period::Month, "2028-02-29T00:00:00Z"), days("2028-02-01", "2028-03-01"));
    let rolling = Period::Rolling(3_600).range(at("2026-11-20T12:00:00Z"));
    assert_eq!(rolling.from, at("2026-11-20T11:00:00Z"));
}

#[test]
fn a_period_prints_as_it_is_read_and_nonsense_is_refused() {
    for text in ["day", "week", "month", "rolling 36h", "rolling 30d"] {
        assert_eq!(text.parse::<Period>().unwrap().to_string(), text);
    }
    for text in [
        "",
        "year",
        "30d",
        "rolling",
        "rolling 30",
        "rolling 59m",
        "rolling 0h",
        "rolling 367d",
        "rolling -1d",
        "rolling é",
    ] {
        assert_eq!(text.parse::<Period>(), Err(period::PeriodError), "{text}");
    }
}

#[test]
fn a_threshold_is_crossed_by_the_pico_dollar_that_reaches_it() {
    let budget = budget("10", Period::Day);
    let state = |pico| {
        let standing = Standing::new(&budget, spend(pico), at("2026-11-20T12:00:00Z"));
        (standing.state, standing.used_percent(), standing.thresholds.iter().filter(|(_, crossed)| *crossed).count())
    };
    assert_eq!(state(4_999_999_999_999), (State::Within, 49, 0));
    assert_eq!(state(5_000_000_000_000), (State::Near, 50, 1));
    assert_eq!(state(9_999_999_999_999), (State::Near, 99, 2));
    assert_eq!(state(10_000_000_000_000), (State::Over, 100, 3));
    assert_eq!(state(-1), (State::Within, -1, 0));
}

#[test]
fn a_burn_rate_of_one_spends_the_limit_by_the_end_of_the_period() {
    let budget = budget("240", Period::Rolling(10 * 86_400));
    let usd = |text: &str| text.parse::<Usd>().unwrap().into();
    let spend = Spend { period: UsdSum::ZERO, fast: usd("1"), slow: usd("36") };
    let standing = Standing::new(&budget, spend, at("2026-11-20T12:00:00Z"));
    assert_eq!((standing.burn_fast, standing.burn_slow), (1_000, Some(1_500)));
    let day = Standing::new(&Budget { period: Period::Day, ..budget }, spend, at("2026-11-20T12:00:00Z"));
    assert_eq!((day.burn_fast, day.burn_slow), (100, None), "a day is no longer than the slow window");
}

#[test]
fn a_budget_is_addressed_by_its_name() {
    let each = Budget {
        name: "Each tenant, daily!".into(),
        scope: Scope::Each(Dimension::Tenant),
        ..budget("1", Period::Day)
    };
    assert_eq!(each.id(Some("acme/robotics")), "each-tenant-daily:acme/robotics");
    assert_eq!(each.id(None), "each-tenant-daily");
    assert_eq!(budget("1", Period::Day).id(Some("acme")), "all-tenants");
}

#[test]
fn a_budget_of_each_tenant_is_there_before_its_first_dollar() {
    let each = Budget { name: "Daily".into(), scope: Scope::Each(Dimension::Tenant), ..budget("10", Period::Day) };
    let acme = Budget { name: "Acme".into(), scope: Scope::One(Dimension::Tenant, "acme".into()), ..each.clone() };
    let rules = vec![(Arc::new(each), vec![("acme".to_owned(), spend(5))]), (Arc::new(acme), Vec::new())];
    let reading = Reading::new(rules, at("2026-11-20T12:00:00Z"));
    let ids =
        |lines: Vec<Line>| lines.into_iter().map(|line| (line.id, line.standing.spent.pico())).collect::<Vec<_>>();
    assert_eq!(ids(reading.lines.clone()), [("daily:acme".into(), 5), ("acme".into(), 0)]);
    assert_eq!(ids(reading.of_tenant("acme")), [("daily:acme".into(), 5), ("acme".into(), 0)]);
    assert_eq!(ids(reading.of_tenant("beta")), [("daily:beta".into(), 0)]);
    assert_eq!((reading.get("daily"), reading.get("daily:"), reading.get("acme:x")), (None, None, None));
}

#[test]
fn names_beyond_the_limit_have_no_figure_instead_of_a_wrong_one() {
    let each = Budget { name: "Daily".into(), scope: Scope::Each(Dimension::User), ..budget("10", Period::Day) };
    let spends = (0..=reading::OWNERS_MAX).map(|user| (format!("user-{user}"), spend(5))).collect();
    let reading = Reading::new(vec![(Arc::new(each), spends)], at("2026-11-20T12:00:00Z"));
    assert!(reading.is_cut() && reading.lines.len() == reading::OWNERS_MAX);
    assert!(reading.get("daily:user-0").is_some() && reading.get("daily:user-2000").is_none());
}

fn span(number: i64, start: i64, cost: Option<i64>) -> Spent {
    Spent { span_id: SpanId::from_i64(number).unwrap(), start: UnixNanos(start), cost: cost.map(Usd::from_pico) }
}

#[test]
fn the_span_that_crossed_is_found_by_running_sum_in_the_order_spans_began() {
    let spans = [span(1, 0, None), span(4, 30, Some(5)), span(2, 10, Some(6)), span(3, 20, Some(4))];
    let crossed = crossing(spans, Usd::from_pico(10)).unwrap();
    assert_eq!((crossed.span_id, crossed.sum), (SpanId::from_i64(4).unwrap(), UsdSum::from_pico(15)));
    assert_eq!(crossing(spans, Usd::from_pico(15)), None, "exactly the limit is not over it");
}

proptest! {
    #[test]
    fn now_is_in_its_period_and_periods_follow_each_other(seconds in 0i64..4_000_000_000) {
        let now = DateTime::from_timestamp(seconds, 0).unwrap();
        for period in [Period::Day, Period::Week, Period::Month] {
            let range = period.range(now);
            prop_assert!(range.from <= now && now < range.to);
            prop_assert_eq!(period.range(range.to).from, range.to);
            prop_assert_eq!(period.range(range.to - TimeDelta::nanoseconds(1)), range);
        }
    }

    #[test]
    fn spent_and_remaining_add_up_and_spending_more_never_uncrosses(
        limit in 1i64.., before in 0i128..1 << 90, more in 0i128..1 << 90,
    ) {
        let budget = Budget { limit: Usd::from_pico(limit), ..budget("1", Period::Month) };
        let now = at("2026-11-20T12:00:00Z");
        let less = Standing::new(&budget, spend(before), now);
        let more = Standing::new(&budget, spend(before + more), now);
        prop_assert_eq!(less.spent + less.remaining, UsdSum::from(budget.limit));
        prop_assert!(less.state <= more.state && less.used_millionths <= more.used_millionths);
        for (earlier, later) in less.thresholds.iter().zip(&more.thresholds) {
            prop_assert!(!earlier.1 || later.1);
            prop_assert_eq!(earlier.1, less.used_millionths >= i64::from(earlier.0) * 10_000);
        }
        prop_assert_eq!(less.state == State::Over, less.remaining <= UsdSum::ZERO);
    }

    #[test]
    fn a_trace_crosses_its_limit_exactly_when_its_total_is_over_it_whatever_the_order(
        costs in prop::collection::vec((0i64..50, prop::option::of(0i64..1_000)), 0..30), limit in 0i64..5_000,
    ) {
        let spans: Vec<Spent> =
            costs.iter().zip(1..).map(|((start, cost), number)| span(number, *start, *cost)).collect();
        let total: i64 = costs.iter().filter_map(|(_, cost)| *cost).sum();
        let crossed = crossing(spans.clone(), Usd::from_pico(limit));
        prop_assert_eq!(crossed.is_some(), total > limit);
        prop_assert_eq!(crossing(spans.into_iter().rev(), Usd::from_pico(limit)), crossed);
    }
}
