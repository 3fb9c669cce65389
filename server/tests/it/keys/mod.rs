//! Who may come in: keys at the doors, tenants and their readers, signing in.

mod doors;
mod readers;
mod sign_in;
mod tenants;

use std::path::PathBuf;

use server::keys::Key;
use server::keys::session::hex;

use crate::server::TestServer;

/// May do everything.
pub const ALL: &str = "tt_all";
/// May send for everybody.
pub const INGEST: &str = "tt_ingest";
/// May read everything.
pub const READ: &str = "tt_read";
/// May send for acme; so may the other.
pub const ACME: &str = "tt_acme";
pub const ACME_TOO: &str = "tt_acme_too";
/// May read what is acme's.
pub const ACME_READ: &str = "tt_acme_read";
pub const BETA: &str = "tt_beta";
pub const BETA_READ: &str = "tt_beta_read";

/// The keys of a test: what each may do, for which tenant.
const KEYS: [(&str, &str, &str); 8] = [
    (ALL, "ingest, read, change", ""),
    (INGEST, "ingest", ""),
    (READ, "read", ""),
    (ACME, "ingest", "acme"),
    (ACME_TOO, "ingest", "acme"),
    (ACME_READ, "read", "acme"),
    (BETA, "ingest", "beta"),
    (BETA_READ, "read", "beta"),
];

/// A folder of rules with keys, which is removed when the test ends.
pub struct Locked(PathBuf);

impl Locked {
    /// With all keys.
    pub fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("tracetab-keys-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let locked = Self(folder);
        locked.write(&keys_but(&[]));
        locked
    }

    pub fn write(&self, keys: &str) {
        self.write_file("keys.yaml", keys);
    }

    pub fn write_file(&self, name: &str, text: &str) {
        // As editors do: whoever reads finds the one or the other, and never half of it.
        let beside = self.0.join("being-written");
        std::fs::write(&beside, text).unwrap();
        std::fs::rename(beside, self.0.join(name)).unwrap();
    }

    /// A server behind it, whose tests hold the key for everything.
    pub async fn server(&self) -> TestServer {
        TestServer::with(|config| config.rules = Some(self.0.clone())).await.holding(ALL)
    }

    pub fn folder(&self) -> PathBuf {
        self.0.clone()
    }
}

impl Drop for Locked {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The file with all keys but these.
pub fn keys_but(left_out: &[&str]) -> String {
    let mut text = "keys:\n".to_owned();
    for (key, may, tenant) in KEYS.iter().filter(|(key, ..)| !left_out.contains(key)) {
        let hash = hex(&Key::hash_of(key.as_bytes()));
        let tenant = if tenant.is_empty() { String::new() } else { format!("tenant: {tenant}, ") };
        text += &format!("  - {{name: {}, sha256: \"{hash}\", {tenant}may: [{may}]}}\n", key.trim_start_matches("tt_"));
    }
    text
}
