//! How much room the private database has left.

use std::io;
use std::path::Path;

/// Bytes its user may still write, where there are fewest: somebody may have moved its log to another disk.
pub fn free_bytes(folder: &Path) -> io::Result<u64> {
    let data = free(&folder.join("postgres"))?;
    let log = free(&folder.join("postgres/pg_wal")).unwrap_or(data);
    Ok(data.min(log))
}

fn free(folder: &Path) -> io::Result<u64> {
    let disk = rustix::fs::statvfs(folder)?;
    Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
}
