//! The laws of the books, on a server under load: sums by every dimension are the sum of the spans are the rollups, at every
//! grain and at every look; and what is true in the end does not depend on how it came.
//!
//! `traces` are what is told, `expected` what the rules make of it without a server, `requests` how it is sent, `figures`
//! what a server says about it.

mod expected;
mod figures;
mod requests;
mod traces;

use std::path::Path;
use std::time::Duration;

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::task::JoinSet;

use self::figures::{Question, ask, balance, questions};
use self::requests::{Address, Arrival, requests, send};
use self::traces::{Prices, told};
use crate::process::{DataFolder, ServerProcess};
use crate::server::TestServer;

const SENDERS: usize = 4;

/// Longest wait for something the server does by itself.
const PATIENCE: Duration = Duration::from_secs(60);

/// Looks there must have been while spans came: fewer say nothing about a server under load.
const LOOKS_MIN: usize = 5;

/// Asks the server everything it knows about money until told to stop; tells how often the books were looked at.
async fn look_on(questions: Vec<Question>, server: watch::Receiver<Address>, stop: watch::Receiver<bool>) -> usize {
    let mut looks = 0;
    for question in questions.iter().cycle() {
        if *stop.borrow() {
            return looks;
        }
        let http = server.borrow()[0].clone();
        let before = balance(&http).await;
        let figures = ask(&http, question).await;
        let after = balance(&http).await;
        let (Some(before), Some(figures), Some(after)) = (before, figures, after) else {
            // The server is away; its database may be starting.
            tokio::time::sleep(Duration::from_millis(20)).await;
            continue;
        };
        looks += 1;
        // Nothing came meanwhile, so all three are of the same money.
        if (before.total(), before.span_count) == (after.total(), after.span_count) {
            assert_eq!(figures.total(), before.total(), "{question:?}");
        }
    }
    looks
}

fn address(server: &ServerProcess) -> Address {
    [server.http.clone(), server.grpc.clone()]
}

fn start(folder: &DataFolder) -> ServerProcess {
    let rules = folder.path().to_str().unwrap();
    ServerProcess::start_with(folder, &[("TRACETAB_RULES", rules), ("TRACETAB_QUIET_SECONDS", "1")])
}

/// What is answered as soon as it is as wanted.
async fn when(http: &str, path: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    let waiting = async {
        loop {
            match figures::get::<Value>(http, path).await {
                Some(answer) if wanted(&answer) => return answer,
                _ => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    };
    let waited = tokio::time::timeout(PATIENCE, waiting).await;
    waited.unwrap_or_else(|_| panic!("{path} never became what was expected"))
}

/// Prices everything again at what is in the price file now.
async fn price_again(http: &str, from: DateTime<Utc>) {
    let started = reqwest::Client::new().post(format!("{http}/api/v1/prices/repricing")).json(&json!({"from": from}));
    assert!(started.send().await.unwrap().status().is_success());
    let ready = when(http, "/api/v1/prices/repricing", |runs| runs["runs"][0]["state"] == "ready").await;
    if ready["runs"][0]["changes"] == 0 {
        return;
    }
    let path = format!("/api/v1/prices/repricing/{}/apply", ready["runs"][0]["id"]);
    let applied = reqwest::Client::new().post(format!("{http}{path}")).json(&json!({"by": "Robin"})).send().await;
    assert!(applied.unwrap().status().is_success());
    when(http, "/api/v1/prices/repricing", |runs| runs["runs"][0]["state"] == "applied").await;
}

/// Waits until every trace has been settled as a whole.
async fn settled(http: &str) {
    let waiting = async {
        while !balance(http).await.is_some_and(|balance| balance.is_settled()) {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.expect("every trace is settled in the end");
}

/// The server says what the rules say, whichever way it is asked.
async fn assert_final(http: &str, told: &[traces::Told], questions: &[Question]) {
    settled(http).await;
    let (expected, total) = expected::figures(told, Prices::SECOND, questions);
    let books = balance(http).await.unwrap();
    assert_eq!((books.total(), books.span_count), (total, told.len() as i64));
    for (question, expected) in questions.iter().zip(expected) {
        assert_eq!(ask(http, question).await.unwrap(), expected, "{question:?}");
    }
}

/// Sends all of it, kills the server in the middle, changes prices while spans come.
async fn under_load(folder: &DataFolder, told: &[traces::Told], questions: &[Question]) -> ServerProcess {
    let requests = requests(told, Arrival::ChildrenFirst, SENDERS, 1);
    let count: usize = requests.iter().map(Vec::len).sum();
    let mut server = start(folder);
    let (at, now_at) = watch::channel(address(&server));
    let (accepted, mut progress) = watch::channel(0);
    let (stop, stopped) = watch::channel(false);
    let looks = tokio::spawn(look_on(questions.to_vec(), now_at.clone(), stopped));
    let mut senders = JoinSet::new();
    for requests in requests {
        senders.spawn(send(requests, now_at.clone(), accepted.clone()));
    }
    progress.wait_for(|requests| *requests > count * 2 / 5).await.unwrap();
    server.kill();
    server = start(folder);
    at.send(address(&server)).unwrap();
    progress.wait_for(|requests| *requests > count * 3 / 5).await.unwrap();
    change_prices(folder.path(), &server.http).await;
    price_again(&server.http, Utc::now() - TimeDelta::days(1)).await;
    while let Some(sent) = senders.join_next().await {
        sent.unwrap();
    }
    // A call that was priced before the change and written after the run began was no part of it.
    price_again(&server.http, Utc::now() - TimeDelta::days(1)).await;
    settled(&server.http).await;
    stop.send(true).unwrap();
    let looks = looks.await.unwrap();
    assert!(looks >= LOOKS_MIN, "there were only {looks} looks");
    server
}

async fn change_prices(folder: &Path, http: &str) {
    let before = when(http, "/api/v1/prices", |prices| !prices["file"].is_null()).await;
    std::fs::write(folder.join("prices.yaml"), Prices::SECOND.file()).unwrap();
    when(http, "/api/v1/prices", |prices| prices["file"]["entries"] != before["file"]["entries"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn books_balance_at_every_look_under_load_and_end_as_the_rules_say_however_spans_came() {
    let folder = DataFolder::new("laws");
    folder.write("prices.yaml", &Prices::FIRST.file());
    let now = Utc::now();
    let told = told(now);
    let hour = now.duration_trunc(TimeDelta::hours(1)).unwrap();
    let questions = questions(hour - TimeDelta::hours(4), hour + TimeDelta::hours(1));
    let server = under_load(&folder, &told, &questions).await;
    assert_final(&server.http, &told, &questions).await;
    assert!(server.stop().success());

    // Otherwise ordered and otherwise split, to a server that settles traces while they come.
    let rules = Some(folder.path().to_owned());
    let server = TestServer::with(|config| config.rules = rules).await;
    let (_at, now_at) = watch::channel([server.http.clone(), server.grpc.clone()]);
    let mut senders = JoinSet::new();
    for requests in requests(&told, Arrival::AnyOrder, SENDERS, 2) {
        senders.spawn(send(requests, now_at.clone(), watch::channel(0).0));
    }
    while let Some(sent) = senders.join_next().await {
        sent.unwrap();
    }
    assert_final(&server.http, &told, &questions).await;
    server.stop().await;
}
