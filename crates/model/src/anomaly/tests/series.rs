//! Spend whose truth is known: six tenants over eight weeks, minute by minute, with what was planted in it.

use super::super::{Hour, Minute};

/// Minutes of a week.
pub const WEEK: usize = 7 * 24 * 60;

/// Minutes of the whole.
pub const LENGTH: usize = 8 * WEEK;

/// Something that is odd, from one minute to another.
#[derive(Debug, Clone, Copy)]
pub struct Planted {
    pub from: usize,
    pub until: usize,
    /// Times what is usual.
    pub times: f64,
}

/// One tenant.
pub struct Series {
    pub minutes: Vec<Option<Minute>>,
    /// How many calls each of them had.
    calls: Vec<usize>,
    pub planted: Vec<Planted>,
    /// What would have been spent on average without anything planted, by minute.
    pub usual: Vec<f64>,
}

/// Pseudorandom numbers that are the same on every machine (splitmix64).
pub struct Random(pub u64);

impl Random {
    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// From 0 to 1.
    fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn below(&mut self, end: usize) -> usize {
        (self.unit() * end as f64) as usize
    }

    fn normal(&mut self) -> f64 {
        let (one, two) = (1.0 - self.unit(), self.unit());
        (-2.0 * one.ln()).sqrt() * (std::f64::consts::TAU * two).cos()
    }

    /// Calls in a minute that has this many on average.
    fn poisson(&mut self, mean: f64) -> usize {
        let (limit, mut product, mut count) = ((-mean).exp(), self.unit(), 0);
        while product > limit {
            product *= self.unit();
            count += 1;
        }
        count
    }
}

/// What kind of tenant it is.
#[derive(Debug, Clone, Copy)]
pub struct Kind {
    /// Calls a minute at noon.
    pub calls: f64,
    /// Dollars a call costs on average.
    pub usd: f64,
    /// How much calls differ: deviation of the logarithm.
    pub sigma: f64,
    /// What is left of it at night, and at the weekend.
    pub night: f64,
    pub weekend: f64,
    /// Growth from week to week.
    pub growth: f64,
}

pub const TENANTS: [Kind; 6] = [
    Kind { calls: 12.0, usd: 0.02, sigma: 0.6, night: 0.2, weekend: 0.3, growth: 1.0 },
    Kind { calls: 5.0, usd: 0.05, sigma: 0.9, night: 0.1, weekend: 0.1, growth: 1.05 },
    Kind { calls: 20.0, usd: 0.01, sigma: 0.5, night: 0.8, weekend: 0.9, growth: 1.0 },
    Kind { calls: 2.0, usd: 0.20, sigma: 0.7, night: 0.3, weekend: 0.5, growth: 0.97 },
    Kind { calls: 8.0, usd: 0.04, sigma: 1.0, night: 0.05, weekend: 0.2, growth: 1.0 },
    Kind { calls: 15.0, usd: 0.03, sigma: 0.4, night: 0.5, weekend: 0.5, growth: 1.1 },
];

impl Kind {
    /// The part of the calls at noon that there are in this minute on average.
    fn season(&self, minute: usize) -> f64 {
        let (day, hour) = (minute / 1_440 % 7, (minute % 1_440) as f64 / 60.0);
        let of_day = f64::midpoint(1.0, -((hour - 1.0) / 24.0 * std::f64::consts::TAU).cos());
        let weekend = if day >= 5 { self.weekend } else { 1.0 };
        let weeks = minute as f64 / WEEK as f64;
        (self.night + (1.0 - self.night) * of_day) * weekend * self.growth.powf(weeks)
    }
}

/// Runs away, steps up and loses data at random in the second half, never two of them within a day.
pub fn series(kind: Kind, seed: u64) -> Series {
    let mut random = Random(seed);
    let planted: Vec<Planted> = (0..26)
        .map(|day| {
            let from = 4 * WEEK + day * 1_440 + 6 * 60 + random.below(10 * 60);
            let (length, times) = [(20, 10.0), (240, 3.0), (45, 6.0), (90, 4.0)][day % 4];
            Planted { from, until: from + length, times }
        })
        .collect();
    let gap = 5 * WEEK + random.below(WEEK);
    let usual: Vec<f64> = (0..LENGTH).map(|minute| kind.calls * kind.season(minute) * kind.usd).collect();
    let minutes = (0..LENGTH).map(|minute| {
        let odd = planted.iter().find(|planted| (planted.from..planted.until).contains(&minute));
        let calls = random.poisson(kind.calls * kind.season(minute) * odd.map_or(1.0, |odd| odd.times));
        let call =
            |random: &mut Random| kind.usd * (kind.sigma * random.normal() - kind.sigma * kind.sigma / 2.0).exp();
        let usd = (0..calls).map(|_| call(&mut random)).sum();
        let is_lost = (gap..gap + 180).contains(&minute);
        ((!is_lost).then_some(Minute { usd }), calls)
    });
    let (minutes, calls) = minutes.unzip();
    Series { minutes, calls, planted, usual }
}

impl Series {
    /// The hours before the one that begins in this minute, at most four weeks and a little.
    pub fn hours(&self, minute: usize) -> Vec<Option<Hour>> {
        let since = minute.saturating_sub(4 * WEEK + 180);
        let hours = self.minutes[since..minute].chunks(60).zip(self.calls[since..minute].chunks(60));
        let hour = |(minutes, calls): (&[Option<Minute>], &[usize])| {
            let known: Vec<&Minute> = minutes.iter().flatten().collect();
            (known.len() == 60).then(|| Hour {
                usd: known.iter().map(|minute| minute.usd).sum(),
                calls: calls.iter().sum::<usize>() as f64,
            })
        };
        hours.map(hour).collect()
    }
}
