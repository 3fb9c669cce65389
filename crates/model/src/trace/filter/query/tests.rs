//! A filter and its query string say the same, and a wrong parameter is refused with what was expected.

use chrono::TimeDelta;
use proptest::prelude::*;

use super::*;
use crate::usd::Usd;

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 5).unwrap()
}

fn read(query: &[(&str, &str)]) -> Result<TraceFilter, FilterError> {
    TraceFilter::from_query(query.iter().copied(), now())
}

fn any_order() -> impl Strategy<Value = Order> {
    (0..Order::ALL.len()).prop_map(|index| Order::ALL[index])
}

fn any_cursor() -> impl Strategy<Value = Cursor> {
    let id = any::<[u8; 16]>().prop_filter_map("an id is not all zero", |bytes| crate::TraceId::from_bytes(bytes).ok());
    (any::<i64>(), id, any::<i32>()).prop_map(|(at, trace_id, space)| Cursor {
        at,
        trace_id,
        space: Space::from_number(space),
    })
}

prop_compose! {
    fn any_conditions()(
        services in proptest::collection::hash_set("[a-z&=% +é]{0,6}[a-z]", 0..4),
        tenants in proptest::collection::hash_set("[a-z0-9_]{1,6}", 0..4),
        operation in proptest::option::of("[A-Z]{1,4} /[a-z{}]{0,8}"),
        has_errors in any::<Option<bool>>(),
        unpriced in any::<bool>(),
        min_duration_ns in proptest::option::of(0i64..),
        max_cost in proptest::option::of(0i64..),
    ) -> TraceFilter {
        TraceFilter {
            services: services.into_iter().map(|name| name.trim().to_owned()).collect(),
            tenants: tenants.into_iter().collect(),
            operation,
            has_errors,
            unpriced,
            min_duration_ns,
            max_duration_ns: min_duration_ns.and_then(|ns| ns.checked_mul(2)),
            min_cost: max_cost.map(|pico| Usd::from_pico(pico / 3)),
            max_cost: max_cost.map(Usd::from_pico),
            ..TraceFilter::all(TimeRange::last_seconds(60, now()))
        }
    }
}

prop_compose! {
    fn any_filter()(
        conditions in any_conditions(),
        from in 0i64..4_000_000_000_000_000_000,
        length in 1i64..1_000_000_000_000_000,
        user in proptest::option::of("[a-z@.]{1,12}"),
        order in any_order(),
        limit in 1..=PAGE_TRACES_MAX,
        cursor in proptest::option::of(any_cursor()),
    ) -> TraceFilter {
        let from = DateTime::from_timestamp_nanos(from);
        let range = TimeRange { from, to: from + TimeDelta::nanoseconds(length) };
        let mut services = conditions.services;
        services.sort();
        services.dedup();
        let data_tag = user.as_ref().map(|_| DataTag::ALL[limit as usize % DataTag::ALL.len()]);
        let without = user.as_ref().map(|_| Dimension::User);
        let (model, capability) = (user.clone(), user.clone());
        TraceFilter { services, range, user, model, capability, data_tag, without, order, limit, cursor, ..conditions }
    }
}

proptest! {
    #[test]
    fn a_printed_filter_reads_back(filter in any_filter()) {
        prop_assert_eq!(TraceFilter::from_query(filter.to_query(), now()), Ok(filter));
    }

    #[test]
    fn any_text_is_a_filter_or_an_error_and_never_a_panic(key in "[a-z_]{0,12}", value in ".{0,40}", q in "[a-z:=<>\"$0-9é ]{0,40}") {
        let _ = read(&[(&key, &value), ("q", &q)]);
    }
}

#[test]
fn free_text_means_the_same_as_parameters() {
    let typed = read(&[("q", r#"service:shop tenant=acme duration>2s cost <= $0.5 status:error "POST /pay now" "#)]);
    let spelled = read(&[
        ("service", "shop"),
        ("tenant", "acme"),
        ("min_duration", "2s"),
        ("max_cost", "0.50"),
        ("status", "error"),
        ("operation", "POST /pay now"),
    ]);
    assert_eq!(typed, spelled);
    assert!(typed.is_ok());
}

#[test]
fn without_parameters_the_list_is_the_last_hour_newest_first() {
    let filter = read(&[("service", ""), ("theme", "dark")]).unwrap();
    assert_eq!(filter, TraceFilter::all(TimeRange::last_seconds(3600, now())));
}

#[test]
fn several_services_and_tenants_are_repeated_keys() {
    let filter = read(&[("service", "a"), ("service", "b"), ("service", "a"), ("tenant", "t")]).unwrap();
    assert_eq!((filter.services, filter.tenants), (vec!["a".to_owned(), "b".to_owned()], vec!["t".to_owned()]));
}

#[test]
fn what_cannot_be_read_is_refused_with_what_was_expected() {
    for (key, value, message) in [
        ("data_tag", "SECRET", "data_tag: expected EXPORT_OK, SENSITIVE or PII, got `SECRET`"),
        ("without", "service", "without: expected cost, tenant, user, capability or model, got `service`"),
        ("status", "bad", "status: expected ok or error, got `bad`"),
        ("min_cost", "$1", "min_cost: expected an amount of US dollars such as 0.05, got `$1`"),
        ("limit", "0", "limit: expected a number from 1 to 200, got `0`"),
        ("order", "name", "order: expected start, duration or cost, got `name`"),
        ("max_duration", "5", "max_duration: expected a length of time such as 250ms, 2s or 1.5m, got `5`"),
        ("cursor", "7", "cursor: expected the cursor of an earlier answer, got `7`"),
        ("from", "tomorrow", "from: expected a time such as 2026-11-20T10:00:00Z, now or -1h, got `tomorrow`"),
    ] {
        assert_eq!(read(&[(key, value)]).unwrap_err().to_string(), message);
    }
    assert!(read(&[("q", "colour:red")]).unwrap_err().to_string().starts_with("q: expected service:"));
    assert!(
        read(&[("from", "-1h"), ("to", "-2h")]).unwrap_err().to_string().starts_with("from: expected a time before")
    );
}

#[test]
fn too_many_services_are_refused() {
    let names: Vec<String> = (0..=VALUES_MAX).map(|number| number.to_string()).collect();
    let pairs = names.iter().map(|name| ("service", name.as_str()));
    assert!(TraceFilter::from_query(pairs, now()).unwrap_err().to_string().starts_with("service: expected at most 50"));
}
