//! Names to ids: gathered per batch, looked up in a bounded cache, then in the dictionaries, added where missing.
//!
//! Dictionary rows are added outside of the ingest transaction: they are true whatever becomes of it, and no writer
//! waits for another one's names.

use std::borrow::Cow;
use std::collections::HashMap;

use sqlx::PgConnection;

use crate::StoreError;

/// Longest name kept, in bytes: a unique index takes 2 704 at most, and nobody reads more.
const NAME_BYTES_MAX: usize = 1024;

/// Most names remembered per dictionary: about 10 MB of short names; when it is reached the memory starts afresh.
const NAMES_MAX: usize = 100_000;

/// Between provider and name in the key of a model; cannot be part of a provider's name (see [`Dictionary::model_key`]).
const MODEL_SEPARATOR: char = '\n';

/// The dictionaries a span refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dictionary {
    Tenant,
    Service,
    Operation,
    Capability,
    Model,
    User,
    Environment,
}

const DICTIONARIES: [Dictionary; 7] = [
    Dictionary::Tenant,
    Dictionary::Service,
    Dictionary::Operation,
    Dictionary::Capability,
    Dictionary::Model,
    Dictionary::User,
    Dictionary::Environment,
];

/// Makes the two statements of a dictionary with one name per row.
macro_rules! by_name {
    ($table:literal) => {
        (
            concat!(
                "insert into ",
                $table,
                " (name) select name from unnest($1::text[]) as n(name) order by name on conflict do nothing"
            ),
            concat!("select name, id from ", $table, " where name = any($1)"),
        )
    };
}

impl Dictionary {
    /// Statements that add names and that look names up.
    const fn statements(self) -> (&'static str, &'static str) {
        match self {
            Self::Tenant => by_name!("dim_tenant"),
            Self::Service => by_name!("dim_service"),
            Self::Operation => by_name!("dim_operation"),
            Self::Capability => by_name!("dim_capability"),
            Self::User => by_name!("dim_user"),
            Self::Environment => by_name!("dim_environment"),
            Self::Model => (
                "insert into dim_model (provider, name) select split_part(key, e'\\n', 1), substr(key, strpos(key, e'\\n') + 1) \
                 from unnest($1::text[]) as n(key) order by key on conflict do nothing",
                "select key, id from unnest($1::text[]) as n(key) join dim_model \
                 on provider = split_part(key, e'\\n', 1) and name = substr(key, strpos(key, e'\\n') + 1)",
            ),
        }
    }

    /// The key of a model: who serves it, and its name.
    pub(crate) fn model_key(provider: &str, name: &str) -> String {
        format!("{}{MODEL_SEPARATOR}{name}", provider.replace(MODEL_SEPARATOR, " "))
    }
}

/// The distinct names of a batch, by dictionary.
#[derive(Default)]
pub(crate) struct Gathered {
    names: [Vec<String>; DICTIONARIES.len()],
    places: [HashMap<String, u32>; DICTIONARIES.len()],
}

impl Gathered {
    /// The place of a name; always `Some`, so that it chains. `what` names it in a warning, should it have to be changed.
    pub(crate) fn place(
        &mut self,
        dictionary: Dictionary,
        what: &str,
        name: &str,
        warnings: &mut Vec<String>,
    ) -> Option<u32> {
        let fitting = fit(name);
        if fitting.len() != name.len() || fitting != name {
            warnings.push(format!("the {what} of {} bytes is kept shortened or without NUL characters", name.len()));
        }
        let (names, places) = (&mut self.names[dictionary as usize], &mut self.places[dictionary as usize]);
        if let Some(place) = places.get(fitting.as_ref()) {
            return Some(*place);
        }
        // A batch has far fewer than four billion spans.
        let place = names.len() as u32;
        names.push(fitting.clone().into_owned());
        places.insert(fitting.into_owned(), place);
        Some(place)
    }
}

/// The ids of the names of one batch, by place.
pub(crate) struct Ids([Vec<i32>; DICTIONARIES.len()]);

impl Ids {
    pub(crate) fn of(&self, dictionary: Dictionary, place: u32) -> i32 {
        self.0[dictionary as usize][place as usize]
    }

    pub(crate) fn of_some(&self, dictionary: Dictionary, place: Option<u32>) -> Option<i32> {
        place.map(|place| self.of(dictionary, place))
    }
}

/// Names met before.
#[derive(Default)]
pub(crate) struct Cache([HashMap<String, i32>; DICTIONARIES.len()]);

impl Cache {
    /// The ids of all names of a batch; new names get one.
    pub(crate) async fn resolve(&mut self, db: &mut PgConnection, gathered: &Gathered) -> Result<Ids, StoreError> {
        let mut ids: [Vec<i32>; DICTIONARIES.len()] = Default::default();
        for dictionary in DICTIONARIES {
            let names = &gathered.names[dictionary as usize];
            let known = &mut self.0[dictionary as usize];
            if known.len() > NAMES_MAX {
                known.clear();
            }
            learn(db, dictionary, names, known).await?;
            let found = names.iter().map(|name| known.get(name).copied());
            ids[dictionary as usize] = found.collect::<Option<_>>().ok_or(StoreError::Inconsistent {
                table: "dim_*",
                column: "name",
                id: format!("{dictionary:?}"),
            })?;
        }
        Ok(Ids(ids))
    }
}

/// Looks up those of `names` that are not `known`, adding the ones no dictionary row has yet.
async fn learn(
    db: &mut PgConnection,
    dictionary: Dictionary,
    names: &[String],
    known: &mut HashMap<String, i32>,
) -> Result<(), StoreError> {
    let (add, look_up) = dictionary.statements();
    // Looked up before added: adding a name that is there burns an id of the sequence.
    for may_add in [true, false] {
        let missing: Vec<&str> = names.iter().filter(|name| !known.contains_key(*name)).map(String::as_str).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let rows: Vec<(String, i32)> = sqlx::query_as(look_up).bind(&missing).fetch_all(&mut *db).await?;
        known.extend(rows);
        let missing: Vec<&str> = missing.into_iter().filter(|name| !known.contains_key(*name)).collect();
        if may_add && !missing.is_empty() {
            sqlx::query(add).bind(&missing).execute(&mut *db).await?;
        }
    }
    Ok(())
}

/// The name as PostgreSQL can keep and index it: no NUL, at most [`NAME_BYTES_MAX`] bytes.
pub(crate) fn fit(name: &str) -> Cow<'_, str> {
    let clean = if name.contains('\0') { Cow::Owned(name.replace('\0', "\u{fffd}")) } else { Cow::Borrowed(name) };
    if clean.len() <= NAME_BYTES_MAX {
        return clean;
    }
    let end = clean.floor_char_boundary(NAME_BYTES_MAX - '…'.len_utf8());
    Cow::Owned(format!("{}…", &clean[..end]))
}
