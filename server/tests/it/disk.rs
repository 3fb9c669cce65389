//! The disk fills up: spans are sent back with words that say why, pages go on, and it is over when there is room again.

use reqwest::StatusCode;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, PgPool};

use crate::process::{DataFolder, ServerProcess};
use crate::server::TestServer;
use crate::small_disk::{SmallDisk, fill, free_bytes};
use crate::traffic::a_trace;

const MEGABYTE: u64 = 1024 * 1024;

async fn get(server: &ServerProcess, path: &str) -> (StatusCode, String) {
    let answer = reqwest::get(format!("{}{path}", server.http)).await.unwrap();
    (answer.status(), answer.text().await.unwrap())
}

async fn post(server: &ServerProcess, number: u64) -> (StatusCode, String) {
    let request = reqwest::Client::new().post(format!("{}/api/v1/traces", server.http));
    let answer = request.json(&a_trace(number).costing(0.5).body()).send().await.unwrap();
    (answer.status(), answer.text().await.unwrap())
}

async fn until_ready(server: &ServerProcess, is_ready: bool) -> String {
    let asking = async {
        loop {
            let (status, words) = get(server, "/readyz").await;
            if (status == StatusCode::OK) == is_ready {
                return words;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), asking).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn spans_are_sent_back_before_the_private_databases_disk_is_full_and_pages_go_on() {
    let folder = DataFolder::new("disk");
    let small = SmallDisk::over(folder.path(), 300);
    // On a disk that is not ours alone, the limit is what is free there, less than others take during a test.
    let (limit, over) = match small {
        Some(_) => (64 * MEGABYTE, free_bytes(folder.path()) - 40 * MEGABYTE),
        None => (free_bytes(folder.path()) - 800 * MEGABYTE, 900 * MEGABYTE),
    };
    let server = ServerProcess::start_with(&folder, &[("TRACETAB_DISK_FREE_BYTES_MIN", &limit.to_string())]);
    until_ready(&server, true).await;
    assert_eq!(post(&server, 1).await.0, StatusCode::OK);

    let ballast = folder.path().join("ballast");
    let used = small.as_ref().map_or(0, |_| over + 40 * MEGABYTE - free_bytes(folder.path()));
    fill(&ballast, over - used);
    assert!(until_ready(&server, false).await.contains("nearly full"));
    let (status, words) = post(&server, 2).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(words.contains("disk"), "{words}");
    let (status, words) = get(&server, "/api/v1/costs?from=-1h").await;
    assert_eq!(status, StatusCode::OK, "{words}");
    let told: Value = serde_json::from_str(&get(&server, "/api/v1/ingest").await.1).unwrap();
    assert_eq!((&told["disk_alarm"], &told["disk"]["free_bytes_min"]), (&json!("low"), &json!(limit)));
    assert!(told["disk"]["free_bytes"].as_u64().unwrap() < limit);
    assert_eq!(told["turned_away"][5], json!({"why": "disk", "requests": 1, "recent_requests": 1, "spans": 1}));
    let metrics = get(&server, "/metrics").await.1;
    assert!(
        metrics.contains("\ntracetab_disk_alarm 1\n") && metrics.contains("\ntracetab_disk_free_bytes "),
        "{metrics}"
    );
    for (path, words) in [("/ingest", "disk is nearly full"), ("/", "disk is full"), ("/costs", "disk full")] {
        let (status, page) = get(&server, path).await;
        assert_eq!(status, StatusCode::OK, "{path}");
        assert!(page.contains(words), "{path}");
    }

    std::fs::remove_file(&ballast).unwrap();
    until_ready(&server, true).await;
    assert_eq!(post(&server, 2).await.0, StatusCode::OK);
    let costs: Value = serde_json::from_str(&get(&server, "/api/v1/costs?from=-1h").await.1).unwrap();
    assert_eq!((&costs["span_count"], &costs["total_cost_usd"]), (&json!(2), &json!(1)));
    assert!(get(&server, "/metrics").await.1.contains("\ntracetab_disk_alarm 0\n"));
    assert!(server.stop().success());
}

async fn execute(db: &PgPool, statement: String) {
    sqlx::raw_sql(AssertSqlSafe(statement)).execute(db).await.unwrap();
}

/// Puts the leaves on a disk of their own, too small for what comes, else makes the database say what it would.
async fn without_room(db: &PgPool, small: Option<&std::path::Path>) {
    let Some(folder) = small else {
        let refuse = "create function no_room() returns trigger language plpgsql as \
            $$ begin raise exception 'no room' using errcode = '53100'; end $$; \
            create trigger no_room before insert on traces execute function no_room()";
        return execute(db, refuse.to_owned()).await;
    };
    let data: String = sqlx::query_scalar("show data_directory").fetch_one(db).await.unwrap();
    let owner = std::os::unix::fs::MetadataExt::uid(&std::fs::metadata(data).unwrap());
    std::os::unix::fs::chown(folder, Some(owner), None).unwrap();
    execute(db, format!("create tablespace tiny location '{}'", folder.display())).await;
    move_leaves(db, "tiny").await;
}

async fn move_leaves(db: &PgPool, tablespace: &str) {
    let leaves: Vec<String> = sqlx::query_scalar("select name from span_leaf").fetch_all(db).await.unwrap();
    for leaf in leaves {
        execute(db, format!("alter table {leaf} set tablespace {tablespace}")).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_says_its_disk_is_full_raises_an_alarm_and_loses_nothing() {
    const REQUESTS: u64 = 40;
    let folder = DataFolder::new("tiny");
    let small = SmallDisk::over(folder.path(), 4);
    let server = TestServer::start().await;
    let db = server.database().await;
    without_room(&db, small.as_ref().map(|_| folder.path())).await;
    // Noise, so that it does not compress: half a megabyte each.
    let body = |number: u64| {
        let mut seed = number + 1;
        let noise: String = (0..60_000)
            .map(|_| {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                format!("{:08x}", seed >> 32)
            })
            .collect();
        let mut body = a_trace(number).costing(0.5).body();
        body["spans"][0]["attributes"]["noise"] = json!(noise);
        body
    };
    let mut waiting = Vec::new();
    for number in 0..REQUESTS {
        let (status, answer) = server.post("/api/v1/traces", &body(number)).await;
        if status != StatusCode::OK {
            assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{answer}");
            assert!(answer["detail"].as_str().unwrap().contains("disk"), "{answer}");
            waiting.push(number);
        }
    }
    assert!(!waiting.is_empty());
    let (ready, words) = server.try_get("/readyz").await;
    assert_eq!(ready, StatusCode::SERVICE_UNAVAILABLE);
    assert!(words.as_str().unwrap().contains("disk is full"), "{words}");
    let told = server.get("/api/v1/ingest").await;
    assert_eq!((&told["disk_alarm"], &told["turned_away"][5]["requests"]), (&json!("full"), &json!(waiting.len())));
    let costs = server.get("/api/v1/costs?from=-1h").await;
    assert_eq!(costs["span_count"], json!(REQUESTS - waiting.len() as u64));

    match small {
        Some(_) => move_leaves(&db, "pg_default").await,
        None => execute(&db, "drop trigger no_room on traces".to_owned()).await,
    }
    for number in waiting {
        assert_eq!(server.post("/api/v1/traces", &body(number)).await.0, StatusCode::OK);
    }
    let costs = server.get("/api/v1/costs?from=-1h").await;
    assert_eq!((&costs["span_count"], &costs["total_cost_usd"]), (&json!(REQUESTS), &json!(20)));
    assert_eq!(server.get("/api/v1/balance").await["balanced"], true);
    // The alarm outlives the first that was written.
    let mut number = REQUESTS;
    while server.get("/api/v1/ingest").await["disk_alarm"] != Value::Null {
        number += 1;
        server.send(&a_trace(number).body()).await;
        assert!(number < REQUESTS + 10_000);
    }
    if small.is_some() {
        execute(&db, "drop tablespace tiny".to_owned()).await;
    }
    db.close().await;
    server.stop().await;
}
