//! Budgets as bars: what is spent of each, where its thresholds are, what is left, where it will be at the end.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use model::UsdSum;
use model::budget::standing::State;
use model::budget::{Budget, Line, Outlook, Standing};
use model::cost::Owner;
use serde::{Deserialize, Serialize};

use crate::components::figures::Money;
use crate::components::owner;
use crate::format::{money, number, time};

mod ahead;

/// Budgets worth showing, the most used first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Budgets {
    /// When they were read; `None` while they have not been.
    pub as_of: Option<DateTime<Utc>>,
    /// The most used first.
    pub bars: Vec<BudgetBar>,
    /// How many there are besides, each less used.
    pub left_out: usize,
}

/// One budget.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BudgetBar {
    /// Its rule.
    pub budget: Budget,
    /// Whose it is, when the rule is about each of them.
    pub owner: Option<String>,
    /// How it stands.
    pub standing: Standing,
    /// Where it will be at the end of its period.
    pub outlook: Outlook,
}

impl From<&Line> for BudgetBar {
    fn from(line: &Line) -> Self {
        Self {
            budget: Budget::clone(&line.budget),
            owner: line.owner.clone(),
            standing: line.standing.clone(),
            outlook: line.outlook,
        }
    }
}

/// The bars.
#[component]
pub fn BudgetBars(
    /// What they show.
    budgets: Budgets,
) -> impl IntoView {
    let Some(as_of) = budgets.as_of else {
        return view! { <p class="pb muted fs-12">"Budgets have not been read yet."</p> }.into_any();
    };
    let left_out = budgets.left_out;
    view! {
        <ul class="pb budgets">
            {budgets.bars.into_iter().map(|bar| view! { <Bar bar as_of/> }).collect_view()}
            {(left_out > 0)
                .then(|| {
                    view! {
                        <li class="muted fs-11">
                            {format!("{left_out} more, less used, are in ")} <a class="link" href="/api/v1/budgets" rel="external">
                                "/api/v1/budgets"
                            </a>
                        </li>
                    }
                })}
        </ul>
    }
    .into_any()
}

/// One of them.
#[component]
pub fn Bar(
    /// What it shows.
    bar: BudgetBar,
    /// When it was read.
    as_of: DateTime<Utc>,
) -> impl IntoView {
    let (spent, limit) = (bar.standing.spent, UsdSum::from(bar.budget.limit));
    let full = full(&bar);
    let percent = |part: i128| format!("{:.2}%", number::share(part, full).clamp(0.0, 1.0) * 100.0);
    let title = bar.owner.clone().unwrap_or_else(|| bar.budget.name.clone());
    let ahead = ahead::sentence(&bar, as_of);
    let summary = format!(
        "{title}: {} spent of {}, {}; {ahead}",
        money::amount(spent),
        money::amount(limit),
        bar.standing.state.as_str()
    );
    let ticks = bar.standing.thresholds.iter().filter(|(threshold, _)| *threshold != 100);
    let ticks = ticks
        .map(|(threshold, _)| {
            let left = format!("left:{}", percent(limit.pico() * i128::from(*threshold) / 100));
            view! { <i class="tick" style=left title=format!("{threshold} %")></i> }
        })
        .collect_view();
    let (is_over, over) = (bar.standing.state == State::Over, UsdSum::ZERO - bar.standing.remaining);
    let rest = match bar.standing.state {
        State::Over if over == UsdSum::ZERO => "all of it is spent".to_owned(),
        State::Over => format!("{} over", money::amount(over)),
        State::Within | State::Near => format!("{} left", money::amount(bar.standing.remaining)),
    };
    view! {
        <li class="budget" data-state=bar.standing.state.as_str()>
            <div class="budget__row">
                <a class="med trunc" href=behind(&bar, as_of) title=format!("{}, {}", bar.budget.name, bar.budget.scope)>
                    {title}
                </a>
                <span class="spacer"></span>
                <span class="tnum">
                    <b>
                        <Money amount=spent/>
                    </b>
                    <span class="muted">" of " {money::axis(limit)}</span>
                </span>
            </div>
            <div class="budget__track" role="img" aria-label=summary>
                <i class="spent" style=format!("width:{}", percent(spent.pico()))></i>
                {ahead::marks(&bar, full)}
                {ticks}
                <i class="limit" style=format!("left:{}", percent(limit.pico()))></i>
            </div>
            <div class="budget__row fs-11 muted">
                <span class="tnum">
                    {format!("{} used, {}", number::percent(bar.standing.used_millionths as f64 / 1e6), when(&bar, as_of))}
                </span>
                <span class="spacer"></span>
                <span class="tnum" class:crit=is_over>{rest}</span>
            </div>
            <p class="budget__ahead fs-11" class:crit=ahead::is_over(&bar) data-hurry=ahead::is_awaited(&bar).then_some("")>
                {ahead}
            </p>
        </li>
    }
    .into_any()
}

/// What the whole track stands for: a little beyond what is on it, so that what is over the limit shows. A band may reach so far
/// that nothing else could be seen; then it leaves the track, and the sentence says how far.
fn full(bar: &BudgetBar) -> i128 {
    let most = bar.standing.spent.pico().max(UsdSum::from(bar.budget.limit).pico());
    let ahead = bar.outlook.forecast().map_or(most, |forecast| {
        let expected = most.max(forecast.expected.pico());
        expected.max(forecast.high.pico().min(expected / 2 * 3))
    });
    ahead / 100 * 106 + 1
}

/// The period in words: `until 1 Dec, 00:00`, `rolling 30d`.
fn when(bar: &BudgetBar, as_of: DateTime<Utc>) -> String {
    match bar.budget.period {
        model::budget::Period::Rolling(_) => bar.budget.period.to_string(),
        _ => format!("until {}", time::day_minute(bar.standing.period.to, as_of)),
    }
}

/// The traces behind it, dearest first.
fn behind(bar: &BudgetBar, as_of: DateTime<Utc>) -> String {
    let range = format!("from={}&to={}", time::machine(bar.standing.period.from), time::machine(as_of));
    let key = bar.owner.as_deref().or_else(|| bar.budget.scope.name()).map(str::to_owned);
    let owner = Owner { dimension: bar.budget.scope.dimension(), key };
    owner::traces_href([&owner], &range).unwrap_or_else(|| format!("/traces?{range}&order=cost"))
}

#[cfg(test)]
mod tests {
    use model::budget::{BurnLimits, Period, Scope, Spend};
    use model::cost::Dimension;

    use super::*;

    fn a_bar(scope: Scope, owner: Option<&str>) -> BudgetBar {
        let limit = "10".parse().expect("an amount");
        let (name, period) = ("Daily".to_owned(), Period::Day);
        let budget = Budget { name, scope, period, limit, thresholds: vec![80], burn_limits: BurnLimits::default() };
        let standing = Standing::new(&budget, Spend::default(), DateTime::UNIX_EPOCH);
        BudgetBar { budget, owner: owner.map(str::to_owned), standing, outlook: Outlook::before(period) }
    }

    #[test]
    fn every_budget_leads_to_what_is_behind_it() {
        let href = |scope, owner| behind(&a_bar(scope, owner), DateTime::UNIX_EPOCH);
        assert!(href(Scope::All, None).ends_with("&order=cost"));
        assert!(href(Scope::Each(Dimension::Tenant), Some("a b")).ends_with("&order=cost&tenant=a%20b"));
        assert!(href(Scope::One(Dimension::User, "ada".into()), None).ends_with("&order=cost&user=ada"));
        assert!(href(Scope::One(Dimension::Capability, "plan".into()), None).ends_with("&order=cost&capability=plan"));
    }
}
