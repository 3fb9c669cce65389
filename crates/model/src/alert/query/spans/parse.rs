//! Reading a query about spans.

use winnow::ModalResult;
use winnow::Parser;
use winnow::ascii::multispace0;
use winnow::combinator::{alt, cut_err, delimited, eof, opt, preceded, repeat, separated, terminated};
use winnow::token::{none_of, take_while};

use super::{
    Amount, Bound, By, CONDITIONS_MAX, Condition, Figure, KEYS_MAX, PERCENTILES, SpanQuery, Subject, Unit, facet,
};
use crate::alert::query::Comparison;
use crate::alert::query::QueryError;
use crate::alert::query::parse::{
    COUNT, DOLLARS, DURATION, Failure, comparison, count, dollars, duration, expected, explain, padded, symbol, word,
};
use crate::cost::Facet;
use crate::cost::grouping::COLUMNS;
use crate::span::{Category, DataTag, SpanKind, Status};

const FIGURES: &str = "`(cost_usd)`, `(tokens_in)`, `(tokens_out)` or `(duration)`";
const COUNTED: &str = "`(spans)`, `(traces)` or `(errors)`";
const KEYS: &str = "one to three keys such as `tenant, service`, or `trace_id`";
const VALUE: &str = "a value; in quotes if it has spaces in it";
const CONDITION: &str = "a condition such as `service = planner`, `cost_usd > 0.01` or `missing user`";
const RATE: &str = "a rate such as 5% or 0.05";
const EQUALS: &str = "`=` or `!=`";
const NUMBER: &str = "a number";
const KINDS: &str = "internal, server, client, producer or consumer";
const STATUSES: &str = "unset, ok or error";
const CATEGORIES: &str = "llm, embedding, agent, tool, retrieval, decision, workflow, http, database, queue or other";
const DATA_TAGS: &str = "EXPORT_OK, SENSITIVE or PII";

/// Digits of a number that is compared with what an attribute says.
const DIGITS_MAX: usize = 30;

/// Figure, keys, bound, conditions.
pub fn spans(input: &mut &str) -> ModalResult<SpanQuery> {
    let figure = figure(input)?;
    let by = opt(preceded(word("by"), cut_err(by.context(expected(KEYS))))).parse_next(input)?.unwrap_or(By::All);
    let bound = match figure.is_count() && by != By::Trace {
        // What is counted may be compared with the threshold of the rule.
        true => opt(bound(figure.unit())).parse_next(input)?,
        false => Some(cut_err(bound(figure.unit())).parse_next(input)?),
    };
    let conditions = opt(preceded(word("where"), cut_err(conditions))).parse_next(input)?.unwrap_or_default();
    Ok(SpanQuery { figure, by, bound, conditions })
}

/// `X attribute`, after `spans without`.
pub fn missing_attribute(input: &mut &str) -> ModalResult<SpanQuery> {
    let name = terminated(name, opt(word("attribute"))).parse_next(input)?;
    let conditions = vec![Condition::Missing(subject(&name))];
    Ok(SpanQuery { figure: Figure::Spans, by: By::All, bound: None, conditions })
}

fn figure(input: &mut &str) -> ModalResult<Figure> {
    let percentile = |percent: u8| {
        let name = PERCENTILES.into_iter().zip(["p50", "p90", "p95", "p99"]).find(|(known, _)| *known == percent);
        let of_duration = within(word("duration")).context(expected("`(duration)`"));
        preceded(word(name.map_or("", |(_, name)| name)), cut_err(of_duration)).value(Figure::Percentile(percent))
    };
    let counted = alt((
        word("spans").value(Figure::Spans),
        word("traces").value(Figure::Traces),
        word("errors").value(Figure::Errors),
    ));
    let of_cost_or_time = || alt((cost(), word("duration").value(Amount::Duration)));
    let tokens = alt((word("tokens_in").value(Amount::TokensIn), word("tokens_out").value(Amount::TokensOut)));
    alt((
        preceded(word("count"), cut_err(within(counted).context(expected(COUNTED)))),
        word("error_rate").value(Figure::ErrorRate),
        preceded(word("sum"), cut_err(within(alt((cost(), tokens))).context(expected(FIGURES)))).map(Figure::Sum),
        preceded(word("max"), cut_err(within(of_cost_or_time()).context(expected(FIGURES)))).map(Figure::Max),
        preceded(word("avg"), cut_err(within(of_cost_or_time()).context(expected(FIGURES)))).map(Figure::Mean),
        percentile(50),
        percentile(90),
        percentile(95),
        percentile(99),
    ))
    .parse_next(input)
}

fn cost<'i>() -> impl Parser<&'i str, Amount, Failure> {
    alt((word("cost_usd"), word("cost"))).value(Amount::Cost)
}

fn within<'i, O>(parser: impl Parser<&'i str, O, Failure>) -> impl Parser<&'i str, O, Failure> {
    delimited(symbol("("), parser, symbol(")"))
}

fn by(input: &mut &str) -> ModalResult<By> {
    let key = name.verify_map(|name| (name != "trace_id").then(|| facet(&name)));
    let keys = separated(1..=KEYS_MAX, key, symbol(",")).verify(|keys: &Vec<Facet>| is_each_once(keys));
    alt((word("trace_id").value(By::Trace), keys.map(By::Keys))).parse_next(input)
}

fn is_each_once(keys: &[Facet]) -> bool {
    keys.iter().enumerate().all(|(place, key)| !keys[..place].contains(key))
}

/// A comparison with a limit in this unit.
fn bound<'i>(unit: Unit) -> impl Parser<&'i str, Bound, Failure> {
    (comparison, cut_err(limit(unit))).map(|(op, limit)| Bound { op, limit })
}

/// A limit by itself, in this unit.
pub fn read_limit(unit: Unit, text: &str) -> Result<i64, QueryError> {
    let end = eof.context(expected("nothing after it"));
    delimited(multispace0, limit(unit), end).parse(text).map_err(|error| explain(&error))
}

fn limit<'i>(unit: Unit) -> impl FnMut(&mut &'i str) -> ModalResult<i64> {
    move |input| match unit {
        Unit::Usd => padded(dollars).context(expected(DOLLARS)).parse_next(input).map(|usd| usd.pico()),
        Unit::Nanoseconds => padded(duration).context(expected(DURATION)).parse_next(input),
        Unit::Rate => padded(rate).context(expected(RATE)).parse_next(input),
        Unit::Count => padded(count).context(expected(COUNT)).parse_next(input),
    }
}

/// Millionths: `5%`, `0.5%`, `0.05`; at most the whole.
fn rate(input: &mut &str) -> ModalResult<i64> {
    (take_while(1.., ('0'..='9', '.')), opt((multispace0, '%')))
        .verify_map(|(number, percent): (&str, _)| {
            let decimals = if percent.is_some() { 4 } else { 6 };
            let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
            let digits = format!("{whole}{fraction:0<decimals$}");
            let is_exact = fraction.len() <= decimals && !number.is_empty();
            digits.parse().ok().filter(|millionths| is_exact && (0..=1_000_000).contains(millionths))
        })
        .parse_next(input)
}

/// What stands behind `where`.
pub fn conditions(input: &mut &str) -> ModalResult<Vec<Condition>> {
    separated(1..=CONDITIONS_MAX, condition.context(expected(CONDITION)), word("and")).parse_next(input)
}

fn condition(input: &mut &str) -> ModalResult<Condition> {
    if let Some(name) = opt(preceded(word("missing"), name)).parse_next(input)? {
        return Ok(Condition::Missing(subject(&name)));
    }
    let name = name(input)?;
    if let Some(amount) = amount(&name) {
        return cut_err(bound(amount.unit())).map(|bound| Condition::Has { amount, bound }).parse_next(input);
    }
    let facet = facet(&name);
    if facet.is_said()
        && let Some(op) = opt(orders).parse_next(input)?
    {
        let limit = cut_err(padded(number)).context(expected(NUMBER)).parse_next(input)?;
        return Ok(Condition::Number { name, op, limit: limit.to_owned() });
    }
    let is_equal = cut_err(equals).context(expected(EQUALS)).parse_next(input)?;
    let (known, expectation) = words(&facet).unzip();
    let fits = |value: &String| known.as_ref().is_none_or(|known: &Vec<&str>| known.contains(&value.as_str()));
    let value = cut_err(value.verify(fits)).context(expected(expectation.unwrap_or(VALUE))).parse_next(input)?;
    Ok(Condition::Is { facet, value, is_equal })
}

/// A comparison that asks which of two is more.
fn orders(input: &mut &str) -> ModalResult<Comparison> {
    comparison.verify(|op| *op != Comparison::Equal).parse_next(input)
}

fn number<'i>(input: &mut &'i str) -> ModalResult<&'i str> {
    take_while(1..=DIGITS_MAX, ('0'..='9', '.', '-', '+', 'e', 'E'))
        .verify(|text: &str| text.parse::<f64>().is_ok_and(f64::is_finite))
        .parse_next(input)
}

fn equals(input: &mut &str) -> ModalResult<bool> {
    padded(alt(("!=".value(false), "==".value(true), "=".value(true)))).parse_next(input)
}

fn subject(name: &str) -> Subject {
    amount(name).map_or_else(|| Subject::Facet(facet(name)), Subject::Amount)
}

fn amount(name: &str) -> Option<Amount> {
    let name = if name == "cost" { "cost_usd" } else { name };
    Amount::ALL.into_iter().find(|(known, _)| *known == name).map(|(_, amount)| amount)
}

/// The words that something has one of, if they are ours, and what is said of them.
fn words(facet: &Facet) -> Option<(Vec<&'static str>, &'static str)> {
    match super::facet_name(facet) {
        "kind" => Some((SpanKind::ALL.iter().map(|kind| kind.as_str()).collect(), KINDS)),
        "status" => Some((Status::ALL.iter().map(|status| status.as_str()).collect(), STATUSES)),
        "category" => Some((Category::ALL.iter().map(|category| category.as_str()).collect(), CATEGORIES)),
        "data_tag" => Some((DataTag::ALL.iter().map(|tag| tag.as_str()).collect(), DATA_TAGS)),
        _ => None,
    }
}

/// A name as it stands, or anything in quotes.
fn name(input: &mut &str) -> ModalResult<String> {
    let bare = take_while(1.., |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | '/' | ':'));
    padded(alt((quoted, bare.map(str::to_owned))))
        .verify(|name: &String| name.len() <= NAME_BYTES_MAX)
        .parse_next(input)
}

/// Longest name of an attribute, in bytes; OpenTelemetry's own have at most 60.
const NAME_BYTES_MAX: usize = 255;

/// Anything up to the next space, or anything in quotes.
fn value(input: &mut &str) -> ModalResult<String> {
    let bare = take_while(1.., |c: char| !c.is_whitespace() && c != '"');
    padded(alt((quoted, bare.map(str::to_owned)))).parse_next(input)
}

/// Between quotes `\` takes the next character as it is.
fn quoted(input: &mut &str) -> ModalResult<String> {
    let escaped = preceded('\\', winnow::token::any);
    let inner = repeat(0.., alt((escaped, none_of(['"', '\\'])))).fold(String::new, |mut text, c| {
        text.push(c);
        text
    });
    delimited('"', inner, '"').parse_next(input)
}

impl Facet {
    /// Whether it is only in what spans say, not in what is known of all of them.
    pub fn is_said(&self) -> bool {
        matches!(self, Self::Attribute(name) if !COLUMNS.contains(&name.as_str()))
    }
}
