//! Where things are: the workspace folder, cargo's target folder, the built server.

use std::env;
use std::path::PathBuf;
use std::process::Command;

/// How much the compiler optimises: quick builds for working, the shipped product for measuring and running.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// Fast to compile.
    Dev,
    /// What ships.
    Release,
}

impl Profile {
    /// The profile a `--release` switch asks for.
    pub fn from_switch(release: bool) -> Self {
        if release { Self::Release } else { Self::Dev }
    }

    /// The cargo profile the server is built with.
    pub fn of_server(self) -> &'static str {
        match self {
            Self::Dev => "dev",
            Self::Release => "release",
        }
    }

    /// The cargo profile the browser code is built with: small matters there, not fast.
    pub fn of_frontend(self) -> &'static str {
        match self {
            Self::Dev => "dev",
            Self::Release => "wasm-release",
        }
    }
}

/// The folder that holds the workspace's `Cargo.toml`.
pub fn root() -> PathBuf {
    let manifest = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().map(PathBuf::from).unwrap_or(manifest)
}

/// Cargo's target folder, which CI keeps outside the clone.
pub fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |folder| root().join(folder))
}

/// The browser's files. Always inside the clone, whatever [`target`] says, because the server embeds them from there.
pub fn site_pkg() -> PathBuf {
    root().join("target/site/pkg")
}

/// The server's binary. Cargo calls the folder of the `dev` profile `debug`.
pub fn server_binary(profile: Profile) -> PathBuf {
    let folder = match profile {
        Profile::Dev => "debug",
        Profile::Release => "release",
    };
    target().join(folder).join("tracetab")
}

/// A cargo command in the workspace. Inside `cargo xtask` the variable `CARGO` names the very cargo that started us.
pub fn cargo() -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(root());
    cargo
}
