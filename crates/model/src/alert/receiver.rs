//! Those who hear of alerts, as pages show them: nothing of it is a secret.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Severity;
use crate::price::FileProblem;

/// One that is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiverLine {
    /// Its name.
    pub name: String,
    /// What it is: webhook, slack, pagerduty, alertmanager, email.
    pub kind: String,
    /// The host of its address.
    pub host: String,
    /// Of which alerts it is told by how bad they are.
    pub severities: Vec<Severity>,
    /// Of whose alerts; without any, of everybody's.
    pub tenants: Vec<String>,
    /// How often it is told at most, in seconds.
    pub every_seconds: Option<i64>,
}

/// All of them, and the file they are in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiverBook {
    /// Those that are told now.
    pub receivers: Vec<ReceiverLine>,
    /// Where the file is, or would be; `None` without a folder of rules.
    pub path: Option<String>,
    /// Since when what it says is in force.
    pub loaded_at: Option<DateTime<Utc>>,
    /// Why what is in the file now is not in force.
    pub problem: Option<FileProblem>,
}
