//! Where a budget will be at the end of its period: the mark on its bar with its band, and the same as a sentence.

use chrono::{DateTime, TimeDelta, Utc};
use leptos::prelude::*;
use model::UsdSum;
use model::budget::Period;
use model::budget::forecast::{Forecast, Season, Unforeseen};

use super::BudgetBar;
use crate::format::{money, number, time};

/// Whether more than the limit is expected, and not spent yet: what is spent says so by itself.
pub(super) fn is_over(bar: &BudgetBar) -> bool {
    let limit = UsdSum::from(bar.budget.limit);
    bar.standing.spent < limit && bar.outlook.forecast().is_some_and(|forecast| forecast.expected > limit)
}

/// Whether the forecast is on its way, and the page has something to look at soon.
pub(super) fn is_awaited(bar: &BudgetBar) -> bool {
    bar.outlook.unforeseen() == Some(Unforeseen::NotYet)
}

/// What is to come, hatched, up to the mark; the band as a line under it.
pub(super) fn marks(bar: &BudgetBar, full: i128) -> AnyView {
    let Some(forecast) = bar.outlook.forecast() else { return ().into_any() };
    let share = |amount: UsdSum| number::share(amount.pico(), full).clamp(0.0, 1.0) * 100.0;
    let between = |from: UsdSum, to: UsdSum| format!("left:{:.2}%;width:{:.2}%", share(from), share(to) - share(from));
    let over = is_over(bar);
    view! {
        <i class="ahead" class:over=over style=between(bar.standing.spent, forecast.expected)></i>
        <i class="band" class:over=over style=between(forecast.low, forecast.high)></i>
        <i class="mark" class:over=over style=format!("left:{:.2}%", share(forecast.expected))></i>
    }
    .into_any()
}

/// `forecast $26,033 by 30 Nov, $1,033 over (between $21,000 and $31,000), from 21 days of hourly spend, seasonal by week`, or
/// why there is none.
pub(super) fn sentence(bar: &BudgetBar, as_of: DateTime<Utc>) -> String {
    let forecast = match (bar.outlook.forecast(), bar.outlook.unforeseen()) {
        (Some(forecast), _) => forecast,
        (None, why) => return why.map(|why| why.to_string()).unwrap_or_default(),
    };
    let Forecast { by, expected, low, high, season, .. } = *forecast;
    let limit = UsdSum::from(bar.budget.limit);
    let over = if expected > limit { format!(", {} over", money::amount(expected - limit)) } else { String::new() };
    let until = match bar.budget.period {
        Period::Day => "midnight".to_owned(),
        _ => time::day(by - TimeDelta::seconds(1), as_of),
    };
    let (expected, low, high) = (money::amount(expected), money::amount(low), money::amount(high));
    let band = if low == high { String::new() } else { format!(" (between {low} and {high})") };
    let season = match season {
        Season::Flat => String::new(),
        Season::Day | Season::Week => format!(", {season}"),
    };
    format!("forecast {expected} by {until}{over}{band}, from {}{season}", forecast.history())
}

#[cfg(test)]
mod tests {
    use model::budget::{Budget, BurnLimits, Outlook, Scope, Spend, Standing};

    use super::*;

    fn usd(text: &str) -> UsdSum {
        text.parse::<model::Usd>().unwrap().into()
    }

    fn a_bar(limit: &str, spent: &str) -> BudgetBar {
        let now: DateTime<Utc> = "2026-11-17T12:00:00Z".parse().unwrap();
        let budget = Budget {
            name: "Everything".into(),
            scope: Scope::All,
            period: Period::Month,
            limit: limit.parse().unwrap(),
            thresholds: Vec::new(),
            burn_limits: BurnLimits::default(),
        };
        let standing = Standing::new(&budget, Spend { period: usd(spent), ..Spend::default() }, now);
        let forecast = Forecast {
            by: standing.period.to,
            expected: usd("26033.07"),
            low: usd("24000"),
            high: usd("31000.5"),
            history_hours: 21 * 24 + 5,
            season: Season::Week,
        };
        BudgetBar { budget, owner: None, standing, outlook: Outlook::Expected(forecast) }
    }

    #[test]
    fn a_forecast_says_how_much_by_when_how_sure_and_of_what() {
        let now: DateTime<Utc> = "2026-11-17T12:00:00Z".parse().unwrap();
        let bar = a_bar("25000", "14266.12");
        assert_eq!(
            sentence(&bar, now),
            "forecast $26,033.07 by 30 Nov, $1,033.07 over (between $24,000.00 and $31,000.50), from 21 days of hourly spend, \
             seasonal by week"
        );
        assert!(is_over(&bar) && !is_over(&a_bar("27000", "14266.12")), "only what is over the limit is red");
        assert!(!is_over(&a_bar("25000", "25000")), "what is spent says that it is over by itself");
    }

    #[test]
    fn without_a_forecast_the_reason_is_told() {
        let bar = BudgetBar { outlook: Outlook::Unknown(Unforeseen::Short(7)), ..a_bar("1", "0.5") };
        let told = sentence(&bar, DateTime::UNIX_EPOCH);
        assert_eq!(told, "no forecast: it takes 24 whole hours of spend, and there are 7 so far");
    }
}
