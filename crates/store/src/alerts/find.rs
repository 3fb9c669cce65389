//! The list of alerts: those that are wanted, in the order in which people look at them.

use chrono::{DateTime, Utc};
use model::alert::wanted::Wanted;
use model::alert::{Alert, Severity, State};
use sqlx::PgPool;

use super::row::Row;
use crate::StoreError;

/// What was found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Found {
    /// Firing, then held, then pending, then resolved; the most severe first within each, the newest first of those.
    pub alerts: Vec<Alert>,
    /// How many there are in each state, listed or not; states without any are left out.
    pub counts: Vec<(State, i64)>,
}

/// Alerts that are wanted. Parameters: since when one may be resolved, severity, state, words.
macro_rules! wanted {
    ($what:literal, $then:literal) => {
        concat!(
            "select ",
            $what,
            " from alert where (state <> 3 or resolved_at > $1) and ($2::int2 is null or severity = $2) \
             and ($3::int2 is null or state = $3) \
             and not exists (select from unnest($4::text[]) word \
             where position(lower(word) in lower(concat_ws(' ', rule, of_rule, labels::text))) = 0 \
             and not (word like '%_=_%' and labels @> jsonb_build_array(jsonb_build_array( \
             split_part(word, '=', 1), substr(word, position('=' in word) + 1))))) ",
            $then
        )
    };
}

/// The alerts that are wanted, of each state at most so many; of resolved ones those that were open after `since`.
pub async fn find(db: &PgPool, wanted: &Wanted, since: DateTime<Utc>, per_state: i64) -> Result<Found, StoreError> {
    let (severity, state) = (wanted.severity.map(Severity::code), wanted.state.map(State::code));
    let words: Vec<String> = wanted.words().into_iter().map(str::to_owned).collect();
    let counted = wanted!("state, count(*)", "group by state");
    let counts: Vec<(i16, i64)> =
        sqlx::query_as(counted).bind(since).bind(severity).bind(state).bind(&words).fetch_all(db).await?;
    let first = wanted!(
        "id, row_number() over (partition by state \
         order by case state when 3 then 0 else severity end desc, coalesce(resolved_at, fired_at) desc, id desc) as place",
        ""
    );
    let listed = format!(
        "select alert.* from ({first}) first join alert using (id) where place <= $5 \
         order by case state when 0 then 0 when 3 then 3 when 4 then 2 else 1 end, \
         case state when 3 then 0 else severity end desc, coalesce(resolved_at, fired_at) desc, id desc"
    );
    // Made of constants above.
    let listed = sqlx::query_as(sqlx::AssertSqlSafe(listed));
    let rows: Vec<Row> =
        listed.bind(since).bind(severity).bind(state).bind(&words).bind(per_state).fetch_all(db).await?;
    Ok(Found {
        alerts: rows.into_iter().map(Alert::try_from).collect::<Result<_, _>>()?,
        counts: counts.into_iter().filter_map(|(state, count)| Some((State::from_code(state)?, count))).collect(),
    })
}
