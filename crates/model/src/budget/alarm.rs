//! What a budget raises alarms about, as rules of [`crate::alert`]: each threshold, the burn rates, and the limit of one trace.
//!
//! An alarm is an alert like any other: [`crate::alert::machine`] decides when it fires and when it is over.

use std::sync::Arc;

use super::Line;
use crate::alert::query::owners::{BUDGET, BudgetFigure, BudgetQuery, hold};
use crate::alert::query::{Comparison, Query};
use crate::alert::{Observation, Rule, Severity, Terms};
use crate::usd::Usd;

/// The name of the rule about single traces.
pub const TRACE_ALARM: &str = "BUDGET ALARM";

/// How long an alarm stays after its condition is over: a correction that moves a figure back and forth is one alarm.
const WINDOW_SECONDS: i64 = 60;

/// The rule that no trace costs more than `limit`.
pub fn trace_rule(limit: Usd) -> Rule {
    let query = Query::TraceCost { op: Comparison::Greater, limit };
    rule(TRACE_ALARM.to_owned(), query, 1, Severity::Warning)
}

/// Whether this rule is made of a budget, and not of the file of alert rules.
pub fn is_of_a_budget(name: &str, query: Option<&Query>) -> bool {
    name == TRACE_ALARM || matches!(query, Some(Query::Budget(_)))
}

/// The rules of a budget, each with what is seen of it now.
pub fn of_line(line: &Line) -> Vec<(Rule, Observation)> {
    let name = match &line.owner {
        Some(owner) => format!("{}, {owner}", line.budget.name),
        None => line.budget.name.clone(),
    };
    let standing = &line.standing;
    let spent = line.budget.thresholds.iter().map(|percent| {
        let query = Query::Budget(BudgetQuery::usual(BudgetFigure::Spent));
        let rule = rule(format!("{name}: {percent} % spent"), query, i64::from(*percent), severity(*percent));
        (rule, observation(line, standing.used_percent()))
    });
    let limits = line.budget.burn_limits;
    let rates = [("an hour", BudgetFigure::BurnOfHour, limits.fast), ("a day", BudgetFigure::BurnOfDay, limits.slow)];
    let burns = rates.into_iter().filter_map(|(window, figure, limit)| {
        let query = Query::Budget(BudgetQuery::usual(figure));
        let rule = rule(format!("{name}: burning too fast for {window}"), query, limit, Severity::Warning);
        Some((rule, observation(line, seen(line, figure)?)))
    });
    spent.chain(burns).collect()
}

/// Those of these rules that are about this budget, as rules of it, each with what is seen of it now.
pub fn written(line: &Line, rules: &[Rule]) -> Vec<(Rule, Observation)> {
    let about = |rule: &Rule| {
        let Query::Budget(query) = &rule.query else { return None };
        let seen = observation(line, seen(line, query.figure)?);
        let threshold = query.threshold().filter(|_| hold(&query.conditions, &seen.labels))?;
        Some((Rule { threshold, ..rule.of_group(&seen.labels) }, seen))
    };
    rules.iter().filter_map(about).collect()
}

/// A figure of it, if it has that: a budget of a day has no burn rate of one.
fn seen(line: &Line, figure: BudgetFigure) -> Option<i64> {
    let standing = &line.standing;
    match figure {
        BudgetFigure::Spent => Some(standing.used_percent()),
        BudgetFigure::BurnOfHour => Some(standing.burn_fast),
        BudgetFigure::BurnOfDay => standing.burn_slow,
    }
}

/// Whether a line says of every rule what it said before.
pub fn is_as(line: &Line, before: &Line) -> bool {
    let figures = |line: &Line| (line.standing.used_percent(), line.standing.burn_fast, line.standing.burn_slow);
    Arc::ptr_eq(&line.budget, &before.budget) && line.id == before.id && figures(line) == figures(before)
}

/// All of it spent is worth a look now, most of it worth one today.
const fn severity(percent: u16) -> Severity {
    match percent {
        0..80 => Severity::Info,
        80..100 => Severity::Warning,
        _ => Severity::Critical,
    }
}

fn observation(line: &Line, count: i64) -> Observation {
    let scope = line.budget.scope.dimension();
    let owner = line.owner().map(|owner| (scope.to_string(), owner.to_owned()));
    let labels = [(BUDGET.to_owned(), line.budget.name.clone())].into_iter().chain(owner).collect();
    Observation { count, labels, ..Observation::default() }
}

fn rule(name: String, query: Query, threshold: i64, severity: Severity) -> Rule {
    Rule {
        name,
        query_text: query.to_string(),
        query,
        threshold,
        window_seconds: WINDOW_SECONDS,
        severity,
        terms: Terms::default(),
    }
}
