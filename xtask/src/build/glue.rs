//! The JavaScript that wasm-bindgen writes, without what only its readers need.
//!
//! Deliberately no minifier: names and structure stay, so a stack trace still reads. Indentation and comment lines are
//! a fifth of the file, and only whole lines are touched, so no string literal can be damaged.

/// Drops comment lines, blank lines and indentation.
pub fn without_comments(script: &str) -> String {
    let mut kept = String::with_capacity(script.len());
    let mut in_block = false;
    for line in script.lines().map(str::trim) {
        if in_block || line.starts_with("/*") {
            in_block = !line.ends_with("*/");
        } else if !line.is_empty() && !line.starts_with("//") {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::without_comments;

    #[test]
    fn comment_lines_and_indentation_go_and_code_stays() {
        let script = "/**\n * Adds.\n */\nfunction add(a, b) {\n    // the sum\n    return a + b; // kept\n}\n\n";
        assert_eq!(without_comments(script), "function add(a, b) {\nreturn a + b; // kept\n}\n");
    }

    #[test]
    fn a_comment_on_one_line_ends_on_that_line() {
        assert_eq!(without_comments("/* @ts-self-types */\nlet wasm;\n"), "let wasm;\n");
    }
}
