//! What the file may say, and how it is told what it may not.

use super::*;

fn wrong(text: &str) -> String {
    parse(&format!("receivers:\n  - {{name: a, {text}}}\n")).unwrap_err()
}

#[test]
fn receivers_are_read_as_they_are_written() {
    let all = parse(
        "receivers:\n  - {name: '#costs', type: slack, url: 'https://hooks.example/${PATH}'}\n  \
         - {name: on-call, type: pagerduty, routing_key: R0, severities: [critical], tenants: [acme]}\n  \
         - {name: bridge, type: webhook, url: 'http://10.0.0.1/hook', secret: s, private: true}\n  \
         - {name: am, type: alertmanager, url: 'https://am.example'}\n",
    )
    .unwrap();
    let kinds: Vec<&str> = all.iter().map(|receiver| receiver.kind.as_str()).collect();
    assert_eq!(kinds, ["slack", "pagerduty", "webhook", "alertmanager"]);
    assert_eq!(all[1].severities, [Severity::Critical]);
    assert_eq!(all[1].kind.url().as_str(), PAGERDUTY);
    assert_eq!((all[0].severities.len(), all[0].is_private, all[2].is_private), (3, false, true));
    assert!(!all[0].kind.url().as_str().contains("PATH"), "from the environment");
}

#[test]
fn what_is_wrong_is_said_with_what_was_expected() {
    for (text, why) in [
        ("type: pigeon", "expected webhook, slack, pagerduty, alertmanager or email"),
        ("type: slack", "expected `url`"),
        ("type: slack, url: 'http://hooks.example/x'", "expected `url` to be an https:// address"),
        ("type: slack, url: 'https://me:pass@hooks.example'", "no name and password"),
        ("type: pagerduty", "expected `routing_key`"),
        ("type: slack, url: 'https://a.example', secret: x", "only of a receiver of type webhook"),
        ("type: slack, url: '${NO_SUCH_NAME_HERE}'", "the environment has no NO_SUCH_NAME_HERE"),
        (
            "type: webhook, url: 'https://a.example', title: x",
            "`title` is only of a receiver of type slack, email or pagerduty",
        ),
        ("type: pagerduty, routing_key: R0, text: x", "`text` is only of a receiver of type slack or email"),
        ("type: slack, url: 'https://a.example', text: '{{ rule'", "expected a template such as"),
        (
            "type: slack, url: 'https://a.example', text: '{{ colour }}'",
            "there is no `colour`; expected state, severity",
        ),
        ("type: slack, url: 'https://a.example', severities: []", "told of nothing"),
        ("type: slack, url: 'https://a.example', severities: [bad]", "expected a severity: info, warning or critical"),
        ("type: slack, colour: red", "unknown field `colour`"),
    ] {
        let said = wrong(text);
        assert!(said.contains(why), "{text}: {said}");
    }
    let twice = "receivers:\n  - {name: a, type: slack, url: 'https://a.example'}\n  - {name: a, type: slack, url: 'https://b.example'}\n";
    assert!(parse(twice).unwrap_err().contains("every name once"));
}
