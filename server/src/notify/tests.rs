//! What each kind of receiver is told.

use chrono::{DateTime, TimeDelta, Utc};
use model::alert::{Observation, Severity, State};
use serde_json::{Value, json};

use super::*;

const HOME: &str = "https://tracetab.example";

fn noon() -> DateTime<Utc> {
    "2026-11-20T12:00:00Z".parse().unwrap()
}

fn notice(state: State) -> Notice {
    let labels = [("trace", "aa"), ("tenant", "acme"), ("service", "planner")];
    let alert = Alert {
        id: 7,
        version: 1,
        rule: "Dear <traces>".into(),
        of_rule: Some("Dear <traces>".into()),
        runbook: None,
        query_text: "sum(cost_usd) by trace_id > 0.1".into(),
        threshold: 1,
        window_seconds: 60,
        severity: Severity::Critical,
        state,
        observation: Observation {
            count: 3,
            peak: Some(0.93),
            evidence: Vec::new(),
            labels: labels.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        },
        peak_count: 3,
        fired_at: noon(),
        last_true_at: noon(),
        resolved_at: (state == State::Resolved).then(|| noon() + TimeDelta::minutes(5)),
        hold: None,
    };
    let by = (state == State::Acknowledged).then(|| "ann".to_owned());
    let entry = HistoryEntry { at: noon(), state, by, text: "Fired: 3 traces, threshold 1".into() };
    let trace = "0af7651916cd43dd8448eb211c80319c".parse().ok();
    Notice { id: 41, entry, alert, tenant: Some("acme".into()), trace }
}

fn receiver(kind: Kind) -> Receiver {
    let severities = Severity::ALL.to_vec();
    Receiver {
        name: "on-call".into(),
        kind,
        wording: Wording::default(),
        severities,
        tenants: Vec::new(),
        every_seconds: None,
        is_private: false,
    }
}

fn url() -> reqwest::Url {
    "https://hooks.example/secret-path".parse().unwrap()
}

fn told(kind: Kind, notices: &[Notice]) -> (Message, Value) {
    let Told::Posted(message) = message(&receiver(kind), notices, HOME) else { panic!("it is posted") };
    let body = serde_json::from_slice(&message.body).unwrap();
    (message, body)
}

#[test]
fn a_webhook_is_told_as_by_alertmanager_and_signed() {
    let secret = Some(Secret("key".into()));
    let (message, body) = told(Kind::Webhook { url: url(), secret }, &[notice(State::Firing), notice(State::Resolved)]);
    let head = (&body["version"], &body["status"], &body["receiver"]);
    assert_eq!(head, (&json!("4"), &json!("firing"), &json!("on-call")));
    let [firing, resolved] = [&body["alerts"][0], &body["alerts"][1]];
    let labels = json!({"alertname": "Dear <traces>", "severity": "critical", "alert_id": "7", "tenant": "acme"});
    assert_eq!((&firing["labels"], &body["commonLabels"]), (&labels, &labels));
    assert_eq!(firing["endsAt"], json!("0001-01-01T00:00:00Z"));
    assert_eq!(resolved["endsAt"], json!("2026-11-20T12:05:00.000Z"));
    assert_eq!((firing["fingerprint"].as_str().unwrap().len(), &firing["fingerprint"]), (16, &resolved["fingerprint"]));
    assert_eq!(firing["generatorURL"], json!("https://tracetab.example/alerts/7"));
    assert_eq!(firing["annotations"]["who"], json!("tenant acme, service planner"));
    let header = |name: &str| message.headers.iter().find(|(of, _)| of == name).unwrap().1.as_str();
    assert_eq!(header("idempotency-key"), "tracetab-41-41");
    let signature = header("x-tracetab-signature-256");
    assert_eq!((&signature[..7], signature.len()), ("sha256=", 71));
}

#[test]
fn pagerduty_has_one_incident_from_firing_to_the_end() {
    let kind = || Kind::PagerDuty { url: url(), routing_key: Secret("R0".into()) };
    let actions = [State::Firing, State::Acknowledged, State::Resolved].map(|state| told(kind(), &[notice(state)]).1);
    let of = |name: &str| actions.iter().map(|body| body[name].as_str().unwrap()).collect::<Vec<_>>();
    assert_eq!(of("event_action"), ["trigger", "acknowledge", "resolve"]);
    assert_eq!(of("dedup_key"), ["https://tracetab.example/alerts/7"; 3]);
    assert_eq!(actions[0]["payload"]["severity"], json!("critical"));
    assert_eq!(actions[1]["payload"]["custom_details"]["by"], json!("ann"));
}

#[test]
fn slack_is_told_in_words_with_what_is_its_own_escaped() {
    let (_, body) = told(Kind::Slack { url: url() }, &[notice(State::Acknowledged)]);
    assert_eq!(body["text"], json!("Dear &lt;traces&gt;: is acknowledged"));
    let text = body["blocks"][0]["text"]["text"].as_str().unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "*<https://tracetab.example/alerts/7|Dear &lt;traces&gt;>* is acknowledged, critical");
    assert_eq!(lines[1], "Fired: 3 traces, threshold 1 by ann");
    assert_eq!(lines[2], "tenant acme, service planner");
    assert!(lines[3].contains("https://tracetab.example/traces/0af7651916cd43dd8448eb211c80319c"), "{text}");
}

#[test]
fn an_alertmanager_is_told_of_an_end_ahead_while_it_is_open() {
    let (message, body) = told(Kind::Alertmanager { url: url() }, &[notice(State::Firing), notice(State::Resolved)]);
    assert_eq!(message.path, "/api/v2/alerts");
    let end = |place: usize| body[place]["endsAt"].as_str().unwrap().parse::<DateTime<Utc>>().unwrap();
    assert!(end(0) > Utc::now() + TimeDelta::minutes(3));
    assert_eq!(end(1), noon() + TimeDelta::minutes(5));
    assert_eq!(body[0]["labels"], body[1]["labels"], "known by the same labels");
}

#[test]
fn neither_a_secret_nor_an_address_is_shown() {
    let secret = Some(Secret("hush".into()));
    let receiver = receiver(Kind::Webhook { url: url(), secret });
    for shown in [format!("{receiver:?}"), receiver.to_string()] {
        assert!(!shown.contains("hush") && !shown.contains("secret-path"), "{shown}");
    }
}

#[test]
fn a_mail_says_what_happened_to_whom_and_where_to_look_and_keeps_its_id() {
    let mailbox = |text: &str| text.parse().unwrap();
    let kind = Kind::Email {
        url: "smtps://mail.example".parse().unwrap(),
        credentials: None,
        from: mailbox("Tracetab <alerts@example.com>"),
        to: vec![mailbox("ann@example.com")],
    };
    let mail = |notices: &[Notice]| match message(&receiver(kind.clone()), notices, HOME) {
        Told::Mailed(Ok(mail)) => String::from_utf8(mail.formatted()).unwrap(),
        _ => panic!("it is mailed"),
    };
    let one = mail(&[notice(State::Firing)]);
    assert_eq!(one, mail(&[notice(State::Firing)]), "sent again it is the same");
    for part in [
        "Subject: [firing, critical] Dear <traces>",
        "To: ann@example.com",
        "In-Reply-To: <tracetab-alert-7@",
        "Alert    ",
    ] {
        assert!(one.contains(part), "{part}: {one}");
    }
    let two = mail(&[notice(State::Firing), notice(State::Resolved)]);
    assert!(two.contains("Dear <traces> and 1 more") && !two.contains("In-Reply-To"), "{two}");
}

#[test]
fn words_of_ones_own_are_told_with_what_is_slacks_escaped_and_links_kept() {
    let own = |text: &str| Some(Template::parse(text).unwrap());
    let title = "{{ state | upper }}: {{ rule }}{% if labels.region %} in {{ labels.region }}{% endif %}";
    let text = "{{ text }} by {{ labels.tenant }} ({{ severity }})\n{{ alert_url }}";
    let wording = Wording { title: own(title), text: own(text) };
    let told =
        |kind: Kind| message(&Receiver { wording: wording.clone(), ..receiver(kind) }, &[notice(State::Firing)], HOME);
    let Told::Posted(message) = told(Kind::Slack { url: url() }) else { panic!("it is posted") };
    let body: Value = serde_json::from_slice(&message.body).unwrap();
    let block = body["blocks"][0]["text"]["text"].as_str().unwrap();
    assert!(block.starts_with("FIRING: Dear &lt;traces&gt;\n"), "{block}");
    assert!(block.contains(" by acme (critical)\nhttps://tracetab.example/alerts/7"), "{block}");
    assert_eq!(body["text"], "FIRING: Dear &lt;traces&gt;");
    let Told::Posted(message) = told(Kind::PagerDuty { url: url(), routing_key: Secret("R0".into()) }) else {
        panic!("it is posted")
    };
    let body: Value = serde_json::from_slice(&message.body).unwrap();
    assert_eq!(body["payload"]["summary"], "FIRING: Dear <traces>");
    let mailbox = |text: &str| text.parse().unwrap();
    let Told::Mailed(Ok(mail)) = told(Kind::Email {
        url: "smtps://mail.example".parse().unwrap(),
        credentials: None,
        from: mailbox("alerts@example.com"),
        to: vec![mailbox("ann@example.com")],
    }) else {
        panic!("it is mailed")
    };
    let mail = String::from_utf8(mail.formatted()).unwrap();
    assert!(mail.contains("Subject: FIRING: Dear <traces>\r\n") && mail.contains("by acme (critical)"), "{mail}");
}
