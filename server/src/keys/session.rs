//! A session of the dashboard: a cookie that says which key was signed in with, until when, and that we have said so.
//!
//! Nothing is kept of it: the signature is made with the hash of the key and a secret of the database, so a session ends with
//! its time, with its key, and with the secret. The hash alone, which stands in a file, is no use to whoever reads it.

use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::HASH_BYTES;

/// The cookie's name.
pub const COOKIE: &str = "tracetab_session";

/// How long a session lasts: a working week, so that a browser that was left somewhere does not stay signed in.
pub const SECONDS_MAX: i64 = 7 * 86_400;

/// Digits of a key's hash that tell which key it is; the signature is over the whole hash.
const TELLING_DIGITS: usize = 16;

/// What sessions are signed with.
#[derive(Clone)]
pub struct Secret(Vec<u8>);

/// A session as a cookie says it; nothing of it is true before it is checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed<'a> {
    /// How the hash of its key begins.
    telling: &'a str,
    /// When it ends, in seconds since 1970.
    ends: i64,
    signature: [u8; HASH_BYTES],
}

impl Secret {
    /// The secret of these bytes.
    pub const fn new(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The value of a cookie for a session with the key of this hash that begins now.
    pub fn sign(&self, hash: &[u8; HASH_BYTES], now: DateTime<Utc>) -> String {
        let ends = now.timestamp().saturating_add(SECONDS_MAX);
        let signature = self.signing(hash, ends).finalize().into_bytes();
        format!("{}.{ends}.{}", &hex(hash)[..TELLING_DIGITS], hex(&signature))
    }

    /// Whether the session is one with the key of this hash, and has not ended.
    pub fn is_true(&self, claimed: &Claimed<'_>, hash: &[u8; HASH_BYTES], now: DateTime<Utc>) -> bool {
        hex(hash).starts_with(claimed.telling)
            && claimed.ends > now.timestamp()
            && self.signing(hash, claimed.ends).verify_slice(&claimed.signature).is_ok()
    }

    fn signing(&self, hash: &[u8; HASH_BYTES], ends: i64) -> Hmac<Sha256> {
        // Of any other length it would be hashed first: 64 bytes is the block, and zeros at its end change nothing.
        let mut block = [0; 64];
        block.iter_mut().zip(&self.0).for_each(|(byte, secret)| *byte = *secret);
        let mut signing = Hmac::<Sha256>::new(&block.into());
        signing.update(b"tracetab session 1\0");
        signing.update(hash);
        signing.update(&ends.to_be_bytes());
        signing
    }
}

impl<'a> Claimed<'a> {
    /// Reads a cookie.
    pub fn read(cookie: &'a str) -> Option<Self> {
        let mut parts = cookie.split('.');
        let (telling, ends, signature) = (parts.next()?, parts.next()?, parts.next()?);
        if telling.len() != TELLING_DIGITS || parts.next().is_some() {
            return None;
        }
        Some(Self { telling, ends: ends.parse().ok()?, signature: from_hex(signature)? })
    }
}

/// Bytes as hex digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A hash out of its hex digits, of either case.
pub fn from_hex(text: &str) -> Option<[u8; HASH_BYTES]> {
    let digits = text.as_bytes();
    if digits.len() != 2 * HASH_BYTES || !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    let mut bytes = [0; HASH_BYTES];
    for (byte, pair) in bytes.iter_mut().zip(digits.as_chunks::<2>().0) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::super::Key;
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
    }

    #[test]
    fn a_session_is_of_its_key_for_its_time() {
        let (secret, hash) = (Secret::new(vec![7; 32]), Key::hash_of(b"tt_1"));
        let cookie = secret.sign(&hash, at(0));
        let claimed = Claimed::read(&cookie).unwrap();
        assert!(secret.is_true(&claimed, &hash, at(0)) && secret.is_true(&claimed, &hash, at(SECONDS_MAX - 1)));
        assert!(!secret.is_true(&claimed, &hash, at(SECONDS_MAX)), "it has ended");
        assert!(!secret.is_true(&claimed, &Key::hash_of(b"tt_2"), at(0)), "it is another key's");
        assert!(!Secret::new(vec![8; 32]).is_true(&claimed, &hash, at(0)), "it is another database's");
    }

    #[test]
    fn whoever_changes_a_cookie_is_signed_out() {
        let (secret, hash) = (Secret::new(vec![7; 32]), Key::hash_of(b"tt_1"));
        let cookie = secret.sign(&hash, at(0));
        let longer = cookie.replacen(".18", ".19", 1);
        assert_ne!(longer, cookie);
        assert!(!secret.is_true(&Claimed::read(&longer).unwrap(), &hash, at(0)));
        for broken in ["", "a.b.c", &cookie[1..], &format!("{cookie}.x"), &cookie.replace('.', "-")] {
            assert_eq!(Claimed::read(broken), None, "{broken}");
        }
    }
}
