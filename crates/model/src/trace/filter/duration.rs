//! Lengths of time as people type them: `1ms`, `2s`, `1.5h`; kept as whole nanoseconds.

/// Nanoseconds per unit, largest first, as they are printed.
const UNITS: [(&str, i64); 6] = [
    ("h", 3_600_000_000_000),
    ("m", 60_000_000_000),
    ("s", 1_000_000_000),
    ("ms", 1_000_000),
    ("us", 1_000),
    ("ns", 1),
];

/// Decimals that are read; a nanosecond is the billionth part of a second, the twelfth decimal of an hour is less.
const DECIMALS_MAX: usize = 12;

/// Reads `250ms`, `1.5 s`, `90m`; units are ns, us (or µs), ms, s, m, h. Exact: no floating point between text and nanoseconds.
pub fn parse_ns(text: &str) -> Option<i64> {
    let text = text.trim();
    let unit_at = text.find(|c: char| !c.is_ascii_digit() && c != '.')?;
    let (number, unit) = text.split_at(unit_at);
    let unit = match unit.trim_start() {
        "\u{b5}s" | "\u{3bc}s" => "us",
        unit => unit,
    };
    let (_, unit_ns) = UNITS.into_iter().find(|(name, _)| *name == unit)?;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() && fraction.is_empty() || fraction.len() > DECIMALS_MAX || fraction.contains('.') {
        return None;
    }
    let whole: i128 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let part: i128 = if fraction.is_empty() { 0 } else { fraction.parse().ok()? };
    // At most twelve decimals, so the power fits.
    let scale = 10i128.pow(fraction.len() as u32);
    let ns = whole.checked_mul(i128::from(unit_ns))? + part * i128::from(unit_ns) / scale;
    i64::try_from(ns).ok()
}

/// Writes whole numbers of the largest unit that divides the length: `250ms`, `90s`, `2h`.
pub fn print_ns(ns: i64) -> String {
    let unit = UNITS.into_iter().find(|(_, unit_ns)| ns != 0 && ns % unit_ns == 0);
    match unit {
        Some((name, unit_ns)) => format!("{}{name}", ns / unit_ns),
        None => "0s".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_printed_length_reads_back(ns in 0i64..) {
            prop_assert_eq!(parse_ns(&print_ns(ns)), Some(ns));
        }

        #[test]
        fn any_text_is_a_length_or_refused_and_never_a_panic(text in "[0-9.a-zµ -]{0,40}") {
            let _ = parse_ns(&text);
        }
    }

    #[test]
    fn lengths_are_read_exactly() {
        for (text, ns) in [
            ("1ms", 1_000_000),
            ("1.5 s", 1_500_000_000),
            ("2h", 7_200_000_000_000),
            ("\u{b5}s", -1),
            ("3\u{b5}s", 3_000),
            (".5us", 500),
        ] {
            assert_eq!(parse_ns(text), Some(ns).filter(|ns| *ns >= 0), "{text}");
        }
        for text in ["", "5", "1.2.3s", "-1s", "1 day", "99999999999999999999h", ".s", "1e3s"] {
            assert_eq!(parse_ns(text), None, "{text}");
        }
    }
}
