//! A rule of alerts as the API shows it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use model::alert::rule::book::Listed;
use model::alert::rule::draft::Draft;
use model::budget::rulebook::Origin;
use serde::Serialize;

use crate::api::Api;
use crate::api::problem::Problem;

/// Lengths of time as people write them: `5m`.
#[derive(Serialize)]
pub struct RuleLine {
    /// What it is addressed by; null of a rule of the file.
    id: Option<i64>,
    name: String,
    query: String,
    threshold: i64,
    window: String,
    severity: &'static str,
    #[serde(rename = "for")]
    wait: String,
    /// In the unit of the figure, or a count; null is the limit itself.
    recovery: Option<String>,
    no_data: &'static str,
    labels: BTreeMap<String, String>,
    runbook: Option<String>,
    /// `file` or `here`.
    source: &'static str,
    /// Whether it counts: it does not while the file has a rule of its name.
    in_force: bool,
    version: Option<i64>,
    changed_by: Option<String>,
    changed_at: Option<DateTime<Utc>>,
}

impl From<&Listed> for RuleLine {
    fn from(listed: &Listed) -> Self {
        let (rule, Draft { window, wait, recovery, .. }) = (&listed.rule, Draft::of(&listed.rule));
        let (source, version, changed_by, changed_at) = match &listed.origin {
            Origin::File => ("file", None, None, None),
            Origin::Here { version, by, at } => ("here", Some(*version), Some(by.clone()), Some(*at)),
        };
        Self {
            id: listed.id,
            name: rule.name.clone(),
            query: rule.query_text.clone(),
            threshold: rule.threshold,
            window,
            severity: rule.severity.as_str(),
            wait,
            recovery: Some(recovery).filter(|text| !text.is_empty()),
            no_data: rule.terms.no_data.as_str(),
            labels: rule.terms.labels.iter().cloned().collect(),
            runbook: rule.terms.runbook.clone(),
            source,
            in_force: listed.in_force,
            version,
            changed_by,
            changed_at,
        }
    }
}

/// The rule that was just written, once this server goes by it.
pub async fn answer(api: &Api, id: i64) -> Result<RuleLine, Problem> {
    api.alert_rules.look_again().await?;
    let rules = api.alert_rules.rules();
    let listed = rules.rules.iter().find(|listed| listed.id == Some(id));
    listed.map(RuleLine::from).ok_or_else(|| Problem::not_found("somebody has deleted it meanwhile"))
}
