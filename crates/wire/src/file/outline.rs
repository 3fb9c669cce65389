//! The names at the beginning of a JSON document, seen without parsing it: the document may be cut off anywhere.

/// Levels of nesting that are looked into: names that tell formats apart stand in the uppermost four.
const DEPTH_MAX: usize = 64;

/// Names kept of one object: no format has as many.
const KEYS_MAX: usize = 64;

/// What the beginning of a document looks like.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Outline<'a> {
    /// A list; its first object is then what the names are of.
    pub is_list: bool,
    /// A list without entries, which is as good as any other empty file.
    pub is_empty_list: bool,
    /// Names of the first object, as they are written.
    pub keys: Vec<&'a [u8]>,
    /// One of its annotations has an endpoint of its own.
    pub annotated_by_endpoint: bool,
    /// Its first name has no quotes.
    pub is_unquoted: bool,
    /// The document goes over several lines.
    pub is_pretty: bool,
    /// Its end was seen.
    pub is_whole: bool,
    /// Another object or list follows its end.
    pub is_followed: bool,
}

impl<'a> Outline<'a> {
    /// The outline of a text that begins with an object or a list.
    pub fn of(text: &'a [u8]) -> Option<Self> {
        let is_list = match text.first()? {
            b'{' => false,
            b'[' => true,
            _ => return None,
        };
        let is_empty_list = is_list && text[1..].trim_ascii_start().starts_with(b"]");
        let outline = Outline { is_list, is_empty_list, ..Outline::default() };
        let mut walk = Walk { outline, stack: Vec::new(), key: b"" };
        let mut at = 0;
        while at < text.len() {
            at = walk.step(text, at);
            if walk.stack.is_empty() {
                walk.outline.is_whole = true;
                let rest = text.get(at..).unwrap_or_default().trim_ascii_start();
                walk.outline.is_followed = matches!(rest.first(), Some(b'{' | b'['));
                break;
            }
        }
        Some(walk.outline)
    }

    /// Whether the first object has one of these names.
    pub fn has(&self, names: &[&str]) -> bool {
        self.keys.iter().any(|key| names.iter().any(|name| name.as_bytes() == *key))
    }
}

/// A container that is open.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    List,
    /// An object, in which the next string is a name.
    ObjectBeforeKey,
    ObjectAfterKey,
}

struct Walk<'a> {
    outline: Outline<'a>,
    stack: Vec<Open>,
    /// The latest name of the first object.
    key: &'a [u8],
}

impl<'a> Walk<'a> {
    /// Takes what begins at `at` and says where the next thing does.
    fn step(&mut self, text: &'a [u8], at: usize) -> usize {
        match text[at] {
            b'{' => self.open(Open::ObjectBeforeKey),
            b'[' => self.open(Open::List),
            b'}' | b']' => {
                self.stack.pop();
            }
            b',' => self.again(Open::ObjectAfterKey, Open::ObjectBeforeKey),
            b'\n' => self.outline.is_pretty = true,
            b'"' => return self.string(text, at + 1),
            letter if letter.is_ascii_alphabetic() && self.stack.last() == Some(&Open::ObjectBeforeKey) => {
                self.outline.is_unquoted |= self.outline.keys.is_empty();
            }
            _ => {}
        }
        at + 1
    }

    fn open(&mut self, container: Open) {
        if self.stack.len() < DEPTH_MAX {
            self.stack.push(container);
        }
    }

    fn again(&mut self, from: Open, to: Open) {
        if let Some(top) = self.stack.last_mut().filter(|top| **top == from) {
            *top = to;
        }
    }

    fn string(&mut self, text: &'a [u8], start: usize) -> usize {
        let rest = text.get(start..).unwrap_or_default();
        let mut escaped = false;
        let end = rest.iter().position(|byte| {
            let ends = *byte == b'"' && !escaped;
            escaped = *byte == b'\\' && !escaped;
            ends
        });
        let Some(end) = end else { return text.len() };
        if self.stack.last() == Some(&Open::ObjectBeforeKey) {
            self.name(&rest[..end]);
            self.again(Open::ObjectBeforeKey, Open::ObjectAfterKey);
        }
        start + end + 1
    }

    fn name(&mut self, key: &'a [u8]) {
        let first_object = usize::from(self.outline.is_list) + 1;
        if self.stack.len() == first_object && self.outline.keys.len() < KEYS_MAX {
            self.key = key;
            self.outline.keys.push(key);
        }
        // The object, the list of annotations in it, and one of them.
        let annotation = self.stack.len() == first_object + 2 && self.key == b"annotations";
        self.outline.annotated_by_endpoint |= annotation && key == b"endpoint";
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(text: &str) -> Vec<String> {
        let outline = Outline::of(text.as_bytes()).unwrap();
        outline.keys.iter().map(|key| String::from_utf8_lossy(key).into_owned()).collect()
    }

    #[test]
    fn the_names_of_the_first_object_are_seen_however_far_the_text_goes() {
        let text = r#"[{"a": {"x": "\"{"}, "b": ["y", {"z": 1}], "c": "d"}, {"e": 1}]"#;
        assert_eq!(keys(&text[..30]), ["a", "b"]);
        assert_eq!(keys(r#"{"a": 1, "b"#), ["a"]);
        assert_eq!(keys("[]"), Vec::<String>::new());
        assert!(Outline::of(b"nonsense").is_none());
    }

    #[test]
    fn the_shape_of_the_document_is_seen() {
        let outline = |text: &'static str| Outline::of(text.as_bytes()).unwrap();
        assert!(outline("{}").is_whole && !outline("{}\n").is_followed && outline("{}\n{").is_followed);
        assert!(outline("{\n}").is_pretty && !outline("{}\n").is_pretty && !outline("{\"a\":").is_whole);
        assert!(outline("{\n  resource: {").is_unquoted && !outline("{\"a\": true}").is_unquoted);
        let annotated = r#"[{"id": 1, "annotations": [{"value": "cs", "endpoint": {}}]}]"#;
        assert!(outline(annotated).annotated_by_endpoint);
        assert!(!outline(r#"[{"tags": [{"endpoint": 1}], "endpoint": 2}]"#).annotated_by_endpoint);
    }
}
