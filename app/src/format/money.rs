//! Dollars as text: never scientific, never rounded to nothing, always with the currency.

use model::UsdSum;
use model::usd::PICO_PER_USD;

use super::number::group_thousands;

/// Decimals an amount can have.
const SCALE: u32 = 12;

/// An unknown amount: never shown as zero.
pub const UNKNOWN: &str = "—";

/// An amount on its own: two decimals from a dollar up, three significant digits (and at least four decimals) below.
pub fn amount(amount: impl Into<UsdSum>) -> String {
    let pico = amount.into().pico();
    match natural_decimals(pico.unsigned_abs()) {
        0 => "$0".into(),
        decimals => fixed_pico(pico, decimals),
    }
}

/// An amount in a column whose points line up: always `decimals`, or `<$0.0001` when it is less than the column can show.
pub fn fixed(amount: impl Into<UsdSum>, decimals: u32) -> String {
    let pico = amount.into().pico();
    let smallest = 10_u128.pow(SCALE - decimals.min(SCALE));
    if pico == 0 {
        "$0".into()
    } else if pico.unsigned_abs() * 2 < smallest {
        format!("<{}", fixed_pico(smallest.cast_signed(), decimals))
    } else {
        fixed_pico(pico, decimals)
    }
}

/// An amount on an axis: short, `$12k`, `$0.30`.
pub fn axis(amount: impl Into<UsdSum>) -> String {
    let pico = amount.into().pico();
    let dollars = pico / i128::from(PICO_PER_USD);
    match dollars.abs() {
        1_000_000.. => format!("${}M", short(dollars, 1_000_000)),
        10_000.. => format!("${}k", short(dollars, 1000)),
        1.. if pico % i128::from(PICO_PER_USD) == 0 => format!("${}", group_thousands(dollars)),
        1.. => fixed_pico(pico, 2),
        _ if pico == 0 => "$0".into(),
        _ => trim_zeros(&fixed_pico(pico, natural_decimals(pico.unsigned_abs())), 2),
    }
}

/// An amount cut where the eye needs it: quiet leading zeros, the figures that count, quieter cents.
#[derive(Debug, PartialEq, Eq)]
pub struct Pieces<'a> {
    /// `$0.00` before the first figure that counts; empty from a dollar up.
    pub lead: &'a str,
    /// What counts.
    pub body: &'a str,
    /// Cents of an amount of at least a dollar.
    pub cents: &'a str,
}

/// Cuts a formatted amount into its pieces.
pub fn pieces(text: &str) -> Pieces<'_> {
    let digits_at = text.find(|c: char| c.is_ascii_digit()).unwrap_or(text.len());
    let Some(point) = text.find('.') else { return Pieces { lead: "", body: text, cents: "" } };
    if &text[digits_at..point] != "0" {
        // Only cents are quiet; a ledger with more decimals keeps them all at full strength.
        let split = if text.len() - point == 3 { point } else { text.len() };
        return Pieces { lead: "", body: &text[..split], cents: &text[split..] };
    }
    let first = text[point..].find(|c: char| ('1'..='9').contains(&c)).map_or(text.len(), |at| point + at);
    Pieces { lead: &text[..first], body: &text[first..], cents: "" }
}

/// Decimals of an amount that stands alone.
fn natural_decimals(pico: u128) -> u32 {
    match pico {
        0 => 0,
        1_000_000_000_000.. => 2,
        // 0.9995 and above would round to 1.000.
        999_500_000_000.. => 2,
        100_000_000_000.. => 3,
        _ => {
            // Three significant digits: 0.0152 has its first at the second decimal and so needs four.
            let first = SCALE - pico.ilog10();
            let wanted = (first + 2).min(SCALE);
            trimmed_decimals(pico, wanted).max(4)
        }
    }
}

/// `wanted` decimals less the zeros they would end in.
fn trimmed_decimals(pico: u128, wanted: u32) -> u32 {
    let mut rounded = round_to(pico, wanted);
    let mut decimals = wanted;
    while decimals > 0 && rounded.is_multiple_of(10) {
        rounded /= 10;
        decimals -= 1;
    }
    decimals
}

/// `pico` in units of ten to the minus `decimals`, rounded half up.
fn round_to(pico: u128, decimals: u32) -> u128 {
    let unit = 10_u128.pow(SCALE - decimals.min(SCALE));
    (pico + unit / 2) / unit
}

fn fixed_pico(pico: i128, decimals: u32) -> String {
    let decimals = decimals.min(SCALE);
    let rounded = round_to(pico.unsigned_abs(), decimals);
    let unit = 10_u128.pow(decimals);
    let sign = if pico < 0 && rounded > 0 { "\u{2212}" } else { "" };
    let whole = group_thousands((rounded / unit).cast_signed());
    if decimals == 0 {
        return format!("{sign}${whole}");
    }
    format!("{sign}${whole}.{:0width$}", rounded % unit, width = decimals as usize)
}

/// `value` in thousands or millions with at most one decimal.
fn short(value: i128, unit: i128) -> String {
    let tenths = (value * 10 + unit / 2) / unit;
    if tenths % 10 == 0 { (tenths / 10).to_string() } else { format!("{}.{}", tenths / 10, tenths % 10) }
}

/// Without the zeros at the end, but with at least `min` decimals.
fn trim_zeros(text: &str, min: usize) -> String {
    let Some(point) = text.find('.') else { return text.into() };
    let shortest = point + 1 + min;
    let mut end = text.len();
    while end > shortest && text[..end].ends_with('0') {
        end -= 1;
    }
    text[..end].into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Usd;

    fn usd(text: &str) -> Usd {
        text.parse().unwrap()
    }

    #[test]
    fn an_amount_keeps_the_figures_that_count() {
        for (given, shown) in [
            ("0", "$0"),
            ("0.0000042", "$0.0000042"),
            ("0.000000000001", "$0.000000000001"),
            ("0.00125", "$0.00125"),
            ("0.0152345", "$0.0152"),
            ("0.01", "$0.0100"),
            ("0.931", "$0.931"),
            ("0.9", "$0.900"),
            ("0.9997", "$1.00"),
            ("1", "$1.00"),
            ("4.109", "$4.11"),
            ("11988.3449", "$11,988.34"),
            ("1234567.5", "$1,234,567.50"),
        ] {
            assert_eq!(amount(usd(given)), shown, "{given}");
        }
    }

    #[test]
    fn a_column_shows_what_is_below_its_resolution_as_less_than_it() {
        assert_eq!(fixed(usd("0.00125"), 5), "$0.00125");
        assert_eq!(fixed(usd("0.000004"), 5), "<$0.00001");
        assert_eq!(fixed(usd("0.000005"), 5), "$0.00001");
        assert_eq!(fixed(usd("0"), 5), "$0");
        assert_eq!(fixed(usd("1862.4"), 4), "$1,862.4000");
    }

    #[test]
    fn a_credit_carries_a_true_minus() {
        assert_eq!(amount(UsdSum::from_pico(-1_500_000_000_000)), "\u{2212}$1.50");
    }

    #[test]
    fn an_axis_is_short() {
        for (given, shown) in [
            ("0", "$0"),
            ("0.3", "$0.30"),
            ("0.005", "$0.005"),
            ("50", "$50"),
            ("2.5", "$2.50"),
            ("1500", "$1,500"),
            ("12000", "$12k"),
            ("1500000", "$1.5M"),
        ] {
            assert_eq!(axis(usd(given)), shown, "{given}");
        }
    }

    #[test]
    fn leading_zeros_and_cents_are_quiet() {
        assert_eq!(pieces("$0.00125"), Pieces { lead: "$0.00", body: "125", cents: "" });
        assert_eq!(pieces("$4.11"), Pieces { lead: "", body: "$4", cents: ".11" });
        assert_eq!(pieces("$1.8624"), Pieces { lead: "", body: "$1.8624", cents: "" });
        assert_eq!(pieces("<$0.0001"), Pieces { lead: "<$0.000", body: "1", cents: "" });
        assert_eq!(pieces("$0"), Pieces { lead: "", body: "$0", cents: "" });
    }
}
