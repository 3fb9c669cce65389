//! `cargo xtask fuzz`: every decoder against bytes nobody thought of, for a while each.
//!
//! libFuzzer steers by which code an input reaches, so the compiler has to count that: the flags in [`instrumented`] are
//! stable ones, and nothing is needed but cargo and a C++ compiler for libFuzzer itself. What the fuzzer learns is kept in
//! `target/fuzz`, so the next run begins where this one ended; the seeds in `fuzz/seeds` are only read.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::step::{command, step};
use crate::workspace::{cargo, root, target};

/// How often a running target says how far it is.
const PROGRESS: Duration = Duration::from_secs(15);

/// Bytes of one input: larger than anything a decoder looks at as a whole, small enough to try thousands a second.
const INPUT_BYTES_MAX: usize = 64 * 1024;

/// Megabytes a target may take: many times what the largest input should.
const MEMORY_MB_MAX: usize = 512;

/// Seconds one input may take: thousands of times what it should.
const INPUT_SECONDS_MAX: usize = 10;

/// Lines of a target's output that are shown when it fails.
const SHOWN_LINES: usize = 40;

/// What to fuzz, and for how long.
#[derive(Args)]
pub struct Options {
    /// Seconds for each target.
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// Only this target: the name of a file in `fuzz/fuzz_targets`.
    #[arg(long)]
    target: Option<String>,
}

/// Builds all targets once, then runs each; fails when one of them found something.
pub fn run(options: &Options) -> Result<()> {
    let all = targets()?;
    let chosen: Vec<_> = all.iter().filter(|name| options.target.as_ref().is_none_or(|only| only == *name)).collect();
    if chosen.is_empty() {
        bail!("no such target; there are {}", all.join(", "));
    }
    let host = host()?;
    step("fuzz: build", || build(&host))?;
    let mut findings = Vec::new();
    for name in chosen {
        if let Err(finding) = step(&format!("fuzz: {name}"), || fuzz(name, &host, options.seconds)) {
            eprintln!("{finding:#}");
            findings.push(name.as_str());
        }
    }
    if !findings.is_empty() {
        bail!("the fuzzer found something in {}", findings.join(", "));
    }
    Ok(())
}

/// Names of the targets, in alphabetical order.
fn targets() -> Result<Vec<String>> {
    let folder = root().join("fuzz/fuzz_targets");
    let entries = fs::read_dir(&folder).with_context(|| format!("could not list {}", folder.display()))?;
    let mut names = Vec::new();
    for entry in entries {
        if let Some(name) = entry?.file_name().to_string_lossy().strip_suffix(".rs") {
            names.push(name.to_owned());
        }
    }
    names.sort();
    Ok(names)
}

/// The platform we are on. Naming it keeps the flags away from build scripts and macros, which run without libFuzzer.
fn host() -> Result<String> {
    let output = Command::new("rustc").arg("-vV").output().context("could not start `rustc -vV`")?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).context("`rustc -vV` names no host")
}

fn folder() -> PathBuf {
    target().join("fuzz")
}

fn build(host: &str) -> Result<()> {
    let mut build = cargo();
    build.args(["build", "--release", "--bins", "--manifest-path", "fuzz/Cargo.toml", "--target", host]);
    command(build.env("CARGO_TARGET_DIR", folder()).env("RUSTFLAGS", instrumented()))
}

/// Flags that make the compiler count which branches are taken and note what is compared with what.
fn instrumented() -> String {
    let coverage = ["level=4", "inline-8bit-counters", "pc-table", "trace-compares"];
    let coverage = coverage.map(|what| format!("-Cllvm-args=-sanitizer-coverage-{what}"));
    // One unit per crate: the pass loses counters across several.
    format!("-Cpasses=sancov-module {} -Ccodegen-units=1 --cfg fuzzing", coverage.join(" "))
}

fn fuzz(name: &str, host: &str, seconds: u64) -> Result<()> {
    let corpus = folder().join("corpus").join(name);
    let artifacts = folder().join("artifacts").join(name);
    for needed in [&corpus, &artifacts] {
        fs::create_dir_all(needed).with_context(|| format!("could not create {}", needed.display()))?;
    }
    let log = folder().join(format!("{name}.log"));
    let output = fs::File::create(&log).with_context(|| format!("could not create {}", log.display()))?;
    let fuzzer = Command::new(folder().join(host).join("release").join(name))
        .args([&corpus, &root().join("fuzz/seeds").join(name)])
        .arg(format!("-dict={}", root().join("fuzz/words.dict").display()))
        .arg(format!("-artifact_prefix={}/", artifacts.display()))
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-max_len={INPUT_BYTES_MAX}"))
        .arg(format!("-rss_limit_mb={MEMORY_MB_MAX}"))
        .arg(format!("-timeout={INPUT_SECONDS_MAX}"))
        .stdout(Stdio::null())
        .stderr(output)
        .spawn()
        .with_context(|| format!("could not start the target {name}"))?;
    watch(fuzzer, &log)?;
    println!("   {}", latest(&log).unwrap_or_default());
    Ok(())
}

/// Says now and then how far the fuzzer is, until it ends.
fn watch(mut fuzzer: Child, log: &Path) -> Result<()> {
    let mut told = Instant::now();
    loop {
        if let Some(status) = fuzzer.try_wait()? {
            if status.success() {
                return Ok(());
            }
            let text = fs::read_to_string(log).unwrap_or_default();
            let lines: Vec<_> = text.lines().collect();
            let shown = lines[lines.len().saturating_sub(SHOWN_LINES)..].join("\n");
            bail!("it ended with {status}; the end of {}:\n{shown}", log.display());
        }
        if told.elapsed() >= PROGRESS {
            told = Instant::now();
            println!("   {}", latest(log).unwrap_or_default());
        }
        sleep(Duration::from_millis(200));
    }
}

/// The fuzzer's latest line about its progress: inputs tried, branches reached, inputs kept, speed.
fn latest(log: &Path) -> Option<String> {
    let text = String::from_utf8_lossy(&fs::read(log).ok()?).into_owned();
    let is_progress =
        |line: &&str| line.strip_prefix('#').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    let line = text.lines().rfind(is_progress)?;
    Some(line.split_whitespace().collect::<Vec<_>>().join(" "))
}
