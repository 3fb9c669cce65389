//! The answer as a file: what a table of the page shows, with all its digits.

use model::UsdSum;
use model::cost::{Compared, Split};

use super::answer::Traces;
use super::question::Asked;
use super::written;
use crate::api::csv::{Cell, Csv};

/// The file's name: what it is grouped by, and its range.
pub fn name(asked: &Asked, ending: &str) -> String {
    let at = |time: chrono::DateTime<chrono::Utc>| time.format("%Y%m%dT%H%M%SZ").to_string();
    let by = asked.by.to_string().replace([',', ':'], "-");
    format!("tracetab-costs-by-{by}-{}-{}.{ending}", at(asked.range.from), at(asked.range.to))
}

/// One row per group, dearest first, then what is not told apart, then everything.
pub fn of_groups(asked: &Asked, split: &Split, traces: Option<&Traces>) -> Csv {
    let facets = asked.by.facets().map(|facet| Cell::Text(facet.to_string()));
    let previous = asked.compare.then(|| Cell::plain("previous_cost_usd"));
    let of_traces = ["trace_count", "trace_cost_usd"].map(Cell::plain);
    let of_traces = of_traces.into_iter().filter(|_| traces.is_some());
    let figures = ["span_count", "error_count", "unpriced_span_count", "tokens_in", "tokens_out"].map(Cell::plain);
    let leading = ["row", "from_utc", "to_utc"].map(Cell::plain);
    let header = leading.into_iter().chain(facets).chain([Cell::plain("cost_usd")]).chain(previous);
    let mut csv = Csv::new(header.chain(figures).chain(of_traces));
    let write = |csv: &mut Csv, row: &str, keys: Vec<Cell>, sums: &Compared, traces: Option<(i64, UsdSum)>| {
        let range = [written(asked.range.from), written(asked.range.to)].map(Cell::plain);
        let cost = [Cell::plain(sums.now.cost)].into_iter();
        let previous = asked.compare.then(|| Cell::plain(sums.before.cost));
        let now = &sums.now;
        let unpriced = now.spans - now.priced_spans;
        let figures = [now.spans, now.errors, unpriced, now.tokens_in, now.tokens_out].map(Cell::plain);
        let of_traces = traces.map(|(count, cost)| [Cell::plain(count), Cell::plain(cost)]);
        let cells = [Cell::plain(row)].into_iter().chain(range).chain(keys).chain(cost).chain(previous);
        csv.row(cells.chain(figures).chain(of_traces.into_iter().flatten()));
    };
    let known = |key: &Option<String>| {
        let spend = traces?.get(key).copied().unwrap_or_default();
        Some((spend.traces, spend.cost))
    };
    for group in &split.groups {
        let keys = group.keys.iter().map(|key| Cell::name(key.as_deref())).collect();
        write(&mut csv, "group", keys, &group.sums, group.keys.first().and_then(known));
    }
    let unnamed = || asked.by.facets().map(|_| Cell::Empty).collect::<Vec<_>>();
    if let Some(others) = &split.others {
        let row = format!("{} others", others.groups);
        write(&mut csv, &row, unnamed(), &others.sums, None);
    }
    if split.unread != Compared::default() {
        write(&mut csv, "no longer kept", unnamed(), &split.unread, None);
    }
    write(&mut csv, "total", unnamed(), &split.total, None);
    csv
}

/// One row per bucket, oldest first; one column per group, dearest first.
pub fn of_series(asked: &Asked, split: &Split) -> Csv {
    let named = |keys: &[Option<String>]| {
        let names = keys.iter().zip(asked.by.facets());
        let names = names.map(|(key, facet)| key.clone().unwrap_or_else(|| format!("no {facet}")));
        Cell::Text(format!("{} (USD)", names.collect::<Vec<_>>().join(" / ")))
    };
    let groups = split.groups.iter().filter(|group| group.sums.now.cost != UsdSum::ZERO);
    let others = split.others.iter().map(|others| Cell::Text(format!("{} others (USD)", others.groups)));
    let columns = groups.clone().map(|group| named(&group.keys)).chain(others);
    let mut csv =
        Csv::new(["from_utc", "to_utc"].map(Cell::plain).into_iter().chain(columns).chain([Cell::plain("total_usd")]));
    let width = chrono::TimeDelta::seconds(split.bucket_seconds);
    let series: Vec<&Vec<UsdSum>> =
        groups.map(|group| &group.series).chain(split.others.iter().map(|others| &others.series)).collect();
    for (index, bucket) in split.buckets.iter().enumerate() {
        let values: Vec<UsdSum> = series.iter().filter_map(|series| series.get(index).copied()).collect();
        let total: UsdSum = values.iter().copied().sum();
        let times = [written(*bucket), written(*bucket + width)].map(Cell::plain);
        csv.row(times.into_iter().chain(values.into_iter().map(Cell::plain)).chain([Cell::plain(total)]));
    }
    csv
}
