//! `cargo xtask sqlx-prepare`: regenerates `.sqlx`, or with `--check` tells whether it is what the queries need.
//!
//! The query macros of `store` ask a database at compile time, or read `.sqlx` when there is none. They write `.sqlx`
//! themselves when told where, so no extra tool is needed: an empty folder, a migrated database, one compile.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{self, Command};

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::build;
use crate::step::{command, step};
use crate::workspace::{Profile, cargo, root, server_binary, target};

/// How to prepare.
#[derive(Args)]
pub struct Options {
    /// Changes nothing; fails if `.sqlx` is not what the queries need.
    #[arg(long)]
    check: bool,
}

/// Compiles `store` against a migrated database; without `DATABASE_URL`, against the private Postgres of the server.
pub fn run(options: &Options) -> Result<()> {
    let Ok(server_url) = env::var("DATABASE_URL") else {
        return again_with_postgres(options);
    };
    let scratch = Scratch::create(&server_url)?;
    step("migrations", || scratch.migrate())?;
    let fresh = target().join("sqlx-fresh");
    step("query data", || generate(&scratch.url, &fresh))?;
    let kept = root().join(".sqlx");
    if options.check { compare(&fresh, &kept) } else { replace(&kept, &fresh) }
}

/// Starts this task once more where DATABASE_URL is set. An older server will do: it only has to start Postgres, so a
/// query that no longer compiles offline is no obstacle.
fn again_with_postgres(options: &Options) -> Result<()> {
    let server = server_binary(Profile::Dev);
    if !server.exists() {
        build::server(Profile::Dev).context("set DATABASE_URL to prepare without building the server first")?;
    }
    let mut again = Command::new(server);
    again.args(["with-postgres", "--"]).arg(env::current_exe()?).arg("sqlx-prepare");
    if options.check {
        again.arg("--check");
    }
    command(&mut again)
}

/// A database of our own, gone when the task ends.
struct Scratch {
    server_url: String,
    name: String,
    url: String,
}

impl Scratch {
    fn create(server_url: &str) -> Result<Self> {
        let name = format!("tracetab_prepare_{}", process::id());
        psql(server_url, &["-c", &format!("create database {name}")])?;
        let url = with_database(server_url, &name)?;
        Ok(Self { server_url: server_url.to_owned(), name, url })
    }

    fn migrate(&self) -> Result<()> {
        let migrations = files(&root().join("migrations"))?;
        for (name, path) in migrations.iter().filter(|(name, _)| name.ends_with(".sql")) {
            psql(&self.url, &["-f", &path.to_string_lossy()]).with_context(|| format!("migration {name}"))?;
        }
        Ok(())
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = psql(&self.server_url, &["-c", &format!("drop database {} with (force)", self.name)]) {
            eprintln!("   could not drop {}: {error:#}", self.name);
        }
    }
}

fn psql(url: &str, arguments: &[&str]) -> Result<()> {
    let quiet = ["-X", "-q", "-v", "ON_ERROR_STOP=1"];
    command(
        Command::new("psql").args(quiet).arg(url).args(arguments).env("PGOPTIONS", "-c client_min_messages=warning"),
    )
}

/// The same server, another database: the last path segment of the URL, before any `?`.
fn with_database(url: &str, name: &str) -> Result<String> {
    let (address, parameters) = url.split_once('?').map_or((url, None), |(address, rest)| (address, Some(rest)));
    let (server, _) = address.rsplit_once('/').context("DATABASE_URL has no database, as in postgres://host/name")?;
    let parameters = parameters.map(|parameters| format!("?{parameters}")).unwrap_or_default();
    Ok(format!("{server}/{name}{parameters}"))
}

/// Makes the macros of `store` run and write into an empty folder.
fn generate(database_url: &str, into: &Path) -> Result<()> {
    if into.exists() {
        fs::remove_dir_all(into)?;
    }
    fs::create_dir_all(into)?;
    // A newer source makes cargo compile the crate again; its true age afterwards spares every later build from it.
    let source = fs::OpenOptions::new().append(true).open(root().join("crates/store/src/lib.rs"))?;
    let modified = source.metadata()?.modified()?;
    source.set_modified(std::time::SystemTime::now())?;
    let compiled = command(
        cargo()
            .args(["check", "--package", "store"])
            .env("DATABASE_URL", database_url)
            .env("SQLX_OFFLINE", "false")
            .env("SQLX_OFFLINE_DIR", into),
    );
    source.set_modified(modified)?;
    compiled
}

fn compare(fresh: &Path, kept: &Path) -> Result<()> {
    let (wanted, found) = (contents(fresh)?, contents(kept)?);
    let stale = found.iter().filter(|&(name, text)| wanted.get(name) != Some(text)).count();
    let missing = wanted.keys().filter(|name| !found.contains_key(*name)).count();
    if stale + missing > 0 {
        bail!(".sqlx is not fresh: {missing} queries missing, {stale} stale; run `cargo xtask sqlx-prepare`");
    }
    println!("   .sqlx is fresh: {} queries", found.len());
    Ok(())
}

fn replace(kept: &Path, fresh: &Path) -> Result<()> {
    if kept.exists() {
        fs::remove_dir_all(kept)?;
    }
    fs::create_dir_all(kept)?;
    let queries = files(fresh)?;
    for (name, path) in &queries {
        fs::copy(path, kept.join(name))?;
    }
    println!("   .sqlx holds {} queries", queries.len());
    Ok(())
}

fn contents(folder: &Path) -> Result<BTreeMap<String, String>> {
    files(folder)?.into_iter().map(|(name, path)| Ok((name, fs::read_to_string(path)?))).collect()
}

fn files(folder: &Path) -> Result<BTreeMap<String, PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("could not list {}", folder.display()))?;
    entries
        .map(|entry| {
            let entry = entry?;
            Ok((entry.file_name().to_string_lossy().into_owned(), entry.path()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::with_database;

    #[test]
    fn only_the_database_of_a_url_changes() {
        let over_socket = with_database("postgres://me@localhost/postgres?host=/run/pg", "scratch").unwrap();
        assert_eq!(over_socket, "postgres://me@localhost/scratch?host=/run/pg");
        assert_eq!(with_database("postgres://db:5432/app", "scratch").unwrap(), "postgres://db:5432/scratch");
    }
}
