//! Counts, shares and changes as text.

/// A count with thousands separated: `12,400`.
pub fn count(value: i64) -> String {
    group_thousands(i128::from(value))
}

/// A count of something: `1 trace`, `12,400 traces`.
pub fn of(value: i64, one: &str) -> String {
    format!("{} {one}{}", count(value), if value == 1 { "" } else { "s" })
}

/// A count in three significant digits: `382M`, `2.15B`.
pub fn compact(value: i64) -> String {
    let magnitude = value.unsigned_abs();
    let (unit, suffix) = match magnitude {
        ..10_000 => return count(value),
        10_000..999_500 => (1_000, "k"),
        999_500..999_500_000 => (1_000_000, "M"),
        999_500_000..999_500_000_000 => (1_000_000_000, "B"),
        _ => (1_000_000_000_000, "T"),
    };
    let scaled = value as f64 / f64::from(1_000_u32).powi(log1000(unit));
    format!("{}{suffix}", three_digits(scaled))
}

/// An amount of memory: `512 B`, `1.5 MB`, `256 MB`.
pub fn bytes(value: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    if value < 1_024 {
        return format!("{value} B");
    }
    let (mut scaled, mut unit) = (value as f64 / 1_024.0, 0);
    while scaled >= 999.5 && unit + 1 < UNITS.len() {
        (scaled, unit) = (scaled / 1_024.0, unit + 1);
    }
    format!("{} {}", three_digits(scaled), UNITS.get(unit).copied().unwrap_or_default())
}

/// A share, 0.0–1.0, as a percentage with one decimal: `39.5%`, `0%`, `<0.1%`.
pub fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if percent > 0.0 && percent < 0.05 {
        return "<0.1%".into();
    }
    let text = format!("{percent:.1}");
    format!("{}%", text.strip_suffix(".0").unwrap_or(&text))
}

/// `part` of `whole` as a share, 0.0 when there is no whole.
pub fn share(part: i128, whole: i128) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// A relative change with its sign: `+42%`, `−9.6%`; `None` when there was nothing before to compare with.
pub fn change(before: i128, after: i128) -> Option<(f64, String)> {
    if before <= 0 {
        return None;
    }
    let ratio = (after - before) as f64 / before as f64;
    let text = match ratio {
        r if r >= 9.995 => format!("{}×", three_digits(r + 1.0)),
        r if r >= 0.995 => format!("+{:.0}%", r * 100.0),
        r if r < 0.0 => format!("\u{2212}{}", percent(-r)),
        r => format!("+{}", percent(r)),
    };
    Some((ratio, text))
}

/// How many times as much: `9.3×`.
pub fn times(ratio: f64) -> String {
    format!("{}×", three_digits((ratio * 10.0).round() / 10.0))
}

/// A rate: `184`, `2.24`, `0.61`.
pub fn rate(value: f64) -> String {
    if value == 0.0 { "0".into() } else { three_digits(value) }
}

/// Digits in groups of three.
pub(super) fn group_thousands(value: i128) -> String {
    let digits = value.unsigned_abs().to_string();
    let mut grouped = String::with_capacity(digits.len() * 4 / 3 + 1);
    if value < 0 {
        grouped.push('\u{2212}');
    }
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

fn log1000(unit: u64) -> i32 {
    // Units are powers of a thousand, so the tenth logarithm is a multiple of three.
    (unit.ilog10() / 3) as i32
}

/// Three significant digits, without zeros at the end.
fn three_digits(value: f64) -> String {
    let text = match value.abs() {
        v if v >= 99.95 => return group_thousands(value.round() as i128),
        v if v >= 9.995 => format!("{value:.1}"),
        v if v >= 0.1 => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    };
    text.trim_end_matches('0').trim_end_matches('.').into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_grouped_and_shortened() {
        assert_eq!(count(12_400), "12,400");
        assert_eq!(count(999), "999");
        assert_eq!(compact(9_512), "9,512");
        assert_eq!(compact(382_000_000), "382M");
        assert_eq!(compact(2_150_000_000), "2.15B");
        assert_eq!(compact(999_700), "1M");
    }

    #[test]
    fn memory_is_in_the_unit_it_is_talked_of_in() {
        for (value, shown) in
            [(0, "0 B"), (1_023, "1023 B"), (1_536, "1.5 kB"), (1_048_000, "1 MB"), (268_435_456, "256 MB")]
        {
            assert_eq!(bytes(value), shown);
        }
        assert_eq!(bytes(u64::MAX), "16,777,216 TB");
    }

    #[test]
    fn shares_never_hide_what_is_there() {
        assert_eq!(percent(0.395), "39.5%");
        assert_eq!(percent(0.0), "0%");
        assert_eq!(percent(0.0001), "<0.1%");
        assert_eq!(percent(1.0), "100%");
    }

    #[test]
    fn a_change_needs_something_to_compare_with() {
        assert_eq!(change(0, 5), None);
        assert_eq!(change(100, 142).unwrap().1, "+42%");
        assert_eq!(change(1000, 904).unwrap().1, "\u{2212}9.6%");
        assert_eq!(change(1000, 4103).unwrap().1, "+310%");
        assert_eq!(change(10, 310).unwrap().1, "31×");
    }

    #[test]
    fn ratios_have_one_decimal() {
        assert_eq!(times(9.312), "9.3×");
        assert_eq!(times(47.0), "47×");
    }
}
