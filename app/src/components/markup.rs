//! HTML written as text, for what there is very much of: rows that come and go with every turn of the wheel. A cell is handed to the
//! browser at once and not element by element, which takes less of a page's code.
//!
//! Tags are literals of ours; whatever was sent by somebody goes through [`Markup::text`] or [`Markup::attribute`], which escape it.

use super::icon::{Glyph, Size};

/// HTML so far.
#[derive(Debug, Default)]
pub struct Markup(String);

impl Markup {
    /// Nothing but words.
    pub fn of(text: &str) -> Self {
        let mut html = Self::default();
        html.text(text);
        html
    }

    /// Tags of ours.
    pub fn tag(&mut self, html: &'static str) -> &mut Self {
        self.0.push_str(html);
        self
    }

    /// An attribute of the tag that was left open last.
    pub fn attribute(&mut self, name: &'static str, value: &str) -> &mut Self {
        self.tag(" ").tag(name).tag("=\"").text(value).tag("\"")
    }

    /// Words, whatever is in them.
    pub fn text(&mut self, text: &str) -> &mut Self {
        let mut rest = text;
        while let Some(at) = rest.find(['&', '<', '>', '"']) {
            let (before, special) = rest.split_at(at);
            self.0.push_str(before);
            self.0.push_str(match special.as_bytes().first() {
                Some(b'&') => "&amp;",
                Some(b'<') => "&lt;",
                Some(b'>') => "&gt;",
                _ => "&quot;",
            });
            rest = &special[1..];
        }
        self.0.push_str(rest);
        self
    }

    /// An [icon](super::icon::Icon).
    pub fn icon(&mut self, glyph: Glyph, size: Size) -> &mut Self {
        self.tag("<svg aria-hidden=\"true\"").attribute("class", size.class());
        self.tag("><use").attribute("href", glyph.href()).tag("></use></svg>")
    }

    /// What was written by itself.
    pub fn append(&mut self, other: &Self) -> &mut Self {
        self.0.push_str(&other.0);
        self
    }

    /// All of it.
    pub fn into_html(self) -> String {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sent_is_text_and_nothing_else() {
        let mut html = Markup::default();
        html.tag("<b").attribute("title", "\"><script>").tag(">").text("<img src=x onerror=\"1\"> & co").tag("</b>");
        assert_eq!(
            html.into_html(),
            "<b title=\"&quot;&gt;&lt;script&gt;\">&lt;img src=x onerror=&quot;1&quot;&gt; &amp; co</b>"
        );
    }

    #[test]
    fn no_text_opens_a_tag_or_ends_an_attribute_and_all_of_it_can_be_read_back() {
        const PIECES: [&str; 8] = ["", "&", "<", ">", "\"", "lt;", "é…", " a"];
        // Every text of four of them.
        for number in 0..PIECES.len().pow(4) {
            let text: String = (0..4).map(|place| PIECES[number >> (3 * place) & 7]).collect();
            let mut html = Markup::default();
            html.text(&text);
            let html = html.into_html();
            assert!(!html.contains(['<', '>', '"']), "{text}");
            let read = html.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
            assert_eq!(read, text);
        }
    }
}
