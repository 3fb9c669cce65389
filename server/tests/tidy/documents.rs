//! What the documents say is what the code does, as far as a test can tell.

use std::collections::BTreeSet;
use std::fs;

use crate::workspace::root;

#[test]
fn the_readme_lists_exactly_the_settings_there_are() {
    let files = ["server/src/config/mod.rs", "server/src/config/doors.rs"];
    let config: String = files.map(read).concat();
    let there_are: BTreeSet<_> = config.split("env = \"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let readme = read("README.md");
    let listed: BTreeSet<_> = readme.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    assert_eq!(listed, there_are.into_iter().filter(|name| !name.contains("...")).collect());
}

#[test]
fn every_file_the_documents_point_at_exists() {
    for document in ["README.md", "docs/ARCHITECTURE.md"] {
        let text = read(document);
        let folder = root().join(document).parent().map(std::path::PathBuf::from).expect("a document is in a folder");
        let links = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        for link in links.filter(|link| !link.contains("://")) {
            assert!(folder.join(link).exists(), "{document} points at {link}");
        }
        let quoted = text.split('`').skip(1).step_by(2).filter(|word| is_path_of_ours(word));
        for path in quoted {
            assert!(root().join(path).exists(), "{document} names {path}");
        }
    }
}

fn is_path_of_ours(word: &str) -> bool {
    let folders = ["app/", "frontend/", "server/", "crates/", "migrations/", "style/", "xtask/", "end2end/", "docs/"];
    folders.iter().any(|folder| word.starts_with(folder)) && !word.contains([' ', '*', '{'])
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("could not read {path}: {error}"))
}
