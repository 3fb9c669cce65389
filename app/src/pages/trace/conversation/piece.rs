//! One part of a message: words as they are, everything long or technical folded.

use leptos::prelude::*;

use super::read::{Kind, Piece};
use crate::components::icon::{Glyph, Icon, Size};
use crate::format::number;

/// Characters of a folded text that are seen while it is folded.
const PREVIEW_CHARACTERS: usize = 160;

/// The part.
pub fn piece(piece: &Piece) -> AnyView {
    match &piece.kind {
        Kind::Words => view! { <p class="conv-words">{piece.text.clone()}</p> {cut(piece)} }.into_any(),
        Kind::Note => view! { <p class="muted">{piece.text.clone()}</p> }.into_any(),
        Kind::Thought => folded(Glyph::Decision, "thought".to_owned(), piece),
        Kind::Call(name) => folded(Glyph::Tool, name.clone(), piece),
        Kind::Result(Some(name)) => folded(Glyph::Tool, format!("{name} gave"), piece),
        Kind::Result(None) => folded(Glyph::Tool, "the tool gave".to_owned(), piece),
    }
}

/// What sets the model up: its beginning, and all of it when opened.
pub fn prompt(pieces: &[Piece]) -> AnyView {
    let preview = pieces.first().map(|piece| preview(&piece.text)).unwrap_or_default();
    let all = pieces.iter().map(piece).collect_view();
    view! {
        <details class="conv-fold">
            <summary>
                <Icon glyph=Glyph::Caret size=Size::Small/>
                <span class="trunc">{preview}</span>
            </summary>
            {all}
        </details>
    }
    .into_any()
}

fn folded(glyph: Glyph, name: String, piece: &Piece) -> AnyView {
    if piece.text.is_empty() {
        return view! {
            <div class="conv-tool">
                <div class="row">
                    <Icon glyph size=Size::Medium/>
                    <b class="mono">{name}</b>
                </div>
            </div>
        }
        .into_any();
    }
    view! {
        <details class="conv-tool">
            <summary class="row">
                <Icon glyph size=Size::Medium/>
                <b class="mono">{name}</b>
                <code class="trunc grow">{preview(&piece.text)}</code>
            </summary>
            <pre class="mono" tabindex="0">{piece.text.clone()}</pre>
            {cut(piece)}
        </details>
    }
    .into_any()
}

/// The beginning of a text on one line.
fn preview(text: &str) -> String {
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(PREVIEW_CHARACTERS) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// That there is more than is shown.
fn cut(piece: &Piece) -> Option<AnyView> {
    let (shown, all) = (piece.text.len() as u64, piece.bytes as u64);
    (shown < all).then(|| {
        let words = format!("The first {} of {}; the span has more.", number::bytes(shown), number::bytes(all));
        view! { <p class="muted conv-cut">{words}</p> }.into_any()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preview_is_one_line_and_says_when_there_is_more() {
        assert_eq!(preview("{\n  \"q\": 1\n}"), "{ \"q\": 1 }");
        assert!(preview(&"ä".repeat(500)).ends_with('…'));
        assert_eq!(preview(&"ä".repeat(500)).chars().count(), PREVIEW_CHARACTERS + 1);
    }
}
