//! The data folder of the private Postgres: where it is, who holds it, how it is made.

use std::fs::{DirBuilder, File, OpenOptions, Permissions};
use std::io::{Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};
use rustix::fs::{FlockOperation, flock};

use super::account::Account;
use super::binaries::{self, Binaries};

/// A data folder that is ours alone for as long as this value lives.
#[derive(Debug)]
pub struct Cluster {
    /// PostgreSQL's own folder.
    pub pgdata: PathBuf,
    /// Where its socket is.
    pub sockets: PathBuf,
    /// What it writes to its standard error.
    pub log: PathBuf,
    /// The programs that serve it.
    pub binaries: Binaries,
    /// The user it runs as.
    pub account: Account,
    _lock: File,
}

/// Where data goes when nobody says: a folder PostgreSQL's user can reach, which root's home is not.
pub fn default_folder() -> anyhow::Result<PathBuf> {
    if rustix::process::geteuid().is_root() {
        return Ok(PathBuf::from("/var/lib/tracetab"));
    }
    let home = std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/share"));
    match std::env::var_os("XDG_DATA_HOME").map(PathBuf::from).filter(|path| path.is_absolute()).or(home) {
        Some(data) => Ok(data.join("tracetab")),
        None => bail!("neither HOME nor XDG_DATA_HOME is set: set TRACETAB_DATA_DIR to a folder for the data"),
    }
}

impl Cluster {
    /// Takes the folder, and makes what is missing in it. `say` is told what takes long.
    pub fn open(folder: &Path, say: &dyn Fn(&str)) -> anyhow::Result<Self> {
        let account = Account::choose()?;
        let folder = &prepare_folder(folder, account)?;
        let lock = lock(folder)?;
        let pgdata = folder.join("postgres");
        let binaries = binaries::find(made_by(&pgdata)?)?;
        if !pgdata.join("PG_VERSION").exists() {
            initialise(folder, &pgdata, &binaries, account, say)?;
        }
        let sockets = socket_folder(folder, account)?;
        Ok(Self { pgdata, sockets, log: folder.join("postgres.log"), binaries, account, _lock: lock })
    }
}

fn prepare_folder(folder: &Path, account: Account) -> anyhow::Result<PathBuf> {
    let advice =
        "set TRACETAB_DATA_DIR to a folder that can be written, or DATABASE_URL to a PostgreSQL that already runs";
    DirBuilder::new()
        .recursive(true)
        .mode(0o755)
        .create(folder)
        .with_context(|| format!("cannot make the data folder {}; {advice}", folder.display()))?;
    let folder = folder.canonicalize().with_context(|| format!("cannot reach the data folder {}", folder.display()))?;
    if account.is_other() {
        // Whoever made this folder may have kept it to themselves (`mktemp -d` does); PostgreSQL's user has to pass
        // through it, not read it.
        let mode = folder.metadata()?.permissions().mode();
        std::fs::set_permissions(&folder, Permissions::from_mode(mode | 0o011))
            .with_context(|| format!("cannot open the data folder {} to PostgreSQL's user", folder.display()))?;
        for parent in folder.ancestors() {
            if parent.metadata()?.permissions().mode() & 0o001 == 0 {
                bail!(
                    "the data folder {} cannot be reached by the user PostgreSQL runs as, who may not enter {}; \
                     set TRACETAB_DATA_DIR to a folder elsewhere, such as /var/lib/tracetab",
                    folder.display(),
                    parent.display()
                );
            }
        }
    }
    Ok(folder)
}

/// One server per folder: the lock goes with the process, however it ends.
fn lock(folder: &Path) -> anyhow::Result<File> {
    let path = folder.join("tracetab.lock");
    let mut file =
        OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path).with_context(|| {
            format!(
                "cannot write to the data folder {}; set TRACETAB_DATA_DIR to a folder that can be written",
                folder.display()
            )
        })?;
    if flock(&file, FlockOperation::NonBlockingLockExclusive).is_err() {
        let mut holder = String::new();
        file.read_to_string(&mut holder)?;
        bail!(
            "another tracetab (process {}) uses the data folder {}; stop it, or set TRACETAB_DATA_DIR to another folder",
            holder.trim(),
            folder.display()
        );
    }
    file.set_len(0)?;
    writeln!(file, "{}", std::process::id())?;
    Ok(file)
}

/// Major version of the PostgreSQL that made the folder, if there is one.
fn made_by(pgdata: &Path) -> anyhow::Result<Option<u32>> {
    let path = pgdata.join("PG_VERSION");
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(Some(text.trim().parse().with_context(|| format!("{} is not a version", path.display()))?)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}

fn initialise(
    folder: &Path,
    pgdata: &Path,
    binaries: &Binaries,
    account: Account,
    say: &dyn Fn(&str),
) -> anyhow::Result<()> {
    say(&format!("making a database in {} (once, takes a few seconds)", pgdata.display()));
    // Made beside its place and moved there when complete: a folder half made is never mistaken for a database.
    let unfinished = folder.join("postgres.unfinished");
    if unfinished.exists() {
        std::fs::remove_dir_all(&unfinished).context("removing an unfinished database")?;
    }
    DirBuilder::new().mode(0o700).create(&unfinished)?;
    account.own(&unfinished)?;
    let mut command = Command::new(&binaries.initdb);
    account.apply(&mut command);
    let output = command
        .args([
            "-U",
            "postgres",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "-A",
            "trust",
            "--no-instructions",
            "--data-checksums",
            "-D",
        ])
        .arg(&unfinished)
        .current_dir("/")
        .output()
        .with_context(|| format!("running {}", binaries.initdb.display()))?;
    if !output.status.success() {
        bail!(
            "{} failed ({}):\n{}",
            binaries.initdb.display(),
            output.status,
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    std::fs::rename(&unfinished, pgdata).context("moving the new database to its place")
}

/// A short folder for the socket: its path may have 107 bytes at most, which a data folder deep in a project exceeds.
fn socket_folder(folder: &Path, account: Account) -> anyhow::Result<PathBuf> {
    let name = format!("tracetab-{:016x}", fingerprint(folder));
    let runtime = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
    let parent = runtime.filter(|path| path.is_dir() && !account.is_other() && path.as_os_str().len() < 60);
    let sockets = parent.unwrap_or_else(|| PathBuf::from("/tmp")).join(name);
    match DirBuilder::new().mode(0o700).create(&sockets) {
        Ok(()) => account.own(&sockets)?,
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
        Err(error) => {
            return Err(error).with_context(|| format!("cannot make the socket folder {}", sockets.display()));
        }
    }
    // /tmp belongs to everyone: whoever owns this folder can pretend to be our database.
    let found = sockets.symlink_metadata()?;
    if !found.is_dir() || found.uid() != account.uid() || found.permissions().mode() & 0o077 != 0 {
        bail!("{} belongs to somebody else or is open to others; remove it and start again", sockets.display());
    }
    Ok(sockets)
}

/// FNV-1a: the same folder gives the same name in every release.
fn fingerprint(folder: &Path) -> u64 {
    folder
        .as_os_str()
        .as_encoded_bytes()
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}
