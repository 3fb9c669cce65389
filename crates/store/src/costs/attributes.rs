//! Spend by the value of an attribute: read span by span, as the payloads come, into a bounded number of groups.
//!
//! What a span says under the name counts; else what its resource says; else what the product itself calls so.

use std::collections::HashMap;

use model::UsdSum;
use model::cost::{Dimension, Sums};
use model::span::Status;
use sqlx::{AssertSqlSafe, FromRow, PgConnection};

use super::assemble::Assembly;
use super::rows::{Line, Resolved};
use super::{Question, facet};
use crate::{StoreError, names, payload};

/// Most groups told apart while spans are read: with a hundred and fifty buckets each they take some tens of megabytes at
/// worst. Values that come up later are summed up with the others.
const VALUES_MAX: usize = 2_000;

/// Spans fetched at a time: payloads may be large.
const SPANS_PER_FETCH: &str = "fetch 250 from paying_span";

#[derive(FromRow)]
struct Row {
    period: i16,
    bucket: i64,
    k1: i32,
    status: i16,
    cost_pico: Option<i64>,
    tokens_in: Option<i32>,
    tokens_out: Option<i32>,
    payload: Vec<u8>,
}

/// Sums of a group by period and bucket.
type Cells = HashMap<(bool, i64), Sums>;

/// Groups as they are met: id of the other facet and value.
#[derive(Default)]
struct Met {
    groups: HashMap<(i32, Option<String>), Cells>,
    beyond: Cells,
}

/// Adds the spend of `question` by the values of the attribute `name` to `assembly`. `snapshot` is in a transaction.
pub(super) async fn read(
    snapshot: &mut PgConnection,
    resolved: &Resolved,
    question: &Question<'_>,
    name: &str,
    assembly: &mut Assembly,
) -> Result<(), StoreError> {
    let is_second = question.by.second.is_some();
    let other = Some(&question.by.first).filter(|_| is_second).and_then(facet::of);
    let other = other.unwrap_or_else(|| facet::of_dimension(Dimension::Total));
    let mut met = Met::default();
    resolved.declare_payloads(snapshot, &other).await?;
    loop {
        let rows: Vec<Row> = sqlx::query_as(SPANS_PER_FETCH).fetch_all(&mut *snapshot).await?;
        if rows.is_empty() {
            break;
        }
        let frames = rows.iter().map(|row| row.payload.as_slice());
        let mut unpacker = payload::unpacker(snapshot, frames).await?;
        for row in rows {
            let value = payload::said(&row.payload, name, &mut unpacker)?;
            met.add(&row, value.map(|text| names::fit(&text).into_owned()));
        }
    }
    let names = match &other.dictionary {
        Some(dictionary) => names_in(snapshot, dictionary, &met).await?,
        None => HashMap::new(),
    };
    met.finish(is_second, &names, question.groups_max, assembly);
    Ok(())
}

/// The names of the ids that came up.
async fn names_in(db: &mut PgConnection, dictionary: &str, met: &Met) -> Result<HashMap<i32, String>, StoreError> {
    let ids: Vec<i32> = met.groups.keys().map(|(id, _)| *id).collect();
    // A dictionary is a literal of `facet`.
    let statement = format!("select id, name from {dictionary} d where id = any($1) and name <> ''");
    let rows: Vec<(i32, String)> = sqlx::query_as(AssertSqlSafe(statement)).bind(ids).fetch_all(db).await?;
    Ok(rows.into_iter().collect())
}

impl Met {
    fn add(&mut self, row: &Row, value: Option<String>) {
        let sums = Sums {
            spans: 1,
            priced_spans: i64::from(row.cost_pico.is_some()),
            errors: i64::from(row.status == Status::Error.code()),
            cost: UsdSum::from_pico(row.cost_pico.unwrap_or_default().into()),
            tokens_in: row.tokens_in.unwrap_or_default().into(),
            tokens_out: row.tokens_out.unwrap_or_default().into(),
        };
        let group = (row.k1, value);
        let has_room = self.groups.len() < VALUES_MAX || self.groups.contains_key(&group);
        let cells = if has_room { self.groups.entry(group).or_default() } else { &mut self.beyond };
        cells.entry((row.period == 1, row.bucket)).or_default().add(&sums);
    }

    /// The dearest groups one by one, the others together.
    fn finish(self, is_second: bool, names: &HashMap<i32, String>, groups_max: Option<usize>, assembly: &mut Assembly) {
        let spent = |cells: &Cells, before: bool| -> UsdSum {
            cells.iter().filter(|((is_before, _), _)| *is_before == before).map(|(_, sums)| sums.cost).sum()
        };
        // Ids of one name, as those of a model of several providers, are one group.
        let mut named: HashMap<[Option<String>; 2], Cells> = HashMap::new();
        for ((id, value), cells) in self.groups {
            let keys = if is_second { [names.get(&id).cloned(), value] } else { [value, None] };
            let all = named.entry(keys).or_default();
            cells.into_iter().for_each(|(at, sums)| all.entry(at).or_default().add(&sums));
        }
        let mut groups: Vec<_> = named.into_iter().collect();
        groups.sort_by_cached_key(|(keys, cells)| {
            (std::cmp::Reverse((spent(cells, false), spent(cells, true))), keys.clone())
        });
        let alone = groups_max.unwrap_or(VALUES_MAX).min(groups.len());
        let late = usize::from(!self.beyond.is_empty());
        let beyond = (groups.len() - alone + late) as i64;
        let rest = groups.split_off(alone).into_iter().map(|(_, cells)| cells).chain([self.beyond]);
        let rest = rest.flat_map(|cells| cells.into_iter().map(|cell| ([None, None], beyond, cell)));
        let alone = groups
            .into_iter()
            .flat_map(|(keys, cells)| cells.into_iter().map(move |cell| (keys.clone(), 0, cell)).collect::<Vec<_>>());
        for (keys, beyond, ((is_before, bucket), sums)) in alone.chain(rest) {
            assembly.add(Line { is_before, bucket, keys, beyond, sums });
        }
    }
}
