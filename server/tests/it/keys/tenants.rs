//! What comes with the key of a tenant is that tenant's, and nobody else's who sends the same ids.

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{ACME, ACME_READ, ACME_TOO, BETA, BETA_READ, INGEST, Locked};
use crate::hostile::door::Door;
use crate::hostile::sent::Sent;
use crate::server::TestServer;

async fn send(server: &TestServer, door: Door, key: &str, spans: &[Sent]) {
    let headers = [("content-type", door.content_type()), ("x-api-key", key)];
    let answer = door.post_with(server, &headers, door.body(spans)).await;
    assert!(answer.is_success() && answer.rejected == 0, "{door:?}: {answer:?}");
}

fn path(trace: u64, query: &str) -> String {
    format!("/api/v1/traces/{trace:032x}{query}")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tenant_of_a_key_beats_every_attribute_at_every_door_also_once_the_trace_is_settled() {
    let locked = Locked::new("beats");
    let server = locked.server().await;
    for (number, door) in (1..).zip(Door::ALL) {
        let says =
            |span: Sent| span.with("tenant", "mallory").with("tenant.id", "mallory").with("organization.id", "mallory");
        send(&server, door, ACME, &[says(Sent::new(number, 1)), Sent::new(number, 2).under(1)]).await;
        let trace = server.eventually(&path(number, ""), |trace| trace["max_depth"] == 2).await;
        for span in trace["spans"].as_array().unwrap() {
            assert_eq!(
                (&span["tenant"], &span["owners"]["tenant"]["source"]),
                (&json!("acme"), &json!("key")),
                "{door:?}: {span}"
            );
        }
    }
    let costs = server.eventually("/api/v1/costs?group_by=tenant", |costs| costs["span_count"] == 18).await;
    let groups: Vec<_> = costs["groups"].as_array().unwrap().iter().map(|group| &group["key"]).collect();
    assert_eq!(groups, [&json!("acme")]);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_parent_by_another_key_changes_nothing_and_one_by_the_same_tenant_joins() {
    let locked = Locked::new("late");
    let server = locked.server().await;
    send(&server, Door::Native, ACME, &[Sent::new(1, 2).under(1)]).await;
    let orphan = server.eventually(&path(1, ""), |trace| trace["max_depth"] == 1).await;
    assert_eq!(orphan["orphan_count"], 1);

    let parent = || Sent::new(1, 1).with("tenant", "mallory").with("user.id", "mallory");
    for key in [INGEST, BETA] {
        send(&server, Door::OtlpProtobuf, key, &[parent()]).await;
    }
    server.eventually(&path(1, "?shared=1"), |trace| trace["max_depth"] == 1).await;
    let own = server.get(&path(1, "?tenant=acme")).await;
    assert_eq!((&own["span_count"], &own["orphan_count"]), (&json!(1), &json!(1)));
    assert_eq!((&own["spans"][0]["tenant"], &own["spans"][0]["user"]), (&json!("acme"), &Value::Null));

    send(&server, Door::ZipkinJson, ACME_TOO, &[parent()]).await;
    let own = server.eventually(&path(1, "?tenant=acme"), |trace| trace["max_depth"] == 2).await;
    assert_eq!((&own["span_count"], &own["orphan_count"]), (&json!(2), &json!(0)), "its keys share a space");
    assert!(own["spans"].as_array().unwrap().iter().all(|span| span["tenant"] == "acme" && span["user"] == "mallory"));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_tenants_with_the_same_ids_are_both_counted_and_apart_for_their_readers() {
    let locked = Locked::new("apart");
    let server = locked.server().await;
    for door in Door::ALL {
        // Sent again at every door, it counts once.
        for key in [ACME, BETA, INGEST] {
            send(&server, door, key, &[Sent { name: key.to_owned(), ..Sent::new(7, 1) }]).await;
        }
    }
    let balance = server.eventually("/api/v1/balance", |balance| balance["by"]["tenant"] == json!(0.003)).await;
    assert_eq!((&balance["balanced"], &balance["total_cost_usd"]), (&json!(true), &json!(0.003)));

    for (key, tenant, sent_with) in [(ACME_READ, "acme", ACME), (BETA_READ, "beta", BETA)] {
        let trace = server.get_as(key, &path(7, "")).await;
        assert_eq!((&trace["trace_id"], &trace["span_count"]), (&json!(format!("{:032x}", 7)), &json!(1)));
        assert_eq!(
            (&trace["spans"][0]["tenant"], &trace["spans"][0]["operation_name"]),
            (&json!(tenant), &json!(sent_with))
        );
        let list = server.get_as(key, "/api/v1/traces").await;
        assert_eq!((&list["total"]["traces"], &list["total"]["cost_usd"]), (&json!(1), &json!(0.001)), "{list}");
        assert_eq!(list["traces"][0]["trace_id"], trace["trace_id"]);
        let costs = server.get_as(key, "/api/v1/costs").await;
        assert_eq!(costs["total_cost_usd"], json!(0.001), "{costs}");
    }

    // Whoever reads everything is told that there are three, and where each is.
    let (status, problem) = server.try_get(&path(7, "")).await;
    assert_eq!((status, &problem["status"]), (StatusCode::MULTIPLE_CHOICES, &json!(300)), "{problem}");
    let choices: Vec<_> =
        problem["choices"].as_array().unwrap().iter().map(|one| one["href"].as_str().unwrap().to_owned()).collect();
    assert_eq!(choices, [path(7, "?shared=1"), path(7, "?tenant=acme"), path(7, "?tenant=beta")]);
    for (href, sent_with) in choices.iter().zip([INGEST, ACME, BETA]) {
        assert_eq!(server.get(href).await["spans"][0]["operation_name"], sent_with);
    }
    let list = server.get("/api/v1/traces").await;
    assert_eq!(list["total"]["traces"], 3);
    let page = server.page(&format!("/traces/{:032x}", 7)).await;
    assert!(page.contains("Several tenants have sent") && page.contains("?tenant=beta"), "the page offers the choice");
    let list = server.page("/traces").await;
    assert!(list.contains(&format!("/traces/{:032x}?tenant=acme", 7)), "the list leads to the right one");
    let page = server.page(&format!("/traces/{:032x}?tenant=beta&span={:016x}", 7, 1)).await;
    assert!(page.contains(BETA) && page.contains("by the key it was sent with") && !page.contains(&format!("{ACME}<")));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_is_listed_by_the_id_it_was_sent_with() {
    let locked = Locked::new("refused");
    let server = locked.server().await;
    let mut bad = Sent::new(0xabcd, 1);
    bad.span_id = "0".repeat(16);
    let headers = [("content-type", Door::OtlpJson.content_type()), ("x-api-key", ACME)];
    let answer = Door::OtlpJson.post_with(&server, &headers, Door::OtlpJson.body(&[Sent::new(0xabcd, 2), bad])).await;
    assert_eq!(answer.rejected, 1);
    let told = server.get("/api/v1/ingest").await;
    let line = &told["rejected_spans"][0];
    assert!(line["sender"].as_str().unwrap().ends_with(" with the key acme"), "{line}");
    server.stop().await;
}
