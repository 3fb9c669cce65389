//! Bills of providers as they were imported, and what spans cost by day and model beside them.
//!
//! Nothing is overwritten: of two bills of the same provider and day the later import counts, and taking it out again brings the
//! earlier one back.

mod ours;

use chrono::{DateTime, NaiveDate, Utc};
use model::UsdSum;
use model::bill::margin::{self, Billed};
use model::bill::{Bill, Import, Line, Refusal};
use sqlx::types::Json;
use sqlx::{FromRow, PgPool};

use crate::StoreError;
use crate::numeric::pico;
pub use ours::ours;

/// Imports that are listed, newest first.
const IMPORTS_LISTED_MAX: i64 = 100;

/// A bill on its way in.
#[derive(Debug, Clone)]
pub struct NewImport<'a> {
    /// Of the file, byte by byte.
    pub sha256: [u8; 32],
    /// Name of the file.
    pub name: &'a str,
    /// Who imports it.
    pub by: &'a str,
    /// What was read; providers under the names prices know them by.
    pub bill: &'a Bill,
}

#[derive(FromRow)]
struct Row {
    id: i64,
    sha256: String,
    name: String,
    by_whom: String,
    at: DateTime<Utc>,
    lines_read: i64,
    lines_kept: i64,
    amount_pico: String,
    first: Option<NaiveDate>,
    last: Option<NaiveDate>,
    providers: Option<Vec<String>>,
    replaced_days: Option<i64>,
    notes: Json<Vec<String>>,
    refusals: Json<Vec<Refusal>>,
    deleted_by: Option<String>,
    deleted_at: Option<DateTime<Utc>>,
}

/// Keeps a bill and gives its number. A file that is kept already is not kept again: then it is the number of the earlier
/// import, and `true`.
pub async fn import(db: &PgPool, new: &NewImport<'_>, now: DateTime<Utc>) -> Result<(i64, bool), StoreError> {
    let mut transaction = db.begin().await?;
    // Two that send the same file at once take turns; the lock ends with the transaction.
    sqlx::query("select pg_advisory_xact_lock(hashtextextended('tracetab:bill', 0))")
        .execute(&mut *transaction)
        .await?;
    let known: Option<i64> = sqlx::query_scalar(
        "select id from bill_import where sha256 = $1 and deleted_at is null and lines_kept > 0 order by id desc limit 1",
    )
    .bind(new.sha256.as_slice())
    .fetch_optional(&mut *transaction)
    .await?;
    if let Some(id) = known {
        return Ok((id, true));
    }
    let bill = new.bill;
    let id: i64 = sqlx::query_scalar(
        "insert into bill_import (sha256, name, by_whom, at, lines_read, lines_kept, amount_pico, notes, refusals) \
         values ($1, $2, $3, $4, $5, $6, $7::numeric, $8, $9) returning id",
    )
    .bind(new.sha256.as_slice())
    .bind(new.name)
    .bind(new.by)
    .bind(now)
    .bind(bill.lines_read)
    .bind(bill.lines_kept)
    .bind(bill.amount().pico().to_string())
    .bind(Json(&bill.notes))
    .bind(Json(&bill.refusals))
    .fetch_one(&mut *transaction)
    .await?;
    sqlx::query(
        "insert into bill_line (import_id, day, provider, model, amount_pico, lines) \
         select $1, u.day, u.provider, u.model, sum(u.amount_pico::numeric), sum(u.lines)::int8 \
           from unnest($2::date[], $3::text[], $4::text[], $5::text[], $6::int8[]) as u(day, provider, model, amount_pico, lines) \
          group by u.day, u.provider, u.model",
    )
    .bind(id)
    .bind(bill.lines.iter().map(|line| line.day).collect::<Vec<_>>())
    .bind(bill.lines.iter().map(|line| line.provider.clone()).collect::<Vec<_>>())
    .bind(bill.lines.iter().map(|line| line.model.clone()).collect::<Vec<_>>())
    .bind(bill.lines.iter().map(|line| line.amount.pico().to_string()).collect::<Vec<_>>())
    .bind(bill.lines.iter().map(|line| line.lines).collect::<Vec<_>>())
    .execute(&mut *transaction)
    .await?;
    transaction.commit().await?;
    Ok((id, false))
}

/// Takes an import out again; what it had replaced counts again. `false` when it is not there, or out already.
pub async fn delete(db: &PgPool, id: i64, by: &str, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let deleted =
        sqlx::query("update bill_import set deleted_by = $2, deleted_at = $3 where id = $1 and deleted_at is null")
            .bind(id)
            .bind(by)
            .bind(now)
            .execute(db)
            .await?;
    Ok(deleted.rows_affected() > 0)
}

/// The import of each provider and day that counts.
macro_rules! counting {
    () => {
        "counting as ( \
                select l.day, l.provider, max(l.import_id) as import_id \
                  from bill_line l join bill_import i on i.id = l.import_id and i.deleted_at is null \
                 group by 1, 2) "
    };
}

/// Imports, newest first, also those that were taken out again and those of which nothing was kept; of `only` one when given.
pub async fn imports(db: &PgPool, only: Option<i64>) -> Result<Vec<Import>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(concat!(
        "with ",
        counting!(),
        "select i.id, encode(i.sha256, 'hex') as sha256, i.name, i.by_whom, i.at, i.lines_read, i.lines_kept, \
                i.amount_pico::text as amount_pico, l.first, l.last, l.providers, l.replaced_days, i.notes, i.refusals, \
                i.deleted_by, i.deleted_at \
           from bill_import i \
           left join lateral ( \
                select min(of_import.day) as first, max(of_import.day) as last, array_agg(distinct of_import.provider) as providers \
                     , count(*) filter (where c.import_id <> i.id) as replaced_days \
                  from (select distinct day, provider from bill_line where import_id = i.id) of_import \
                  left join counting c on c.day = of_import.day and c.provider = of_import.provider) l on true \
          where $1::int8 is null or i.id = $1 \
          order by i.id desc limit $2"
    ))
    .bind(only)
    .bind(IMPORTS_LISTED_MAX)
    .fetch_all(db)
    .await?;
    rows.into_iter().map(Import::try_from).collect()
}

/// First and last day of all bills that count.
pub async fn days(db: &PgPool) -> Result<Option<(NaiveDate, NaiveDate)>, StoreError> {
    let (first, last): (Option<NaiveDate>, Option<NaiveDate>) = sqlx::query_as(
        "select min(l.day), max(l.day) from bill_line l join bill_import i on i.id = l.import_id and i.deleted_at is null",
    )
    .fetch_one(db)
    .await?;
    Ok(first.zip(last))
}

/// The lines that count between two days, both included.
pub async fn billed(db: &PgPool, from: NaiveDate, to: NaiveDate) -> Result<Vec<Billed>, StoreError> {
    #[derive(FromRow)]
    struct LineRow {
        day: NaiveDate,
        provider: String,
        model: String,
        amount_pico: String,
        lines: i64,
        at: DateTime<Utc>,
    }
    let rows: Vec<LineRow> = sqlx::query_as(concat!(
        "with ",
        counting!(),
        "select l.day, l.provider, l.model, l.amount_pico::text as amount_pico, l.lines, i.at \
           from counting c \
           join bill_line l on l.import_id = c.import_id and l.day = c.day and l.provider = c.provider \
           join bill_import i on i.id = c.import_id \
          where c.day between $1 and $2"
    ))
    .bind(from)
    .bind(to)
    .fetch_all(db)
    .await?;
    let line = |row: LineRow| {
        let amount = UsdSum::from_pico(pico(&row.amount_pico, "bill_line")?);
        let line = Line { day: row.day, provider: row.provider, model: row.model, amount, lines: row.lines };
        Ok(Billed { line, imported_at: row.at })
    };
    rows.into_iter().map(line).collect()
}

/// Bills beside our figures between two days, both included; `named` gives the names prices know a provider and a model by.
pub async fn margin(
    db: &PgPool,
    (from, to): (NaiveDate, NaiveDate),
    named: impl Fn(Option<&str>, &str) -> (String, String),
) -> Result<Vec<margin::Row>, StoreError> {
    let (billed, ours) = (billed(db, from, to).await?, ours(db, from, to).await?);
    Ok(margin::compare(&billed, &ours, named))
}

impl TryFrom<Row> for Import {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            sha256: row.sha256,
            name: row.name,
            by: row.by_whom,
            at: row.at,
            lines_read: row.lines_read,
            lines_kept: row.lines_kept,
            amount: UsdSum::from_pico(pico(&row.amount_pico, "bill_import")?),
            days: row.first.zip(row.last),
            providers: row.providers.unwrap_or_default(),
            replaced_days: row.replaced_days.unwrap_or_default(),
            notes: row.notes.0,
            refusals: row.refusals.0,
            deleted: row.deleted_by.zip(row.deleted_at),
        })
    }
}

#[cfg(test)]
mod tests;
