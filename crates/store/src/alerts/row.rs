//! A row of `alert`, and what it means.

use chrono::{DateTime, Utc};
use model::Usd;
use model::alert::{Alert, Hold, Observation, Severity, State};
use sqlx::FromRow;
use sqlx::types::Json;
use uuid::Uuid;

use crate::{StoreError, traces};

#[derive(FromRow)]
pub(super) struct Row {
    pub(super) id: i64,
    pub(super) version: i32,
    pub(super) rule: String,
    pub(super) of_rule: Option<String>,
    pub(super) runbook: Option<String>,
    pub(super) query_text: String,
    pub(super) threshold: i64,
    pub(super) window_seconds: i64,
    pub(super) severity: i16,
    pub(super) state: i16,
    pub(super) observed_count: i64,
    pub(super) observed_peak: Option<f64>,
    pub(super) evidence: Vec<Uuid>,
    pub(super) labels: Json<Vec<(String, String)>>,
    pub(super) peak_count: i64,
    pub(super) fired_at: DateTime<Utc>,
    pub(super) last_true_at: DateTime<Utc>,
    pub(super) resolved_at: Option<DateTime<Utc>>,
    pub(super) hold_by: Option<String>,
    pub(super) hold_note: Option<String>,
    pub(super) hold_at: Option<DateTime<Utc>>,
    pub(super) hold_until: Option<DateTime<Utc>>,
    pub(super) hold_count: Option<i64>,
    pub(super) hold_peak: Option<f64>,
    pub(super) hold_grows_by_pico: Option<i64>,
}

impl TryFrom<Row> for Alert {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let wrong = |column| StoreError::Inconsistent { table: "alert", column, id: row.id.to_string() };
        Ok(Self {
            severity: Severity::from_code(row.severity).ok_or_else(|| wrong("severity"))?,
            state: State::from_code(row.state).ok_or_else(|| wrong("state"))?,
            hold: hold(&row),
            observation: Observation {
                count: row.observed_count,
                peak: row.observed_peak,
                evidence: row.evidence.into_iter().map(traces::trace_id).collect::<Result<_, _>>()?,
                labels: row.labels.0,
            },
            id: row.id,
            version: row.version,
            rule: row.rule,
            of_rule: row.of_rule,
            runbook: row.runbook,
            query_text: row.query_text,
            threshold: row.threshold,
            window_seconds: row.window_seconds,
            peak_count: row.peak_count,
            fired_at: row.fired_at,
            last_true_at: row.last_true_at,
            resolved_at: row.resolved_at,
        })
    }
}

/// A check on the table makes who, why, when and the count come together.
fn hold(row: &Row) -> Option<Hold> {
    Some(Hold {
        by: row.hold_by.clone()?,
        note: row.hold_note.clone()?,
        at: row.hold_at?,
        until: row.hold_until,
        grows_by: row.hold_grows_by_pico.map(Usd::from_pico),
        count: row.hold_count?,
        peak: row.hold_peak,
    })
}
