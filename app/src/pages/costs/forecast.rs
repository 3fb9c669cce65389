//! What all of it will have cost by the end of the period, where there is a budget for all of it.

use chrono::{DateTime, TimeDelta, Utc};
use leptos::prelude::*;
use model::UsdSum;
use model::budget::{Line, Scope};
use model::time::TimeRange;

use crate::components::figures::Money;
use crate::error::ApiError;
use crate::format::{money, time};
use crate::frame::loaded::Loading;
use crate::pages::settings;

/// The forecast of a budget for everything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ahead {
    /// The end of the budget's period.
    pub by: DateTime<Utc>,
    /// When it was worked out.
    pub as_of: DateTime<Utc>,
    /// What is expected to have been spent by then.
    pub expected: UsdSum,
    /// What the budget allows.
    pub limit: UsdSum,
}

/// The forecast for everything, of the budget with the longest period; `None` without such a budget, or a forecast of it.
pub async fn load_ahead() -> Result<Option<Ahead>, ApiError> {
    let reading = crate::context::services()?.budgets.reading();
    Ok(reading.and_then(|reading| ahead(&reading.lines, reading.as_of)))
}

fn ahead(lines: &[Line], as_of: DateTime<Utc>) -> Option<Ahead> {
    let for_all = lines.iter().filter(|line| line.budget.scope == Scope::All);
    let foreseen = for_all.filter_map(|line| Some((line, line.outlook.forecast()?)));
    let length = |period: TimeRange| period.to - period.from;
    let (line, forecast) = foreseen.max_by_key(|(line, _)| length(line.standing.period))?;
    Some(Ahead { by: forecast.by, as_of, expected: forecast.expected, limit: UsdSum::from(line.budget.limit) })
}

/// The figure; nothing where there is none.
#[component]
pub fn Forecast(
    /// What was read.
    ahead: Loading<Option<Ahead>>,
) -> impl IntoView {
    view! {
        <Transition>
            {move || Suspend::new(async move { ahead.await.ok().flatten().map(|ahead| view! { <Figure ahead/> }) })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Figure(ahead: Ahead) -> impl IntoView {
    let Ahead { by, as_of, expected, limit } = ahead;
    let over = expected > limit;
    let (difference, side) = if over { (expected - limit, "over") } else { (limit - expected, "under") };
    view! {
        <div class="kpi kpi--forecast">
            <span class="k-l">{format!("Forecast, {}", time::day(by - TimeDelta::seconds(1), as_of))}</span>
            <b class="k-v tnum">
                <a class="behind" href=settings::budgets::PATH title="How it was worked out">
                    <Money amount=expected/>
                </a>
            </b>
            <span class="k-s">
                <span class:crit=over>{format!("{} {side}", money::amount(difference))}</span>
                {format!(" the {} budget", money::amount(limit))}
            </span>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use model::budget::forecast::{Forecast, Season};
    use model::budget::{Budget, BurnLimits, Outlook, Period, Reading, Spend};

    use super::*;

    #[test]
    fn the_forecast_is_that_of_the_longest_budget_for_everything() {
        let now: DateTime<Utc> = "2026-11-17T12:00:00Z".parse().unwrap();
        let budget = |name: &str, scope: &Scope, period, limit: &str| {
            let (name, limit) = (name.to_owned(), limit.parse().unwrap());
            let budget = Budget {
                name,
                scope: scope.clone(),
                period,
                limit,
                thresholds: Vec::new(),
                burn_limits: BurnLimits::default(),
            };
            (Arc::new(budget), vec![(String::new(), Spend::default())])
        };
        let one = Scope::One(model::cost::Dimension::Tenant, "acme".into());
        let mut reading = Reading::new(
            vec![
                budget("day", &Scope::All, Period::Day, "10"),
                budget("month", &Scope::All, Period::Month, "100"),
                budget("acme", &one, Period::Month, "1000"),
            ],
            now,
        );
        assert_eq!(ahead(&reading.lines, now), None, "before any forecast there is none to tell");
        for line in &mut reading.lines {
            let expected = UsdSum::from(line.budget.limit) + UsdSum::from_pico(1);
            let (by, history_hours) = (line.standing.period.to, 48);
            let forecast = Forecast { by, expected, low: expected, high: expected, history_hours, season: Season::Day };
            line.outlook = Outlook::Expected(forecast);
        }
        let found = ahead(&reading.lines, now).unwrap();
        assert_eq!(
            (found.limit, found.expected),
            ("100".parse::<model::Usd>().unwrap().into(), UsdSum::from_pico(100_000_000_000_001))
        );
    }
}
