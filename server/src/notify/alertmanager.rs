//! What an Alertmanager is told (`POST /api/v2/alerts`): as by Prometheus, of every open alert again and again, each with an end a
//! little ahead, so that it is over there as well when this server is gone.

use chrono::{DateTime, TimeDelta, Utc};
use model::alert::State;
use serde_json::Value;

use super::Notice;
use super::labels::{alert, ends_at, time};

/// How long an open alert is taken for open after it was told of: four times as long as until it is told of again.
const OPEN_FOR: TimeDelta = TimeDelta::minutes(4);

pub(super) fn body(notices: &[Notice], home: &str) -> Value {
    let now = Utc::now();
    notices.iter().map(|notice| alert(notice, home, &end(notice, now))).collect()
}

fn end(notice: &Notice, now: DateTime<Utc>) -> String {
    if notice.entry.state == State::Resolved { ends_at(notice) } else { time(now + OPEN_FOR) }
}
