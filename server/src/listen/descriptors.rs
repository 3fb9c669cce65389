//! File descriptors: each connection is one, and the database's, the event streams' and the log's come out of the same number.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Descriptors for everything that is not a connection to a port: pools, listeners, files.
const OTHERS: u64 = 256;
/// Connections a port takes, however few descriptors there are.
const CONNECTIONS_MIN: usize = 16;

/// Asks the system for all the descriptors it allows: many begin with 1 024 and allow a million.
pub fn raise() {
    let limit = getrlimit(Resource::Nofile);
    if limit.current != limit.maximum
        && setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit }).is_err()
    {
        tracing::debug!("the limit of file descriptors stays as it is");
    }
}

/// Connections each of so many ports may take, so that a flood at all of them leaves descriptors for the rest.
pub fn connections_max(wanted: usize, ports: usize) -> usize {
    let possible = fitting(getrlimit(Resource::Nofile).current, wanted, ports);
    if possible < wanted {
        tracing::warn!(possible, wanted, "fewer connections per port than TRACETAB_CONNECTIONS_MAX: raise `ulimit -n`");
    }
    possible
}

fn fitting(descriptors: Option<u64>, wanted: usize, ports: usize) -> usize {
    let Some(descriptors) = descriptors else { return wanted };
    let each = descriptors.saturating_sub(OTHERS) / ports.max(1) as u64;
    usize::try_from(each).unwrap_or(usize::MAX).max(CONNECTIONS_MIN).min(wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_share_what_the_system_allows() {
        assert_eq!(fitting(None, 4_096, 5), 4_096);
        assert_eq!(fitting(Some(1_000_000), 4_096, 5), 4_096);
        assert_eq!(fitting(Some(1_024), 4_096, 5), 153);
        assert_eq!(fitting(Some(100), 4_096, 5), CONNECTIONS_MIN);
    }
}
