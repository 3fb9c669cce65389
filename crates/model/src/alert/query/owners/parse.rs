//! Reading a query about whoever spends.

use winnow::ModalResult;
use winnow::Parser;
use winnow::combinator::{alt, cut_err, delimited, not, opt, preceded, terminated};
use winnow::token::{one_of, take_while};

use super::{BUDGET, BudgetFigure, BudgetQuery, SpendQuery};
use crate::alert::query::Comparison;
use crate::alert::query::parse::{dollars, expected, padded, symbol, word};
use crate::alert::query::spans::{Bound, Condition, conditions, facet_name};
use crate::anomaly::Kind;
use crate::cost::Dimension;
use crate::usd::Usd;

const ANOMALY: &str = "`(cost_usd) by` tenant, `tenant, service`, capability, model or user";
const BUDGETS: &str = "`spent`, `burn`, `burn(1h)` or `burn(24h)`";
const WINDOWS: &str = "1h or 24h";
const EXCESS: &str = "dollars or percents over what is expected, such as `5`, `100%` or `5 and 100%`";
const PERCENT: &str = "whole percents such as 90%";
const RATE: &str = "a burn rate such as 6 or 14.4";
const LEAST: &str = "`>` or `>=`";
const OF_SERIES: &str = "conditions such as `tenant = acme`, on what the spend is by";
const OF_BUDGETS: &str = "conditions such as `budget = \"Acme, monthly\"` or `tenant != acme`";

/// Decimals of a burn rate.
const RATE_DECIMALS: usize = 3;

/// `(cost_usd) by tenant > 5 and 100% where tenant != acme`.
pub fn anomaly(input: &mut &str) -> ModalResult<SpendQuery> {
    let of_cost = (symbol("("), alt((word("cost_usd"), word("cost"))), symbol(")"), word("by"));
    let kind = preceded(of_cost, kind).context(expected(ANOMALY)).parse_next(input)?;
    let over = opt(preceded(symbol(">"), cut_err(excess.context(expected(EXCESS))))).parse_next(input)?;
    let (excess, excess_percent) = over.unwrap_or_default();
    let is_known = |name: &str| kind.dimensions().iter().any(|dimension| dimension.as_str() == name);
    let conditions = names(input, OF_SERIES, is_known)?;
    Ok(SpendQuery { kind, excess, excess_percent, conditions })
}

fn kind(input: &mut &str) -> ModalResult<Kind> {
    let with_service = opt((symbol(","), word("service")));
    let of_tenant = with_service.map(|service| if service.is_some() { Kind::TenantService } else { Kind::Tenant });
    alt((
        preceded(word("tenant"), of_tenant),
        word("capability").value(Kind::Capability),
        word("model").value(Kind::Model),
        word("user").value(Kind::User),
    ))
    .parse_next(input)
}

fn excess(input: &mut &str) -> ModalResult<(Option<Usd>, Option<u32>)> {
    let both = (padded(dollars), opt(preceded(word("and"), cut_err(percents))));
    alt((percents.map(|percents| (None, Some(percents))), both.map(|(usd, percents)| (Some(usd), percents))))
        .parse_next(input)
}

fn percents(input: &mut &str) -> ModalResult<u32> {
    let digits = terminated(padded(take_while(1..=6, '0'..='9')), symbol("%"));
    digits.try_map(|digits: &str| digits.parse()).parse_next(input)
}

/// `spent >= 90% where budget = "Acme, monthly"`.
pub fn budget(input: &mut &str) -> ModalResult<BudgetQuery> {
    let window = alt((word("1h").value(BudgetFigure::BurnOfHour), word("24h").value(BudgetFigure::BurnOfDay)));
    let of_window = opt(delimited(symbol("("), cut_err(window.context(expected(WINDOWS))), symbol(")")));
    let burn = preceded(word("burn"), of_window.map(|window| window.unwrap_or(BudgetFigure::BurnOfHour)));
    let figure = alt((word("spent").value(BudgetFigure::Spent), burn)).context(expected(BUDGETS)).parse_next(input)?;
    let op = alt((symbol(">=").value(Comparison::GreaterOrEqual), symbol(">").value(Comparison::Greater)));
    let bound = match opt(op).parse_next(input)? {
        Some(op) if figure == BudgetFigure::Spent => {
            let limit = cut_err(percents).context(expected(PERCENT)).parse_next(input)?;
            Some(Bound { op, limit: limit.into() })
        }
        Some(op) => Some(Bound { op, limit: cut_err(rate).context(expected(RATE)).parse_next(input)? }),
        None => {
            // Anything else that compares is a mistake of its own.
            cut_err(not(one_of(['<', '=']))).context(expected(LEAST)).parse_next(input)?;
            None
        }
    };
    let is_known =
        |name: &str| name == BUDGET || Dimension::parse(name).is_some_and(|dimension| dimension != Dimension::Total);
    let conditions = names(input, OF_BUDGETS, is_known)?;
    Ok(BudgetQuery { figure, bound, conditions })
}

/// Thousandths.
fn rate(input: &mut &str) -> ModalResult<i64> {
    padded(take_while(1..=12, ('0'..='9', '.')))
        .verify_map(|number: &str| {
            let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
            let is_exact = fraction.len() <= RATE_DECIMALS && !whole.is_empty();
            format!("{whole}{fraction:0<RATE_DECIMALS$}").parse().ok().filter(|_| is_exact)
        })
        .parse_next(input)
}

/// Conditions on names alone, of which there are only some.
fn names(input: &mut &str, what: &'static str, is_known: impl Fn(&str) -> bool) -> ModalResult<Vec<Condition>> {
    let is_name =
        |condition: &Condition| matches!(condition, Condition::Is { facet, .. } if is_known(facet_name(facet)));
    let all = conditions.verify(|all: &Vec<Condition>| all.iter().all(is_name));
    let all = opt(preceded(word("where"), cut_err(all.context(expected(what))))).parse_next(input)?;
    Ok(all.unwrap_or_default())
}
