//! How busy the invented world is: by day, by night, on weekends.

use chrono::{DateTime, Datelike, Timelike, Utc, Weekday};

/// Traffic by hour of a weekday, in UTC, 1 is the average: people start at eight, eat at noon, leave at six; robots never sleep.
const BY_HOUR: [f64; 24] = [
    0.42, 0.40, 0.38, 0.38, 0.40, 0.46, 0.60, 0.82, 1.15, 1.45, 1.66, 1.74, 1.62, 1.68, 1.78, 1.72, 1.58, 1.36, 1.12,
    0.94, 0.80, 0.68, 0.56, 0.48,
];

/// A weekend is half as busy.
const WEEKEND: f64 = 0.45;

/// Share of the average at this moment; over a week it averages to about 1.
pub fn share(at: DateTime<Utc>) -> f64 {
    let hour = BY_HOUR[at.hour() as usize % 24];
    match at.weekday() {
        Weekday::Sat | Weekday::Sun => hour * WEEKEND,
        _ => hour * WEEKDAY,
    }
}

/// What weekdays make up for: five of them and two weekend days average to 1.
const WEEKDAY: f64 = (7.0 - 2.0 * WEEKEND) / 5.0;

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    #[test]
    fn a_week_is_as_busy_as_it_says() {
        let hours = (0..7 * 24).map(|hour| share(DateTime::UNIX_EPOCH + TimeDelta::hours(hour)));
        let mean = hours.sum::<f64>() / f64::from(7 * 24);
        assert!((0.95..1.05).contains(&mean), "{mean}");
    }

    #[test]
    fn nights_and_weekends_are_quiet() {
        let at = |text: &str| share(text.parse().expect("a valid time"));
        assert!(at("2026-11-17T14:00:00Z") > 3.0 * at("2026-11-17T03:00:00Z"));
        assert!(at("2026-11-17T14:00:00Z") > 2.0 * at("2026-11-21T14:00:00Z"));
    }
}
