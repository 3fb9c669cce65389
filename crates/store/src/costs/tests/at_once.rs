//! What is read of an owner at once is what each question by itself is answered with.

use model::cost::SplitGroup;
use model::trace::TraceSummary;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use uuid::Uuid;

use super::splits::{any_span, half_a_day};
use super::*;
use crate::testing::settle_all;
use crate::traces;

/// Few, so that others are left over.
const GROUPS_MAX: usize = 2;

const TRACES_MAX: i64 = 3;

fn owners() -> Vec<Owner> {
    let named = |dimension, key: &str| Owner { dimension, key: Some(key.to_owned()) };
    let nobody = |dimension| Owner { dimension, key: None };
    vec![
        named(Dimension::User, "a"),
        named(Dimension::Model, "b"),
        named(Dimension::Service, "c"),
        named(Dimension::DataTag, "PII"),
        named(Dimension::User, "who never was"),
        nobody(Dimension::Model),
        nobody(Dimension::User),
        nobody(Dimension::Capability),
    ]
}

/// The dimensions that rollups do not keep by such an owner.
fn unknown_to_rollups(owner: &Owner) -> Vec<Dimension> {
    Dimension::ALL.iter().copied().filter(|by| !Grouping::by(*by).is_in_rollups(Some(owner))).collect()
}

async fn read(db: &PgPool, owner: &Owner) -> (Vec<Dimension>, AtOnce) {
    let dimensions = unknown_to_rollups(owner);
    let asked =
        OfOwner { owner, range: half_a_day(), dimensions: &dimensions, groups_max: GROUPS_MAX, traces_max: TRACES_MAX };
    let read = at_once(db, &asked).await.unwrap();
    (dimensions, read)
}

/// Names and sums of what is told apart: there are no series to compare.
fn lines(groups: &[SplitGroup]) -> Vec<(&[Option<String>], Compared)> {
    groups.iter().map(|group| (group.keys.as_slice(), group.sums)).collect()
}

fn ids(traces: &[TraceSummary]) -> Vec<Uuid> {
    traces.iter().map(|trace| Uuid::from_bytes(trace.trace_id.to_bytes())).collect()
}

/// The dearest traces of the user or model with a name, found span by span.
async fn dearest(db: &PgPool, column: &str, dictionary: &str, name: &str) -> Vec<Uuid> {
    let range = half_a_day();
    let statement = format!(
        "select t.trace_id from traces t
          where exists (select from span s join {dictionary} d on d.id = s.{column}
                         where s.trace_id = t.trace_id and d.name = $1 and s.verdict = 0 and s.cost_pico > 0
                           and s.start_time >= $2 and s.start_time < $3)
          order by t.cost_pico desc, t.start_time desc limit $4"
    );
    let query = sqlx::query_scalar(sqlx::AssertSqlSafe(statement)).bind(name).bind(range.from).bind(range.to);
    query.bind(TRACES_MAX).fetch_all(db).await.unwrap()
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn one_reading_says_what_every_question_by_itself_says(db: PgPool) {
    let mut runner = TestRunner::deterministic();
    for round in 0..3 {
        let spans = prop::collection::vec(any_span(), 1..80).new_tree(&mut runner).unwrap().current();
        write(&db, spans).await;
        settle_all(&db).await;
        if round == 1 {
            while outbox::roll(&db).await.unwrap().rows > 0 {}
        }
        for owner in owners() {
            let (dimensions, found) = read(&db, &owner).await;
            assert_eq!(found.traces, traces::spend(&db, &owner, half_a_day()).await.unwrap(), "{owner:?}");
            for (dimension, split) in dimensions.into_iter().zip(found.splits) {
                let by = Grouping::by(dimension);
                let question = Question {
                    range: half_a_day(),
                    by: &by,
                    only: Some(&owner),
                    bucket_seconds: 3_600,
                    compare: false,
                    groups_max: Some(GROUPS_MAX),
                };
                let alone = super::super::split(&db, &question).await.unwrap();
                assert_eq!(lines(&split.groups), lines(&alone.groups), "{owner:?} {by}");
                assert_eq!((split.total, split.unread), (alone.total, alone.unread), "{owner:?} {by}");
                let others = |split: &Split| split.others.as_ref().map(|others| (others.groups, others.sums));
                assert_eq!(others(&split), others(&alone), "{owner:?} {by}");
            }
        }
        let user = read(&db, &owners()[0]).await.1;
        assert_eq!(ids(&user.dearest), dearest(&db, "user_id", "dim_user", "a").await);
        let model = read(&db, &owners()[1]).await.1;
        assert_eq!(ids(&model.dearest), dearest(&db, "model_id", "dim_model", "b").await);
    }
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn spans_that_are_no_longer_kept_are_missed_in_every_part_of_the_reading(db: PgPool) {
    some_spend(&db).await;
    outbox::roll(&db).await.unwrap();
    sqlx::query("delete from span where tokens_in > 0").execute(&db).await.unwrap();
    let owner = Owner { dimension: Dimension::Model, key: Some("gpt-4o".to_owned()) };
    let asked = OfOwner {
        owner: &owner,
        range: the_day(),
        dimensions: &[Dimension::Service, Dimension::User],
        groups_max: GROUPS_MAX,
        traces_max: TRACES_MAX,
    };
    let found = at_once(&db, &asked).await.unwrap();
    for split in &found.splits {
        assert_eq!((split.total.now.cost, split.unread.now.cost), (usd("0.75"), usd("0.75")), "{}", split.by);
        assert_eq!(split.groups, []);
    }
    assert_eq!((found.traces.traces, found.dearest.len()), (0, 0));
}
