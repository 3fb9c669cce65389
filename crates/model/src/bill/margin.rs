//! A bill beside our figures: by day, provider and model, with the difference and what explains it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use serde::{Deserialize, Serialize};

use crate::usd::UsdSum;

/// Half a cent: what rounding to cents takes from or adds to a line of a bill, at most.
const HALF_A_CENT: i128 = 5_000_000_000;

/// What is said of a difference that nothing explains: of what goes into our side, this alone is not told by the senders.
const UNEXPLAINED: &str =
    "nothing here tells; assumed is that cached tokens are part of the input where a sender does not say";

/// What spans of a day and a model cost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ours {
    /// The day they began on, UTC.
    pub day: NaiveDate,
    /// Who serves the model, as sent; `None` when nobody said.
    pub provider: Option<String>,
    /// The model, as sent.
    pub model: String,
    /// What they cost together.
    pub sums: Calls,
}

/// Calls of a model.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calls {
    /// What is known of their cost.
    pub cost: UsdSum,
    /// How many.
    pub calls: i64,
    /// Those of them whose cost is known.
    pub priced: i64,
    /// Those of them that failed.
    pub failed: i64,
}

impl std::ops::AddAssign for Calls {
    fn add_assign(&mut self, other: Self) {
        self.cost += other.cost;
        self.calls += other.calls;
        self.priced += other.priced;
        self.failed += other.failed;
    }
}

/// A line of a bill that counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Billed {
    /// What it says; the provider under the name prices know it by.
    pub line: super::Line,
    /// When the bill was imported.
    pub imported_at: DateTime<Utc>,
}

/// A day, a provider and a model: what we say, what the bill says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// The day, UTC.
    pub day: NaiveDate,
    /// The provider under the name prices know it by.
    pub provider: String,
    /// The model under the name prices know it by; empty when the bill names none.
    pub model: String,
    /// What the bill calls it, where that is something else.
    pub billed_as: BTreeSet<String>,
    /// What spans say; `None` when there are none.
    pub ours: Option<Calls>,
    /// What the bill says; `None` when it says nothing of it.
    pub bill: Option<UsdSum>,
    /// Lines of the bill that are in it.
    pub lines: i64,
    /// When the latest of them was imported.
    pub imported_at: Option<DateTime<Utc>>,
}

/// Everything on a bill or beside it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// What spans say.
    pub ours: UsdSum,
    /// What the bills say.
    pub bill: UsdSum,
}

impl Totals {
    /// Of these rows.
    pub fn of<'a>(rows: impl IntoIterator<Item = &'a Row>) -> Self {
        rows.into_iter().fold(Self::default(), |sum, row| Self {
            ours: sum.ours + row.ours.unwrap_or_default().cost,
            bill: sum.bill + row.bill.unwrap_or_default(),
        })
    }

    /// Ours less the bill.
    pub fn difference(self) -> UsdSum {
        self.ours - self.bill
    }
}

impl Row {
    /// Ours less the bill.
    pub fn difference(&self) -> UsdSum {
        self.ours.unwrap_or_default().cost - self.bill.unwrap_or_default()
    }

    /// What a review of it is kept under.
    pub fn subject(&self) -> String {
        format!("bill/{}/{}/{}", self.day, self.provider, self.model)
    }

    /// What explains the difference, as far as it can be told; empty when there is none.
    pub fn reasons(&self, now: DateTime<Utc>) -> Vec<String> {
        let difference = self.difference().pico();
        if difference == 0 {
            return Vec::new();
        }
        let mut reasons = Vec::new();
        let end = self.day.checked_add_days(Days::new(1)).map(|day| day.and_time(NaiveTime::MIN).and_utc());
        match (end, self.imported_at) {
            (Some(end), _) if now < end => reasons.push("the day is not over".to_owned()),
            (Some(end), Some(at)) if at < end => reasons.push("the bill was taken before the day was over".to_owned()),
            _ => {}
        }
        match (&self.ours, self.bill) {
            (None, Some(_)) if self.model.is_empty() => reasons.push("the bill names no model".to_owned()),
            (None, Some(_)) => reasons.push("no span of this day calls this model".to_owned()),
            (Some(_), None) => reasons.push("the bill has no line for it".to_owned()),
            _ => {}
        }
        let ours = self.ours.unwrap_or_default();
        if ours.calls > ours.priced && difference < 0 {
            reasons.push(format!("{} of {} calls have no known cost", ours.calls - ours.priced, ours.calls));
        }
        if ours.failed > 0 {
            reasons.push(format!("{} calls failed, and providers charge for some of those", ours.failed));
        }
        if self.bill.is_some() && difference.abs() <= HALF_A_CENT * i128::from(self.lines) {
            reasons.push("no more than rounding to cents".to_owned());
        }
        if reasons.is_empty() {
            reasons.push(UNEXPLAINED.to_owned());
        }
        reasons
    }
}

/// Names of a provider and a model under which both sides are compared.
type Names = (String, String);

/// Lays bills beside our figures, newest day first and the largest difference first within it. `named` gives the names by which
/// prices know a provider and a model, so that a dated name is its alias. Of ours, what is of a provider and within the days of
/// its bills is compared.
pub fn compare(billed: &[Billed], ours: &[Ours], named: impl Fn(Option<&str>, &str) -> Names) -> Vec<Row> {
    let mut covered: BTreeMap<&str, (NaiveDate, NaiveDate)> = BTreeMap::new();
    for Billed { line, .. } in billed {
        let days = covered.entry(&line.provider).or_insert((line.day, line.day));
        *days = (days.0.min(line.day), days.1.max(line.day));
    }
    let whole_days = days_without_models(billed);
    let mut rows: BTreeMap<(NaiveDate, Names), Row> = BTreeMap::new();
    for Billed { line, imported_at } in billed {
        let names = if line.model.is_empty() {
            (line.provider.clone(), String::new())
        } else {
            (line.provider.clone(), named(Some(&line.provider), &line.model).1)
        };
        let row = rows.entry((line.day, names.clone())).or_insert_with(|| Row::of(line.day, names));
        *row.bill.get_or_insert_default() += line.amount;
        row.lines += line.lines;
        row.imported_at = row.imported_at.max(Some(*imported_at));
        if line.model != row.model {
            row.billed_as.insert(line.model.clone());
        }
    }
    for line in ours {
        let (provider, mut model) = named(line.provider.as_deref(), &line.model);
        let Some((first, last)) = covered.get(provider.as_str()) else { continue };
        if line.day < *first || line.day > *last {
            continue;
        }
        if whole_days.contains(&(line.day, provider.as_str())) {
            model = String::new();
        }
        let names = (provider, model);
        let row = rows.entry((line.day, names.clone())).or_insert_with(|| Row::of(line.day, names));
        *row.ours.get_or_insert_default() += line.sums;
    }
    let mut rows: Vec<Row> = rows.into_values().collect();
    let order = |row: &Row| (std::cmp::Reverse(row.day), std::cmp::Reverse(row.difference().pico().abs()));
    rows.sort_by(|left, right| order(left).cmp(&order(right)).then_with(|| left.model.cmp(&right.model)));
    rows
}

impl Row {
    fn of(day: NaiveDate, (provider, model): Names) -> Self {
        Self { day, provider, model, billed_as: BTreeSet::new(), ours: None, bill: None, lines: 0, imported_at: None }
    }
}

/// Days of which a provider's bill names no model at all: there the whole day is compared.
fn days_without_models(billed: &[Billed]) -> BTreeSet<(NaiveDate, &str)> {
    let key = |billed: &'_ Billed| (billed.line.day, billed.line.model.is_empty());
    let named: BTreeSet<_> =
        billed.iter().filter(|line| !key(line).1).map(|line| (line.line.day, line.line.provider.as_str())).collect();
    let unnamed = billed.iter().filter(|line| key(line).1).map(|line| (line.line.day, line.line.provider.as_str()));
    unnamed.filter(|day| !named.contains(day)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::Line;
    use super::*;

    fn usd(text: &str) -> UsdSum {
        text.parse::<crate::Usd>().expect("an amount").into()
    }

    fn billed(day: &str, model: &str, amount: &str) -> Billed {
        let (day, provider) = (day.parse().expect("a day"), "openai".to_owned());
        let line = Line { day, provider, model: model.to_owned(), amount: usd(amount), lines: 1 };
        Billed { line, imported_at: "2026-11-25T00:00:00Z".parse().expect("a time") }
    }

    fn ours(day: &str, model: &str, cost: &str) -> Ours {
        let sums = Calls { cost: usd(cost), calls: 4, priced: 3, failed: 0 };
        Ours { day: day.parse().expect("a day"), provider: Some("openai".into()), model: model.into(), sums }
    }

    /// Dated names are their alias.
    fn named(provider: Option<&str>, model: &str) -> Names {
        (provider.unwrap_or("openai").to_owned(), model.trim_end_matches("-2024-08-06").to_owned())
    }

    #[test]
    fn a_dated_name_is_compared_with_its_alias_and_what_is_missing_on_a_side_says_so() {
        let bills = [billed("2026-11-20", "gpt-4o-2024-08-06", "1"), billed("2026-11-20", "o3", "2")];
        let spans = [
            ours("2026-11-20", "gpt-4o", "0.25"),
            ours("2026-11-20", "gpt-4o-2024-08-06", "0.5"),
            ours("2026-11-20", "o1", "0.125"),
            ours("2026-11-21", "o1", "7"),
        ];
        let rows = compare(&bills, &spans, named);
        let told: Vec<_> = rows
            .iter()
            .map(|row| (row.model.as_str(), row.difference().to_string(), row.reasons(bills[0].imported_at)))
            .collect();
        assert_eq!(
            told,
            [
                ("o3", "-2".to_owned(), vec!["no span of this day calls this model".to_owned()]),
                ("gpt-4o", "-0.25".to_owned(), vec!["2 of 8 calls have no known cost".to_owned()]),
                ("o1", "0.125".to_owned(), vec!["the bill has no line for it".to_owned()]),
            ]
        );
        assert_eq!(rows[1].billed_as.iter().collect::<Vec<_>>(), ["gpt-4o-2024-08-06"]);
        assert_eq!(Totals::of(&rows).difference(), rows.iter().map(Row::difference).sum());
    }

    #[test]
    fn a_bill_without_models_is_compared_with_the_whole_day() {
        let spans = [ours("2026-11-20", "gpt-4o", "0.5"), ours("2026-11-20", "o1", "0.498")];
        let rows = compare(&[billed("2026-11-20", "", "1")], &spans, named);
        assert_eq!((rows.len(), rows[0].difference().to_string().as_str()), (1, "-0.002"));
        let reasons = rows[0].reasons("2026-11-30T00:00:00Z".parse().expect("a time"));
        assert_eq!(reasons, ["2 of 8 calls have no known cost", "no more than rounding to cents"]);
    }

    #[test]
    fn what_nothing_explains_says_what_is_assumed() {
        let mut spans = ours("2026-11-20", "o1", "3");
        spans.sums.priced = spans.sums.calls;
        let rows = compare(&[billed("2026-11-20", "o1", "1")], &[spans], named);
        assert_eq!(rows[0].reasons("2026-11-30T00:00:00Z".parse().expect("a time")), [UNEXPLAINED]);
    }

    #[test]
    fn a_day_that_is_not_over_says_so() {
        let rows = compare(&[billed("2026-11-25", "o1", "1")], &[], named);
        let at = |text: &str| rows[0].reasons(text.parse().expect("a time"))[0].clone();
        assert_eq!(at("2026-11-25T23:59:59Z"), "the day is not over");
        assert_eq!(at("2026-11-26T00:00:00Z"), "the bill was taken before the day was over");
    }
}
