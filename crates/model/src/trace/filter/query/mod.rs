//! The query string of a list of traces: read with errors that say what was expected, written so that it reads back.
//!
//! To add a parameter: a field of [`TraceFilter`], an arm in `set`, a line in [`TraceFilter::to_query`], and the property
//! test below keeps the two together.

use chrono::{DateTime, SecondsFormat, Utc};

use super::{Cursor, Order, PAGE_TRACES_MAX, TraceFilter, duration, text};
use crate::cost::Dimension;
use crate::space::Space;
use crate::span::DataTag;
use crate::time::{TimeRange, parse_point};

/// What a list shows when no range is asked for: the last hour.
const DEFAULT_RANGE_SECONDS: i64 = 3600;

/// Values one repeatable parameter may have: more would make a statement nobody meant.
const VALUES_MAX: usize = 50;

/// A parameter that does not say what it should.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{key}: expected {expected}, got `{got}`")]
pub struct FilterError {
    /// The parameter.
    pub key: String,
    /// What it takes, in words.
    pub expected: &'static str,
    /// What it was given.
    pub got: String,
}

impl TraceFilter {
    /// The filter a query string asks for. Empty values are as good as none, so that a form with empty fields is a filter;
    /// parameters that are not the list's (a theme, an opened panel) are left alone.
    pub fn from_query<K: AsRef<str>, V: AsRef<str>>(
        pairs: impl IntoIterator<Item = (K, V)>,
        now: DateTime<Utc>,
    ) -> Result<Self, FilterError> {
        let mut filter = Self::all(TimeRange::last_seconds(DEFAULT_RANGE_SECONDS, now));
        for (key, value) in pairs {
            let value = value.as_ref().trim();
            if value.is_empty() {
                continue;
            }
            match key.as_ref() {
                "q" => {
                    for (key, value) in text::terms(value)? {
                        filter.set(key, &value, now)?;
                    }
                }
                key => filter.set(key, value, now)?,
            }
        }
        if filter.range.from >= filter.range.to {
            let got = format!("{} to {}", print_time(filter.range.from), print_time(filter.range.to));
            return Err(FilterError { key: "from".to_owned(), expected: "a time before `to`", got });
        }
        Ok(filter)
    }

    fn set(&mut self, key: &str, value: &str, now: DateTime<Utc>) -> Result<(), FilterError> {
        let wrong = |expected| FilterError { key: key.to_owned(), expected, got: value.to_owned() };
        let time = || parse_point(value, now).map_err(|_| wrong("a time such as 2026-11-20T10:00:00Z, now or -1h"));
        let length = || duration::parse_ns(value).ok_or_else(|| wrong("a length of time such as 250ms, 2s or 1.5m"));
        let amount = || value.parse().map_err(|_| wrong("an amount of US dollars such as 0.05"));
        match key {
            "from" => self.range.from = time()?,
            "to" => self.range.to = time()?,
            "service" => push(&mut self.services, value).ok_or_else(|| wrong("at most 50 services"))?,
            "tenant" => push(&mut self.tenants, value).ok_or_else(|| wrong("at most 50 tenants"))?,
            "operation" => self.operation = Some(value.to_owned()),
            "user" => self.user = Some(value.to_owned()),
            "model" => self.model = Some(value.to_owned()),
            "capability" => self.capability = Some(value.to_owned()),
            "data_tag" => {
                self.data_tag = Some(parse_tag(value).ok_or_else(|| wrong("EXPORT_OK, SENSITIVE or PII"))?);
            }
            "without" if value == "cost" => self.unpriced = true,
            "without" => {
                let owner = parse_unowned(value).ok_or_else(|| wrong("cost, tenant, user, capability or model"))?;
                self.without = Some(owner);
            }
            "min_duration" => self.min_duration_ns = Some(length()?),
            "max_duration" => self.max_duration_ns = Some(length()?),
            "min_cost" => self.min_cost = Some(amount()?),
            "max_cost" => self.max_cost = Some(amount()?),
            "status" => self.has_errors = Some(parse_status(value).ok_or_else(|| wrong("ok or error"))?),
            "order" => self.order = parse_order(value).ok_or_else(|| wrong("start, duration or cost"))?,
            "limit" => self.limit = parse_limit(value).ok_or_else(|| wrong("a number from 1 to 200"))?,
            "cursor" => {
                self.cursor = Some(parse_cursor(value).ok_or_else(|| wrong("the cursor of an earlier answer"))?)
            }
            _ => {}
        }
        Ok(())
    }

    /// The query string, as pairs, that [`Self::from_query`] reads back to this filter. Defaults are left out.
    pub fn to_query(&self) -> Vec<(&'static str, String)> {
        let mut pairs = vec![("from", print_time(self.range.from)), ("to", print_time(self.range.to))];
        pairs.extend(self.conditions());
        if self.order != Order::default() {
            pairs.push(("order", self.order.as_str().to_owned()));
        }
        if self.limit != Self::all(self.range).limit {
            pairs.push(("limit", self.limit.to_string()));
        }
        pairs.extend(self.cursor.map(|cursor| ("cursor", cursor.to_string())));
        pairs
    }

    /// What narrows the list, without its range, order and page: one pair per condition.
    pub fn conditions(&self) -> Vec<(&'static str, String)> {
        let repeated = |key, values: &[String]| values.iter().map(|value| (key, value.clone())).collect::<Vec<_>>();
        let mut pairs = repeated("service", &self.services);
        pairs.extend(repeated("tenant", &self.tenants));
        let text = [
            ("operation", &self.operation),
            ("user", &self.user),
            ("model", &self.model),
            ("capability", &self.capability),
        ];
        pairs.extend(text.into_iter().filter_map(|(key, value)| Some((key, value.clone()?))));
        pairs.extend(self.data_tag.map(|tag| ("data_tag", tag.to_string())));
        pairs.extend(self.without.map(|dimension| ("without", dimension.to_string())));
        pairs.extend(self.unpriced.then(|| ("without", "cost".to_owned())));
        pairs.extend(self.has_errors.map(|errors| ("status", if errors { "error" } else { "ok" }.to_owned())));
        let lengths = [("min_duration", self.min_duration_ns), ("max_duration", self.max_duration_ns)];
        pairs.extend(lengths.into_iter().filter_map(|(key, ns)| Some((key, duration::print_ns(ns?)))));
        let amounts = [("min_cost", self.min_cost), ("max_cost", self.max_cost)];
        pairs.extend(amounts.into_iter().filter_map(|(key, cost)| Some((key, cost?.to_string()))));
        pairs
    }
}

/// Adds a value that is not there yet; `None` when there are too many.
fn push(values: &mut Vec<String>, value: &str) -> Option<()> {
    if !values.iter().any(|known| known == value) {
        if values.len() == VALUES_MAX {
            return None;
        }
        values.push(value.to_owned());
    }
    Some(())
}

fn parse_tag(text: &str) -> Option<DataTag> {
    DataTag::ALL.iter().copied().find(|tag| tag.as_str() == text)
}

/// What a span may be without.
fn parse_unowned(text: &str) -> Option<Dimension> {
    let may_lack = [Dimension::Tenant, Dimension::User, Dimension::Capability, Dimension::Model];
    Dimension::parse(text).filter(|dimension| may_lack.contains(dimension))
}

fn parse_status(text: &str) -> Option<bool> {
    match text {
        "error" => Some(true),
        "ok" => Some(false),
        _ => None,
    }
}

fn parse_order(text: &str) -> Option<Order> {
    Order::ALL.into_iter().find(|order| order.as_str() == text)
}

fn parse_limit(text: &str) -> Option<u32> {
    text.parse().ok().filter(|limit| (1..=PAGE_TRACES_MAX).contains(limit))
}

fn parse_cursor(text: &str) -> Option<Cursor> {
    let (at, id) = text.split_once('.')?;
    let (trace_id, space) = id.split_once('.').map_or((id, Some(0)), |(id, space)| (id, space.parse().ok()));
    Some(Cursor { at: at.parse().ok()?, trace_id: trace_id.parse().ok()?, space: Space::from_number(space?) })
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.at, self.trace_id)?;
        if self.space.is_shared() { Ok(()) } else { write!(f, ".{}", self.space.number()) }
    }
}

fn print_time(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

#[cfg(test)]
mod tests;
