//! What a receiver is told when somebody asks whether it hears at all.

use chrono::{DateTime, Utc};
use model::alert::{Alert, HistoryEntry, Observation, Severity, State};

use crate::notify::{Kind, Notice};

/// An alert that is none; where alerts stay open until they are told to be over, also that it is.
pub(super) fn notices(kind: &Kind, now: DateTime<Utc>) -> Vec<Notice> {
    let states: &[State] = match kind {
        Kind::Slack { .. } | Kind::Email { .. } => &[State::Firing],
        Kind::Webhook { .. } | Kind::PagerDuty { .. } | Kind::Alertmanager { .. } => &[State::Firing, State::Resolved],
    };
    states.iter().map(|state| notice(*state, now)).collect()
}

fn notice(state: State, now: DateTime<Utc>) -> Notice {
    let name = "Test of a receiver".to_owned();
    let alert = Alert {
        id: 0,
        version: 0,
        rule: name,
        of_rule: None,
        runbook: None,
        query_text: "trace depth > 50".to_owned(),
        threshold: 1,
        window_seconds: 60,
        severity: Severity::Info,
        state,
        observation: Observation::default(),
        peak_count: 0,
        fired_at: now,
        last_true_at: now,
        resolved_at: (state == State::Resolved).then_some(now),
        hold: None,
    };
    let text = "This is only a test: somebody asked whether alerts arrive here".to_owned();
    // Its own id for every test, as for every notification.
    let id = -now.timestamp_millis();
    Notice { id, entry: HistoryEntry { at: now, state, by: None, text }, alert, tenant: None, trace: None }
}
