//! Rows of runs and of their lines, and what they mean.

use chrono::{DateTime, Utc};
use model::UsdSum;
use model::repricing::{Application, Change, Line, Run, Scope, State};
use model::time::TimeRange;
use sqlx::FromRow;

use crate::StoreError;
use crate::numeric::pico;

#[derive(FromRow)]
pub(super) struct Row {
    id: i64,
    state: i16,
    from_time: DateTime<Utc>,
    to_time: DateTime<Utc>,
    tenant: Option<String>,
    model: Option<String>,
    revision: String,
    started_at: DateTime<Utc>,
    looked_at: Option<DateTime<Utc>>,
    calls: Option<i64>,
    looked: i64,
    changes: i64,
    problem: Option<String>,
    applied_by: Option<String>,
    note: Option<String>,
    applying_at: Option<DateTime<Utc>>,
    applied_at: Option<DateTime<Utc>>,
    applied: i64,
    skipped: i64,
    #[sqlx(flatten)]
    total: ChangeRow,
}

#[derive(FromRow)]
pub(super) struct ChangeRow {
    line_calls: i64,
    changed: i64,
    unpriced_before: i64,
    unpriced_after: i64,
    before_pico: String,
    after_pico: String,
    line_applied: i64,
    moved_pico: String,
}

#[derive(FromRow)]
pub(super) struct LineRow {
    tenant: Option<String>,
    provider: Option<String>,
    model_name: String,
    #[sqlx(flatten)]
    change: ChangeRow,
}

impl TryFrom<ChangeRow> for Change {
    type Error = StoreError;

    fn try_from(row: ChangeRow) -> Result<Self, StoreError> {
        let sum = |text: &str| pico(text, "repricing_line").map(UsdSum::from_pico);
        Ok(Self {
            calls: row.line_calls,
            changed: row.changed,
            unpriced_before: row.unpriced_before,
            unpriced_after: row.unpriced_after,
            before: sum(&row.before_pico)?,
            after: sum(&row.after_pico)?,
            applied: row.line_applied,
            moved: sum(&row.moved_pico)?,
        })
    }
}

impl TryFrom<LineRow> for Line {
    type Error = StoreError;

    fn try_from(row: LineRow) -> Result<Self, StoreError> {
        let LineRow { tenant, provider, model_name, change } = row;
        Ok(Self { tenant, provider, model: model_name, change: change.try_into()? })
    }
}

impl TryFrom<Row> for Run {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let wrong = |column| StoreError::Inconsistent { table: "repricing", column, id: row.id.to_string() };
        let application = match (row.applied_by, row.applying_at) {
            (Some(by), Some(at)) => Some(Application {
                by,
                note: row.note.unwrap_or_default(),
                at,
                finished_at: row.applied_at,
                applied: row.applied,
                skipped: row.skipped,
            }),
            _ => None,
        };
        Ok(Self {
            id: row.id,
            state: State::from_code(row.state).ok_or_else(|| wrong("state"))?,
            scope: Scope {
                range: TimeRange { from: row.from_time, to: row.to_time },
                tenant: row.tenant,
                model: row.model,
            },
            revision: row.revision,
            started_at: row.started_at,
            looked_at: row.looked_at,
            calls: row.calls,
            looked: row.looked,
            changes: row.changes,
            problem: row.problem,
            application,
            total: row.total.try_into()?,
        })
    }
}
