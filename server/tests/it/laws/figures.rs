//! What the API says, in a form that can be compared; an answer that does not add up within itself is a failure.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use model::{Usd, UsdSum};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

/// Ways to take spend apart: each dimension, what rollups keep of two, and what is read from the spans.
const GROUPINGS: [&str; 11] = [
    "tenant",
    "service",
    "capability",
    "model",
    "user",
    "data_tag",
    "tenant,user",
    "tenant,model",
    "data_tag,tenant",
    "model,user",
    "service,capability",
];

/// The grains of the rollups, and the widest that is made of them.
const GRAINS: [(&str, i64); 4] = [("1m", 60), ("10m", 600), ("1h", 3_600), ("1d", 86_400)];

/// One question about spend.
#[derive(Debug, Clone)]
pub struct Question {
    pub by: &'static str,
    pub seconds: i64,
    path: String,
}

/// Every way to ask for the spend between two times.
pub fn questions(from: DateTime<Utc>, to: DateTime<Utc>) -> Vec<Question> {
    let time = |time: DateTime<Utc>| time.format("%Y-%m-%dT%H:%M:%SZ").to_string();
    let (from, to) = (time(from), time(to));
    let path = |by: &str, bucket: &str| format!("/api/v1/costs?from={from}&to={to}&group_by={by}&bucket={bucket}");
    let by_grain = |by| GRAINS.map(|(bucket, seconds)| Question { by, seconds, path: path(by, bucket) });
    GROUPINGS.into_iter().flat_map(by_grain).collect()
}

/// Groups by their keys.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Figures(BTreeMap<Vec<Option<String>>, Group>);

/// What a group spent.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Group {
    pub spans: i64,
    pub tokens_in: i64,
    pub tokens_out: i64,
    cost: UsdSum,
    /// By bucket; nothing is no entry.
    series: BTreeMap<DateTime<Utc>, UsdSum>,
}

impl Group {
    pub fn add(&mut self, bucket: DateTime<Utc>, cost: UsdSum) {
        self.cost += cost;
        if cost != UsdSum::ZERO {
            *self.series.entry(bucket).or_default() += cost;
        }
    }
}

impl Figures {
    pub fn group(&mut self, keys: Vec<Option<String>>) -> &mut Group {
        self.0.entry(keys).or_default()
    }

    /// Whom everything was taken from by a correction may still have a line, of nothing.
    pub fn without_empty_groups(mut self) -> Self {
        self.0.retain(|_, group| *group != Group::default());
        self
    }

    pub fn total(&self) -> UsdSum {
        self.0.values().map(|group| group.cost).sum()
    }
}

#[derive(Deserialize)]
struct Answer {
    total_cost_usd: Box<RawValue>,
    span_count: i64,
    groups: Vec<Line>,
    others: Option<Box<RawValue>>,
    unread: Option<Box<RawValue>>,
}

#[derive(Deserialize)]
struct Line {
    #[serde(default)]
    key: Option<String>,
    keys: Option<Vec<Option<String>>>,
    cost_usd: Box<RawValue>,
    span_count: i64,
    tokens_in: i64,
    tokens_out: i64,
    series: Vec<(DateTime<Utc>, Box<RawValue>)>,
}

fn usd(raw: &RawValue) -> UsdSum {
    raw.get().parse::<Usd>().unwrap_or_else(|error| panic!("{raw} is no sum of costs: {error}")).into()
}

impl Answer {
    /// The groups, which must add up to what the answer says of them.
    fn figures(self, path: &str) -> Figures {
        let mut figures = Figures::default();
        let (mut cost, mut spans) = (UsdSum::ZERO, 0);
        for line in self.groups {
            let group = figures.group(line.keys.unwrap_or_else(|| vec![line.key]));
            assert_eq!(*group, Group::default(), "{path}: two lines of one group");
            line.series.iter().for_each(|(bucket, raw)| group.add(*bucket, usd(raw)));
            assert_eq!(group.cost, usd(&line.cost_usd), "{path}: a group is the sum of its buckets");
            (group.spans, group.tokens_in, group.tokens_out) = (line.span_count, line.tokens_in, line.tokens_out);
            (cost, spans) = (cost + group.cost, spans + group.spans);
        }
        assert_eq!(
            (cost, spans),
            (usd(&self.total_cost_usd), self.span_count),
            "{path}: the total is that of all groups"
        );
        assert!(self.others.is_none() && self.unread.is_none(), "{path}: spans and rollups are of one moment");
        figures.without_empty_groups()
    }
}

/// The books, added up by the server.
#[derive(Debug, Deserialize)]
pub struct Balance {
    pub balanced: bool,
    total_cost_usd: Box<RawValue>,
    by: BTreeMap<String, Box<RawValue>>,
    pub span_count: i64,
    open: Open,
}

#[derive(Debug, Deserialize)]
struct Open {
    pending_verdicts: i64,
    unsettled_traces: i64,
}

impl Balance {
    pub fn total(&self) -> UsdSum {
        usd(&self.total_cost_usd)
    }

    pub fn is_settled(&self) -> bool {
        (self.open.pending_verdicts, self.open.unsettled_traces) == (0, 0)
    }
}

/// What a server answers; `None` while it is away.
pub async fn get<T: DeserializeOwned>(address: &str, path: &str) -> Option<T> {
    let answer = reqwest::get(format!("{address}{path}")).await.ok()?;
    let status = answer.status();
    let text = answer.text().await.ok()?;
    if status == 503 {
        return None;
    }
    assert_eq!(status, 200, "{path}: {text}");
    Some(serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}: {text}")))
}

/// The books, which must balance at any moment.
pub async fn balance(address: &str) -> Option<Balance> {
    let balance: Balance = get(address, "/api/v1/balance").await?;
    let total = balance.total();
    for (name, sum) in &balance.by {
        assert_eq!(usd(sum), total, "by {name}, of {balance:?}");
    }
    assert!(balance.balanced, "{balance:?}");
    Some(balance)
}

/// The answer to one question.
pub async fn ask(address: &str, question: &Question) -> Option<Figures> {
    Some(get::<Answer>(address, &question.path).await?.figures(&question.path))
}
