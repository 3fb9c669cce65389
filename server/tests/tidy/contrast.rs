//! Every pair of colours that is text on a ground keeps its WCAG contrast, in both themes.

use std::collections::BTreeMap;
use std::fs;

use crate::workspace::{assert_none, root};

type Tokens = BTreeMap<String, String>;

/// WCAG 2.2: body text 4.5:1; large text, marks and the edges of controls 3:1.
const TEXT: f64 = 4.5;
const MARK: f64 = 3.0;

/// Foreground, the grounds it stands on, the least contrast.
const PAIRS: [(&str, &[&str], f64); 16] = [
    ("text", &["bg", "surface", "surface-sunk", "surface-hover", "row-selected", "surface-inset"], TEXT),
    ("text-2", &["bg", "surface", "surface-hover", "row-selected", "surface-inset"], TEXT),
    ("text-3", &["bg", "surface", "surface-sunk", "surface-hover", "row-selected", "surface-inset"], TEXT),
    ("accent", &["bg", "surface", "accent-bg", "row-selected"], TEXT),
    ("on-accent", &["accent", "accent-hover"], TEXT),
    ("money", &["bg", "surface", "money-bg", "row-selected"], TEXT),
    ("money-mark", &["surface", "bg"], MARK),
    ("ok", &["bg", "surface", "ok-bg"], TEXT),
    ("warn", &["bg", "surface", "warn-bg"], TEXT),
    ("critical", &["bg", "surface", "critical-bg", "row-selected"], TEXT),
    ("ok-mark", &["surface"], MARK),
    ("critical-mark", &["surface"], MARK),
    ("border-control", &["surface", "bg"], MARK),
    ("crit-path", &["surface", "row-selected"], MARK),
    ("heat-edge", &["surface"], MARK),
    ("c-other", &["surface"], 2.0),
];

/// Slots of the categorical palette.
const SLOTS: std::ops::RangeInclusive<usize> = 1..=12;

#[test]
fn text_and_marks_keep_their_contrast_in_both_themes() {
    let themes = themes();
    let mut pairs: Vec<(String, &str, f64)> = Vec::new();
    for (foreground, grounds, least) in PAIRS {
        pairs.extend(grounds.iter().map(|ground| (foreground.to_owned(), *ground, least)));
    }
    pairs.extend(SLOTS.map(|slot| (format!("c{slot}"), "surface", MARK)));
    let mut breaches = Vec::new();
    for (theme, tokens) in [("light", &themes.light), ("dark", &themes.dark)] {
        for (foreground, ground, least) in &pairs {
            let found = contrast(colour(tokens, foreground), colour(tokens, ground));
            if found < *least {
                breaches.push(format!("{theme}: {foreground} on {ground} is {found:.2}, needs {least}"));
            }
        }
    }
    assert_none(&breaches, "these colours are too close in style/_tokens.css:");
}

#[test]
fn the_chosen_dark_theme_is_the_one_the_system_asks_for() {
    let themes = themes();
    assert!(!themes.chosen_dark.is_empty(), "no dark block found");
    assert_eq!(themes.chosen_dark, themes.system_dark, "the two dark blocks of style/_tokens.css differ");
}

#[test]
fn black_on_white_has_the_highest_contrast() {
    assert!((contrast([0.0; 3], [1.0; 3]) - 21.0).abs() < 1e-9);
}

struct Themes {
    light: Tokens,
    /// Light with the dark block on top, as the cascade makes it.
    dark: Tokens,
    chosen_dark: Tokens,
    system_dark: Tokens,
}

fn themes() -> Themes {
    let css = fs::read_to_string(root().join("style/_tokens.css")).expect("style/_tokens.css exists");
    let (mut light, mut chosen_dark, mut system_dark) = (Tokens::new(), Tokens::new(), Tokens::new());
    for (context, name, value) in declarations(&css) {
        let is_dark_media = context.iter().any(|prelude| prelude.contains("prefers-color-scheme: dark"));
        let is_media = context.iter().any(|prelude| prelude.starts_with("@media"));
        let selector = context.last().map_or("", String::as_str);
        if is_dark_media {
            system_dark.insert(name, value);
        } else if selector.contains("data-theme=\"dark\"") || selector.contains("data-theme=dark") {
            chosen_dark.insert(name, value);
        } else if selector.starts_with(":root") && !is_media {
            light.insert(name, value);
        }
    }
    let mut dark = light.clone();
    dark.extend(chosen_dark.clone());
    Themes { light, dark, chosen_dark, system_dark }
}

/// All custom properties with the rules they stand in, outermost first.
fn declarations(css: &str) -> Vec<(Vec<String>, String, String)> {
    let mut found = Vec::new();
    let mut context: Vec<String> = Vec::new();
    let mut pending = String::new();
    for character in without_comments(css).chars() {
        match character {
            '{' => context.push(pending.trim().to_owned()),
            '}' | ';' => {
                if let Some((name, value)) = pending.trim().strip_prefix("--").and_then(|rest| rest.split_once(':')) {
                    found.push((context.clone(), name.trim().to_owned(), value.trim().to_owned()));
                }
                if character == '}' {
                    context.pop();
                }
            }
            other => {
                pending.push(other);
                continue;
            }
        }
        pending.clear();
    }
    found
}

fn without_comments(css: &str) -> String {
    let mut parts = css.split("/*");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |kept, part| kept + part.split_once("*/").map_or("", |(_, after)| after))
}

/// Follows `var(--name)` to the end and returns linear red, green and blue.
fn colour(tokens: &Tokens, name: &str) -> [f64; 3] {
    let mut value = tokens.get(name).unwrap_or_else(|| panic!("style/_tokens.css has no --{name}"));
    while let Some(next) = value.strip_prefix("var(--").and_then(|rest| rest.strip_suffix(')')) {
        value = tokens.get(next).unwrap_or_else(|| panic!("style/_tokens.css has no --{next}"));
    }
    let hex = value.strip_prefix('#').unwrap_or_else(|| panic!("--{name} is {value}, expected #rrggbb"));
    assert_eq!(hex.len(), 6, "--{name} is {value}, expected #rrggbb");
    [0, 2, 4].map(|at| {
        let channel = f64::from(u8::from_str_radix(&hex[at..at + 2], 16).expect("a colour is hexadecimal")) / 255.0;
        if channel <= 0.04045 { channel / 12.92 } else { ((channel + 0.055) / 1.055).powf(2.4) }
    })
}

fn contrast(one: [f64; 3], other: [f64; 3]) -> f64 {
    let luminance = |[red, green, blue]: [f64; 3]| 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}
