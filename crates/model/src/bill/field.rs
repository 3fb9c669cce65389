//! One field of a bill at a time: days, amounts, currencies, names.

use chrono::{DateTime, NaiveDate, Utc};

use crate::usd::{Usd, UsdError, UsdSum};

/// Characters of a model or a provider: the longest known, the name of a deployment in a cloud, has some two hundred.
const NAME_CHARS_MAX: usize = 400;

/// Decimals an amount is kept with.
const DECIMALS_KEPT: usize = 12;

/// The day of a date, of a moment, or of a number of seconds since 1970; UTC.
pub fn day(text: &str) -> Result<NaiveDate, String> {
    let date = |text: &str| text.parse::<NaiveDate>().ok();
    let moment =
        || DateTime::parse_from_rfc3339(&text.replacen(' ', "T", 1)).ok().map(|at| at.with_timezone(&Utc).date_naive());
    // Without an offset a moment is meant as UTC: `2026-09-28T00:00:00`, `2026-09-28 10:30:45`.
    let without_offset = || {
        let (day, time) = text.split_once(['T', ' '])?;
        let is_time = time.bytes().all(|byte| byte.is_ascii_digit() || b":.".contains(&byte));
        if is_time { date(day) } else { None }
    };
    let seconds = || {
        let seconds =
            text.parse::<i64>().ok().filter(|_| text.len() >= 9 && text.bytes().all(|byte| byte.is_ascii_digit()))?;
        DateTime::from_timestamp(seconds, 0).map(|at| at.date_naive())
    };
    let found = date(text).or_else(moment).or_else(without_offset).or_else(seconds);
    let year_is_plausible = |day: &NaiveDate| (2000..2200).contains(&chrono::Datelike::year(day));
    found.filter(year_is_plausible).ok_or_else(|| "expected a day such as 2026-11-20".to_owned())
}

/// An exact amount, and whether it had more decimals than are kept. A minus makes it a credit.
pub fn amount(text: &str) -> Result<(UsdSum, bool), String> {
    let (sign, magnitude) = match text.strip_prefix('-') {
        Some(magnitude) => (-1, magnitude),
        None => (1, text),
    };
    let usd = magnitude.parse::<Usd>().map_err(|error| match error {
        UsdError::NotANumber | UsdError::Negative => {
            "expected a plain decimal number of US dollars, such as 0.00125".to_owned()
        }
        UsdError::TooLarge => "expected at most 9.2 million US dollars".to_owned(),
    })?;
    let decimals = magnitude.split_once('.').map_or("", |(_, decimals)| decimals).trim_end_matches('0');
    let is_plain = decimals.bytes().all(|byte| byte.is_ascii_digit());
    let was_rounded = if is_plain { decimals.len() > DECIMALS_KEPT } else { false };
    Ok((UsdSum::from_pico(i128::from(usd.pico()) * sign), was_rounded))
}

/// US dollars, and nothing else: there is no rate of exchange here.
pub fn currency(text: &str) -> Result<(), String> {
    if text.eq_ignore_ascii_case("usd") {
        Ok(())
    } else {
        Err("expected USD, the only currency that is kept".to_owned())
    }
}

/// A name.
pub fn name(text: &str) -> Result<String, String> {
    let is_name = text.chars().count() <= NAME_CHARS_MAX && !text.contains(char::is_control);
    if is_name { Ok(text.to_owned()) } else { Err(format!("expected a name of at most {NAME_CHARS_MAX} characters")) }
}

/// The model of a line: what OpenAI bills is a model and a kind of token, `gpt-4o-2024-08-06, cached input`.
pub fn model(text: &str) -> Result<String, String> {
    name(text.split_once(", ").map_or(text, |(model, _)| model).trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_as_providers_write_them() {
        for text in [
            "2026-09-28",
            "2026-09-28T00:00:00+00:00",
            "2026-09-28T00:00:00",
            "2026-09-28 10:30:45",
            "2026-09-28T01:00:00Z",
            "2026-09-29T01:00:00+02:00",
            "1790553600",
        ] {
            assert_eq!(day(text), Ok("2026-09-28".parse().expect("a day")), "{text}");
        }
        for text in ["", "28.09.2026", "09/28/2026", "today", "2026-13-01", "12", "0099-01-01", "2026-09-28Tsoon"] {
            assert!(day(text).is_err(), "{text}");
        }
    }

    #[test]
    fn amounts_are_exact_and_may_be_credits() {
        let read = |text: &str| amount(text).map(|(sum, rounded)| (sum.to_string(), rounded));
        assert_eq!(read("0.003835980000000000000000000000"), Ok(("0.00383598".to_owned(), false)));
        assert_eq!(read("0.0000000000015"), Ok(("0.000000000002".to_owned(), true)));
        assert_eq!(read("-12.5"), Ok(("-12.5".to_owned(), false)));
        for text in ["$1", "1,5", "--1", "", "NaN", "9300000"] {
            assert!(amount(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_line_item_is_a_model_and_a_kind_of_token() {
        assert_eq!(model("gpt-4o-2024-08-06, cached input"), Ok("gpt-4o-2024-08-06".to_owned()));
        assert_eq!(model("Claude Haiku 4.5"), Ok("Claude Haiku 4.5".to_owned()));
        assert!(model(&"m".repeat(500)).is_err() && model("a\u{0}b").is_err());
    }
}
