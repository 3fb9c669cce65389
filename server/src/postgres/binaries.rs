//! Finding the PostgreSQL server programs.

use std::path::{Path, PathBuf};

use anyhow::bail;

/// Where distributions and package managers put versioned server programs; Debian keeps them out of the PATH.
const VERSIONED_PARENTS: [&str; 3] = ["/usr/lib/postgresql", "/usr/local/lib/postgresql", "/opt/postgresql"];

/// Where they are unversioned.
const PLAIN_FOLDERS: [&str; 5] = [
    "/usr/pgsql/bin",
    "/opt/homebrew/opt/postgresql/bin",
    "/usr/local/opt/postgresql/bin",
    "/usr/local/pgsql/bin",
    "/usr/libexec/postgresql",
];

/// The programs we run.
#[derive(Debug, Clone)]
pub struct Binaries {
    /// Makes a data folder.
    pub initdb: PathBuf,
    /// Serves one.
    pub postgres: PathBuf,
}

/// The newest PostgreSQL installed, or the one of major version `wanted` when a data folder was made by it.
pub fn find(wanted: Option<u32>) -> anyhow::Result<Binaries> {
    if let Some(chosen) = std::env::var_os("PG_BIN_DIR") {
        let folder = PathBuf::from(chosen);
        return match complete(&folder) {
            Some(binaries) => Ok(binaries),
            None => bail!("PG_BIN_DIR={} has no `initdb` and `postgres` in it", folder.display()),
        };
    }
    let mut versioned: Vec<(u32, Binaries)> =
        VERSIONED_PARENTS.iter().flat_map(|parent| versions_under(Path::new(parent))).collect();
    versioned.sort_by_key(|(major, _)| std::cmp::Reverse(*major));
    if let Some(major) = wanted {
        versioned.retain(|(found, _)| *found == major);
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let elsewhere = PLAIN_FOLDERS.iter().map(PathBuf::from).chain(std::env::split_paths(&path));
    let found = versioned.into_iter().map(|(_, binaries)| binaries).next();
    match found.or_else(|| elsewhere.filter_map(|folder| complete(&folder)).next()) {
        Some(binaries) => Ok(binaries),
        None => bail!("{}", missing(wanted)),
    }
}

fn missing(wanted: Option<u32>) -> String {
    let what =
        wanted.map_or_else(String::new, |major| format!(" of version {major}, which the data folder was made by,"));
    format!(
        "no PostgreSQL server programs{what} found. Install them (Debian, Ubuntu: apt-get install postgresql; \
         macOS: brew install postgresql), or set PG_BIN_DIR to the folder with `initdb` and `postgres`, \
         or set DATABASE_URL to a PostgreSQL that already runs"
    )
}

fn versions_under(parent: &Path) -> Vec<(u32, Binaries)> {
    let Ok(entries) = std::fs::read_dir(parent) else { return Vec::new() };
    entries
        .flatten()
        .filter_map(|entry| {
            let major = entry.file_name().to_str()?.parse().ok()?;
            Some((major, complete(&entry.path().join("bin"))?))
        })
        .collect()
}

fn complete(folder: &Path) -> Option<Binaries> {
    let binaries = Binaries { initdb: folder.join("initdb"), postgres: folder.join("postgres") };
    (binaries.initdb.is_file() && binaries.postgres.is_file()).then_some(binaries)
}
