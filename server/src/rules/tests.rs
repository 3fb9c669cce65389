//! What a folder of rules loads as, and how a bad file is explained.

use model::alert::Severity;
use model::alert::query::Query;

use super::*;

fn error(text: &str) -> String {
    parse_alerts(Path::new("rules/trace_alerts.yaml"), text).unwrap_err().to_string()
}

/// A file with one rule, of which one line can be replaced.
fn file(line: &str) -> String {
    let key = line.split(':').next().unwrap_or_default();
    let lines = ["name: Deep", "query: trace depth > 50", "threshold: 1", "window: 5m", "severity: warning"];
    let lines = lines.map(|usual| if usual.starts_with(key) { line } else { usual });
    format!("# rules\nalerts:\n  - {}\n", lines.join("\n    "))
}

#[test]
fn the_built_in_rules_are_the_documented_ones() {
    let rules = Rules::load(None).unwrap().alerts;
    let lines: Vec<_> =
        rules.iter().map(|rule| (rule.name.as_str(), rule.threshold, rule.window_seconds, rule.severity)).collect();
    assert_eq!(
        lines,
        [
            ("Orphaned Spans", 100, 300, Severity::Warning),
            ("Trace Cost Anomaly", 1, 60, Severity::Critical),
            ("Missing Cost Attribution", 1000, 600, Severity::Warning),
            ("Trace Depth Exceeded", 1, 300, Severity::Warning),
        ]
    );
    assert_eq!(rules[0].query, Query::OrphanSpans);
    assert_eq!(rules[1].query_text, "sum(cost_usd) by trace_id > 0.1");
}

#[test]
fn a_folder_is_read_and_one_without_the_file_leaves_the_built_in_rules() {
    let folder = std::env::temp_dir().join(format!("tracetab-rules-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    assert_eq!(Rules::load(Some(&folder)).unwrap().alerts, Rules::load(None).unwrap().alerts);
    fs::write(folder.join(ALERTS_FILE), file("name: Mine")).unwrap();
    assert_eq!(Rules::load(Some(&folder)).unwrap().alerts[0].name, "Mine");
    fs::remove_dir_all(&folder).unwrap();
    assert!(Rules::load(Some(&folder)).unwrap_err().to_string().contains("TRACETAB_RULES must name a folder"));
}

#[test]
fn a_bad_line_is_named_with_what_was_expected() {
    for (line, line_number, expected) in [
        ("query: trace weight > 5", 4, "expected cost, depth, duration, spans or errors"),
        ("threshold: 0", 5, "expected a whole number of 1 or more"),
        ("threshold: many", 5, "expected a whole number of 1 or more"),
        ("window: 300", 6, "expected a window between 1s and 24h"),
        ("window: 2d", 6, "expected a window between 1s and 24h"),
        ("severity: bad", 7, "expected a severity: info, warning or critical"),
        ("name: ''", 3, "expected a name that is not empty"),
    ] {
        let message = error(&file(line));
        assert!(message.starts_with("rules/trace_alerts.yaml: "), "{message}");
        assert!(message.contains(expected), "{line}: {message}");
        assert!(message.contains(&format!("at line {line_number} ")), "{line}: {message}");
    }
}

#[test]
fn a_file_of_another_shape_is_refused() {
    assert!(error("alerts: 7").contains("expected a sequence"));
    assert!(error("").contains("missing field `alerts`"));
    assert!(error("alerts: []\nwarnings: []").contains("unknown field `warnings`"));
    assert!(error(&file("severity: info\n    colour: red")).contains("unknown field `colour`"));
    assert!(error("alerts: [").contains("at line"));
    let twice = format!("{}{}", file("name: Deep"), file("name: Deep").trim_start_matches("# rules\nalerts:\n"));
    assert!(error(&twice).contains("two rules are called \"Deep\""));
}
