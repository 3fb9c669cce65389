//! Spend by two things at once, by attributes, of one owner, beside the range before.

use chrono::TimeDelta;
use model::Span;
use model::attribute::{Attributes, Value};
use model::cost::{Facet, SplitGroup};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::*;
use crate::testing::settle_all;

/// Spans of few traces, with parents that come later or never and costs that repeat what is below.
pub(super) fn any_span() -> impl Strategy<Value = Span> {
    let names = || prop::option::of(prop::sample::select(vec!["a", "b", "c"]));
    let cost = prop::option::of(prop::sample::select(vec!["0.000000000001", "0.25", "0.5", "0.75"]));
    let second = -40_000i64..40_000;
    (1u64..12, 1i64..9, names(), names(), names(), cost, second, 0usize..3, any::<bool>()).prop_map(
        |(trace, number, tenant, user, model, cost, second, tag, failed)| {
            let span = a_span(trace, number).starting(second);
            let span = if number > 1 { span.under(number / 2) } else { span };
            let mut span = if let Some(tenant) = tenant { span.for_tenant(tenant) } else { span };
            span.data_tag = model::span::DataTag::ALL[tag];
            if let Some(user) = user {
                span = span.for_user(user).of_service(user);
                span.detail.attributes = Attributes(vec![("region".into(), Value::from(user))]);
            }
            if let Some(model) = model {
                // Two providers of one model are one group.
                span = span.with_model(if failed { "openai" } else { "azure" }, model);
            }
            if let Some(cost) = cost {
                span = span.costing(cost);
            }
            if failed { span.failing() } else { span }
        },
    )
}

/// Half a day from just before noon; spans lie in it and in the half day before.
pub(super) fn half_a_day() -> TimeRange {
    TimeRange { from: noon() - TimeDelta::hours(1), to: noon() + TimeDelta::hours(12) }
}

fn ask<'a>(by: &'a Grouping, only: Option<&'a Owner>) -> Question<'a> {
    Question { range: half_a_day(), by, only, bucket_seconds: 3_600, compare: true, groups_max: None }
}

fn grouping(text: &str) -> Grouping {
    Grouping::parse(text).unwrap()
}

async fn by(db: &PgPool, text: &str) -> Split {
    split(db, &ask(&grouping(text), None)).await.unwrap()
}

fn figures(split: &Split) -> Vec<(Vec<Option<&str>>, UsdSum, UsdSum)> {
    fn keys(group: &SplitGroup) -> Vec<Option<&str>> {
        group.keys.iter().map(Option::as_deref).collect()
    }
    split.groups.iter().map(|group| (keys(group), group.sums.now.cost, group.sums.before.cost)).collect()
}

/// Everything that must hold of an answer by itself.
fn check(split: &Split, total: &Compared) {
    let name = split.by.to_string();
    assert_eq!(split.total, *total, "{name}");
    assert_eq!(split.unread, Compared::default(), "{name}: nothing is missing among the spans");
    let mut sum = Compared::default();
    split
        .groups
        .iter()
        .map(|group| &group.sums)
        .chain(split.others.iter().map(|others| &others.sums))
        .for_each(|sums| sum.add(sums));
    assert_eq!(sum, *total, "{name}");
    for group in &split.groups {
        assert_eq!(group.series.iter().copied().sum::<UsdSum>(), group.sums.now.cost, "{name}");
    }
    assert_eq!(split.before.iter().copied().sum::<UsdSum>(), total.before.cost, "{name}");
}

const EVERY: [&str; 21] = [
    "total",
    "tenant",
    "service",
    "capability",
    "model",
    "user",
    "data_tag",
    "tenant,model",
    "model,tenant",
    "tenant,user",
    "tenant,service",
    "tenant,data_tag",
    "tenant,capability",
    "model,user",
    "service,data_tag",
    "user,model",
    "attribute:region",
    "user,attribute:region",
    "model,attribute:status",
    "attribute:operation",
    "tenant,attribute:nothing",
];

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn every_way_to_take_spend_apart_adds_up_to_the_same_after_repeats_late_parents_and_corrections(db: PgPool) {
    let mut runner = TestRunner::deterministic();
    for round in 0..4 {
        let spans = prop::collection::vec(any_span(), 1..80).new_tree(&mut runner).unwrap().current();
        write(&db, spans.clone()).await;
        if round % 2 == 1 {
            write(&db, spans).await;
        }
        settle_all(&db).await;
        if round == 2 {
            while outbox::roll(&db).await.unwrap().rows > 0 {}
        }
        let total = by(&db, "total").await.total;
        for text in EVERY {
            check(&by(&db, text).await, &total);
            let (grouping, limited) = (grouping(text), Some(2));
            let few = split(&db, &Question { groups_max: limited, ..ask(&grouping, None) }).await.unwrap();
            check(&few, &total);
            assert!(few.groups.len() <= 2, "{text}");
            let whole = by(&db, text).await;
            let left_out = whole.groups.len().saturating_sub(2) as i64;
            assert_eq!(few.others.map_or(0, |others| others.groups), left_out, "{text}");
            assert_eq!(few.groups[..], whole.groups[..few.groups.len()], "{text}: the dearest are told apart");
        }
        for group in by(&db, "model,user").await.groups {
            let owner = Owner { dimension: Dimension::User, key: group.keys[1].clone() };
            let of_user = split(&db, &ask(&grouping("model"), Some(&owner))).await.unwrap();
            let same = of_user.groups.iter().find(|each| each.keys[0] == group.keys[0]).unwrap();
            assert_eq!(
                (same.sums, &same.series),
                (group.sums, &group.series),
                "spend of one user is its line of the pair"
            );
            assert_eq!(of_user.total, sums_of(&db, half_a_day(), Some(&owner)).await.unwrap());
        }
    }
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn a_group_that_spent_only_before_is_there_and_says_so(db: PgPool) {
    let spans = vec![
        a_span(1, 1).for_tenant("acme").costing("0.5"),
        a_span(2, 1).for_tenant("acme").costing("0.25").starting(-7_200),
        a_span(3, 1).for_tenant("gone").costing("2").starting(-7_200),
        a_span(4, 1).for_tenant("new").costing("1"),
    ];
    write(&db, spans).await;
    for _ in 0..2 {
        let tenants = by(&db, "tenant").await;
        let expected = [
            (vec![Some("new")], usd("1"), usd("0")),
            (vec![Some("acme")], usd("0.5"), usd("0.25")),
            (vec![Some("gone")], usd("0"), usd("2")),
        ];
        assert_eq!(figures(&tenants), expected);
        assert_eq!(tenants.groups.iter().map(SplitGroup::is_vanished).collect::<Vec<_>>(), [false, false, true]);
        assert_eq!((tenants.total.now.cost, tenants.total.before.cost), (usd("1.5"), usd("2.25")));
        outbox::roll(&db).await.unwrap();
    }
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn pairs_with_a_tenant_come_from_rollups_and_the_others_from_spans(db: PgPool) {
    some_spend(&db).await;
    outbox::roll(&db).await.unwrap();
    let expected = [
        (vec![Some("beta"), None], usd("2"), usd("0")),
        (vec![Some("acme"), Some("gpt-4o")], usd("0.75"), usd("0")),
        (vec![None, None], usd("0.125"), usd("0")),
    ];
    assert_eq!(figures(&by(&db, "tenant,model").await), expected);
    let (planner, none, gpt) = (Some("planner"), None, Some("gpt-4o"));
    let by_service = [
        (vec![planner, none], usd("2"), usd("0")),
        (vec![Some("gateway"), gpt], usd("0.5"), usd("0")),
        (vec![planner, gpt], usd("0.25"), usd("0")),
        (vec![Some("worker"), none], usd("0.125"), usd("0")),
    ];
    assert_eq!(figures(&by(&db, "service,model").await), by_service);
    // Without the spans the rollups still know their pairs, and what is missing is said.
    sqlx::query("delete from span where service_id = (select id from dim_service where name = 'planner')")
        .execute(&db)
        .await
        .unwrap();
    assert_eq!(figures(&by(&db, "tenant,model").await), expected);
    let rest = by(&db, "service,model").await;
    assert_eq!((rest.total.now.cost, rest.unread.now.cost, rest.unread.now.spans), (usd("2.875"), usd("2.25"), 2));
    assert_eq!(rest.groups.len(), 2);
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn spend_of_one_owner_is_read_wherever_it_is_kept(db: PgPool) {
    some_spend(&db).await;
    outbox::roll(&db).await.unwrap();
    let owner = |dimension, key: Option<&str>| Owner { dimension, key: key.map(str::to_owned) };
    let of = async |text: &str, owner: &Owner| split(&db, &ask(&grouping(text), Some(owner))).await.unwrap();
    let acme = owner(Dimension::Tenant, Some("acme"));
    assert_eq!(of("model", &acme).await.total.now.cost, usd("0.75"));
    assert_eq!(of("attribute:operation", &acme).await.total.now.cost, usd("0.75"));
    let planner = owner(Dimension::Service, Some("planner"));
    let tenants = of("tenant", &planner).await;
    assert_eq!(figures(&tenants)[0], (vec![Some("beta")], usd("2"), usd("0")));
    assert_eq!(tenants.total.now.cost, usd("2.25"));
    let (nobody, no_model) = (owner(Dimension::Tenant, None), owner(Dimension::Model, None));
    assert_eq!(of("total", &nobody).await.total.now.cost, usd("0.125"));
    assert_eq!(of("tenant", &no_model).await.total.now.cost, usd("2.125"));
    assert_eq!(of("user", &owner(Dimension::Tenant, Some("nobody"))).await.groups, []);
    assert_eq!(of("user", &owner(Dimension::DataTag, Some("PII"))).await.total, Compared::default());
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn values_of_an_attribute_past_the_limit_are_the_others(db: PgPool) {
    let with = |number: i64| {
        let mut span = a_span(1, number).costing("0.001");
        span.detail.attributes = Attributes(vec![("request".into(), Value::Int(number))]);
        span
    };
    write(&db, (1..=2_100).map(with).collect()).await;
    let (by, max) = (grouping("attribute:request"), Some(50));
    let values = split(&db, &Question { groups_max: max, ..ask(&by, None) }).await.unwrap();
    let others = values.others.clone().unwrap();
    assert_eq!((values.groups.len(), others.sums.now.spans), (50, 2_050));
    assert!(others.groups >= 1_950, "at least those that were told apart: {}", others.groups);
    check(
        &values,
        &Compared {
            now: Sums { spans: 2_100, priced_spans: 2_100, cost: usd("2.1"), ..Sums::default() },
            ..Compared::default()
        },
    );
    assert_eq!(by.facets().next(), Some(&Facet::Attribute("request".to_owned())));
}
