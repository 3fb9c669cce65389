//! The performance: two weeks of history, newest first so that pages come alive at once, and live traffic beside it.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use futures::{TryStreamExt, stream};
use model::time::TimeRange;

use super::cast::Cast;
use super::schedule::{Arrival, Schedule};
use super::send::{self, Sender};
use super::{Demo, Script, shapes};

/// How far back history goes.
const HISTORY_DAYS: i64 = 14;
/// Light traffic fills this much of history, so that the last hour looks like a live one.
const LIGHT_MINUTES: i64 = 60;
/// What of history is light traffic and accidents, about; the rest is work.
const LIGHT_TRACES: u64 = 900;
/// Accidents leave the last day alone: they are news of the past.
const ACCIDENT_FREE_HOURS: i64 = 24;

/// Traces per request: about 900 spans, twice what SDKs send by default.
const REQUEST_TRACES_MAX: usize = 60;
/// Requests on their way at once: enough to keep two writers busy.
const REQUESTS_MAX: usize = 4;

/// How often live traffic is sent.
const TICK: Duration = Duration::from_secs(2);
/// What is made up for after a pause, such as a laptop's sleep.
const CATCH_UP_MINUTES_MAX: i64 = 10;

/// Plays the demo's script from now on.
pub async fn play(demo: &Demo) -> anyhow::Result<()> {
    let now = (demo.0.now)();
    let stage = Stage {
        cast: Arc::new(Cast::new()),
        sender: Sender::new(&demo.0.url, demo.0.key.as_deref())?,
        schedule: schedule(demo.0.script),
        opened: now,
    };
    let history = stage.history(demo);
    if demo.0.script.live { tokio::try_join!(history, stage.live(demo.0.now)).map(|_| ()) } else { history.await }
}

fn schedule(script: Script) -> Schedule {
    let hours = HISTORY_DAYS * 24;
    let work = script.history_traces.saturating_sub(LIGHT_TRACES).max(1);
    Schedule { seed: script.seed, work_per_hour: work as f64 / hours as f64 }
}

struct Stage {
    cast: Arc<Cast>,
    sender: Sender,
    schedule: Schedule,
    opened: DateTime<Utc>,
}

impl Stage {
    async fn history(&self, demo: &Demo) -> anyhow::Result<()> {
        let arrivals = self.past();
        demo.lock().traces_total = arrivals.len() as u64;
        let requests: Vec<_> = arrivals.chunks(REQUEST_TRACES_MAX).map(<[Arrival]>::to_vec).collect();
        let requests = stream::iter(requests.into_iter().map(anyhow::Ok));
        requests
            .try_for_each_concurrent(REQUESTS_MAX, |arrivals| async move {
                let traces = arrivals.len() as u64;
                self.sender.post(self.draw(arrivals).await?).await?;
                demo.lock().traces_sent += traces;
                Ok(())
            })
            .await
    }

    /// Everything up to the moment the demo was started, newest first.
    fn past(&self) -> Vec<Arrival> {
        let back = |delta: TimeDelta| TimeRange { from: self.opened - delta, to: self.opened };
        let fortnight = back(TimeDelta::days(HISTORY_DAYS));
        let long_ago = TimeRange { to: self.opened - TimeDelta::hours(ACCIDENT_FREE_HOURS), ..fortnight };
        let mut arrivals = self.schedule.work(fortnight);
        arrivals.extend(self.schedule.accidents(long_ago));
        arrivals.extend(self.schedule.light(back(TimeDelta::minutes(LIGHT_MINUTES))));
        arrivals.extend(self.schedule.storm(back(TimeDelta::minutes(LIGHT_MINUTES)), self.opened));
        arrivals.sort_by_key(|arrival| std::cmp::Reverse((arrival.at, arrival.key)));
        arrivals
    }

    /// Traffic as it happens, for ever.
    async fn live(&self, now: fn() -> DateTime<Utc>) -> anyhow::Result<()> {
        let mut told = self.opened;
        loop {
            tokio::time::sleep(TICK).await;
            let to = now();
            let from = told.max(to - TimeDelta::minutes(CATCH_UP_MINUTES_MAX));
            // A clock that was set back makes an empty range until it has caught up.
            let range = TimeRange { from, to: to.max(from) };
            let mut arrivals = self.schedule.work(range);
            arrivals.extend(self.schedule.light(range));
            arrivals.extend(self.schedule.storm(range, self.opened));
            if !arrivals.is_empty() {
                self.sender.post(self.draw(arrivals).await?).await?;
            }
            told = range.to;
        }
    }

    /// Drawing and packing take milliseconds of computing, so they are done where that disturbs nobody.
    async fn draw(&self, arrivals: Vec<Arrival>) -> anyhow::Result<Bytes> {
        let cast = Arc::clone(&self.cast);
        let drawing = tokio::task::spawn_blocking(move || {
            let spans: Vec<_> = arrivals.iter().flat_map(|arrival| shapes::draw(&cast, arrival)).collect();
            send::body(&spans)
        });
        drawing.await.context("drawing demo traces")?
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn a_stage(opened: &str) -> Stage {
        Stage {
            cast: Arc::new(Cast::new()),
            sender: Sender::new("http://127.0.0.1:1", None).expect("an address"),
            schedule: schedule(Script::default()),
            opened: opened.parse().expect("a valid time"),
        }
    }

    #[test]
    fn history_has_about_as_many_traces_as_asked_for_at_any_time_of_the_week() {
        for opened in ["2026-11-16T03:00:00Z", "2026-11-18T12:30:00Z", "2026-11-21T23:59:59Z"] {
            let stage = a_stage(opened);
            let past = stage.past();
            assert!((4_800..7_200).contains(&past.len()), "{} at {opened}", past.len());
            assert!(past.iter().all(|arrival| arrival.at < stage.opened));
            assert!(past.is_sorted_by_key(|arrival| std::cmp::Reverse(arrival.at)), "newest first");
        }
    }

    #[test]
    fn history_has_the_spans_of_a_lively_fortnight() {
        let stage = a_stage("2026-11-18T12:30:00Z");
        let spans: usize = stage.past().iter().map(|arrival| shapes::draw(&stage.cast, arrival).len()).sum();
        assert!((60_000..130_000).contains(&spans), "{spans}");
    }
}
