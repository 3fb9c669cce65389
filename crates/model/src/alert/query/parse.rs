//! Reading a query.

use std::str::FromStr;

use winnow::ModalResult;
use winnow::Parser;
use winnow::ascii::{Caseless, multispace0};
use winnow::combinator::{alt, cut_err, delimited, eof, not, opt, preceded, terminated};
use winnow::error::{ContextError, ErrMode, ParseError, StrContext, StrContextValue};
use winnow::token::{one_of, take_while};

use super::spans::{Amount, Bound, By, Figure, SpanQuery};
use super::{Comparison, Measure, Query, owners, spans};
use crate::usd::Usd;

/// Where a query stops making sense, and what was expected there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("at column {column}: expected {expected}")]
pub struct QueryError {
    /// The first character that does not fit, counted from 1.
    pub column: usize,
    /// What would have fitted.
    pub expected: String,
}

/// What winnow's parsers fail with.
pub(super) type Failure = ErrMode<ContextError>;

const QUERY: &str =
    "`traces without …`, `spans without …`, `trace <figure> …` or a figure such as `sum(cost_usd) by tenant > 10`";
const FIGURE: &str = "cost, depth, duration, spans or errors";
pub(super) const COMPARISON: &str = "a comparison: >, >=, <, <= or =";
pub(super) const DOLLARS: &str = "an amount of US dollars such as 0.1";
pub(super) const DURATION: &str = "a duration such as 30s, 1.5ms or 2h";
pub(super) const COUNT: &str = "a whole number";

/// Nanoseconds in each unit of duration.
const UNITS: [(&str, i64); 8] = [
    ("ns", 1),
    ("us", 1_000),
    ("µs", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
    ("d", 86_400_000_000_000),
];

impl FromStr for Query {
    type Err = QueryError;

    fn from_str(text: &str) -> Result<Self, QueryError> {
        let end = eof.context(expected("the end of the query"));
        delimited(multispace0, query, end).parse(text).map_err(|error| explain(&error))
    }
}

/// The innermost expectation says the most.
pub(super) fn explain(error: &ParseError<&str, ContextError>) -> QueryError {
    let expectation = error.inner().context().find_map(|context| match context {
        StrContext::Expected(value) => Some(value.to_string()),
        _ => None,
    });
    let before = error.input().get(..error.offset()).unwrap_or_default();
    QueryError { column: before.chars().count() + 1, expected: expectation.unwrap_or_else(|| QUERY.to_owned()) }
}

pub(super) const fn expected(what: &'static str) -> StrContext {
    StrContext::Expected(StrContextValue::Description(what))
}

fn query(input: &mut &str) -> ModalResult<Query> {
    alt((
        preceded(word("traces"), cut_err(preceded(without, orphans))),
        preceded(word("spans"), cut_err(preceded(without, alt((orphans, missing))))),
        preceded(word("budget"), cut_err(owners::budget.map(Query::Budget))),
        preceded(word("books"), cut_err(word("differ").value(Query::BooksDiffer).context(expected("`differ`")))),
        preceded(word("anomaly"), cut_err(owners::anomaly.map(Query::OddSpend))),
        preceded(word("trace"), cut_err(figure.context(expected(FIGURE)))),
        aggregate,
    ))
    .context(expected(QUERY))
    .parse_next(input)
}

fn without(input: &mut &str) -> ModalResult<()> {
    word("without").context(expected("`without`")).parse_next(input)
}

fn orphans(input: &mut &str) -> ModalResult<Query> {
    let parent = alt((word("parent_id"), word("parent_span_id"), word("parent")));
    let rest = (word("and"), word("not"), word("root")).context(expected("`and not root`"));
    (parent.context(expected("`parent_id` or `cost_usd`")), cut_err(rest)).value(Query::OrphanSpans).parse_next(input)
}

fn missing(input: &mut &str) -> ModalResult<Query> {
    let cost = terminated(alt((word("cost_usd"), word("cost"))), opt(word("attribute"))).value(Query::SpansWithoutCost);
    let other = spans::missing_attribute.map(Query::Spans);
    alt((cost, other)).context(expected("`parent_id` or the name of an attribute")).parse_next(input)
}

fn figure(input: &mut &str) -> ModalResult<Query> {
    alt((
        preceded(alt((word("cost_usd"), word("cost"))), cut_err(cost)),
        preceded(word("depth"), cut_err(measure(Measure::Depth))),
        preceded(word("duration"), cut_err(measure(Measure::DurationNs))),
        preceded(word("spans"), cut_err(measure(Measure::Spans))),
        preceded(word("errors"), cut_err(measure(Measure::Errors))),
    ))
    .parse_next(input)
}

/// What is known of whole traces, and else a figure of spans.
fn aggregate(input: &mut &str) -> ModalResult<Query> {
    let depth = (word("max"), symbol("("), word("depth"));
    let close = (symbol(")"), word("by"), word("trace_id")).context(expected("`) by trace_id`"));
    alt((preceded(depth, cut_err(preceded(close, measure(Measure::Depth)))), spans::spans.map(of_whole_traces)))
        .parse_next(input)
}

/// A figure of every trace, without a condition on its spans, is one of whole traces: those are known, also of spans that came
/// before the window.
fn of_whole_traces(query: SpanQuery) -> Query {
    let (By::Trace, Some(Bound { op, limit }), []) = (&query.by, query.bound, query.conditions.as_slice()) else {
        return Query::Spans(query);
    };
    let measure = match query.figure {
        Figure::Sum(Amount::Cost) => return Query::TraceCost { op, limit: Usd::from_pico(limit) },
        Figure::Spans => Measure::Spans,
        Figure::Errors => Measure::Errors,
        _ => return Query::Spans(query),
    };
    Query::TraceMeasure { measure, op, limit }
}

fn cost(input: &mut &str) -> ModalResult<Query> {
    let op = comparison(input)?;
    let limit = padded(dollars).context(expected(DOLLARS)).parse_next(input)?;
    Ok(Query::TraceCost { op, limit })
}

pub(super) fn dollars(input: &mut &str) -> ModalResult<Usd> {
    let amount = preceded(opt('$'), take_while(1.., ('0'..='9', '.', 'e', 'E', '-', '+')));
    amount.try_map(str::parse).parse_next(input)
}

fn measure<'i>(measure: Measure) -> impl FnMut(&mut &'i str) -> ModalResult<Query> {
    move |input| {
        let op = comparison(input)?;
        let limit = match measure {
            Measure::DurationNs => padded(duration).context(expected(DURATION)).parse_next(input)?,
            _ => padded(count).context(expected(COUNT)).parse_next(input)?,
        };
        Ok(Query::TraceMeasure { measure, op, limit })
    }
}

pub(super) fn comparison(input: &mut &str) -> ModalResult<Comparison> {
    padded(alt((
        ">=".value(Comparison::GreaterOrEqual),
        ">".value(Comparison::Greater),
        "<=".value(Comparison::LessOrEqual),
        "<".value(Comparison::Less),
        "==".value(Comparison::Equal),
        "=".value(Comparison::Equal),
    )))
    .context(expected(COMPARISON))
    .parse_next(input)
}

pub(super) fn count(input: &mut &str) -> ModalResult<i64> {
    take_while(1.., |c| is_word(c) || c == '.').try_map(str::parse).parse_next(input)
}

/// A decimal number and a unit, if together they are a whole number of nanoseconds.
pub(super) fn duration(input: &mut &str) -> ModalResult<i64> {
    let number = (take_while(1.., '0'..='9'), opt(preceded('.', take_while(1.., '0'..='9'))));
    let unit = take_while(1.., |c: char| c.is_alphabetic());
    (number, unit).verify_map(|((whole, fraction), unit)| nanoseconds(whole, fraction, unit)).parse_next(input)
}

fn nanoseconds(whole: &str, fraction: Option<&str>, unit: &str) -> Option<i64> {
    let (_, unit_ns) = UNITS.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(unit))?;
    let fraction = fraction.unwrap_or("").trim_end_matches('0');
    let scale = 10_i64.checked_pow(fraction.len().try_into().ok()?)?;
    let digits: i64 = format!("{whole}{fraction}").parse().ok()?;
    let scaled = i128::from(digits) * i128::from(unit_ns);
    (scaled % i128::from(scale) == 0).then(|| i64::try_from(scaled / i128::from(scale)).ok()).flatten()
}

/// A whole word in any case, and the space after it.
pub(super) fn word<'i>(text: &'static str) -> impl Parser<&'i str, (), Failure> {
    (Caseless(text), not(one_of(is_word)), multispace0).void()
}

pub(super) fn symbol<'i>(text: &'static str) -> impl Parser<&'i str, (), Failure> {
    (text, multispace0).void()
}

pub(super) fn padded<'i, O>(parser: impl Parser<&'i str, O, Failure>) -> impl Parser<&'i str, O, Failure> {
    terminated(parser, multispace0)
}

const fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}
