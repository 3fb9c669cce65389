//! Which column of a provider's export is what.
//!
//! Names are compared without case, and whatever is between words is an underscore. To take in another export: its names
//! here, a case in the tests.

use super::csv::Record;

/// When the cost arose, best first: a day, or a moment of it.
const DAY: [&str; 13] = [
    "day",
    "date",
    "usage_date_utc",
    "usage_date",
    "date_utc",
    "start_time_iso",
    "start_time",
    "starting_at",
    "bucket_start",
    "usage_start_date",
    "line_item_usage_start_date",
    "timestamp",
    "created_at",
];

/// Who charges.
const PROVIDER: [&str; 4] = ["provider", "vendor", "service_provider", "provider_name"];

/// For what.
const MODEL: [&str; 7] =
    ["model", "model_name", "model_version", "model_id", "line_item", "description", "snapshot_id"];

/// How much.
const AMOUNT: [&str; 12] = [
    "amount",
    "amount_usd",
    "cost_usd",
    "cost",
    "amount_value",
    "cost_in_usd",
    "total_cost",
    "total_cost_usd",
    "total",
    "charge",
    "spend",
    "spend_usd",
];

/// In which currency.
const CURRENCY: [&str; 3] = ["currency", "amount_currency", "currency_code"];

/// The columns of a bill, by place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns {
    /// When.
    pub day: Column,
    /// Who charges, when the bill says so itself.
    pub provider: Option<Column>,
    /// For what, when the bill says so.
    pub model: Option<Column>,
    /// How much.
    pub amount: Column,
    /// In which currency, when the bill says so.
    pub currency: Option<Column>,
    /// Fields of the header.
    pub count: usize,
    /// Who writes such a header.
    pub writer: Option<&'static str>,
}

/// One column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its place, from 0.
    pub place: usize,
    /// Its name as it is written.
    pub name: String,
}

/// Finds the columns in a header, or says what is missing.
pub fn find(header: &Record) -> Result<Columns, String> {
    let names: Vec<String> = header.fields.iter().map(|field| plain(field)).collect();
    let column = |wanted: &[&str]| {
        let place = wanted.iter().find_map(|wanted| names.iter().position(|name| name == wanted))?;
        Some(Column { place, name: header.fields.get(place)?.trim().to_owned() })
    };
    let there = || header.fields.iter().map(|field| field.trim()).collect::<Vec<_>>().join(", ");
    let missing = |what: &str, wanted: &[&str]| {
        format!("the header has no column for the {what}: expected one of {}; there are {}", wanted.join(", "), there())
    };
    let day = column(&DAY).ok_or_else(|| missing("day", &DAY))?;
    let amount = column(&AMOUNT).ok_or_else(|| {
        let tokens = names.iter().any(|name| name.contains("tokens"));
        let hint = if tokens { "; this looks like an export of usage, and the one of costs is wanted" } else { "" };
        format!("{}{hint}", missing("amount", &AMOUNT))
    })?;
    Ok(Columns {
        day,
        amount,
        provider: column(&PROVIDER),
        model: column(&MODEL),
        currency: column(&CURRENCY),
        count: names.len(),
        writer: writer(&names),
    })
}

/// The provider whose console writes these names.
fn writer(names: &[String]) -> Option<&'static str> {
    let has = |wanted: &[&str]| wanted.iter().all(|wanted| names.iter().any(|name| name == wanted));
    if has(&["amount_value", "amount_currency", "line_item"]) {
        Some("openai")
    } else if has(&["usage_date_utc", "cost_usd"]) {
        Some("anthropic")
    } else {
        None
    }
}

/// `Cost (USD)` is `cost_usd`.
fn plain(name: &str) -> String {
    let name = name.trim().trim_start_matches('\u{feff}').to_lowercase();
    let words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("_")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(header: &str) -> Result<Columns, String> {
        find(&Record { line: 1, fields: header.split(',').map(str::to_owned).collect() })
    }

    fn names(header: &str) -> (String, Option<String>, String) {
        let columns = of(header).expect("a bill");
        (columns.day.name, columns.model.map(|column| column.name), columns.amount.name)
    }

    #[test]
    fn exports_of_providers_are_known_by_their_names() {
        let openai = "start_time,end_time,start_time_iso,end_time_iso,amount_value,amount_currency,quantity,line_item,project_id";
        assert_eq!(names(openai), ("start_time_iso".into(), Some("line_item".into()), "amount_value".into()));
        assert_eq!(of(openai).unwrap().writer, Some("openai"));
        let anthropic = "usage_date_utc,model,workspace,api_key,token_type,cost_usd,list_price_usd";
        assert_eq!(names(anthropic), ("usage_date_utc".into(), Some("model".into()), "cost_usd".into()));
        assert_eq!(of(anthropic).unwrap().writer, Some("anthropic"));
        assert_eq!(names("\u{feff}Date (UTC), Model,Cost (USD)").2, "Cost (USD)");
    }

    #[test]
    fn a_header_that_is_none_says_what_was_expected_and_what_is_there() {
        let refused = of("foo,bar").unwrap_err();
        assert!(refused.contains("usage_date_utc") && refused.ends_with("there are foo, bar"), "{refused}");
        let usage = of("usage_date_utc,model_version,usage_output_tokens").unwrap_err();
        assert!(usage.ends_with("the one of costs is wanted"), "{usage}");
    }
}
