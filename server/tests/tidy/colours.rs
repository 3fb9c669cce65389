//! Raw colours stand in `style/_tokens.css` and nowhere else, so that a theme is one file.

use crate::workspace::{Source, assert_none, sources};

const TOKENS: &str = "style/_tokens.css";

/// Colour functions; `color-mix` of two tokens is fine and not among them.
const FUNCTIONS: [&str; 8] = ["rgb(", "rgba(", "hsl(", "hsla(", "hwb(", "oklch(", "oklab(", "lab("];

#[test]
fn raw_colours_stand_only_in_the_tokens() {
    let painted = |source: &&Source| {
        source.path.starts_with("style/") || source.path.starts_with("app/") || source.path.starts_with("frontend/")
    };
    let mut breaches = Vec::new();
    for source in sources(&["css", "rs"]).iter().filter(painted).filter(|source| source.path != TOKENS) {
        for (index, line) in source.text.lines().enumerate() {
            if has_raw_colour(line, source.path.ends_with(".css")) {
                breaches.push(format!("{}:{}: {}", source.path, index + 1, line.trim()));
            }
        }
    }
    assert_none(&breaches, "give these colours a name in style/_tokens.css and use var(--name):");
}

fn has_raw_colour(line: &str, is_css: bool) -> bool {
    let function = FUNCTIONS.iter().any(|name| {
        line.match_indices(name).any(|(at, _)| !line[..at].ends_with(|before: char| before.is_ascii_alphanumeric()))
    });
    function || line.split('#').skip(1).any(|after| is_hex_colour(after, is_css))
}

/// In Rust `#add` is more often an anchor than a colour, so there a short one needs a digit.
fn is_hex_colour(after_hash: &str, is_css: bool) -> bool {
    let digits = after_hash.bytes().take_while(u8::is_ascii_hexdigit).count();
    let ends = !after_hash[digits..]
        .starts_with(|next: char| next.is_alphanumeric() || matches!(next, '-' | '_' | ';') && !is_css);
    let plausible = is_css || digits > 4 || after_hash[..digits].bytes().any(|byte| byte.is_ascii_digit());
    matches!(digits, 3 | 4 | 6 | 8) && ends && plausible
}

#[test]
fn colours_are_recognised_and_anchors_are_not() {
    for colour in ["color: #fff;", "fill:#a1b2c3", "background: rgb(1 2 3)", "outline: 1px solid #12345678"] {
        assert!(has_raw_colour(colour, true), "{colour}");
    }
    for innocent in ["color: var(--text)", "href=\"#main\"", "color-mix(in srgb, var(--a) 30%, transparent)"] {
        assert!(!has_raw_colour(innocent, true) && !has_raw_colour(innocent, false), "{innocent}");
    }
    assert!(has_raw_colour(r##"fill="#a1b2c3""##, false));
    assert!(!has_raw_colour(r##"href="#add""##, false));
}
