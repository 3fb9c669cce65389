//! The moment between us and PostgreSQL: a copy of this program that ties its life to ours, then becomes `postgres`.
//!
//! The kernel can signal a process when its parent dies, whatever it died of, but only the process itself can ask for it,
//! and only after it has become the user it runs as. So we start ourselves once more as that user; that copy asks, and
//! then replaces itself by `postgres`. A killed server so leaves a database that shuts down cleanly by itself.

use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use anyhow::bail;

/// The hidden subcommand that runs [`become_postgres`].
pub const SUBCOMMAND: &str = "postgres-child";

/// This very program, reachable even for a user who may not enter the folder it is in.
const OURSELVES: &str = "/proc/self/exe";

/// The command that becomes `postgres` with its life tied to the calling thread's.
pub fn command(postgres: &Path) -> Command {
    if !Path::new(OURSELVES).exists() {
        return Command::new(postgres);
    }
    let mut command = Command::new(OURSELVES);
    command.arg(SUBCOMMAND).arg(std::process::id().to_string()).arg(postgres);
    command
}

/// Runs in the copy: asks for a signal at the parent's end, then becomes `postgres`. Returns only if that fails.
pub fn become_postgres(parent: i32, postgres: &Path, args: &[OsString]) -> anyhow::Result<std::convert::Infallible> {
    tie_to_parent()?;
    // Had the parent died before we asked, the signal would never come.
    if rustix::process::getppid().map(|pid| pid.as_raw_nonzero().get()) != Some(parent) {
        bail!("the server ended before its database started");
    }
    let error = Command::new(postgres).args(args).exec();
    bail!("cannot run {}: {error}", postgres.display())
}

#[cfg(target_os = "linux")]
fn tie_to_parent() -> anyhow::Result<()> {
    // SIGINT is PostgreSQL's fast shutdown: sessions end, a checkpoint is written, nothing has to be recovered.
    rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::INT))?;
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn tie_to_parent() -> anyhow::Result<()> {
    Ok(())
}
