//! A disk of a few megabytes, where the machine lets us mount one.

use std::path::Path;
use std::process::{Command, Stdio};

/// A small disk over a folder, until this is dropped.
pub struct SmallDisk(std::path::PathBuf);

impl SmallDisk {
    /// `None` where mounting is not permitted.
    pub fn over(folder: &Path, megabytes: u32) -> Option<Self> {
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &format!("size={megabytes}m,mode=0755"), "tmpfs"]).arg(folder);
        let mounted = mount.stderr(Stdio::null()).status().is_ok_and(|status| status.success());
        mounted.then(|| Self(folder.to_owned()))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        if std::thread::panicking() {
            // The database of all tests may be on it, and cannot go on while it is full or gone.
            let _ = Command::new("mount").args(["-o", "remount,size=1g"]).arg(&self.0).status();
            return;
        }
        // Lazily: whoever is still on it may leave when it likes.
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

/// Bytes that can still be written there.
pub fn free_bytes(folder: &Path) -> u64 {
    let disk = rustix::fs::statvfs(folder).unwrap();
    disk.f_bavail * disk.f_frsize
}

/// Takes room.
pub fn fill(file: &Path, bytes: u64) {
    let file = std::fs::File::create(file).unwrap();
    rustix::fs::fallocate(&file, rustix::fs::FallocateFlags::empty(), 0, bytes).unwrap();
}
