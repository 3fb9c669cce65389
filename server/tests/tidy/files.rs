//! What a file may be called, how long it may be, how it opens, what may not stay in it.

use crate::workspace::{Source, assert_none, sources};

/// Files of this length are still read from top to bottom; longer ones hold two subjects.
const PRODUCTION_LINES_MAX: usize = 300;

/// Names that say nothing about their content, so everything ends up in them.
const EMPTY_NAMES: [&str; 8] = ["utils", "util", "helpers", "helper", "common", "misc", "types", "manager"];

#[test]
fn production_files_have_at_most_300_lines() {
    let breaches: Vec<_> = sources(&["rs"])
        .iter()
        .filter(|source| !source.is_test())
        .map(|source| (production_lines(&source.text), &source.path))
        .filter(|(lines, _)| *lines > PRODUCTION_LINES_MAX)
        .map(|(lines, path)| format!("{path}: {lines}"))
        .collect();
    assert_none(&breaches, "these files are too long; find the second subject in them:");
}

/// Everything before the tests.
fn production_lines(text: &str) -> usize {
    text.lines().take_while(|line| line.trim() != "#[cfg(test)]").count()
}

#[test]
fn no_file_or_folder_has_a_name_that_says_nothing() {
    let says_nothing = |source: &&Source| {
        let mut parts = source.path.trim_end_matches(".rs").trim_end_matches(".css").trim_end_matches(".ts").split('/');
        parts.any(|part| EMPTY_NAMES.contains(&part.trim_start_matches('_')))
    };
    let files = sources(&["rs", "css", "ts"]);
    let breaches: Vec<_> = files.iter().filter(says_nothing).map(|source| source.path.clone()).collect();
    assert_none(&breaches, "name these after what they hold:");
}

#[test]
fn every_source_file_opens_by_saying_what_it_is() {
    let breaches: Vec<_> = sources(&["rs"])
        .into_iter()
        .filter(|source| !source.text.starts_with("//! "))
        .map(|source| source.path)
        .collect();
    assert_none(&breaches, "these files need a first line `//! …`:");
}

#[test]
fn modules_with_children_are_folders_with_a_mod_file() {
    let files = sources(&["rs"]);
    let breaches: Vec<_> = files
        .iter()
        .filter(|source| {
            let folder = format!("{}/", source.path.trim_end_matches(".rs"));
            let is_root = matches!(source.file_name(), "lib.rs" | "main.rs" | "mod.rs");
            // `foo.rs` beside `foo/tests.rs` is the one exception: tests that grew too long for their file.
            !is_root && files.iter().any(|other| other.path.starts_with(&folder) && other.file_name() != "tests.rs")
        })
        .map(|source| source.path.clone())
        .collect();
    assert_none(&breaches, "move these to mod.rs in the folder of their children:");
}

#[test]
fn nothing_is_left_for_later() {
    // Written in two halves, so that this file does not find itself.
    let anywhere =
        words(&[("TO", "DO"), ("FIX", "ME"), ("XX", "X:"), ("todo", "!("), ("unimplemented", "!("), ("dbg", "!(")]);
    let in_rust_tests = words(&[("#[ig", "nore")]);
    let in_browser_tests = words(&[(".on", "ly("), ("test.sk", "ip("), ("test.fix", "me(")]);
    let mut breaches = Vec::new();
    for source in sources(&["rs", "ts", "mjs", "css", "sql", "toml", "yaml"]) {
        let own = if source.path.ends_with(".ts") { &in_browser_tests } else { &in_rust_tests };
        for (index, line) in source.text.lines().enumerate() {
            if let Some(word) = anywhere.iter().chain(own).find(|word| line.contains(word.as_str())) {
                breaches.push(format!("{}:{}: {word}", source.path, index + 1));
            }
        }
    }
    assert_none(&breaches, "do these now or write an issue:");
}

#[test]
fn no_source_names_a_place_on_one_machine() {
    let places = words(&[("/wo", "rk/"), ("/ho", "me/"), ("/Us", "ers/")]);
    let mut breaches = Vec::new();
    for source in sources(&["rs", "ts", "css", "sql", "toml", "yaml", "md", "json"]) {
        if let Some(place) = places.iter().find(|place| source.text.contains(place.as_str())) {
            breaches.push(format!("{}: {place}", source.path));
        }
    }
    assert_none(&breaches, "these paths exist on one machine only:");
}

fn words(halves: &[(&str, &str)]) -> Vec<String> {
    halves.iter().map(|(first, second)| format!("{first}{second}")).collect()
}
