//! Lengths of time as text: three significant digits and a unit.

/// A length of time in nanoseconds: `420 ns`, `12.4 ms`, `1.23 s`, `3m 06s`, `1h 23m`.
pub fn nanos(duration_ns: i64) -> String {
    let ns = duration_ns.max(0);
    let seconds = ns / 1_000_000_000;
    match ns {
        ..1_000 => format!("{ns} ns"),
        1_000..999_500 => format!("{} µs", significant(ns, 1_000)),
        999_500..999_500_000 => format!("{} ms", significant(ns, 1_000_000)),
        999_500_000..59_950_000_000 => format!("{} s", significant(ns, 1_000_000_000)),
        _ => long((ns + 500_000_000) / 1_000_000_000, seconds),
    }
}

/// An offset from the start of a trace: `+2.02 s`.
pub fn offset(offset_ns: i64) -> String {
    if offset_ns < 0 { format!("\u{2212}{}", nanos(-offset_ns)) } else { format!("+{}", nanos(offset_ns)) }
}

/// A tick of an axis whose ticks are `step_ns` apart: as many digits as tell it from the next one, `0`, `42.05 s`.
pub fn tick(tick_ns: i64, step_ns: i64) -> String {
    const UNITS: [(&str, i64, usize); 4] =
        [("s", 1_000_000_000, 9), ("ms", 1_000_000, 6), ("µs", 1_000, 3), ("ns", 1, 0)];
    if tick_ns <= 0 {
        return "0".to_owned();
    }
    if tick_ns >= 60_000_000_000 && step_ns >= 1_000_000_000 {
        return nanos(tick_ns);
    }
    let (unit, unit_ns, digits) = UNITS.into_iter().find(|(_, unit_ns, _)| tick_ns >= *unit_ns).unwrap_or(("ns", 1, 0));
    // A step is 1, 2 or 5 times a power of ten: its power says how many digits count.
    let decimals = digits.saturating_sub(step_ns.max(1).ilog10() as usize);
    let fraction = format!("{:0digits$}", tick_ns % unit_ns);
    match decimals {
        0 => format!("{} {unit}", tick_ns / unit_ns),
        decimals => format!("{}.{} {unit}", tick_ns / unit_ns, &fraction[..decimals]),
    }
}

/// A length of time in seconds, for lags.
pub fn seconds(value: f64) -> String {
    // Saturates far above any lag worth printing.
    nanos((value * 1e9) as i64)
}

/// A length of time in milliseconds, for percentiles.
pub fn millis(value: f64) -> String {
    nanos((value * 1e6) as i64)
}

/// How long something has been going on, for people: `12 min`, `5 h`, `3 d`.
pub fn age(age_seconds: i64) -> String {
    match age_seconds.max(0) {
        age @ ..60 => format!("{age} s"),
        age @ 60..7_200 => format!("{} min", age / 60),
        age @ 7_200..172_800 => format!("{} h", age / 3_600),
        age => format!("{} d", age / 86_400),
    }
}

/// A width such as a window or a bucket: `5 min`, `2 h`, `1 d`.
pub fn width(width_seconds: i64) -> String {
    match width_seconds {
        s if s >= 86_400 && s % 86_400 == 0 => format!("{} d", s / 86_400),
        s if s >= 3_600 && s % 3_600 == 0 => format!("{} h", s / 3_600),
        s if s >= 60 && s % 60 == 0 => format!("{} min", s / 60),
        s => format!("{s} s"),
    }
}

fn long(rounded_seconds: i64, seconds: i64) -> String {
    if rounded_seconds < 3_600 {
        format!("{}m {:02}s", rounded_seconds / 60, rounded_seconds % 60)
    } else {
        let minutes = (seconds + 30) / 60;
        format!("{}h {:02}m", minutes / 60, minutes % 60)
    }
}

/// `value / unit` with three significant digits, without zeros at the end.
fn significant(value: i64, unit: i64) -> String {
    let decimals = match value / unit {
        ..10 => 2,
        10..100 => 1,
        _ => 0,
    };
    let scale = 10_i64.pow(decimals);
    let rounded = (i128::from(value) * i128::from(scale) + i128::from(unit) / 2) / i128::from(unit);
    let (whole, fraction) = (rounded / i128::from(scale), rounded % i128::from(scale));
    if fraction == 0 {
        return whole.to_string();
    }
    let text = format!("{whole}.{fraction:0width$}", width = decimals as usize);
    text.trim_end_matches('0').into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_have_the_digits_that_tell_them_apart() {
        for (tick_ns, step_ns, text) in [
            (0, 5, "0"),
            (42_050_000_000, 50_000_000, "42.05 s"),
            (3_000_000_000, 1_000_000_000, "3 s"),
            (500_000_000, 500_000_000, "500 ms"),
            (1_500_000_000, 500_000_000, "1.5 s"),
            (186_000_000_000, 2_000_000_000, "3m 06s"),
            (186_250_000_000, 10_000_000, "186.25 s"),
            (1_500, 100, "1.5 µs"),
            (7, 1, "7 ns"),
        ] {
            assert_eq!(tick(tick_ns, step_ns), text);
        }
    }

    #[test]
    fn a_duration_has_three_significant_digits_and_a_unit() {
        for (ns, shown) in [
            (0, "0 ns"),
            (420, "420 ns"),
            (480_000, "480 µs"),
            (999_600, "1 ms"),
            (5_000_000, "5 ms"),
            (12_432_000, "12.4 ms"),
            (150_000_000, "150 ms"),
            (999_700_000, "1 s"),
            (1_234_000_000, "1.23 s"),
            (12_400_000_000, "12.4 s"),
            (59_960_000_000, "1m 00s"),
            (186_000_000_000, "3m 06s"),
            (4_980_000_000_000, "1h 23m"),
        ] {
            assert_eq!(nanos(ns), shown, "{ns} ns");
        }
    }

    #[test]
    fn an_offset_carries_its_sign() {
        assert_eq!(offset(2_020_000_000), "+2.02 s");
        assert_eq!(offset(-5_000_000), "\u{2212}5 ms");
    }

    #[test]
    fn an_age_is_one_unit() {
        assert_eq!(age(42), "42 s");
        assert_eq!(age(720), "12 min");
        assert_eq!(age(18_000), "5 h");
        assert_eq!(age(260_000), "3 d");
    }
}
