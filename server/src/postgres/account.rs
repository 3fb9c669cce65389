//! Which user the database runs as: ourselves, unless we are root, which PostgreSQL refuses to be.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, bail};

/// The user the private Postgres runs as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Account {
    /// User id; `None` is whoever we are.
    switch_to: Option<(u32, u32)>,
}

impl Account {
    /// `postgres` or `nobody` when we are root, else ourselves.
    pub fn choose() -> anyhow::Result<Self> {
        if !rustix::process::geteuid().is_root() {
            return Ok(Self { switch_to: None });
        }
        let users = std::fs::read_to_string("/etc/passwd").context("reading /etc/passwd")?;
        let found = ["postgres", "nobody"].iter().find_map(|name| ids_of(&users, name));
        match found {
            Some(ids) => Ok(Self { switch_to: Some(ids) }),
            None => bail!(
                "PostgreSQL does not run as root, and there is neither a user `postgres` nor `nobody` to run it as: \
                 run tracetab as another user, or set DATABASE_URL"
            ),
        }
    }

    /// Makes the command run as this user, with nothing of our environment that PostgreSQL would listen to
    /// (`PGDATA`, `PGPORT`, ...).
    pub fn apply(self, command: &mut Command) {
        command.env_clear().env("LC_ALL", "C.UTF-8").env("TZ", "UTC");
        if let Some(path) = std::env::var_os("PATH") {
            command.env("PATH", path);
        }
        if let Some((uid, gid)) = self.switch_to {
            command.uid(uid).gid(gid);
        }
        // A group of its own, else Ctrl-C in the terminal reaches the database at the same moment as the server
        // and cuts off the last transactions.
        command.process_group(0);
    }

    /// Hands `path` to this user.
    pub fn own(self, path: &Path) -> std::io::Result<()> {
        match self.switch_to {
            Some((uid, gid)) => std::os::unix::fs::chown(path, Some(uid), Some(gid)),
            None => Ok(()),
        }
    }

    /// The user id the database's files have.
    pub fn uid(self) -> u32 {
        self.switch_to.map_or_else(|| rustix::process::geteuid().as_raw(), |(uid, _)| uid)
    }

    /// Whether this is another user than ourselves.
    pub const fn is_other(self) -> bool {
        self.switch_to.is_some()
    }
}

/// User and group id of `name` in the text of `/etc/passwd`.
fn ids_of(users: &str, name: &str) -> Option<(u32, u32)> {
    let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
    let mut fields = line.split(':').skip(2);
    Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_come_from_the_line_of_exactly_that_user() {
        let users =
            "root:x:0:0:root:/root:/bin/sh\npostgresql:x:5:5::/:/bin/sh\npostgres:x:105:112:,,,:/var:/bin/bash\n";
        assert_eq!(ids_of(users, "postgres"), Some((105, 112)));
        assert_eq!(ids_of(users, "nobody"), None);
        assert_eq!(ids_of("postgres:x:many:1\n", "postgres"), None);
    }
}
