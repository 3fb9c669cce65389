//! What the page asks of the server, and what people do on it.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use model::repricing::{Line, Run};
use serde::{Deserialize, Serialize};

use crate::error::ApiError;

/// What the address asks to be put into the form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// As [`crate::url_state`] reads it.
    pub from: String,
    /// Likewise; empty is now.
    pub to: String,
    /// Empty is all.
    pub tenant: String,
    /// Empty is all.
    pub model: String,
}

/// What there is to see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Runs {
    /// The server's clock.
    pub now: DateTime<Utc>,
    /// All prices that are in force.
    pub revision: String,
    /// The newest first.
    pub runs: Vec<Run>,
    /// Whether there are older ones.
    pub more: bool,
    /// The one that is shown in full: the newest, unless the address names another.
    pub shown: Option<Shown>,
    /// Tenants to choose from.
    pub tenants: Vec<String>,
    /// The name this browser used last, for the form.
    pub who: String,
}

/// One run in full.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// The run.
    pub run: Run,
    /// What it changes by tenant and model, the largest difference first.
    pub lines: Vec<Line>,
    /// Whether there are more lines.
    pub more: bool,
    /// Calls in its range that came after it was asked for, while it can be applied.
    pub later: i64,
}

impl Runs {
    /// The run the server works on.
    pub fn under_way(&self) -> Option<&Run> {
        self.runs.iter().find(|run| run.state.is_under_way())
    }
}

/// The runs, and one of them in full.
pub async fn load_runs(id: Option<i64>) -> Result<Runs, ApiError> {
    /// Runs of the page; the API has more.
    const RUNS_MAX: usize = 20;
    /// Lines of the page; the API has more.
    const LINES_MAX: usize = 100;
    /// Calls that came later are counted up to here: more is many.
    const LATER_MAX: i64 = 10_000;
    use model::repricing::State;
    use store::spans::model_calls::{self, Search};
    let services = crate::context::services()?;
    let db = services.pools.readers.get();
    // One more than is shown tells whether there are more.
    let mut runs = store::repricing::list(&db, RUNS_MAX as i64 + 1).await?;
    let more = runs.len() > RUNS_MAX;
    runs.truncate(RUNS_MAX);
    let run = match id {
        Some(id) => Some(store::repricing::get(&db, id).await?.ok_or_else(|| ApiError::NotFound("repricing".into()))?),
        None => runs.first().cloned(),
    };
    let shown = match run {
        Some(run) => {
            let mut lines = store::repricing::lines(&db, run.id, LINES_MAX as i64 + 1).await?;
            let more = lines.len() > LINES_MAX;
            lines.truncate(LINES_MAX);
            let search = Search { scope: &run.scope, received_by: run.started_at };
            let is_ready = run.state == State::Ready;
            let later = if is_ready { model_calls::count_later(&db, search, LATER_MAX).await? } else { 0 };
            Some(Shown { run, lines, more, later })
        }
        None => None,
    };
    let (now, revision) = ((services.now)(), services.prices.revision());
    let who = crate::context::cookie(crate::context::WHO_COOKIE).unwrap_or_default();
    Ok(Runs { now, revision, runs, more, shown, tenants: store::tenants::names(&db).await?, who })
}

/// Looks at what would change in a range, an empty end being now.
#[server]
pub async fn start_repricing(
    /// Calls that began then or later.
    from: String,
    /// Calls that began before.
    to: String,
    /// Only this tenant's; empty is all.
    tenant: String,
    /// Only of this model; empty is all.
    model: String,
) -> Result<(), ApiError> {
    crate::context::may_change()?;
    use model::repricing::Scope;
    use model::time::TimeRange;
    let services = crate::context::services()?;
    let now = (services.now)();
    let moment = |text: &str| crate::url_state::parse_moment(text).map_err(ApiError::Invalid);
    let (from, to) = (moment(&from)?, if to.is_empty() { now } else { moment(&to)? });
    if from >= to {
        return Err(ApiError::Invalid("The range ends before it begins.".into()));
    }
    let given = |text: String| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let scope = Scope { range: TimeRange { from, to }, tenant: given(tenant), model: given(model) };
    match store::repricing::start(&services.pools.jobs, &scope, &services.prices.revision(), now).await? {
        Some(_) => Ok(()),
        None => Err(ApiError::Conflict("Calls are being priced again already. Wait until that is done.".into())),
    }
}

/// Writes what a run has shown.
#[server]
pub async fn apply_repricing(
    /// Which one.
    id: i64,
    /// Who does it.
    by: String,
    /// Why.
    note: String,
) -> Result<(), ApiError> {
    crate::context::may_change()?;
    use model::alert::hold::Person;
    let services = crate::context::services()?;
    let db = &services.pools.jobs;
    let person = Person::new(&by, &note).map_err(|error| ApiError::Invalid(sentence(&error.to_string())))?;
    let run = store::repricing::get(db, id).await?.ok_or_else(|| ApiError::NotFound("repricing".into()))?;
    run.can_apply(&services.prices.revision()).map_err(|why| ApiError::Conflict(sentence(&why.to_string())))?;
    if !store::repricing::begin(db, id, &person, (services.now)()).await? {
        return Err(ApiError::Conflict("Somebody else was faster. Look at it again.".into()));
    }
    crate::context::set_cookie(crate::context::WHO_COOKIE, by.trim());
    Ok(())
}

/// A reason as a sentence of its own.
#[cfg(feature = "ssr")]
fn sentence(reason: &str) -> String {
    let mut letters = reason.chars();
    letters.next().map(|first| format!("{}{}.", first.to_uppercase(), letters.as_str())).unwrap_or_default()
}
