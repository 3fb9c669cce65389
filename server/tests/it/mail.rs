//! E-mail about alerts, taken by a real SMTP server; receivers that are told seldom; and the page that tests them.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Stdio};
use std::time::Duration;

use app::pages::settings::notifications::test::TestReceiver;
use leptos::server_fn::ServerFn;
use serde_json::{Value, json};

use crate::clients::environment::Environment;
use crate::process::{DataFolder, ServerProcess};
use crate::server::TestServer;
use crate::traffic::a_trace;

/// A server that takes mail of whoever knows the password.
struct MailServer {
    process: Child,
    scheme: &'static str,
    port: u16,
    lines: Option<BufReader<ChildStdout>>,
}

impl MailServer {
    /// One that asks for the first messages to come again.
    fn start(refusals: u32) -> Self {
        Self::run("smtp", &[&refusals.to_string()])
    }

    /// One that speaks TLS at once or offers it, and will have nobody without; whom to trust for that is written into the file.
    fn encrypted(speaks: &str, authority: &Path) -> Self {
        let scheme = if speaks == "smtps" { "smtps" } else { "smtp" };
        Self::run(scheme, &["0", speaks, authority.to_str().unwrap()])
    }

    fn run(scheme: &'static str, arguments: &[&str]) -> Self {
        let environment = Environment::python("smtp").with_script("serve.py");
        let mut command = environment.command(arguments);
        let mut process = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap());
        let mut port = String::new();
        lines.read_line(&mut port).unwrap();
        Self { process, scheme, port: port.trim().parse().unwrap(), lines: Some(lines) }
    }

    /// The next message.
    async fn takes(&mut self) -> Value {
        let mut lines = self.lines.take().unwrap();
        let read = tokio::task::spawn_blocking(move || {
            let mut line = String::new();
            lines.read_line(&mut line).unwrap();
            (lines, line)
        });
        let (lines, line) = tokio::time::timeout(Duration::from_secs(60), read).await.expect("no mail came").unwrap();
        self.lines = Some(lines);
        serde_json::from_str(&line).unwrap()
    }

    fn receiver(&self, more: &str) -> String {
        format!(
            "receivers:\n  - {{name: finance, type: email, url: '{}://localhost:{}', username: tracetab, password: hush, \
             from: 'Tracetab <alerts@example.com>', to: [ann@example.com, bob@example.com], private: true{more}}}\n",
            self.scheme, self.port
        )
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn rules(name: &str, receivers: &str) -> DataFolder {
    let folder = DataFolder::new(name);
    folder.write("notifications.yaml", receivers);
    folder.write("budgets.yaml", "trace_limit_usd: none\n");
    folder
}

async fn server_with(folder: &DataFolder) -> TestServer {
    TestServer::with(|config| config.rules = Some(folder.path().to_owned())).await
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_that_is_refused_for_now_is_sent_again_and_what_follows_is_of_the_same_conversation() {
    let mut mails = MailServer::start(1);
    let folder = rules("mail", &mails.receiver(""));
    let server = server_with(&folder).await;
    server.send(&a_trace(1).costing(0.25).body()).await;
    let mail = mails.takes().await;
    assert_eq!(mail["subject"], "[firing, critical] Trace Cost Anomaly");
    assert_eq!((&mail["from"], &mail["user"]), (&json!("alerts@example.com"), &json!("tracetab")));
    assert_eq!(mail["to"], json!(["ann@example.com", "bob@example.com"]));
    let text = mail["text"].as_str().unwrap().replace("\r\n", "\n");
    assert!(text.contains("Fired: 1 trace, threshold 1\ntenant acme"), "{text}");
    assert!(text.contains(&format!("/traces/{}", a_trace(1).id())), "{text}");
    let detail =
        server.eventually("/api/v1/alerts/1", |alert| alert["notifications"][0]["outcome"] == "delivered").await;
    assert_eq!(detail["notifications"][0]["attempts"], 1, "it was refused once");
    server.post("/api/v1/alerts/1/resolve", &json!({"by": "ann"})).await;
    let over = mails.takes().await;
    assert_eq!(over["subject"], "[resolved, critical] Trace Cost Anomaly");
    assert_eq!(over["in_reply_to"], mail["in_reply_to"]);
    assert_ne!(over["id"], mail["id"]);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_that_was_not_taken_before_the_server_was_killed_is_sent_once_after_its_restart() {
    let mut mails = MailServer::start(1);
    let folder = rules("mail-killed", &mails.receiver(""));
    let server = ServerProcess::start_with_rules(&folder);
    let client = reqwest::Client::new();
    let sent = client.post(format!("{}/api/v1/traces", server.http)).json(&a_trace(1).costing(0.25).body()).send();
    assert!(sent.await.unwrap().status().is_success());
    let refused = async {
        let alert = format!("{}/api/v1/alerts/1", server.http);
        loop {
            let alert: Value = client.get(&alert).send().await.unwrap().json().await.unwrap_or_default();
            if alert["notifications"][0]["attempts"] == 1 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), refused).await.expect("it is refused once");
    server.kill();
    let server = ServerProcess::start_with_rules(&folder);
    let mail = mails.takes().await;
    assert_eq!(mail["subject"], "[firing, critical] Trace Cost Anomaly");
    let resolve = client.post(format!("{}/api/v1/alerts/1/resolve", server.http)).json(&json!({"by": "ann"})).send();
    assert!(resolve.await.unwrap().status().is_success());
    // Had it been sent twice, this would be the same once more.
    assert_eq!(mails.takes().await["subject"], "[resolved, critical] Trace Cost Anomaly");
    assert!(server.stop().success());
}

/// The first notification of the first alert, once that has been tried and come to this.
async fn outcome(server: &ServerProcess, is_meant: impl Fn(&Value) -> bool) -> Value {
    let ask = async || reqwest::get(format!("{}/api/v1/alerts/1", server.http)).await.unwrap().json::<Value>().await;
    let told = async {
        loop {
            let told = ask().await.unwrap_or_default()["notifications"][0].clone();
            if is_meant(&told) {
                return told;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), told).await.expect("it comes to something")
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_goes_encrypted_to_a_server_whose_authority_is_trusted_and_to_no_other() {
    for speaks in ["smtps", "starttls"] {
        let folder = rules(&format!("mail-{speaks}"), "receivers: []\n");
        let authority = folder.path().join("authority.pem");
        let mut mails = MailServer::encrypted(speaks, &authority);
        folder.write("notifications.yaml", &mails.receiver(""));
        let rules = ("TRACETAB_RULES", folder.path().to_str().unwrap());
        let server = ServerProcess::start_with(&folder, &[rules]);
        let client = reqwest::Client::new();
        let sent = client.post(format!("{}/api/v1/traces", server.http)).json(&a_trace(1).costing(0.25).body()).send();
        assert!(sent.await.unwrap().status().is_success());
        let told = outcome(&server, |told| told["attempts"] == 1).await;
        assert!(told["problem"].as_str().unwrap().contains("UnknownIssuer"), "{speaks}: {told}");
        assert!(server.stop().success());

        let trusted = ("SSL_CERT_FILE", authority.to_str().unwrap());
        let server = ServerProcess::start_with(&folder, &[rules, trusted]);
        let mail = mails.takes().await;
        assert_eq!((&mail["encrypted"], &mail["user"]), (&json!(true), &json!("tracetab")), "{speaks}: {mail}");
        assert_eq!(mail["subject"], "[firing, critical] Trace Cost Anomaly");
        outcome(&server, |told| told["outcome"] == "delivered").await;
        assert!(server.stop().success());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_told_seldom_hears_of_all_that_happened_meanwhile_at_once() {
    let mut mails = MailServer::start(0);
    let folder = rules("digest", &mails.receiver(", every: 12s"));
    let server = server_with(&folder).await;
    server.send(&a_trace(1).with_orphans(100).body()).await;
    assert_eq!(mails.takes().await["subject"], "[firing, warning] Orphaned Spans");
    server.send(&a_trace(2).with_unpriced_children(999).body()).await;
    server.send(&a_trace(3).nested_to(51).body()).await;
    let digest = mails.takes().await;
    assert_eq!(digest["subject"].as_str().unwrap().split(" and ").nth(1), Some("1 more"), "{digest}");
    let text = digest["text"].as_str().unwrap();
    assert!(
        text.contains("Missing Cost Attribution is firing") && text.contains("Trace Depth Exceeded is firing"),
        "{text}"
    );
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_is_added_is_told_within_seconds_and_can_be_tested_on_its_page() {
    const BROWSER: &[(&str, &str)] = &[("accept", "text/html")];
    let mut mails = MailServer::start(0);
    let folder = rules("tested", "receivers: []\n");
    let server = server_with(&folder).await;
    assert!(server.page("/settings/notifications").await.contains("Nobody hears of alerts"));
    folder.write("notifications.yaml", &mails.receiver(""));
    let mut page = String::new();
    for _ in 0..100 {
        page = server.page("/settings/notifications").await;
        if page.contains("email at localhost") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert!(page.contains("email at localhost") && !page.contains("hush"), "{page}");
    let tested = server.submit(TestReceiver::PATH, &[("receiver", "finance")], BROWSER).await;
    assert_eq!(tested.url().query(), Some("tested=finance"));
    assert!(tested.text().await.unwrap().contains("finance has taken the test."));
    assert_eq!(mails.takes().await["subject"], "[firing, info] Test of a receiver");
    folder.write("notifications.yaml", &mails.receiver("").replace("password: hush", "password: loud"));
    for _ in 0..100 {
        let refused = server.submit(TestReceiver::PATH, &[("receiver", "finance")], BROWSER).await;
        page = refused.text().await.unwrap();
        if page.contains("has not taken the test") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert!(page.contains("535") && !page.contains("loud"), "{page}");
    server.stop().await;
}
