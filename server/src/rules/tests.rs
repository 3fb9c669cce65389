//! What a folder of rules loads as, and how a bad file is explained.

use model::alert::Severity;
use model::alert::query::Query;
use model::budget::{BurnLimits, Period, Scope, TRACE_LIMIT_BY_DEFAULT};
use model::cost::Dimension;

use super::*;

fn error(text: &str) -> String {
    parsed(Path::new("rules/trace_alerts.yaml"), text, |_, text| alerts::parse(text)).unwrap_err().to_string()
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
    assert_eq!(Rules::load(Some(&folder)).unwrap().budgets.trace_limit, Some(TRACE_LIMIT_BY_DEFAULT));
    fs::write(folder.join(BUDGETS_FILE), "trace_limit_usd: none").unwrap();
    assert_eq!(Rules::load(Some(&folder)).unwrap().budgets, Budgets { budgets: Vec::new(), trace_limit: None });
    fs::write(folder.join(BUDGETS_FILE), "trace_limit_usd: -1").unwrap();
    let message = Rules::load(Some(&folder)).unwrap_err().to_string();
    assert!(message.contains("budgets.yaml: trace_limit_usd: expected an amount of US dollars"), "{message}");
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

/// A file with one budget, of which one line can be replaced.
fn budgets_file(line: &str) -> String {
    let key = line.split(':').next().unwrap_or_default();
    let lines = ["name: All of it", "scope: all", "period: month", "limit_usd: 25000", "thresholds: [50, 80, 100]"];
    let lines = lines.map(|usual| if usual.starts_with(key) { line } else { usual });
    format!("trace_limit_usd: 0.02\nbudgets:\n  - {}\n", lines.join("\n    "))
}

#[test]
fn budgets_are_read_to_the_last_pico_dollar() {
    let text = format!(
        "{}  - {{name: Tenants, scope: each tenant, period: rolling 30d, limit_usd: 9000000.000000000001}}\n  \
         - {{name: Ada, scope: user Ada Lovelace, period: day, limit_usd: '0.1', thresholds: [90, 10%], burn_rate: {{fast: 2.5}}}}\n",
        budgets_file("limit_usd: 0.10")
    );
    let file = budgets::parse(&text).unwrap();
    assert_eq!(file.trace_limit.unwrap().to_string(), "0.02");
    let [all, tenants, ada] = file.budgets.try_into().unwrap();
    assert_eq!((all.scope, all.period, all.limit.to_string()), (Scope::All, Period::Month, "0.1".to_owned()));
    assert_eq!((all.thresholds, all.burn_limits), (vec![50, 80, 100], BurnLimits::default()));
    assert_eq!(tenants.scope, Scope::Each(Dimension::Tenant));
    assert_eq!(
        (tenants.period, tenants.limit.to_string()),
        (Period::Rolling(2_592_000), "9000000.000000000001".to_owned())
    );
    assert_eq!(ada.scope, Scope::One(Dimension::User, "Ada Lovelace".to_owned()));
    assert_eq!((ada.thresholds, ada.burn_limits), (vec![10, 90], BurnLimits { fast: 2_500, slow: 3_000 }));
}

#[test]
fn a_bad_line_of_a_budget_is_named_with_what_was_expected() {
    for (line, line_number, expected) in [
        ("name: '!'", 3, "expected a name with a letter in it"),
        ("scope: everybody", 4, "expected a scope: all"),
        ("scope: each data_tag", 4, "expected a scope: all"),
        ("scope: tenant", 4, "expected a scope: all"),
        ("period: year", 5, "expected a period: day, week, month"),
        ("period: rolling 5m", 5, "expected a period: day, week, month"),
        ("limit_usd: 0", 6, "expected an amount of US dollars above 0"),
        ("limit_usd: $5", 6, "expected an amount of US dollars above 0"),
        ("limit_usd: 0.0000000000015", 6, "expected an amount of US dollars above 0"),
        ("limit_usd: [1]", 6, "expected an amount of US dollars above 0"),
        ("thresholds: [50, 0]", 7, "expected a whole percentage from 1 to 1000"),
        ("thresholds: [50, 80.5]", 7, "expected a whole percentage from 1 to 1000"),
    ] {
        let parsed = parsed(Path::new("rules/budgets.yaml"), &budgets_file(line), |_, text| budgets::parse(text));
        let message = parsed.unwrap_err().to_string();
        assert!(message.starts_with("rules/budgets.yaml: "), "{message}");
        assert!(message.contains(expected), "{line}: {message}");
        assert!(message.contains(&format!("at line {line_number} ")), "{line}: {message}");
    }
}

#[test]
fn budgets_that_could_not_be_told_apart_are_refused() {
    let line = "{scope: all, period: day, limit_usd: 1, name: ";
    let twice = format!("budgets:\n  - {line}All of it}}\n  - {line}all-of-it}}\n");
    assert!(budgets::parse(&twice).unwrap_err().contains("two budgets are addressed as \"all-of-it\""));
    assert!(budgets::parse("budgets: []\nlimit: 3").unwrap_err().contains("unknown field `limit`"));
    assert!(
        budgets::parse(&budgets_file("scope: all\n    burn_rate: {fast: 0}"))
            .unwrap_err()
            .contains("expected a burn rate")
    );
}
