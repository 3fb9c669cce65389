//! Everything that ships is under a licence that deny.toml allows.

use std::collections::BTreeSet;
use std::fs;

use crate::workspace::{assert_none, packages, root};

/// What the server and the browser are compiled for. Without the filter cargo would also fetch Windows' crates.
const PLATFORMS: [&str; 2] = ["x86_64-unknown-linux-gnu", "wasm32-unknown-unknown"];

#[test]
fn every_dependency_has_a_licence_that_deny_toml_allows() {
    let allowed = allowed();
    let mut breaches = BTreeSet::new();
    for platform in PLATFORMS {
        for package in packages(&["--filter-platform", platform]) {
            let name = package["name"].as_str().expect("a package has a name");
            let licence = package["license"].as_str().unwrap_or("none");
            if !is_allowed(licence, &allowed) {
                breaches.insert(format!("{name}: {licence}"));
            }
        }
    }
    assert_none(&breaches.into_iter().collect::<Vec<_>>(), "choose another crate, or add the licence with a reason:");
}

/// The quoted names of the list `allow` of deny.toml.
fn allowed() -> BTreeSet<String> {
    let text = fs::read_to_string(root().join("deny.toml")).expect("deny.toml exists");
    let lines = text.lines().skip_while(|line| !line.starts_with("allow = [")).skip(1);
    let names: BTreeSet<_> = lines
        .take_while(|line| !line.starts_with(']'))
        .filter_map(|line| line.trim().strip_prefix('"')?.split('"').next().map(str::to_owned))
        .collect();
    assert!(names.contains("Apache-2.0"), "deny.toml allows our own licence; read {names:?}");
    names
}

/// An SPDX expression: `AND` needs both sides, `OR` one, `AND` binds tighter. A slash is the old way to write `OR`.
fn is_allowed(expression: &str, allowed: &BTreeSet<String>) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let tokens: Vec<_> = spaced.split_whitespace().collect();
    let (verdict, rest) = any_of(&tokens, allowed);
    verdict && rest.is_empty()
}

fn any_of<'a>(tokens: &'a [&'a str], allowed: &BTreeSet<String>) -> (bool, &'a [&'a str]) {
    let (mut verdict, mut rest) = all_of(tokens, allowed);
    while let ["OR", after @ ..] = rest {
        let (right, remaining) = all_of(after, allowed);
        verdict |= right;
        rest = remaining;
    }
    (verdict, rest)
}

fn all_of<'a>(tokens: &'a [&'a str], allowed: &BTreeSet<String>) -> (bool, &'a [&'a str]) {
    let (mut verdict, mut rest) = one(tokens, allowed);
    while let ["AND", after @ ..] = rest {
        let (right, remaining) = one(after, allowed);
        verdict &= right;
        rest = remaining;
    }
    (verdict, rest)
}

/// A name, a name with an exception (which only permits more), or an expression in parentheses.
fn one<'a>(tokens: &'a [&'a str], allowed: &BTreeSet<String>) -> (bool, &'a [&'a str]) {
    match tokens {
        ["(", inside @ ..] => {
            let (verdict, rest) = any_of(inside, allowed);
            (verdict, rest.strip_prefix(&[")"]).unwrap_or(rest))
        }
        [name, "WITH", _, rest @ ..] | [name, rest @ ..] => (allowed.contains(*name), rest),
        [] => (false, tokens),
    }
}

#[test]
fn licence_expressions_are_read_as_spdx_means_them() {
    let allowed: BTreeSet<String> = ["MIT", "Apache-2.0"].map(str::to_owned).into();
    for accepted in [
        "MIT",
        "MIT OR GPL-3.0",
        "GPL-3.0/MIT",
        "Apache-2.0 WITH LLVM-exception OR GPL-3.0",
        "(GPL-3.0 OR MIT) AND Apache-2.0",
    ] {
        assert!(is_allowed(accepted, &allowed), "{accepted}");
    }
    for refused in ["none", "", "GPL-3.0", "MIT AND GPL-3.0", "(MIT OR Apache-2.0) AND GPL-3.0", "MIT GPL-3.0"] {
        assert!(!is_allowed(refused, &allowed), "{refused}");
    }
}
