//! The traces the laws are tried on: every way a cost can be told twice, late, by nobody or not at all.

use std::ops::Range;

use chrono::{DateTime, TimeDelta, Utc};
use model::attribute::{Attributes, Value};
use model::{SpanId, TraceId, Usd};

/// Traces, of one to seven spans each.
pub const TRACES: u64 = 900;

/// Models that have prices, and one that nobody knows.
const MODELS: [&str; 3] = ["acme-large", "acme-small", "unheard-of"];

/// How long before the newest span the oldest began.
const SPREAD_SECONDS: u64 = 10_000;

/// Pico-dollars per token of the models, in and out.
#[derive(Debug, Clone, Copy)]
pub struct Prices(pub [(i64, i64); 2]);

impl Prices {
    pub const FIRST: Self = Self([(1_370_000, 5_500_000), (70_000, 310_000)]);
    pub const SECOND: Self = Self([(2_110_000, 8_130_000), (70_000, 290_000)]);

    /// As `prices.yaml` has them.
    pub fn file(self) -> String {
        let per_million = |pico: i64| Usd::from_pico(pico * 1_000_000);
        let entry = |(model, (input, output)): (&str, (i64, i64))| {
            let (input, output) = (per_million(input), per_million(output));
            format!("  - {{model: {model}, input_per_million: {input}, output_per_million: {output}}}\n")
        };
        format!("prices:\n{}", MODELS.into_iter().zip(self.0).map(entry).collect::<String>())
    }

    /// What so many tokens cost; `None` for a model without a price.
    pub fn of(self, tokens: &Tokens) -> Option<Usd> {
        let place = MODELS.iter().position(|model| *model == tokens.model)?;
        let (input, output) = *self.0.get(place)?;
        Some(Usd::from_pico(input * tokens.input + output * tokens.output))
    }
}

/// A call of a model.
#[derive(Debug, Clone)]
pub struct Tokens {
    pub model: &'static str,
    pub input: i64,
    pub output: i64,
}

/// What a span says of its cost.
#[derive(Debug, Clone)]
pub enum Says {
    Nothing,
    Reports(Usd),
    Tells(Tokens),
}

/// A span as it is sent.
#[derive(Debug, Clone)]
pub struct Told {
    pub trace: u64,
    pub number: u64,
    pub parent: Option<u64>,
    pub start: DateTime<Utc>,
    pub service: String,
    pub tenant: Option<String>,
    pub user: Option<String>,
    pub capability: Option<String>,
    pub data_tag: Option<&'static str>,
    pub is_group: bool,
    pub says: Says,
}

impl Told {
    fn new(trace: u64, number: u64, parent: Option<u64>, begins: DateTime<Utc>) -> Self {
        Self {
            trace,
            number,
            parent,
            start: begins + TimeDelta::milliseconds(number as i64 * 7),
            service: format!("service-{}", (trace + number) % 6),
            tenant: None,
            user: None,
            capability: None,
            data_tag: None,
            is_group: false,
            says: Says::Nothing,
        }
    }

    fn telling(mut self, model: usize, input: i64, output: i64) -> Self {
        self.says = Says::Tells(Tokens { model: MODELS[model], input, output });
        self
    }

    fn reporting(mut self, pico: i64) -> Self {
        self.says = Says::Reports(Usd::from_pico(pico));
        self
    }

    fn grouping(mut self) -> Self {
        self.is_group = true;
        self
    }

    fn owned(mut self) -> Self {
        self.tenant = Some(format!("tenant-{}", self.trace % 5));
        self.user = Some(format!("user-{}", self.trace % 13));
        self
    }

    pub fn trace_id(&self) -> TraceId {
        format!("{:032x}", self.trace + 1).parse().unwrap()
    }

    pub fn span_id(&self) -> SpanId {
        id(self.number)
    }

    pub fn parent_span_id(&self) -> Option<SpanId> {
        self.parent.map(id)
    }

    pub fn end(&self) -> DateTime<Utc> {
        self.start + TimeDelta::milliseconds(40)
    }

    /// What it says in attributes, by any door.
    pub fn attributes(&self) -> Attributes {
        let mut said: Vec<(&str, Value)> = Vec::new();
        let owners = [("tenant", &self.tenant), ("user.id", &self.user), ("capability", &self.capability)];
        said.extend(owners.into_iter().filter_map(|(key, owner)| Some((key, owner.clone()?.into()))));
        said.extend(self.data_tag.map(|tag| ("data_tag", tag.to_owned().into())));
        let operation = match &self.says {
            Says::Tells(_) if !self.is_group => Some("chat"),
            _ if self.is_group => Some("invoke_agent"),
            _ => None,
        };
        said.extend(operation.map(|operation| ("gen_ai.operation.name", operation.to_owned().into())));
        match &self.says {
            Says::Nothing => {}
            Says::Reports(cost) => said.push(("cost_usd", cost.to_string().into())),
            Says::Tells(tokens) => said.extend([
                ("gen_ai.provider.name", "acme".to_owned().into()),
                ("gen_ai.request.model", tokens.model.to_owned().into()),
                ("gen_ai.usage.input_tokens", Value::Int(tokens.input)),
                ("gen_ai.usage.output_tokens", Value::Int(tokens.output)),
            ]),
        }
        Attributes(said.into_iter().map(|(key, value)| (key.into(), value)).collect())
    }
}

fn id(number: u64) -> SpanId {
    format!("{:016x}", number + 1).parse().unwrap()
}

/// All spans of all traces, in the order of their traces.
pub fn told(newest: DateTime<Utc>) -> Vec<Told> {
    (0..TRACES).flat_map(|trace| trace_of(trace, newest)).collect()
}

fn trace_of(trace: u64, newest: DateTime<Utc>) -> Vec<Told> {
    let begins = newest - TimeDelta::seconds((trace * 7_919 % SPREAD_SECONDS) as i64) - TimeDelta::milliseconds(500);
    let span = |number: u64, parent: Option<u64>| Told::new(trace, number, parent, begins);
    // Never round: a double would not add them up to the last pico-dollar.
    let pico = |number: u64| ((trace * 31 + number) as i64 * 7_919) % 1_000_003 + 1;
    let tokens = |number: u64| ((trace * 17 + number * 101) % 900 + 1) as i64;
    let calls = |model: usize, numbers: Range<u64>, parent: u64| {
        let call = move |number| span(number, Some(parent)).telling(model, tokens(number), number as i64);
        numbers.map(call).collect::<Vec<_>>()
    };
    match trace % 7 {
        // An agent that repeats the tokens of its calls, and names whom they are for.
        0 => {
            let input = (1..4).map(tokens).sum();
            let agent = span(0, None).grouping().owned().telling(0, input, 6);
            [vec![agent], calls(0, 1..4, 0), vec![span(4, Some(2))]].concat()
        }
        // Sums of sums, the inner one rounded as clients do.
        1 => {
            let parts = [3, 4, 5].map(pico);
            let inner: i64 = parts.iter().sum();
            let outer = span(0, None).grouping().owned().reporting(inner);
            let middle = span(1, Some(0)).grouping().reporting(inner + inner / 70);
            let leaves = (3..6).zip(parts).map(|(number, part)| span(number, Some(1)).reporting(part));
            [vec![outer, middle, span(2, Some(0))], leaves.collect()].concat()
        }
        // Services in a row, each with a cost of its own, one without; the capability begins in the middle.
        2 => {
            let row = (0..6).map(|number| {
                let mut one = span(number, number.checked_sub(1));
                one.capability = (number == 2).then(|| format!("capability-{}", trace % 3));
                let one = if number == 0 { one.owned() } else { one };
                if number == 4 { one } else { one.reporting(pico(number)) }
            });
            row.collect()
        }
        // A parent that never comes, and an agent nobody stands below of.
        3 => vec![
            span(0, Some(90)).reporting(pico(0)),
            span(1, Some(90)).grouping().telling(1, tokens(1), 3),
            span(2, None).owned(),
        ],
        // A gateway that tells the call below it again, and a model without a price.
        4 => {
            let mut pair = calls(1, 0..1, 0);
            pair[0].parent = None;
            pair.push(span(1, Some(0)).owned().telling(1, tokens(0), 0));
            pair.push(span(2, Some(0)).telling(2, 11, 7));
            pair
        }
        // Of nobody, and of a sort that may not leave the house.
        5 => {
            let mut one = span(0, None).reporting(pico(0));
            one.data_tag = Some(if trace.is_multiple_of(2) { "PII" } else { "SENSITIVE" });
            vec![one]
        }
        // A sum that is one only at the second prices.
        _ => {
            let below = calls(0, 1..3, 0);
            let sum = (1..3).map(|number| Tokens { model: MODELS[0], input: tokens(number), output: number as i64 });
            let sum: i64 = sum.filter_map(|tokens| Prices::SECOND.of(&tokens)).map(Usd::pico).sum();
            [vec![span(0, None).grouping().owned().reporting(sum + sum / 90)], below].concat()
        }
    }
}
