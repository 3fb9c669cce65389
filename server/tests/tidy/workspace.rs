//! The workspace as text: its own source files, and what cargo knows about its packages.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// A file of the project: where it is, seen from the root, and what it holds.
pub struct Source {
    pub path: String,
    pub text: String,
}

impl Source {
    pub fn file_name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    pub fn is_test(&self) -> bool {
        self.path.contains("/tests/") || self.path.ends_with("/tests.rs") || self.path.contains("/benches/")
    }
}

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().expect("the workspace folder exists")
}

/// All files of the project with one of these extensions, without what is built or installed.
pub fn sources(extensions: &[&str]) -> Vec<Source> {
    let root = root();
    let mut folders = vec![root.clone()];
    let mut sources = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of the project can be listed") {
            let path = entry.expect("a folder of the project can be listed").path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if path.is_dir() {
                if !matches!(name.as_str(), "target" | "node_modules" | ".git" | "test-results") {
                    folders.push(path);
                }
            } else if extensions.iter().any(|extension| path.extension().is_some_and(|found| found == *extension)) {
                let text = fs::read_to_string(&path).expect("a source file is text");
                let path =
                    path.strip_prefix(&root).expect("the walk starts at the root").to_string_lossy().into_owned();
                sources.push(Source { path, text });
            }
        }
    }
    assert!(!sources.is_empty(), "no file ends in {extensions:?}: the walk is broken");
    sources
}

/// What cargo prints, in the workspace and without touching the lock file.
pub fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .arg("--locked")
        .current_dir(root())
        .output()
        .expect("cargo can be started, since it started this test");
    assert!(output.status.success(), "cargo {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("cargo prints text")
}

/// The packages of the workspace, or with their dependencies too.
pub fn packages(arguments: &[&str]) -> Vec<Value> {
    let mut command = vec!["metadata", "--format-version", "1"];
    command.extend(arguments);
    let mut metadata: Value = serde_json::from_str(&cargo(&command)).expect("cargo metadata prints JSON");
    match metadata["packages"].take() {
        Value::Array(packages) => packages,
        other => panic!("cargo metadata has packages, not {other}"),
    }
}

/// Fails with every breach on a line of its own.
pub fn assert_none(breaches: &[String], rule: &str) {
    assert!(breaches.is_empty(), "{rule}\n  {}", breaches.join("\n  "));
}
