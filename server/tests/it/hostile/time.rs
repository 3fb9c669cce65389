//! Times that cannot be true: at every door they are brought to what can, and said to be.

use serde_json::json;

use super::door::{Door, *};
use super::sent::Sent;
use crate::server::TestServer;

/// The first moment of 2200.
const YEAR_2200_NS: u64 = 7_258_118_400_000_000_000;

/// Start and end as sent; seconds to nanoseconds and the duration as kept; a warning. Zipkin and Jaeger send durations, which
/// are never negative.
struct Case(&'static str, u64, u64, Option<&'static str>, f64, Option<&'static str>);

fn cases(door: Door) -> Vec<Case> {
    let by_duration = matches!(door, ZipkinJson | ZipkinProtobuf | ZipkinOld | Jaeger);
    let backwards = if by_duration { None } else { Some("ends before it starts") };
    let (start, fine) = (1_700_000_000_123_456_789, if by_duration { "20.123456Z" } else { "20.123456789Z" });
    let missing = if by_duration { "no timestamp was sent" } else { "no times were sent" };
    let missing = if door == Jaeger { "no times were sent" } else { missing };
    vec![
        Case("to the nanosecond", start, start + 2_000_000, Some(fine), 2.0, None),
        Case("backwards", start, start - 5, Some(fine), 0.0, backwards),
        Case("zero", 0, 0, Some("1970-01-01T00:00:00Z"), 0.0, Some(missing)),
        Case("the end of time", u64::MAX, u64::MAX, None, 0.0, Some("after the year 2262")),
        Case("2200", YEAR_2200_NS, YEAR_2200_NS + 1_000_000, Some("2200-01-01T00:00:00Z"), 1.0, None),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn times_that_cannot_be_true_are_mended_and_make_no_partitions() {
    let server = TestServer::start().await;
    let db = server.database().await;
    let leaves =
        || async { sqlx::query_scalar::<_, i64>("select count(*) from span_leaf").fetch_one(&db).await.unwrap() };
    let before = leaves().await;
    for (number, door) in (0..).map(|number| number * 100).zip(Door::ALL) {
        for (trace, Case(name, start, end, kept, duration_ms, warning)) in (number + 1..).zip(cases(door)) {
            let span = Sent { start_ns: start, end_ns: end, ..Sent::new(trace, 1) };
            let answer = door.post(&server, door.body(&[span])).await;
            assert!(answer.is_success() && answer.rejected == 0, "{door:?}, {name}: {answer:?}");
            let trace = server.get(&format!("/api/v1/traces/{trace:032x}")).await;
            let back = &trace["spans"][0];
            let began = back["start_time"].as_str().unwrap();
            assert!(kept.is_none_or(|kept| began.ends_with(kept)), "{door:?}, {name}: {began}");
            assert_eq!(back["duration_ms"].as_f64(), Some(duration_ms), "{door:?}, {name}");
            let warned = back["warnings"].to_string();
            assert!(warning.is_none_or(|warning| warned.contains(warning)), "{door:?}, {name}: {warned}");
            let page = format!("{}/traces/{}", server.http, trace["trace_id"].as_str().unwrap());
            assert_eq!(reqwest::get(page).await.unwrap().status(), 200, "{door:?}, {name}");
        }
    }
    assert_eq!(leaves().await, before);
    let told = server.get("/api/v1/ingest").await;
    assert_eq!((&told["accepted"], &told["rejected"]), (&json!(Door::ALL.len() * 5), &json!(0)));
    assert_eq!(server.get("/api/v1/balance").await["balanced"], true);
    db.close().await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_native_span_without_a_time_is_refused_and_one_of_the_far_future_kept() {
    let server = TestServer::start().await;
    let span = |number: u64, start: &str, end: &str| json!({"trace_id": format!("{:032x}", 1), "span_id": format!("{number:016x}"), "start_time": start, "end_time": end});
    let spans = json!([
        span(1, "2024-01-15T10:00:00.123456789Z", "9999-12-31T23:59:59Z"),
        span(2, "yesterday", "2024-01-15T10:00:00Z"),
        span(3, "1950-01-15T10:00:00Z", "2024-01-15T10:00:00Z"),
        {"trace_id": format!("{:032x}", 1), "span_id": format!("{:016x}", 4)},
        span(5, "2024-01-15T12:00:00+02:00", "2024-01-15T10:00:00.000000001Z"),
    ]);
    let (_, answer) = server.post("/api/v1/traces", &json!({"spans": spans})).await;
    assert_eq!((&answer["accepted"], answer["rejected"].as_array().map(Vec::len)), (&json!(2), Some(3)), "{answer}");
    assert!(answer["rejected"][1]["reason"].as_str().unwrap().contains("since 1970"), "{answer}");
    let trace = server.get(&format!("/api/v1/traces/{:032x}", 1)).await;
    let back = trace["spans"].as_array().unwrap().iter().map(|span| span["end_time"].as_str().unwrap());
    let mut ends: Vec<_> = back.collect();
    ends.sort_unstable();
    assert_eq!(ends[0], "2024-01-15T10:00:00.000000001Z");
    assert!(ends[1].starts_with("2262-04-11"), "{ends:?}");
    let told = server.get("/api/v1/ingest").await;
    assert_eq!(told["rejected_in_last_10_minutes"][0], json!({"class": "bad_time", "spans": 3, "requests": 0}));
    server.stop().await;
}
