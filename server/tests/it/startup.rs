//! Starting: what cannot work is told in words that say what to do, and harms nobody who already runs.

use std::process::Command;

use crate::process::{DataFolder, ServerProcess, tracetab};

/// What the program says when it refuses to start.
fn refusal(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(!output.status.success(), "it started");
    String::from_utf8(output.stderr).unwrap()
}

#[track_caller]
fn assert_says(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "no {part:?} in: {text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_server_names_what_the_first_one_holds_and_leaves_it_alone() {
    let folder = DataFolder::new("second");
    let first = ServerProcess::start(&folder);

    let same_folder = refusal(&mut tracetab(&folder));
    assert_says(&same_folder, &["another tracetab (process ", "uses the data folder", "TRACETAB_DATA_DIR"]);

    let other = DataFolder::new("second-other");
    let address = first.http.trim_start_matches("http://");
    let same_port = refusal(tracetab(&other).env("TRACETAB_HTTP_ADDR", address));
    assert_says(&same_port, &[address, "is taken", "TRACETAB_HTTP_ADDR"]);

    let ready = reqwest::get(format!("{}/readyz", first.http)).await.unwrap();
    assert_eq!(ready.status(), 200, "the first one still works");
}

#[test]
fn a_server_gives_large_pieces_of_memory_back_unless_somebody_knows_better() {
    const SETTING: &str = "MALLOC_MMAP_THRESHOLD_";
    let folder = DataFolder::new("allocator");
    let server = ServerProcess::start(&folder);
    assert_eq!(server.setting(SETTING).as_deref(), Some("1048576"));
    assert!(server.stop().success(), "it is the process that was started");
    let server = ServerProcess::start_with(&folder, &[(SETTING, "4194304")]);
    assert_eq!(server.setting(SETTING).as_deref(), Some("4194304"));
    assert!(server.stop().success());
}

#[test]
fn mistakes_in_settings_are_told_before_anything_is_made() {
    let folder = DataFolder::new("mistakes");
    let exposed = refusal(tracetab(&folder).env("TRACETAB_HTTP_ADDR", "0.0.0.0:0"));
    assert_says(&exposed, &["TRACETAB_HTTP_ADDR=0.0.0.0:0", "TRACETAB_INSECURE_BIND=1"]);

    let no_port = refusal(tracetab(&folder).env("TRACETAB_HTTP_ADDR", "localhost"));
    assert_says(&no_port, &["expected an address and a port"]);

    folder.write("trace_alerts.yaml", "alerts:\n  - name: Broken\n    query: 'sum(bananas) > 1'\n");
    let bad_rules = refusal(tracetab(&folder).env("TRACETAB_RULES", folder.path()));
    assert_says(&bad_rules, &["trace_alerts.yaml"]);
    assert!(!folder.path().join("postgres").exists(), "no database was made for nothing");
}

#[test]
fn a_place_that_cannot_hold_data_is_told_with_what_to_set() {
    let folder = DataFolder::new("unwritable");
    let file = folder.write("a-file", "");
    let not_a_folder = refusal(tracetab(&folder).env("TRACETAB_DATA_DIR", &file));
    assert_says(&not_a_folder, &["cannot make the data folder", "a-file", "TRACETAB_DATA_DIR", "DATABASE_URL"]);

    let no_database = refusal(tracetab(&folder).env("DATABASE_URL", "postgres://postgres@127.0.0.1:1/nowhere"));
    assert_says(&no_database, &["cannot open the database of DATABASE_URL", "refused"]);

    let no_programs = refusal(tracetab(&folder).env("PG_BIN_DIR", folder.path()));
    assert_says(&no_programs, &["PG_BIN_DIR=", "`initdb` and `postgres`"]);
}

#[test]
fn a_command_runs_with_a_database_of_its_own_and_keeps_its_exit_code() {
    let folder = DataFolder::new("with-postgres");
    let status = |script: &str| {
        let mut command = tracetab(&folder);
        command.args(["with-postgres", "--", "sh", "-c", script]).status().unwrap().code()
    };
    assert_eq!(status("case \"$DATABASE_URL\" in postgres://*host=/*) exit 7;; esac"), Some(7));
    assert_eq!(status("true"), Some(0));
    assert!(!folder.path().join("postgres/postmaster.pid").exists(), "the database was stopped");
}
