//! What is asked for: the parameters of `GET /api/v1/costs`, each understood or refused.

use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use model::cost::{Dimension, Grouping, Owner};
use model::time::TimeRange;

use crate::api::parameters::Parameters;
use crate::api::problem::Problem;
use crate::api::tenant;
use crate::keys::Caller;

const DAY_SECONDS: i64 = 86_400;

/// Widths a series has when none is asked for.
const BUCKETS: [i64; 4] = [60, 600, 3_600, DAY_SECONDS];

/// Most points of a series: a week of 10 minutes, more than any chart has pixels for, and under 100 kB per group.
const POINTS_MAX: i64 = 1_500;

/// Most points of a series of attributes: they are added up in memory, for thousands of groups at once.
const ATTRIBUTE_POINTS_MAX: i64 = 150;

/// Most groups of two things at once, or of attributes, that are told apart: there are far more pairs than names, and with
/// series they are an answer of some megabytes.
const PAIRS_MAX: usize = 500;

/// What this endpoint understands.
const PARAMETERS: [&str; 15] = [
    "from",
    "to",
    "group_by",
    "bucket",
    "tenant",
    "service",
    "capability",
    "model",
    "user",
    "data_tag",
    "without",
    "compare",
    "limit",
    "format",
    "traces",
];

/// Whose spend may be asked for.
const OWNERS: [Dimension; 6] = [
    Dimension::Tenant,
    Dimension::Service,
    Dimension::Capability,
    Dimension::Model,
    Dimension::User,
    Dimension::DataTag,
];

/// How the answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// JSON, to be read.
    Plain,
    /// JSON as a file.
    Json,
    /// The groups as a file of comma-separated values.
    Csv,
    /// The series as one.
    CsvOfSeries,
}

/// Everything that is asked for.
#[derive(Debug)]
pub struct Asked {
    pub range: TimeRange,
    pub by: Grouping,
    pub only: Option<Owner>,
    pub bucket_seconds: i64,
    pub compare: bool,
    pub groups_max: Option<usize>,
    pub format: Format,
    /// Traces by tenant are asked for too.
    pub traces: bool,
}

impl Asked {
    /// Reads the parameters.
    pub fn read(parameters: &Parameters, now: DateTime<Utc>) -> Result<Self, Problem> {
        parameters.only(&PARAMETERS)?;
        let range = parameters.range(DAY_SECONDS, now)?;
        let by = Grouping::parse(parameters.get("group_by").unwrap_or("tenant"))
            .map_err(|error| Problem::bad_request(format!("`group_by`: {error}")))?;
        let is_pair = by.second.is_some() || by.first.dimension().is_none();
        let points_max = if by.attribute().is_some() { ATTRIBUTE_POINTS_MAX } else { POINTS_MAX };
        let traces = choice(parameters, "traces", &[("true", true), ("false", false)])?.unwrap_or(false);
        if traces && by != Grouping::by(Dimension::Tenant) {
            return Err(Problem::bad_request(
                "`traces`: only with group_by=tenant: a trace is one tenant's, and several users'",
            ));
        }
        Ok(Self {
            range,
            only: owner(parameters)?,
            bucket_seconds: bucket(parameters.get("bucket"), range, points_max)?,
            compare: choice(parameters, "compare", &[("previous", true), ("none", false)])?.unwrap_or(false),
            groups_max: limit(parameters.get("limit"), is_pair)?,
            format: choice(parameters, "format", &FORMATS)?.unwrap_or(Format::Plain),
            by,
            traces,
        })
    }

    /// The same of the caller's own tenant, where the caller has one.
    pub fn for_caller(self, caller: &Caller) -> Result<Self, Problem> {
        let Some(own) = caller.own_space() else { return Ok(self) };
        let asked = match &self.only {
            None => None,
            Some(Owner { dimension: Dimension::Tenant, key: Some(tenant) }) => Some(tenant.as_str()),
            Some(Owner { dimension, .. }) => {
                let words = format!("`{dimension}`: this key reads one tenant alone; group by {dimension} instead");
                return Err(Problem::new(StatusCode::FORBIDDEN, words));
            }
        };
        if self.traces {
            let words = "`traces`: they are counted for all tenants together; list them instead".to_owned();
            return Err(Problem::new(StatusCode::FORBIDDEN, words));
        }
        tenant::answered(caller, asked)?;
        let only = Owner { dimension: Dimension::Tenant, key: Some(own.tenant.clone()) };
        Ok(Self { only: Some(only), ..self })
    }
}

const FORMATS: [(&str, Format); 3] =
    [("json", Format::Json), ("csv", Format::Csv), ("csv-series", Format::CsvOfSeries)];

fn choice<T: Copy>(parameters: &Parameters, name: &str, choices: &[(&str, T)]) -> Result<Option<T>, Problem> {
    let Some(text) = parameters.get(name) else { return Ok(None) };
    let found = choices.iter().find(|(word, _)| *word == text).map(|(_, meant)| Some(*meant));
    found.ok_or_else(|| {
        let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
        Problem::bad_request(format!("`{name}`: expected one of {}, got `{text}`", words.join(", ")))
    })
}

/// The one whose spend is asked for, when it is one.
fn owner(parameters: &Parameters) -> Result<Option<Owner>, Problem> {
    let named = OWNERS.iter().filter_map(|dimension| {
        let key = parameters.get(dimension.as_str())?;
        Some(Owner { dimension: *dimension, key: Some(key.to_owned()) })
    });
    let unowned = parameters.get("without").map(|text| {
        let dimension = Dimension::parse(text).filter(|dimension| OWNERS.contains(dimension));
        dimension.map(|dimension| Owner { dimension, key: None }).ok_or_else(|| {
            Problem::bad_request(format!("`without`: expected what has no owner, such as tenant, got `{text}`"))
        })
    });
    let mut owners = named.map(Ok).chain(unowned);
    let first = owners.next().transpose()?;
    match owners.next().transpose()? {
        Some(second) => Err(Problem::bad_request(format!(
            "`{}`: spend is kept by one owner at a time; group by the other one instead",
            second.dimension
        ))),
        None => Ok(first),
    }
}

fn limit(text: Option<&str>, is_pair: bool) -> Result<Option<usize>, Problem> {
    let Some(text) = text else { return Ok(is_pair.then_some(PAIRS_MAX)) };
    let most = if is_pair { PAIRS_MAX } else { usize::try_from(i32::MAX).unwrap_or(usize::MAX) };
    let limit = text.parse().ok().filter(|limit| (1..=most).contains(limit));
    limit
        .map(Some)
        .ok_or_else(|| Problem::bad_request(format!("`limit`: expected a number from 1 to {most}, got `{text}`")))
}

/// The width asked for, else the narrowest that needs at most a few hundred points.
fn bucket(text: Option<&str>, range: TimeRange, points_max: i64) -> Result<i64, Problem> {
    const POINTS_BY_DEFAULT: i64 = 400;
    let Some(text) = text else {
        let fitting = POINTS_BY_DEFAULT.min(points_max);
        let fits = BUCKETS.into_iter().find(|seconds| range.seconds() / seconds <= fitting);
        return Ok(fits.unwrap_or(DAY_SECONDS));
    };
    let Some(seconds) = width(text) else {
        return Err(Problem::bad_request(format!(
            "`bucket`: expected minutes that divide an hour, hours that divide a day, or days, such as 1m, 10m, 1h, 1d, got `{text}`"
        )));
    };
    if range.seconds() / seconds > points_max {
        return Err(Problem::bad_request(format!(
            "`bucket`: {text} over this range is more than {points_max} points; ask for wider buckets or a shorter range"
        )));
    }
    Ok(seconds)
}

/// Seconds of a width whose buckets begin at whole hours or days: `5m`, `2h`, `1d`.
fn width(text: &str) -> Option<i64> {
    let unit = text.chars().next_back()?;
    let count: i64 = text.strip_suffix(unit)?.parse::<u16>().ok()?.into();
    match unit {
        'm' if count > 0 && 60 % count == 0 => Some(count * 60),
        'h' if count > 0 && 24 % count == 0 => Some(count * 3_600),
        'd' if count > 0 => Some(count * DAY_SECONDS),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(count: i64) -> TimeRange {
        TimeRange::last_seconds(count * DAY_SECONDS, DateTime::UNIX_EPOCH)
    }

    fn asked(pairs: &[(&str, &str)]) -> Result<Asked, Problem> {
        let pairs = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Asked::read(&Parameters(pairs.collect()), DateTime::UNIX_EPOCH)
    }

    #[test]
    fn the_default_width_suits_the_range() {
        let width = |range| bucket(None, range, POINTS_MAX).expect("a default always exists");
        assert_eq!(width(TimeRange::last_seconds(3_600, DateTime::UNIX_EPOCH)), 60);
        assert_eq!(width(days(1)), 600);
        assert_eq!(width(days(14)), 3_600);
        assert_eq!(width(days(90)), DAY_SECONDS);
    }

    #[test]
    fn a_series_never_has_more_points_than_its_limit() {
        assert_eq!(bucket(Some("1m"), days(1), POINTS_MAX).ok(), Some(60));
        assert!(bucket(Some("1m"), days(14), POINTS_MAX).is_err());
        assert_eq!(bucket(Some("2h"), days(14), POINTS_MAX).ok(), Some(7_200));
        for text in ["7m", "0m", "-1m", "m", "5h", "1y", "99999d", "1\u{e9}"] {
            assert!(bucket(Some(text), days(1), POINTS_MAX).is_err(), "{text}");
        }
        assert!(bucket(Some("1m"), days(1), ATTRIBUTE_POINTS_MAX).is_err());
        assert_eq!(bucket(None, days(1), ATTRIBUTE_POINTS_MAX).ok(), Some(600));
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        for pairs in [
            &[("group_by", "planet")][..],
            &[("tenant", "acme"), ("user", "ada")],
            &[("tenant", "acme"), ("without", "user")],
            &[("without", "everything")],
            &[("compare", "next")],
            &[("format", "xml")],
            &[("limit", "0")],
            &[("limit", "501"), ("group_by", "tenant,user")],
            &[("traces", "true"), ("group_by", "user")],
        ] {
            assert!(asked(pairs).is_err(), "{pairs:?}");
        }
        assert!(asked(&[("limit", "501")]).is_ok());
        let nobody = asked(&[("without", "user"), ("group_by", "user")]).expect("an owner");
        assert_eq!(nobody.only, Some(Owner { dimension: Dimension::User, key: None }));
    }
}
