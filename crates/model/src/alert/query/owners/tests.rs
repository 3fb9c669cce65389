//! What is read of these queries, and what is expected of them.

use proptest::prelude::*;

use super::*;
use crate::alert::query::Query;
use crate::cost::{Dimension, Facet};

fn is(name: Facet, value: &str, is_equal: bool) -> Condition {
    Condition::Is { facet: name, value: value.to_owned(), is_equal }
}

fn tenant() -> Facet {
    Facet::Dimension(Dimension::Tenant)
}

#[test]
fn odd_spend_is_asked_for_with_dollars_percents_and_names() {
    let usd = |text: &str| Some(text.parse().unwrap());
    let usual = SpendQuery::usual(Kind::Tenant);
    for (text, query) in [
        ("anomaly(cost_usd) by Tenant", usual.clone()),
        ("anomaly( cost ) by tenant,service", SpendQuery::usual(Kind::TenantService)),
        ("anomaly(cost_usd) by tenant > 5", SpendQuery { excess: usd("5"), ..usual.clone() }),
        ("anomaly(cost_usd) by tenant>$0.5", SpendQuery { excess: usd("0.5"), ..usual.clone() }),
        ("anomaly(cost_usd) by tenant > 200 %", SpendQuery { excess_percent: Some(200), ..usual.clone() }),
        (
            "anomaly(cost_usd) by tenant > 5 and 100% where tenant != acme",
            SpendQuery {
                excess: usd("5"),
                excess_percent: Some(100),
                conditions: vec![is(tenant(), "acme", false)],
                ..usual
            },
        ),
    ] {
        assert_eq!(text.parse(), Ok(Query::OddSpend(query)), "{text}");
    }
}

#[test]
fn budgets_are_asked_for_with_percents_or_a_rate_and_names() {
    let bound = |op, limit| Some(Bound { op, limit });
    let of = |figure, bound| BudgetQuery { bound, ..BudgetQuery::usual(figure) };
    let named = is(Facet::Attribute(BUDGET.to_owned()), "Acme, monthly", true);
    for (text, query) in [
        ("budget spent", BudgetQuery::usual(BudgetFigure::Spent)),
        ("Budget spent >= 90%", of(BudgetFigure::Spent, bound(Comparison::GreaterOrEqual, 90))),
        ("budget burn > 14.4", of(BudgetFigure::BurnOfHour, bound(Comparison::Greater, 14_400))),
        ("budget burn(1h) > 6", of(BudgetFigure::BurnOfHour, bound(Comparison::Greater, 6_000))),
        ("budget burn( 24h )>=1.125", of(BudgetFigure::BurnOfDay, bound(Comparison::GreaterOrEqual, 1_125))),
        (
            "budget spent > 80% where budget = \"Acme, monthly\"",
            BudgetQuery { conditions: vec![named], ..of(BudgetFigure::Spent, bound(Comparison::Greater, 80)) },
        ),
    ] {
        assert_eq!(text.parse(), Ok(Query::Budget(query)), "{text}");
    }
}

#[test]
fn a_mistake_is_told_with_its_place_and_what_was_expected() {
    for (text, error) in [
        ("anomaly(cost_usd) by trace_id", "at column 22: expected `(cost_usd) by` tenant"),
        ("anomaly(cost_usd) by tenant > much", "at column 31: expected dollars or percents over what is expected"),
        (
            "anomaly(cost_usd) by tenant > 5 where service = a",
            "at column 39: expected conditions such as `tenant = acme`",
        ),
        ("anomaly(cost_usd) by tenant < 5", "at column 29: expected the end of the query"),
        ("budget left", "at column 8: expected `spent`, `burn`"),
        ("budget burn(2h) > 1", "at column 13: expected 1h or 24h"),
        ("budget spent > 90", "at column 18: expected whole percents such as 90%"),
        ("budget spent < 90%", "at column 14: expected `>` or `>=`"),
        ("budget burn > fast", "at column 15: expected a burn rate such as 6 or 14.4"),
        ("budget spent > 90% where colour = red", "at column 26: expected conditions such as `budget"),
    ] {
        let message = text.parse::<Query>().expect_err(text).to_string();
        assert!(message.starts_with(error), "{text}: {message}");
    }
}

#[test]
fn conditions_hold_for_names_and_never_for_a_name_that_is_missing() {
    let names = [("budget", "Acme"), ("tenant", "acme")].map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert!(hold(&[], &names));
    assert!(hold(&[is(tenant(), "acme", true)], &names) && hold(&[is(tenant(), "beta", false)], &names));
    assert!(!hold(&[is(tenant(), "acme", false)], &names) && !hold(&[is(tenant(), "beta", true)], &names));
    assert!(!hold(&[is(Facet::Dimension(Dimension::User), "u", false)], &names));
}

#[test]
fn a_limit_is_the_least_figure_that_is_too_much() {
    let threshold = |text: &str| match text.parse() {
        Ok(Query::Budget(query)) => query.threshold(),
        other => panic!("{other:?}"),
    };
    assert_eq!(threshold("budget spent > 90%"), Some(91));
    assert_eq!(threshold("budget spent >= 90%"), Some(90));
    assert_eq!(threshold("budget spent"), None);
}

fn conditions(names: Vec<Facet>) -> impl Strategy<Value = Vec<Condition>> {
    let one = (prop::sample::select(names), "[ -~]{1,12}", any::<bool>());
    prop::collection::vec(one.prop_map(|(facet, value, is_equal)| is(facet, &value, is_equal)), 0..3)
}

fn any_query() -> impl Strategy<Value = Query> {
    let kind = prop::sample::select(Kind::ALL.to_vec());
    let over = (prop::option::of(0..i64::MAX), prop::option::of(0..1_000_000_u32));
    let spend = kind.prop_flat_map(move |kind| {
        let facets = kind.dimensions().iter().copied().map(Facet::Dimension).collect();
        (over.clone(), conditions(facets)).prop_map(move |((pico, excess_percent), conditions)| {
            Query::OddSpend(SpendQuery { kind, excess: pico.map(Usd::from_pico), excess_percent, conditions })
        })
    });
    let figures = vec![BudgetFigure::Spent, BudgetFigure::BurnOfHour, BudgetFigure::BurnOfDay];
    let op = prop::sample::select(vec![Comparison::Greater, Comparison::GreaterOrEqual]);
    let bound = prop::option::of((op, 0..1_000_000_i64).prop_map(|(op, limit)| Bound { op, limit }));
    let names = vec![Facet::Attribute(BUDGET.to_owned()), tenant(), Facet::Dimension(Dimension::Model)];
    let budget = (prop::sample::select(figures), bound, conditions(names))
        .prop_map(|(figure, bound, conditions)| Query::Budget(BudgetQuery { figure, bound, conditions }));
    prop_oneof![spend, budget]
}

proptest! {
    #[test]
    fn a_printed_query_reads_back_as_itself(query in any_query()) {
        prop_assert_eq!(query.to_string().parse(), Ok(query));
    }
}
