//! JSON laid out in lines, with a class for every sort of value. Reads text, not values, so that every figure stays as it was
//! written, and so that text may end anywhere.

use std::fmt::Write as _;

/// Letters laid out: several screens, and about half a megabyte of HTML.
const SHOWN_MAX: usize = 96 << 10;

/// Bytes shown of one string: prompts are read in the drawer.
const STRING_BYTES_MAX: usize = 2_000;

/// Text laid out.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Pretty {
    /// Escaped, with a `span` around every value.
    pub html: String,
    /// Bytes of the text that were laid out.
    pub read: usize,
    /// There is more text.
    pub is_cut: bool,
    /// Strings that are shown in part.
    pub cut_strings: usize,
    shown: usize,
    depth: usize,
}

/// Lays out the beginning of a JSON text.
pub fn pretty(text: &str) -> Pretty {
    let mut pretty = Pretty::default();
    let mut rest = text.trim_start();
    while let Some(first) = rest.bytes().next() {
        pretty.read = text.len() - rest.len();
        if pretty.shown > SHOWN_MAX {
            pretty.is_cut = true;
            return pretty;
        }
        let length = match first {
            b'{' | b'[' => pretty.open(rest),
            b'}' | b']' => {
                pretty.depth = pretty.depth.saturating_sub(1);
                pretty.new_line();
                pretty.plain(&rest[..1]);
                1
            }
            b',' => {
                pretty.plain(",");
                pretty.new_line();
                1
            }
            b':' => {
                pretty.plain(": ");
                1
            }
            b'"' => pretty.string(rest),
            _ => pretty.word(rest),
        };
        rest = rest[length..].trim_start();
    }
    pretty.read = text.len();
    pretty
}

impl Pretty {
    /// An object or a list begins, or is empty.
    fn open(&mut self, rest: &str) -> usize {
        let inside = rest[1..].trim_start();
        if inside.starts_with(['}', ']']) {
            self.plain(if rest.starts_with('{') { "{}" } else { "[]" });
            return rest.len() - inside.len() + 1;
        }
        self.plain(&rest[..1]);
        self.depth += 1;
        self.new_line();
        1
    }

    fn string(&mut self, rest: &str) -> usize {
        let length = string_length(rest);
        let text = &rest[..length];
        let is_key = rest[length..].trim_start().starts_with(':');
        let class = if is_key { "js-k" } else { "js-s" };
        if length <= STRING_BYTES_MAX {
            self.value(class, text);
            return length;
        }
        let end = (0..=STRING_BYTES_MAX).rev().find(|&end| text.is_char_boundary(end)).unwrap_or(0);
        self.value(class, &text[..end]);
        // Fails only when memory does.
        let _ = write!(
            self.html,
            "<span class=\"js-cut\">… {} more</span>",
            crate::format::number::bytes((length - end) as u64)
        );
        self.cut_strings += 1;
        length
    }

    /// A number or a literal.
    fn word(&mut self, rest: &str) -> usize {
        let ends = |letter: char| letter.is_whitespace() || ",:{}[]\"".contains(letter);
        // What belongs nowhere is shown like a literal, letter by letter, so that the end is always reached.
        let length = rest.find(ends).unwrap_or(rest.len()).max(1);
        let word = &rest[..length];
        let is_number = word.starts_with(|first: char| first == '-' || first.is_ascii_digit());
        self.value(if is_number { "js-n" } else { "js-l" }, word);
        length
    }

    fn value(&mut self, class: &str, text: &str) {
        // Fails only when memory does.
        let _ = write!(self.html, "<span class=\"{class}\">{}</span>", crate::browser::escaped(text));
        self.shown += text.len();
    }

    fn plain(&mut self, text: &str) {
        self.html.push_str(text);
        self.shown += text.len();
    }

    fn new_line(&mut self) {
        self.html.push('\n');
        self.html.extend(std::iter::repeat_n("  ", self.depth));
        self.shown += 1 + 2 * self.depth;
    }
}

/// Bytes of the string at the beginning, both quotes included; all there is when it does not end.
fn string_length(text: &str) -> usize {
    let mut is_escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The letters without classes.
    fn letters(text: &str) -> String {
        let mut letters = String::new();
        let mut is_tag = false;
        for letter in pretty(text).html.chars() {
            match letter {
                '<' => is_tag = true,
                '>' => is_tag = false,
                letter if !is_tag => letters.push(letter),
                _ => {}
            }
        }
        letters.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    }

    #[test]
    fn figures_stay_as_they_were_written() {
        let text = r#"{"cost":0.00125,"list":[1,{}],"a \" b":"<b>","none":null}"#;
        let lines = "{\n  \"cost\": 0.00125,\n  \"list\": [\n    1,\n    {}\n  ],\n  \"a \\\" b\": \"<b>\",\n  \"none\": null\n}";
        assert_eq!(letters(text), lines);
        let html = pretty(text).html;
        assert!(
            html.contains("<span class=\"js-k\">&quot;cost&quot;</span>: <span class=\"js-n\">0.00125</span>"),
            "{html}"
        );
        assert!(html.contains("<span class=\"js-l\">null</span>") && !html.contains("<b>"), "{html}");
    }

    #[test]
    fn text_may_end_anywhere_and_long_strings_are_shortened() {
        assert_eq!(letters(r#"{"a":"bc"#), "{\n  \"a\": \"bc");
        let long = pretty(&format!("[\"{}\"]", "ü".repeat(5_000)));
        assert_eq!((long.cut_strings, long.is_cut), (1, false));
        let end = long.html.rsplit_once('ü').map_or("", |(_, end)| end);
        assert!(end.contains("<span class=\"js-cut\">… 7.82 kB more</span>"), "{end}");
    }

    #[test]
    fn of_a_long_text_the_beginning_is_laid_out() {
        let text = format!("[{}1]", "1,".repeat(200_000));
        let pretty = pretty(&text);
        assert!(pretty.is_cut && pretty.read < text.len() && pretty.shown < SHOWN_MAX + STRING_BYTES_MAX);
    }

    #[test]
    fn nothing_is_lost_wherever_the_text_ends() {
        let inked = |text: &str| text.chars().filter(|letter| !letter.is_whitespace()).collect::<String>();
        let text = r#"{"a":[1.50,true,{"ü\\":null}],"b":[],} ]x"y"#;
        for end in (0..=text.len()).filter(|&end| text.is_char_boundary(end)) {
            assert_eq!(inked(&letters(&text[..end])), inked(&text[..end]));
        }
    }
}
