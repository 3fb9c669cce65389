//! What occurs often, told once: refusals by their reason, oddities by what they are about.

use app::format::number;
use wire::Rejected;

/// Different reasons that are told apart; a file of nonsense has as many as it has lines.
const REASONS_MAX: usize = 20;

/// Characters of a reason that are told.
const REASON_CHARS_MAX: usize = 200;

/// Refusals, grouped by reason.
#[derive(Debug, Default)]
pub struct Refusals {
    groups: Vec<Group>,
    others: u64,
    total: u64,
}

#[derive(Debug)]
struct Group {
    /// The reason without what differs from span to span.
    pattern: String,
    spans: u64,
    /// The first reason of its kind.
    reason: String,
    /// Where that was.
    example: String,
}

impl Refusals {
    /// A span of a file was refused.
    pub fn add(&mut self, file: &str, rejected: &Rejected) {
        let (line, reason) = by_line(&rejected.reason);
        let span = rejected.span_id.as_ref().map(|span_id| format!("span {span_id}"));
        let line = line.map(|line| format!("line {line}"));
        let example: Vec<String> = [span, line, Some(file.to_owned())].into_iter().flatten().collect();
        self.add_many(1, reason, || example.join(", "));
    }

    /// So many spans were refused for one reason.
    pub fn add_many(&mut self, spans: u64, reason: &str, example: impl FnOnce() -> String) {
        self.total += spans;
        let pattern = pattern(reason);
        if let Some(group) = self.groups.iter_mut().find(|group| group.pattern == pattern) {
            group.spans += spans;
        } else if self.groups.len() < REASONS_MAX {
            let reason = shortened(reason);
            self.groups.push(Group { pattern, spans, reason, example: example() });
        } else {
            self.others += spans;
        }
    }

    /// How many there are.
    pub const fn total(&self) -> u64 {
        self.total
    }

    /// A line for each reason, the commonest first.
    pub fn lines(&self) -> Vec<String> {
        let mut groups: Vec<&Group> = self.groups.iter().collect();
        groups.sort_by_key(|group| std::cmp::Reverse(group.spans));
        let line = |group: &Group| format!("{} × {} (such as {})", count(group.spans), group.reason, group.example);
        let mut lines: Vec<String> = groups.into_iter().map(line).collect();
        if self.others > 0 {
            lines.push(format!("{} × for other reasons", count(self.others)));
        }
        lines
    }
}

/// Oddities of a file.
#[derive(Debug, Default)]
pub struct Oddities(Vec<(String, u64)>);

impl Oddities {
    /// Something was odd. One that begins with a number is added to those that say the same of other numbers, since a file is
    /// read in chunks.
    pub fn add(&mut self, words: &str) {
        let counted = words.split_once(' ').and_then(|(number, rest)| Some((number.parse().ok()?, rest)));
        let (number, rest) = counted.unwrap_or((0, words));
        let words = shortened(rest);
        if let Some((_, sum)) = self.0.iter_mut().find(|(known, _)| *known == words) {
            *sum += number;
        } else if self.0.len() < REASONS_MAX {
            self.0.push((words, number));
        }
    }

    /// A line for each.
    pub fn lines(&self) -> impl Iterator<Item = String> {
        let line =
            |(words, sum): &(String, u64)| if *sum > 0 { format!("{} {words}", count(*sum)) } else { words.clone() };
        self.0.iter().map(line)
    }
}

/// A count as people read it.
pub fn count(number: u64) -> String {
    number::count(i64::try_from(number).unwrap_or(i64::MAX))
}

/// The line a reason is about, and the rest of it.
fn by_line(reason: &str) -> (Option<u64>, &str) {
    let parts = reason.strip_prefix("line ").and_then(|rest| rest.split_once(": "));
    parts.and_then(|(line, rest)| Some((Some(line.parse().ok()?), rest))).unwrap_or((None, reason))
}

/// A reason with numbers and quoted texts left out: what was sent differs, what is wrong with it does not.
fn pattern(reason: &str) -> String {
    let (mut pattern, mut quoted) = (String::new(), false);
    for c in reason.chars().take(REASON_CHARS_MAX) {
        match c {
            '"' => quoted = !quoted,
            _ if quoted => {}
            '0'..='9' if pattern.ends_with('#') => {}
            '0'..='9' => pattern.push('#'),
            _ => pattern.push(c),
        }
    }
    pattern
}

fn shortened(text: &str) -> String {
    let mut short: String = text.chars().take(REASON_CHARS_MAX).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    // What was sent may be in it, and a terminal obeys control characters.
    short.replace(|c: char| c.is_control(), " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(span_id: Option<&str>, reason: &str) -> Rejected {
        Rejected { trace_id: None, span_id: span_id.map(str::to_owned), reason: reason.to_owned() }
    }

    #[test]
    fn refusals_of_one_reason_are_one_line_with_an_example() {
        let mut refusals = Refusals::default();
        refusals.add("a.json", &refused(None, "start_time: \"soon\" is not a time"));
        for line in 7..10 {
            let reason = format!("line {line}: span_id: expected 16 hex digits, got {line} characters");
            refusals.add("b.jsonl", &refused(Some("ab"), &reason));
        }
        refusals.add("c.json", &refused(None, "start_time: \"late\" is not a time"));
        assert_eq!(
            refusals.lines(),
            [
                "3 × span_id: expected 16 hex digits, got 7 characters (such as span ab, line 7, b.jsonl)",
                "2 × start_time: \"soon\" is not a time (such as a.json)",
            ]
        );
        assert_eq!(refusals.total(), 5);
    }

    #[test]
    fn a_file_of_nonsense_does_not_fill_the_screen() {
        let mut refusals = Refusals::default();
        for letter in 'a'..='z' {
            refusals.add("a", &refused(None, &format!("{letter}\u{1b}[2J{}", "x".repeat(999))));
        }
        let lines = refusals.lines();
        assert_eq!((lines.len(), lines[20].as_str()), (21, "6 × for other reasons"));
        assert!(lines.iter().all(|line| line.chars().count() < 240 && !line.contains('\u{1b}')));
    }

    #[test]
    fn oddities_of_several_chunks_are_added_up() {
        let mut oddities = Oddities::default();
        for words in ["2 lines were left out", "logs were left out", "1000 lines were left out", "logs were left out"] {
            oddities.add(words);
        }
        assert_eq!(oddities.lines().collect::<Vec<_>>(), ["1,002 lines were left out", "logs were left out"]);
    }
}
