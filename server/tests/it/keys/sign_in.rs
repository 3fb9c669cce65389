//! Signing in to the dashboard: a form, a cookie, and what ends it.

use std::time::Duration;

use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode};

use super::{ACME_READ, ALL, INGEST, Locked, READ, keys_but};
use crate::server::TestServer;

/// What a browser is, as far as this goes; it follows no redirection by itself.
struct Browser<'a> {
    server: &'a TestServer,
    client: Client,
    cookie: String,
}

impl<'a> Browser<'a> {
    fn new(server: &'a TestServer) -> Self {
        Self { server, client: Client::builder().redirect(Policy::none()).build().unwrap(), cookie: String::new() }
    }

    async fn get(&self, path: &str) -> Response {
        let request = self.client.get(format!("{}{path}", self.server.http)).header("accept", "text/html,*/*");
        request.header(COOKIE, &self.cookie).send().await.unwrap()
    }

    async fn post(&self, path: &str, form: &[(&str, &str)], more: &[(&str, &str)]) -> Response {
        let body =
            form.iter().map(|(key, value)| format!("{key}={}", app_encoded(value))).collect::<Vec<_>>().join("&");
        let request = self.client.post(format!("{}{path}", self.server.http)).header("accept", "text/html,*/*");
        let request = request.header("content-type", "application/x-www-form-urlencoded").header(COOKIE, &self.cookie);
        let request = more.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        request.body(body).send().await.unwrap()
    }

    /// Signs in and keeps the cookie.
    async fn sign_in(&mut self, key: &str) -> Response {
        let answer = self.post("/sign-in", &[("key", key), ("to", "/costs")], &[]).await;
        if let Some(cookie) = answer.headers().get(SET_COOKIE) {
            self.cookie = cookie.to_str().unwrap().split(';').next().unwrap().to_owned();
        }
        answer
    }
}

fn app_encoded(value: &str) -> String {
    value.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

fn location(answer: &Response) -> &str {
    answer.headers()[LOCATION].to_str().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_leads_to_the_form_and_the_form_back_to_the_page() {
    let locked = Locked::new("sign-in");
    let server = locked.server().await;
    let mut browser = Browser::new(&server);
    let sent = browser.get("/traces?from=-1h").await;
    assert_eq!((sent.status(), location(&sent)), (StatusCode::SEE_OTHER, "/sign-in?to=%2Ftraces%3Ffrom%3D-1h"));
    let form = browser.get("/sign-in?to=%2Ftraces%3Ffrom%3D-1h").await;
    let policy = form.headers()["content-security-policy"].to_str().unwrap().to_owned();
    let html = form.text().await.unwrap();
    assert!(html.contains(r#"value="/traces?from=-1h""#) && policy.contains("default-src 'none'"), "{html}");
    assert!(!html.contains("acme"), "it shows nothing of what is behind it");

    let answer =
        browser.post("/sign-in", &[("key", READ), ("to", "//evil.example")], &[("x-forwarded-proto", "https")]).await;
    assert_eq!((answer.status(), location(&answer)), (StatusCode::SEE_OTHER, "/"), "only to pages of this server");
    let cookie = answer.headers()[SET_COOKIE].to_str().unwrap();
    assert!(["HttpOnly", "SameSite=Lax", "; Secure", "Path=/"].iter().all(|flag| cookie.contains(flag)), "{cookie}");
    assert!(!cookie.contains(READ), "the key stays with whoever has it");

    let answer = browser.sign_in(READ).await;
    assert_eq!((answer.status(), location(&answer)), (StatusCode::SEE_OTHER, "/costs"));
    for path in ["/costs", "/settings", "/api/v1/balance", "/metrics"] {
        assert_eq!(browser.get(path).await.status(), StatusCode::OK, "{path}");
    }
    let settings = browser.get("/settings").await.text().await.unwrap();
    assert!(settings.contains("You are signed in with the key") && settings.contains("Sign out"), "{settings}");
    assert_eq!(location(&browser.get("/sign-in?to=%2Fcosts").await), "/costs", "who is signed in need not again");
    let sends = browser.post("/v1/traces", &[], &[]).await;
    assert_eq!(sends.status(), StatusCode::UNAUTHORIZED, "spans come with keys");

    let out = browser.post("/sign-out", &[], &[]).await;
    assert!(location(&out) == "/sign-in" && out.headers()[SET_COOKIE].to_str().unwrap().contains("Max-Age=0"));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_does_not_open_the_dashboard_is_told_why() {
    let locked = Locked::new("not-signed-in");
    let server = locked.server().await;
    let mut browser = Browser::new(&server);
    for (key, says) in [
        ("", "Paste a key"),
        ("tt_wrong", "not a key of this server"),
        (ACME_READ, "of the tenant acme alone"),
        (INGEST, "may ingest and not read"),
    ] {
        let answer = browser.sign_in(key).await;
        assert_eq!((answer.status(), answer.headers().get(SET_COOKIE)), (StatusCode::UNAUTHORIZED, None), "{key:?}");
        let html = answer.text().await.unwrap();
        assert!(html.contains(says) && (key.is_empty() || !html.contains(key)), "{key:?}: {html}");
    }
    let elsewhere = browser.post("/sign-in", &[("key", ALL)], &[("sec-fetch-site", "cross-site")]).await;
    assert_eq!((elsewhere.status(), elsewhere.headers().get(SET_COOKIE)), (StatusCode::UNAUTHORIZED, None));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_survives_a_restart_and_ends_with_its_key() {
    let locked = Locked::new("session");
    let server = locked.server().await;
    let mut browser = Browser::new(&server);
    browser.sign_in(READ).await;
    let cookie = browser.cookie;
    let server = server.restart().await;
    let browser = Browser { cookie, ..Browser::new(&server) };
    assert_eq!(browser.get("/costs").await.status(), StatusCode::OK);
    let forged =
        Browser { cookie: format!("{}0", &browser.cookie[..browser.cookie.len() - 1]), ..Browser::new(&server) };
    let again =
        Browser { cookie: format!("{}1", &browser.cookie[..browser.cookie.len() - 1]), ..Browser::new(&server) };
    let let_in = [forged.get("/costs").await.status(), again.get("/costs").await.status()];
    assert!(let_in.contains(&StatusCode::SEE_OTHER), "a changed cookie is none");

    locked.write(&keys_but(&[READ]));
    let ended = async {
        while browser.get("/costs").await.status() == StatusCode::OK {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), ended).await.expect("the session outlives its key");
    assert!(location(&browser.get("/costs").await).starts_with("/sign-in"));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_keys_nobody_signs_in() {
    let server = TestServer::start().await;
    let browser = Browser::new(&server);
    assert_eq!(browser.get("/").await.status(), StatusCode::OK);
    assert_eq!(location(&browser.get("/sign-in?to=%2Fcosts").await), "/costs");
    server.stop().await;
}
