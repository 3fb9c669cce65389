//! A price is added to the price file: at its end, as a person would, with all that is there left as it is.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

/// How far entries are indented in a file that has none.
const INDENT: usize = 2;

/// The text of the file with an entry more, whose lines are indented by two; `None` is a file that is not there. `Err` says that
/// it is written in a way nothing can be added to at its end. Whether it still means the same is for who reads it.
pub(in crate::rules) fn appended(text: Option<&str>, entry: &str) -> Result<String, &'static str> {
    let text = text.unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    let Some(at) = lines.iter().position(|line| line.starts_with("prices:")) else {
        let is_empty = lines.iter().all(|line| says_nothing(line));
        let new = format!("{}prices:\n{entry}", ended(text));
        return if is_empty { Ok(new) } else { Err("it has no list of prices") };
    };
    let value = lines[at]["prices:".len()..].trim();
    let value = if value.starts_with('#') { "" } else { value };
    match value {
        "" => {
            let first = lines[at + 1..].iter().find(|line| !says_nothing(line));
            let indent = first.map_or(INDENT, |line| line.len() - line.trim_start().len());
            Ok(format!("{}{}", ended(text), indented(entry, indent)))
        }
        "[]" => {
            let lines = lines.iter().enumerate().map(|(place, line)| if place == at { "prices:" } else { line });
            let text: Vec<&str> = lines.collect();
            Ok(format!("{}\n{entry}", text.join("\n")))
        }
        _ => Err("its list of prices is written in one line"),
    }
}

fn says_nothing(line: &str) -> bool {
    let line = line.trim();
    line.is_empty() || line.starts_with('#')
}

/// The text with its last line ended.
fn ended(text: &str) -> String {
    if text.is_empty() || text.ends_with('\n') { text.to_owned() } else { format!("{text}\n") }
}

fn indented(entry: &str, indent: usize) -> String {
    let lines = entry.lines().map(|line| format!("{}{}\n", " ".repeat(indent), line.get(INDENT..).unwrap_or(line)));
    lines.collect()
}

/// Puts `new` in the place of the file, as a whole or not at all, unless it is not `old` any more.
pub(in crate::rules) fn replace(path: &Path, old: Option<&str>, new: &str) -> io::Result<()> {
    // A link stays one: what it leads to is replaced.
    let path = &fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = path.parent().unwrap_or(Path::new("."));
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = folder.join(format!(".{name}.{}.new", std::process::id()));
    // Left behind by a process of this number that was killed.
    let _ = fs::remove_file(&beside);
    let written = write_beside(&beside, path, new).and_then(|()| {
        let now = match fs::read_to_string(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            read => Some(read?),
        };
        if now.as_deref() != old {
            return Err(io::Error::other("somebody else has just changed it; try again"));
        }
        fs::rename(&beside, path)
    });
    if written.is_err() {
        let _ = fs::remove_file(&beside);
        return written;
    }
    // The name is on the disk when the folder is.
    fs::File::open(folder)?.sync_all()
}

fn write_beside(beside: &Path, path: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(beside)?;
    file.write_all(text.as_bytes())?;
    if let Ok(old) = fs::metadata(path) {
        file.set_permissions(old.permissions())?;
    }
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENTRY: &str = "  - model: acme\n    per_call: 1\n";

    #[test]
    fn an_entry_goes_to_the_end_with_the_indentation_that_is_there() {
        let file = "# ours\nprices:   # USD\n\n- model: a   # dear\n  per_call: 0.50";
        let expected =
            "# ours\nprices:   # USD\n\n- model: a   # dear\n  per_call: 0.50\n- model: acme\n  per_call: 1\n";
        assert_eq!(appended(Some(file), ENTRY).as_deref(), Ok(expected));
        let deep = "prices:\n    - {model: a, per_call: 2}\n";
        assert_eq!(appended(Some(deep), ENTRY).unwrap(), format!("{deep}    - model: acme\n      per_call: 1\n"));
    }

    #[test]
    fn a_file_without_an_entry_gets_its_first() {
        for (file, expected) in [
            (None, "prices:\n"),
            (Some("# nothing yet\n"), "# nothing yet\nprices:\n"),
            (Some("prices: []\n# the end\n"), "prices:\n# the end\n"),
            (Some("prices:\n"), "prices:\n"),
        ] {
            assert_eq!(appended(file, ENTRY).unwrap(), format!("{expected}{ENTRY}"));
        }
    }

    #[test]
    fn what_nothing_can_be_added_to_is_left_alone() {
        assert!(appended(Some("prices: [{model: a, per_call: 2}]"), ENTRY).is_err());
        assert!(appended(Some("budgets: []\n"), ENTRY).is_err());
    }

    #[test]
    fn a_file_is_replaced_as_a_whole_and_not_when_somebody_else_was_faster() {
        let folder = std::env::temp_dir().join(format!("tracetab-append-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join("prices.yaml");
        replace(&path, None, "one").unwrap();
        assert!(replace(&path, None, "two").unwrap_err().to_string().contains("somebody else"));
        replace(&path, Some("one"), "two").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "two");
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1, "nothing is left beside it");
        fs::remove_dir_all(&folder).unwrap();
    }
}
