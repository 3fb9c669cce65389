//! What the private Postgres is told that differs from PostgreSQL's defaults.

use std::process::{Command, Stdio};

use super::cluster::Cluster;

/// `fsync` and `synchronous_commit` stay on: what is accepted is kept.
const SETTINGS: [&str; 8] = [
    "listen_addresses=",
    "unix_socket_permissions=0700",
    "max_connections=200",
    "shared_buffers=256MB",
    "max_wal_size=2GB",
    // Compiling a query costs more than our short ones take.
    "jit=off",
    "log_min_messages=warning",
    "timezone=UTC",
];

/// A page touched for the first time after a checkpoint is logged whole, and those of an index of random ids are half
/// empty. The first that this PostgreSQL was built with is taken; `on` is its own method, which every one has.
const WAL_COMPRESSIONS: [&str; 2] = ["wal_compression=lz4", "wal_compression=on"];

/// Adds them to the command that starts it.
pub fn apply(command: &mut Command, cluster: &Cluster) {
    let compression = WAL_COMPRESSIONS.into_iter().find(|setting| is_known(setting, cluster));
    for setting in SETTINGS.into_iter().chain(compression) {
        command.args(["-c", setting]);
    }
}

/// Whether this PostgreSQL would start with a setting: asked for its value, it checks it and ends (about 10 ms).
fn is_known(setting: &str, cluster: &Cluster) -> bool {
    let name = setting.split('=').next().unwrap_or(setting);
    let mut command = Command::new(&cluster.binaries.postgres);
    cluster.account.apply(&mut command);
    command.arg("-D").arg(&cluster.pgdata).args(["-C", name, "-c", setting]);
    command.current_dir("/").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_that_this_postgresql_does_not_have_is_never_passed_to_it() -> anyhow::Result<()> {
        let folder = std::env::temp_dir().join(format!("tracetab-settings-{}", std::process::id()));
        let cluster = Cluster::open(&folder, &|_| {})?;
        assert!(is_known("wal_compression=on", &cluster));
        assert!(!is_known("wal_compression=smoke", &cluster));
        assert!(!is_known("no_such_setting=on", &cluster));
        let mut command = Command::new("postgres");
        apply(&mut command, &cluster);
        let compressions = command.get_args().filter(|arg| arg.to_string_lossy().starts_with("wal_compression="));
        assert_eq!(compressions.count(), 1);
        std::fs::remove_dir_all(&folder)?;
        Ok(())
    }
}
