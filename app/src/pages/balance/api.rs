//! What the page asks of the server, and what people do on it.

use chrono::{DateTime, Days, NaiveDate, Utc};
use leptos::prelude::*;
use model::bill::Import;
use model::bill::margin::{Row, Totals};
use model::cost::Balance;
use model::cost::drift::AuditLine;
use model::review::{Action, Entry};
use model::{TraceId, UsdSum};
use serde::{Deserialize, Serialize};
use store::drift::{Filter, Page};

use super::view_url::{Shown, ViewUrl};
use crate::context::{self, Freshness};
use crate::error::ApiError;

/// Lines of a table on one page: each with its reasons is two lines high.
pub const LINES_MAX: usize = 25;

/// Days of bills that are compared at once: a quarter.
pub const DAYS_MAX: u64 = 92;

/// The books as they were added up last.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Books {
    /// The server's clock.
    pub now: DateTime<Utc>,
    /// When they were added up.
    pub as_of: DateTime<Utc>,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
    /// What came of it.
    pub balance: Balance,
}

/// The books, at most some seconds old.
pub async fn load_books() -> Result<Books, ApiError> {
    let services = context::services()?;
    let checked = services.books.check(Freshness::Recent).await?;
    let took_ms = u64::try_from(checked.took.as_millis()).unwrap_or(u64::MAX);
    Ok(Books { now: (services.now)(), as_of: checked.as_of, took_ms, balance: (*checked.balance).clone() })
}

/// A page of the drift audit.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Audit {
    /// The server's clock.
    pub now: DateTime<Utc>,
    /// The largest difference first.
    pub lines: Vec<AuditLine>,
    /// Traces that nobody acknowledged, and their difference together.
    pub open: (i64, UsdSum),
    /// Traces that somebody did.
    pub acknowledged: (i64, UsdSum),
    /// Traces that declare a total at all.
    pub declared: i64,
    /// The name this browser used last, for the forms.
    pub who: String,
}

/// The traces the URL asks for.
pub async fn load_audit(url: ViewUrl) -> Result<Audit, ApiError> {
    let (db, now) = (context::db()?, context::now()?);
    let filter = Filter {
        tolerance: url.tolerance?,
        acknowledged: url.drift.acknowledged(),
        offset: url.offset,
        limit: LINES_MAX as i64,
    };
    let Page { lines, open, acknowledged, declared } = store::drift::list(&db, &filter).await?;
    Ok(Audit {
        now,
        lines,
        open: (open.lines, open.difference),
        acknowledged: (acknowledged.lines, acknowledged.difference),
        declared,
        who: who(),
    })
}

/// Bills beside our figures.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Margin {
    /// The server's clock.
    pub now: DateTime<Utc>,
    /// First and last day that are compared; `None` without a bill.
    pub days: Option<(NaiveDate, NaiveDate)>,
    /// First and last day of all bills.
    pub known: Option<(NaiveDate, NaiveDate)>,
    /// All rows of the days together.
    pub totals: Totals,
    /// Rows that are open and rows that are acknowledged.
    pub counts: (usize, usize),
    /// A page of the rows, each with what was said about it, newest first.
    pub rows: Vec<(Row, Vec<Entry>)>,
    /// Rows of this view.
    pub matching: usize,
    /// The imports, newest first.
    pub imports: Vec<Import>,
    /// The name this browser used last, for the forms.
    pub who: String,
}

/// The rows the URL asks for.
pub async fn load_margin(url: ViewUrl) -> Result<Margin, ApiError> {
    let services = context::services()?;
    let (db, now) = (services.pools.readers.get(), (services.now)());
    let known = store::bills::days(&db).await?;
    let imports = store::bills::imports(&db, None).await?;
    let days = known.map(|known| days_of(url.days, known));
    let rows = match days {
        Some(days) => store::bills::margin(&db, days, |provider, model| services.prices.named(provider, model)).await?,
        None => Vec::new(),
    };
    let totals = Totals::of(&rows);
    let subjects: Vec<String> = rows.iter().map(Row::subject).collect();
    let mut said = store::reviews::of(&db, &subjects).await?;
    let rows = rows.into_iter().map(|row| {
        let said = said.remove(&row.subject()).unwrap_or_default().entries;
        (row, said)
    });
    let is_held = |row: &Row, said: &[Entry]| model::review::in_force(said, row.difference()).is_some();
    let tolerance = url.tolerance.clone()?;
    let differs = |row: &Row| row.difference().pico().abs() > i128::from(tolerance.pico());
    let (held, open): (Vec<_>, Vec<_>) = rows.partition(|(row, said)| is_held(row, said));
    let counts = (open.iter().filter(|(row, _)| differs(row)).count(), held.len());
    let mut shown = match url.rows {
        Shown::Open => open.into_iter().filter(|(row, _)| differs(row)).collect(),
        Shown::Acknowledged => held,
        Shown::All => [open, held].concat(),
    };
    shown.sort_by_key(|(row, _)| (std::cmp::Reverse(row.day), std::cmp::Reverse(row.difference().pico().abs())));
    let matching = shown.len();
    let rows = shown.into_iter().skip(url.rows_offset).take(LINES_MAX).collect();
    Ok(Margin { now, days, known, totals, counts, rows, matching, imports, who: who() })
}

/// The days asked for, by default the last quarter there are bills of.
fn days_of(
    (from, to): (Option<NaiveDate>, Option<NaiveDate>),
    (first, last): (NaiveDate, NaiveDate),
) -> (NaiveDate, NaiveDate) {
    let to = to.unwrap_or(last);
    let earliest = to.checked_sub_days(Days::new(DAYS_MAX - 1)).unwrap_or(to);
    (from.unwrap_or(first).clamp(earliest, to), to)
}

/// Remembers who acted last in this browser; a name for the form, never a proof of anything.
const WHO_COOKIE: &str = "tracetab_who";

fn who() -> String {
    context::cookie(WHO_COOKIE).unwrap_or_default()
}

/// Says something about a difference: `acknowledge`, `note` or `undo`.
#[server]
pub async fn review_difference(
    /// What differs: `trace/<id>` or `bill/<day>/<provider>/<model>`.
    subject: String,
    /// The difference that was looked at, in pico-dollars.
    seen: String,
    /// Who does it.
    by: String,
    /// Why.
    note: String,
    /// The button that was pressed.
    action: String,
) -> Result<(), ApiError> {
    context::may_change()?;
    use model::review::Wish;
    let services = context::services()?;
    let action = match action.as_str() {
        "acknowledge" => Action::Acknowledged,
        "undo" => Action::TakenBack,
        "note" => Action::Noted,
        other => return Err(ApiError::Invalid(format!("There is no action “{other}”."))),
    };
    let seen =
        seen.parse().map(UsdSum::from_pico).map_err(|_| ApiError::Invalid("Expected the difference seen.".into()))?;
    let difference = difference_of(&services, &subject).await?;
    let wish = Wish { by: by.clone(), action, note, seen: Some(seen) };
    let said = store::reviews::say(&services.pools.jobs, &subject, difference, &wish, (services.now)()).await?;
    said.map_err(refused)?;
    context::set_cookie(WHO_COOKIE, by.trim());
    Ok(())
}

/// The difference of a subject now.
async fn difference_of(services: &context::Services, subject: &str) -> Result<UsdSum, ApiError> {
    let db = &services.pools.jobs;
    if let Some(trace_id) = subject.strip_prefix("trace/") {
        let missing = || ApiError::NotFound("trace with a declared total".into());
        let trace_id: TraceId = trace_id.parse().map_err(|_| missing())?;
        return Ok(store::drift::one(db, trace_id).await?.ok_or_else(missing)?.drift.difference());
    }
    let missing = || ApiError::NotFound("row of a bill".into());
    let day = subject.strip_prefix("bill/").and_then(|rest| rest.split('/').next()).and_then(|day| day.parse().ok());
    let day: NaiveDate = day.ok_or_else(missing)?;
    let named = |provider: Option<&str>, model: &str| services.prices.named(provider, model);
    let rows = store::bills::margin(db, (day, day), named).await?;
    Ok(rows.iter().find(|row| row.subject() == subject).ok_or_else(missing)?.difference())
}

fn refused(error: model::review::ReviewError) -> ApiError {
    use model::review::ReviewError;
    let mut text = format!("{error}.");
    // A sentence of its own here; every reason begins with a letter of one byte, or with somebody's name.
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    match error {
        ReviewError::Nobody | ReviewError::LongNote | ReviewError::EmptyNote => ApiError::Invalid(text),
        ReviewError::Moved(_) | ReviewError::Taken { .. } | ReviewError::Open | ReviewError::NoDifference => {
            ApiError::Conflict(text)
        }
    }
}

/// Adds up the spans of every day anew, also of those that are over.
#[server]
pub async fn sum_again() -> Result<(), ApiError> {
    context::services()?.books.check(Freshness::Anew).await?;
    Ok(())
}

/// Takes a bill out again; what it had replaced counts again.
#[server]
pub async fn take_bill_out(
    /// The import.
    id: i64,
    /// Who does it.
    by: String,
) -> Result<(), ApiError> {
    context::may_change()?;
    let services = context::services()?;
    let by = by.trim();
    if by.is_empty() || by.chars().count() > model::alert::hold::BY_CHARS_MAX {
        return Err(ApiError::Invalid("Say who takes it out.".into()));
    }
    if !store::bills::delete(&services.pools.jobs, id, by, (services.now)()).await? {
        return Err(ApiError::Conflict("It is taken out already.".into()));
    }
    context::set_cookie(WHO_COOKIE, by);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_without_a_word_are_the_last_quarter_of_bills() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let known = (day("2026-01-01"), day("2026-11-20"));
        assert_eq!(days_of((None, None), known), (day("2026-08-21"), known.1));
        assert_eq!(days_of((Some(day("2026-11-01")), None), known), (day("2026-11-01"), known.1));
        assert_eq!(
            days_of((Some(day("2026-02-01")), Some(day("2026-01-01"))), known),
            (day("2026-01-01"), day("2026-01-01"))
        );
    }
}
