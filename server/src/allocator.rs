//! How the system's allocator gives memory back, where that is glibc's.
//!
//! By default glibc learns to keep large pieces: once one has been freed, the next of its size comes out of the heap, from where it
//! returns to the system only if nothing lies behind it. A server that has laid out one trace of a million spans so stays as large as
//! it was then. With limits that are fixed, large pieces are mapped and unmapped, at no measurable price in CPU.
//!
//! glibc reads the limits when a program starts, so the server starts itself once more with them. Fewer arenas would save more, and
//! cost a quarter more of its CPU per span; other allocators (`docs/BENCHMARKS.md`) did not keep a flood small.

use std::convert::Infallible;
use std::os::unix::process::CommandExt;
use std::process::Command;

/// From so many bytes on a piece is mapped by itself, and so much may lie unused at the end of a heap; what `mallopt(3)` calls
/// `M_MMAP_THRESHOLD` and `M_TRIM_THRESHOLD`.
const LIMITS: [(&str, &str); 2] = [("MALLOC_MMAP_THRESHOLD_", "1048576"), ("MALLOC_TRIM_THRESHOLD_", "2097152")];

/// Becomes the same program with these limits, unless somebody has set any, or there is no glibc. Returns only if there is no need to, or
/// that fails.
pub fn settle() {
    let is_set = LIMITS.iter().any(|(name, _)| std::env::var_os(name).is_some());
    if cfg!(all(target_os = "linux", target_env = "gnu")) && !is_set {
        // Without the limits all works as well.
        let _ = start_again();
    }
}

fn start_again() -> std::io::Result<Infallible> {
    let mut arguments = std::env::args_os();
    let mut command = Command::new(std::env::current_exe()?);
    if let Some(name) = arguments.next() {
        command.arg0(name);
    }
    Err(command.args(arguments).envs(LIMITS).exec())
}
