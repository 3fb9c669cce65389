//! Who has been told of an alert.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What one receiver was told of an alert, or is to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// The name of the receiver.
    pub receiver: String,
    /// Whether it was.
    pub outcome: Outcome,
    /// How often it was tried in vain.
    pub attempts: i32,
    /// When it was told or given up; while it waits, when it is tried next.
    pub at: DateTime<Utc>,
    /// Why the latest attempt was in vain.
    pub problem: Option<String>,
}

/// What became of a notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It is to be sent, or sent again.
    Waiting,
    /// It was taken.
    Delivered,
    /// It was tried for as long as it is worth it.
    GivenUp,
}

/// How the notifications of one receiver stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// Its name.
    pub receiver: String,
    /// Those that are still to be taken.
    pub waiting: i64,
    /// Those that were taken within a day.
    pub delivered_24h: i64,
    /// Those that were never taken, and are not tried any more, of a day.
    pub given_up_24h: i64,
    /// When the last one was taken.
    pub delivered_at: Option<DateTime<Utc>>,
    /// Why the latest that was not taken was not.
    pub problem: Option<String>,
}
