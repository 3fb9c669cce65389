//! What the URL asks of the page: which traces of the audit, which days of bills, which import was just made.

use chrono::NaiveDate;
use leptos_router::params::ParamsMap;
use model::Usd;
use model::cost::drift::TOLERANCE;

use crate::error::ApiError;

/// The page's address.
pub const PATH: &str = "/costs/balance";

/// Rows that nobody acknowledged, those that somebody did, or both.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Shown {
    /// Nobody has.
    #[default]
    Open,
    /// Somebody has.
    Acknowledged,
    /// Both.
    All,
}

impl Shown {
    /// All there are, in the order they are offered, with their names.
    pub const ALL: [(Self, &str); 3] = [(Self::Open, "Open"), (Self::Acknowledged, "Acknowledged"), (Self::All, "All")];

    /// What the store is asked for.
    pub const fn acknowledged(self) -> Option<bool> {
        match self {
            Self::Open => Some(false),
            Self::Acknowledged => Some(true),
            Self::All => None,
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Acknowledged => "acknowledged",
            Self::All => "all",
        }
    }

    fn parse(text: Option<&str>) -> Self {
        Self::ALL.into_iter().map(|(shown, _)| shown).find(|shown| Some(shown.as_str()) == text).unwrap_or_default()
    }
}

/// Everything the URL decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ViewUrl {
    /// Differences up to this are none; an error when the URL cannot be meant as written.
    pub tolerance: Result<Usd, ApiError>,
    /// Which traces of the audit.
    pub drift: Shown,
    /// Traces before the first.
    pub offset: i64,
    /// Which rows of the bills.
    pub rows: Shown,
    /// Rows before the first.
    pub rows_offset: usize,
    /// First and last day of the bills that are compared.
    pub days: (Option<NaiveDate>, Option<NaiveDate>),
    /// The import that was just made.
    pub import: Option<i64>,
    /// The same file was kept before.
    pub again: bool,
}

impl ViewUrl {
    /// Reads the query string of the page.
    pub fn read(query: &ParamsMap) -> Self {
        let value = |key| query.get_str(key).filter(|value| !value.is_empty());
        let tolerance = value("tolerance").map_or(Ok(TOLERANCE), |text| {
            text.parse().map_err(|_| {
                ApiError::Invalid(format!("Expected an amount of US dollars such as 0.001 as tolerance, got “{text}”."))
            })
        });
        let number = |key| value(key).and_then(|text| text.parse::<u32>().ok()).unwrap_or_default();
        let day = |key| value(key).and_then(|text| text.parse().ok());
        Self {
            tolerance,
            drift: Shown::parse(value("drift")),
            offset: number("offset").into(),
            rows: Shown::parse(value("rows")),
            rows_offset: usize::try_from(number("rows_offset")).unwrap_or_default(),
            days: (day("from"), day("to")),
            import: value("import").and_then(|text| text.parse().ok()),
            again: value("again").is_some(),
        }
    }

    /// The audit from this trace on.
    pub fn audit(&self, drift: Shown, offset: i64) -> String {
        format!("{}#drift", Self { drift, offset, import: None, again: false, ..self.clone() }.address())
    }

    /// The bills from this row on.
    pub fn bills(&self, rows: Shown, rows_offset: usize) -> String {
        format!("{}#bills", Self { rows, rows_offset, import: None, again: false, ..self.clone() }.address())
    }

    fn address(&self) -> String {
        let query: Vec<String> = self.pairs().into_iter().map(|(key, value)| format!("{key}={value}")).collect();
        if query.is_empty() { PATH.to_owned() } else { format!("{PATH}?{}", query.join("&")) }
    }

    /// Query pairs other than the defaults.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let tolerance = self.tolerance.clone().ok().filter(|tolerance| *tolerance != TOLERANCE);
        let shown = |shown: Shown| (shown != Shown::default()).then(|| shown.as_str().to_owned());
        let pairs = [
            ("tolerance", tolerance.map(|tolerance| tolerance.to_string())),
            ("drift", shown(self.drift)),
            ("offset", (self.offset > 0).then(|| self.offset.to_string())),
            ("rows", shown(self.rows)),
            ("rows_offset", (self.rows_offset > 0).then(|| self.rows_offset.to_string())),
            ("from", self.days.0.map(|day| day.to_string())),
            ("to", self.days.1.map(|day| day.to_string())),
            ("import", self.import.map(|id| id.to_string())),
            ("again", self.again.then(|| "1".to_owned())),
        ];
        pairs.into_iter().filter_map(|(key, value)| Some((key, value?))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(address: &str) -> ViewUrl {
        let query =
            address.split('#').next().and_then(|address| address.split_once('?')).map_or("", |(_, query)| query);
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        ViewUrl::read(&pairs.map(|(key, value)| (key.to_owned(), value.to_owned())).collect())
    }

    #[test]
    fn a_view_survives_its_address() {
        let url = ViewUrl {
            tolerance: Ok("0.5".parse().unwrap()),
            drift: Shown::All,
            offset: 25,
            rows: Shown::Acknowledged,
            rows_offset: 50,
            days: ("2026-11-01".parse().ok(), "2026-11-20".parse().ok()),
            import: Some(7),
            again: true,
        };
        assert_eq!(read(&url.address()), url);
        assert_eq!(read(PATH).address(), PATH);
        assert_eq!(
            read(&url.audit(Shown::Open, 0)),
            ViewUrl { drift: Shown::Open, offset: 0, import: None, again: false, ..url }
        );
    }

    #[test]
    fn a_tolerance_that_is_no_amount_says_so() {
        assert!(matches!(read("?tolerance=much").tolerance, Err(ApiError::Invalid(_))));
    }
}
