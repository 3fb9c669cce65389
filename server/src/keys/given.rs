//! The keys in the head of a request, wherever programs can put one.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::{AUTHORIZATION, COOKIE, HeaderMap, HeaderName};

/// What people who send something else as a key call its header.
const API_KEY: HeaderName = HeaderName::from_static("x-api-key");

/// Everything that may be a key: what a proxy adds for itself must not hide what a program sends.
pub fn keys(headers: &HeaderMap) -> Vec<Vec<u8>> {
    let mut keys: Vec<Vec<u8>> =
        headers.get_all(API_KEY).iter().map(|key| key.as_bytes().trim_ascii().to_vec()).collect();
    for value in headers.get_all(AUTHORIZATION) {
        let Some((scheme, rest)) = value.to_str().ok().and_then(|text| text.trim().split_once(' ')) else { continue };
        match scheme.to_ascii_lowercase().as_str() {
            "bearer" => keys.push(rest.trim().as_bytes().to_vec()),
            "basic" => keys.extend(password(rest.trim())),
            _ => {}
        }
    }
    keys.retain(|key| !key.is_empty());
    keys
}

/// The password of `Basic`; the name when there is none, as in `http://KEY@server`.
fn password(encoded: &str) -> Option<Vec<u8>> {
    let pair = STANDARD.decode(encoded).ok()?;
    let at = pair.iter().position(|byte| *byte == b':')?;
    let (name, password) = (&pair[..at], &pair[at + 1..]);
    Some(if password.is_empty() { name } else { password }.to_vec())
}

/// The value of a cookie.
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let all = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|value| value.split(';')).find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn of(pairs: &[(&'static str, &str)]) -> Vec<String> {
        let header = |(name, value): &(&'static str, &str)| {
            (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap())
        };
        keys(&pairs.iter().map(header).collect()).into_iter().map(|key| String::from_utf8(key).unwrap()).collect()
    }

    #[test]
    fn a_key_is_found_wherever_programs_put_it() {
        assert_eq!(of(&[("authorization", "Bearer tt_1")]), ["tt_1"]);
        assert_eq!(of(&[("authorization", "bearer  tt_1 ")]), ["tt_1"]);
        assert_eq!(of(&[("x-api-key", " tt_1")]), ["tt_1"]);
        let basic = |pair: &str| format!("Basic {}", STANDARD.encode(pair));
        assert_eq!(of(&[("authorization", &basic("public:tt_1"))]), ["tt_1"]);
        assert_eq!(of(&[("authorization", &basic("tt_1:"))]), ["tt_1"]);
        assert_eq!(of(&[("x-api-key", "tt_1"), ("authorization", &basic("proxy:secret"))]), ["tt_1", "secret"]);
    }

    #[test]
    fn what_is_no_key_is_none() {
        for value in ["", "tt_1", "Bearer", "Bearer  ", "Basic tt_1", "Basic ::", "Digest tt_1"] {
            assert_eq!(of(&[("authorization", value)]), Vec::<String>::new(), "{value:?}");
        }
    }

    #[test]
    fn a_cookie_is_found_among_others() {
        let headers = HeaderMap::from_iter([(COOKIE, HeaderValue::from_static("a=1; session=x.y; b=2"))]);
        assert_eq!((cookie(&headers, "session"), cookie(&headers, "sess")), (Some("x.y"), None));
    }
}
