//! CPU time as the kernel counts it, for a process and for a whole Postgres.

use std::fs;
use std::time::Duration;

use anyhow::{Context, Result};

/// The kernel counts in hundredths of a second on every Linux, whatever its own clock does.
const TICK: Duration = Duration::from_millis(10);

/// One line of /proc, as far as we need it.
struct Process {
    parent: u32,
    own_ticks: u32,
    /// Of children that have ended and were waited for.
    ended_children_ticks: u32,
}

/// What a process has used so far.
pub fn of_process(pid: u32) -> Result<Duration> {
    Ok(TICK * read(pid)?.own_ticks)
}

/// What a postmaster and all its backends, past and present, have used so far.
pub fn of_cluster(postmaster: u32) -> Result<Duration> {
    loop {
        let before = read(postmaster)?;
        let living = of_children(postmaster)?;
        // Whoever ended meanwhile is counted among the living, among the ended, twice or not at all: look again.
        if let Some(living) = living
            && read(postmaster)?.ended_children_ticks == before.ended_children_ticks
        {
            return Ok(TICK * (before.own_ticks + before.ended_children_ticks + living));
        }
    }
}

/// What the living children of a process have used; `None` when one of them may have ended while they were counted.
fn of_children(parent: u32) -> Result<Option<u32>> {
    let mut ticks = 0;
    for entry in fs::read_dir("/proc")? {
        let Ok(pid) = entry?.file_name().to_string_lossy().parse::<u32>() else { continue };
        match read(pid) {
            Ok(process) if process.parent == parent => ticks += process.own_ticks,
            Ok(_) => {}
            Err(_) => return Ok(None),
        }
    }
    Ok(Some(ticks))
}

fn read(pid: u32) -> Result<Process> {
    let line = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The name, in parentheses, may contain blanks; the fields after it are counted from 3 in proc(5).
    let (_, fields) = line.rsplit_once(')').context("/proc/PID/stat has a name in parentheses")?;
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let field = |number: usize| -> Result<u32> {
        let text = fields.get(number - 3).context("/proc/PID/stat has 52 fields")?;
        text.parse().with_context(|| format!("field {number} of /proc/PID/stat is a number"))
    };
    Ok(Process { parent: field(4)?, own_ticks: field(14)? + field(15)?, ended_children_ticks: field(16)? + field(17)? })
}

#[cfg(test)]
mod tests {
    use super::of_process;

    #[test]
    fn working_uses_cpu() {
        let own = std::process::id();
        let before = of_process(own).unwrap();
        let mut sum = 0_u64;
        while of_process(own).unwrap() == before {
            sum = std::hint::black_box(sum.wrapping_add(1));
        }
        assert!(of_process(own).unwrap() > before);
    }
}
