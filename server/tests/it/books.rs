//! The audit of the books through the real server: sums, drift, bills, and what people say about them.

use chrono::{TimeDelta, Utc};
use reqwest::StatusCode;
use reqwest::header::{LOCATION, RETRY_AFTER};
use serde_json::{Value, json};

use crate::cable::{Cable, Fault};
use crate::server::TestServer;
use crate::traffic::{SAMPLE_ID, a_trace, sample};

/// A trace that costs two cents and declares five.
async fn a_drifting_trace(server: &TestServer) -> String {
    let trace = a_trace(1).costing(0.02);
    let mut body = trace.body();
    body["total_cost_usd"] = json!(0.05);
    server.send(&body).await;
    trace.id().to_owned()
}

async fn bill(server: &TestServer, query: &str, text: &str) -> (StatusCode, Value) {
    let request = reqwest::Client::new().post(format!("{}/api/v1/bills{query}", server.http));
    let answer = request.header("content-type", "text/csv").body(text.to_owned()).send().await.unwrap();
    (answer.status(), answer.json().await.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_balance_tells_every_sum_with_its_difference_and_what_is_open() {
    let server = TestServer::start().await;
    server.send(&sample()).await;
    server.send(&a_trace(1).costing(0.02).with_unpriced_children(3).body()).await;
    let balance = server.get("/api/v1/balance").await;
    assert_eq!(balance["by"].as_object().unwrap().len(), 8);
    assert!(balance["difference"].as_object().unwrap().values().all(|difference| *difference == json!(0)), "{balance}");
    assert_eq!((&balance["span_count"], &balance["unknown_cost_span_count"]), (&json!(7), &json!(3)));
    assert_eq!(balance["unattributed"]["model"], balance["total_cost_usd"]);
    assert_eq!(balance["differs_since"], json!({}));
    // The rollups are spoiled behind the server's back: it says which, by how much, since when.
    server.eventually("/api/v1/balance", |balance| balance["open"]["outbox_rows"] == 0).await;
    let db = server.database().await;
    let spoil = "update cost_rollup set cost_pico = cost_pico + 1000000000 where tenant_id = 0 and grain = 3600 and dim = 1 \
                 and bucket = '2024-01-15 10:00:00+00'";
    let spoiled = sqlx::query(spoil).execute(&db).await.unwrap().rows_affected();
    assert!(spoiled > 0);
    let off = server.get("/api/v1/balance").await;
    assert_eq!((&off["balanced"], &off["difference"]["tenant"]), (&json!(false), &json!(0)));
    assert_eq!(off["difference"]["service"], json!(spoiled as f64 / 1e3));
    assert_eq!(off["differs_since"], json!({"service": "2024-01-15T10:00:00Z"}));
    let page = reqwest::get(format!("{}/costs/balance", server.http)).await.unwrap().text().await.unwrap();
    assert!(page.contains("The books do not balance.") && page.contains("15 Jan 2024 10:00 UTC"), "{page}");
    let (status, _) = server.try_get("/api/v1/balance?anew=2").await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    db.close().await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_read_says_come_back_while_the_database_starts_or_is_away() {
    let cable = Cable::new().await;
    let server = TestServer::with(|config| cable.between(config)).await;
    server.send(&sample()).await;
    let reads = [
        "balance",
        "balance/drift",
        "balance/bills",
        "bills",
        "traces",
        "costs",
        "alerts",
        "dependencies",
        "prices/unpriced",
        "prices/repricing",
    ];
    let one = format!("traces/{SAMPLE_ID}");
    for fault in [Fault::Refused("55000"), Fault::Refused("57P03"), Fault::Gone] {
        cable.set(fault);
        for path in reads.iter().copied().chain([one.as_str()]) {
            let answer = reqwest::get(format!("{}/api/v1/{path}", server.http)).await.unwrap();
            assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE, "{fault:?} {path}");
            assert_eq!(answer.headers()[RETRY_AFTER], "2", "{path}");
        }
        let page = reqwest::get(format!("{}/costs/balance", server.http)).await.unwrap();
        assert_eq!(page.status(), StatusCode::SERVICE_UNAVAILABLE, "{fault:?}");
        cable.set(Fault::None);
        server.eventually("/readyz", |_| true).await;
    }
    assert_eq!(server.get("/api/v1/balance").await["balanced"], true);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_nobody_asks_finds_books_that_do_not_balance_and_says_when_they_do_again() {
    let server = TestServer::with(|config| config.balance_seconds = 1).await;
    // Not so dear that a budget has anything to say about it.
    server.send(&a_trace(1).costing(0.002).body()).await;
    let is_rolled = "select count(*) = 0 from rollup_outbox";
    let db = server.database().await;
    while !sqlx::query_scalar::<_, bool>(is_rolled).fetch_one(&db).await.unwrap() {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let add = "update cost_rollup set cost_pico = cost_pico + $1 where tenant_id = 0 and grain = 3600 and dim = 4";
    sqlx::query(add).bind(250_000_000_000_i64).execute(&db).await.unwrap();
    // Nothing of that leaves a mark; what comes later does.
    server.send(&a_trace(2).costing(0.001).body()).await;
    let is_told = |alerts: &Value| alerts["alerts"].as_array().is_some_and(|alerts| !alerts.is_empty());
    let firing = server.eventually("/api/v1/alerts?state=firing", is_told).await;
    let alert = &firing["alerts"][0];
    assert_eq!((&alert["rule"], &alert["severity"]), (&json!("books do not balance"), &json!("critical")), "{firing}");
    assert_eq!((&alert["value"], &alert["peak"]), (&json!(1), &json!(0.25)));
    let shown = server.get(&format!("/api/v1/alerts/{}", alert["id"])).await;
    let told = shown["history"][0]["text"].as_str().unwrap();
    assert!(told.contains("these sums differ: user by 0.25 USD (since 20"), "{told}");
    let page = server.page(&format!("/alerts/{}", alert["id"])).await;
    assert!(page.contains("Largest difference") && page.contains("/costs/balance"), "{page}");
    let metrics = reqwest::get(format!("{}/metrics", server.http)).await.unwrap().text().await.unwrap();
    assert!(metrics.contains("\ntracetab_balance_check_seconds "), "{metrics}");
    sqlx::query(add).bind(-250_000_000_000_i64).execute(&db).await.unwrap();
    server.eventually("/api/v1/alerts?state=resolved", is_told).await;
    drop(db);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_drifting_trace_is_explained_acknowledged_and_comes_back_when_that_is_undone() {
    let server = TestServer::start().await;
    let id = a_drifting_trace(&server).await;
    let audit = server.get("/api/v1/balance/drift").await;
    assert_eq!((&audit["open"]["trace_count"], &audit["open"]["drift_usd"]), (&json!(1), &json!(-0.03)));
    assert_eq!((&audit["lines"][0]["trace_id"], &audit["declared_trace_count"]), (&json!(id), &json!(1)));
    assert!(!audit["lines"][0]["reasons"].as_array().unwrap().is_empty());
    assert_eq!(server.get("/api/v1/balance/drift?tolerance_usd=0.03").await["lines"], json!([]));
    let path = format!("/api/v1/balance/drift/{id}");
    let (status, _) = server.post(&format!("{path}/note"), &json!({"by": "Ines", "note": "counts retries"})).await;
    assert_eq!(status, StatusCode::OK);
    let stale = json!({"by": "Ines", "difference_usd": -0.5});
    assert_eq!(server.post(&format!("{path}/acknowledge"), &stale).await.0, StatusCode::CONFLICT);
    let (status, reviewed) =
        server.post(&format!("{path}/acknowledge"), &json!({"by": "Ines", "difference_usd": -0.03})).await;
    assert_eq!((status, &reviewed["acknowledged"]), (StatusCode::OK, &json!(true)), "{reviewed}");
    let (status, problem) = server.post(&format!("{path}/acknowledge"), &json!({"by": "Mara"})).await;
    assert_eq!((status, &problem["by"]), (StatusCode::CONFLICT, &json!("Ines")));
    assert_eq!(server.get("/api/v1/balance/drift").await["lines"], json!([]));
    let held = server.get("/api/v1/balance/drift?state=acknowledged").await;
    assert_eq!(held["lines"][0]["acknowledged"]["by"], "Ines");
    let (status, _) = server.post(&format!("{path}/undo"), &json!({"by": "Mara"})).await;
    assert_eq!(status, StatusCode::OK);
    let back = server.get("/api/v1/balance/drift").await;
    let said: Vec<_> = back["lines"][0]["history"].as_array().unwrap().iter().map(|entry| &entry["action"]).collect();
    assert_eq!(said, ["taken back", "acknowledged", "noted"]);
    for (path, expected) in [
        (format!("{path}/forget"), StatusCode::NOT_FOUND),
        (format!("/api/v1/balance/drift/{SAMPLE_ID}/note"), StatusCode::NOT_FOUND),
        ("/api/v1/balance/drift/x/note".to_owned(), StatusCode::BAD_REQUEST),
    ] {
        assert_eq!(server.post(&path, &json!({"by": "Ines", "note": "n"})).await.0, expected, "{path}");
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_another_site_can_neither_acknowledge_nor_import() {
    let server = TestServer::start().await;
    let id = a_drifting_trace(&server).await;
    for path in [format!("/api/v1/balance/drift/{id}/acknowledge"), "/api/v1/bills".to_owned()] {
        let request = reqwest::Client::new().post(format!("{}{path}", server.http));
        let request = request.header("origin", "https://evil.example").header("content-type", "text/csv").body("{}");
        assert_eq!(request.send().await.unwrap().status(), StatusCode::FORBIDDEN, "{path}");
    }
    server.stop().await;
}

/// A call of a dated model that cost a quarter, and one of another model that failed without a cost, both now.
async fn calls_of_models(server: &TestServer) {
    let mut trace = a_trace(5).costing(0.25).with_child("other", 0.0).body();
    let call = |model: &str| json!({"gen_ai.system": "openai", "gen_ai.request.model": model, "cost_usd": 0.25});
    trace["spans"][0]["attributes"] = call("gpt-4o-2024-08-06");
    trace["spans"][1]["attributes"] = call("o1");
    trace["spans"][1]["attributes"].as_object_mut().unwrap().remove("cost_usd");
    trace["spans"][1]["status"] = json!("error");
    server.send(&trace).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bill_is_laid_beside_our_cost_by_day_and_model() {
    let server = TestServer::start().await;
    calls_of_models(&server).await;
    // The trace began two seconds ago: that is the day that counts.
    let day = (Utc::now() - TimeDelta::seconds(2)).date_naive();
    let text = format!(
        "Day;Provider;Model;Amount;Currency\n{day};OpenAI;gpt-4o;0.20;USD\n{day};openai;gpt-4.1;1.5;usd\n{day};openai;o1;1;EUR\n"
    );
    let (status, import) = bill(&server, "?name=november.csv&by=Ines", &text).await;
    assert_eq!(status, StatusCode::CREATED, "{import}");
    assert_eq!((&import["lines_read"], &import["lines_kept"]), (&json!(3), &json!(2)));
    assert_eq!(
        import["refusals"][0],
        "line 4, column Currency: expected USD, the only currency that is kept, found “EUR”"
    );
    let (status, again) = bill(&server, "?name=other.csv", &text).await;
    assert_eq!((status, &again["known_already"], &again["id"]), (StatusCode::OK, &json!(true), &import["id"]));
    let margin = server.get("/api/v1/balance/bills").await;
    assert_eq!((&margin["ours_usd"], &margin["bill_usd"]), (&json!(0.25), &json!(1.7)), "{margin}");
    let row = |model: &str| {
        let rows = margin["rows"].as_array().unwrap();
        rows.iter().find(|row| row["model"] == model).unwrap_or_else(|| panic!("{model} in {margin}")).clone()
    };
    let (alias, missing, failed) = (row("gpt-4o"), row("gpt-4.1"), row("o1"));
    assert_eq!(
        (&alias["ours_usd"], &alias["difference_usd"]),
        (&json!(0.25), &json!(0.05)),
        "a dated name is its alias"
    );
    assert_eq!(
        (&missing["ours_usd"], &missing["reasons"][1]),
        (&Value::Null, &json!("no span of this day calls this model"))
    );
    assert_eq!(
        (&failed["bill_usd"], &failed["failed_calls"], &failed["unpriced_calls"]),
        (&Value::Null, &json!(1), &json!(1))
    );
    let acknowledge =
        json!({"day": day, "provider": "openai", "model": "gpt-4o", "by": "Mara", "difference_usd": 0.05});
    let (status, reviewed) = server.post("/api/v1/balance/bills/acknowledge", &acknowledge).await;
    assert_eq!((status, &reviewed["acknowledged"]), (StatusCode::OK, &json!(true)), "{reviewed}");
    let held = server.get("/api/v1/balance/bills").await;
    assert!(held["rows"].as_array().unwrap().iter().any(|row| row["acknowledged"]["by"] == "Mara"), "{held}");
    let id = &import["id"];
    let delete = reqwest::Client::new().delete(format!("{}/api/v1/bills/{id}?by=Mara", server.http));
    assert_eq!(delete.send().await.unwrap().json::<Value>().await.unwrap()["deleted_by"], "Mara");
    assert_eq!(server.get("/api/v1/balance/bills").await["rows"], json!([]));
    assert_eq!(server.get("/api/v1/bills").await["imports"][0]["deleted_by"], "Mara");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_bill_is_refused_with_the_reason_and_stays_in_the_list() {
    let server = TestServer::start().await;
    let (status, problem) = bill(&server, "", "foo,bar\n1,2\n").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(problem["detail"].as_str().unwrap().contains("the header has no column for the day"), "{problem}");
    assert_eq!(server.get("/api/v1/bills").await["imports"][0]["lines_kept"], 0);
    assert_eq!(bill(&server, "?mode=x", "day\n").await.0, StatusCode::BAD_REQUEST);
    let latin1 = reqwest::Client::new().post(format!("{}/api/v1/bills", server.http)).body(vec![0xe9]);
    assert_eq!(latin1.send().await.unwrap().status(), StatusCode::UNPROCESSABLE_ENTITY);
    let large = vec![b'a'; model::bill::BILL_BYTES_MAX + 1];
    let large = reqwest::Client::new().post(format!("{}/api/v1/bills", server.http)).body(large);
    assert_eq!(large.send().await.unwrap().status(), StatusCode::PAYLOAD_TOO_LARGE);
    let xml = reqwest::Client::new().post(format!("{}/api/v1/bills", server.http)).header("content-type", "text/xml");
    assert_eq!(xml.body("<a/>").send().await.unwrap().status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_form_of_the_page_leads_back_to_it_with_what_was_kept() {
    let server = TestServer::start().await;
    let part = |name: &str, value: &str| {
        format!("--edge\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let text = "date,model,cost\n2026-11-20,gpt-4o,1\n2026-11-21,gpt-4o,soon\n";
    let body = [part("file", ""), part("text", text), part("provider", "OpenAI"), part("by", "Ines")].concat()
        + "--edge--\r\n";
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let request = client.post(format!("{}/api/v1/bills", server.http)).body(body);
    let answer = request.header("content-type", "multipart/form-data; boundary=edge").send().await.unwrap();
    assert_eq!(
        (answer.status(), &answer.headers()[LOCATION]),
        (StatusCode::SEE_OTHER, &"/costs/balance?import=1#bills".parse().unwrap())
    );
    let page = reqwest::get(format!("{}/costs/balance?import=1", server.http)).await.unwrap().text().await.unwrap();
    for told in ["1 of 2 lines were kept", "line 3, column cost", "no span of this day calls this model", "by Ines"] {
        assert!(page.contains(told), "{told} in {page}");
    }
    server.stop().await;
}
