//! Which package may know which, and which words a package may not say.

use std::collections::{BTreeMap, BTreeSet};

use crate::workspace::{assert_none, cargo, packages, sources};

/// The whole list. A package that is not named here may depend on no other package of the workspace.
const ARROWS: [(&str, &[&str]); 6] = [
    ("frontend", &["app"]),
    ("app", &["model", "store"]),
    ("server", &["app", "store", "wire", "model", "client"]),
    ("store", &["model"]),
    ("wire", &["model"]),
    ("client", &["model", "client-macros"]),
];

#[test]
fn packages_depend_on_each_other_only_along_the_allowed_arrows() {
    let allowed: BTreeMap<_, BTreeSet<_>> =
        ARROWS.iter().map(|(from, to)| (*from, to.iter().copied().collect())).collect();
    let mut breaches = Vec::new();
    for package in packages(&["--no-deps"]) {
        let from = package["name"].as_str().expect("a package has a name");
        for dependency in package["dependencies"].as_array().expect("a package lists its dependencies") {
            let to = dependency["name"].as_str().expect("a dependency has a name");
            let is_ours = dependency["path"].is_string();
            if is_ours && !allowed.get(from).is_some_and(|names| names.contains(to)) {
                breaches.push(format!("{from} -> {to}"));
            }
        }
    }
    assert_none(&breaches, "these arrows are not in the list of docs/ARCHITECTURE.md:");
}

#[test]
fn the_app_reaches_the_store_only_when_it_renders_on_the_server() {
    let app = packages(&["--no-deps"]).into_iter().find(|package| package["name"] == "app").expect("app exists");
    let dependencies = app["dependencies"].as_array().expect("app lists its dependencies");
    let store = dependencies.iter().find(|dependency| dependency["name"] == "store").expect("app knows store");
    assert_eq!(store["optional"], true, "app's dependency on store must be optional");
    for (feature, enables) in app["features"].as_object().expect("app has features") {
        let enables_store = enables.as_array().is_some_and(|names| names.iter().any(|name| name == "dep:store"));
        assert_eq!(enables_store, feature == "ssr", "only `ssr` may enable store; `{feature}` is wrong");
    }
}

#[test]
fn the_browser_gets_no_database_no_runtime_and_no_server() {
    let tree = cargo(&[
        "tree",
        "--package",
        "frontend",
        "--target",
        "wasm32-unknown-unknown",
        "--edges",
        "normal",
        "--prefix",
        "none",
    ]);
    let shipped: BTreeSet<_> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    assert!(shipped.contains("app"), "the frontend ships the app; the tree reads:\n{tree}");
    let forbidden = ["sqlx", "tokio", "axum", "hyper", "store", "wire", "server", "tonic", "rustls", "stlrs"];
    let breaches: Vec<_> =
        forbidden.iter().filter(|name| shipped.contains(*name)).map(|name| (*name).to_owned()).collect();
    assert_none(&breaches, "these packages would be downloaded by every visitor (cargo tree -p frontend -i NAME):");
}

/// Folder, word, why.
const SILENCES: [(&str, &str, &str); 11] = [
    ("app/src/", "sqlx::", "pages read through store"),
    ("server/src/receive/", "sqlx::", "a door hands spans to the pipeline and never touches the database"),
    ("server/src/receive/", "store::", "a door hands spans to the pipeline and never touches the database"),
    ("crates/model/src/", "tokio::", "model has no I/O"),
    ("crates/model/src/", "std::fs", "model has no I/O"),
    ("crates/wire/src/", "tokio::", "wire has no I/O"),
    ("crates/wire/src/", "std::fs", "wire has no I/O"),
    ("crates/model/src/", "Utc::now", "time is an argument"),
    ("crates/wire/src/", "Utc::now", "time is an argument"),
    ("crates/store/src/", "Utc::now", "time is an argument"),
    ("app/src/", "Resource::new", "a page begins to read with `loading`, and never has its data in it twice"),
];

#[test]
fn every_layer_is_silent_about_what_is_not_its_business() {
    let mut breaches = Vec::new();
    for source in sources(&["rs"]).iter().filter(|source| !source.is_test()) {
        let production = source.text.split("#[cfg(test)]").next().unwrap_or_default();
        for (folder, word, why) in SILENCES {
            if source.path.starts_with(folder) && production.contains(word) {
                breaches.push(format!("{} says `{word}`: {why}", source.path));
            }
        }
    }
    assert_none(&breaches, "these files know too much:");
}

#[test]
fn plotters_is_named_only_by_the_charts() {
    let breaches: Vec<_> = sources(&["rs"])
        .into_iter()
        .filter(|source| source.path.starts_with("app/src/") && !source.path.starts_with("app/src/charts/"))
        .filter(|source| source.text.contains("plotters::"))
        .map(|source| source.path)
        .collect();
    assert_none(&breaches, "only app/src/charts names plotters; these should ask it for a picture:");
}
