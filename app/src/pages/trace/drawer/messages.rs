//! What was said to the model and by it, as a dialogue.

use leptos::prelude::*;
use model::conversation::{Conversation, Excerpt, Media, Message, Part, Role};
use model::masked::is_masked;

use super::Section;
use super::at::At;
use super::fold::Folded;
use crate::components::icon::{Glyph, Icon, Size};
use crate::format::number::{bytes, counted};

/// Messages in the drawer: from the beginning of a long dialogue so many, and of its end as many as there is room for.
const MESSAGES_MAX: usize = 40;
const FIRST_SHOWN: usize = 8;

/// Bytes of words that stand there at once; longer ones fold.
const WORDS_BYTES_MAX: usize = 1_500;

/// The section; nothing for a span that tells no messages.
#[component]
pub fn Messages(
    /// What was said.
    conversation: Conversation,
    /// Addresses around the span.
    at: At,
) -> impl IntoView {
    let Conversation { messages, skipped } = conversation;
    if messages.is_empty() {
        return ().into_any();
    }
    let skipped = skipped.map_or(0, |skipped| skipped.count);
    let total = messages.len() + skipped;
    let over = messages.len().saturating_sub(MESSAGES_MAX);
    let left_out = over + skipped;
    // Those left out before stood behind the first ones, too.
    let (first, rest) = messages.split_at(if left_out > 0 { FIRST_SHOWN.min(messages.len()) } else { messages.len() });
    let first = first.iter().map(|message| one(message, &at)).collect_view();
    let rest = rest.iter().skip(over).map(|message| one(message, &at)).collect_view();
    let gap = (left_out > 0).then(|| {
        view! {
            <li class="dlg__gap muted">
                {format!("{} between are not shown here. ", counted(left_out as i64, "message"))}
                <a class="link" href=at.json() rel="external" target="_blank">"All of them as JSON"</a>
            </li>
        }
    });
    view! {
        <Section title="Messages".to_owned() glyph=Some(Glyph::Model) count=Some(total)>
            <ol class="dlg">{first} {gap} {rest}</ol>
        </Section>
    }
    .into_any()
}

fn one(message: &Message, at: &At) -> AnyView {
    let (glyph, kind) = match &message.role {
        Role::System => (Glyph::Settings, "system"),
        Role::User => (Glyph::Client, "user"),
        Role::Assistant => (Glyph::Model, "assistant"),
        Role::Tool => (Glyph::Tool, "tool"),
        Role::Other(_) => (Glyph::Internal, "other"),
    };
    let parts = message.parts.iter().map(|part| part_of(part, at)).collect_view();
    let finish =
        message.finish_reason.clone().map(|reason| view! { <span class="muted">{format!("finish: {reason}")}</span> });
    view! {
        <li class="dlg__m" data-role=kind>
            <p class="dlg__who">
                <Icon glyph size=Size::Small/>
                <b>{message.role.as_str().to_owned()}</b>
                {message.name.clone().map(|name| view! { <span class="muted">{name}</span> })}
                {finish}
            </p>
            {parts}
            {message.parts.is_empty().then(|| view! { <p class="muted">"(nothing)"</p> })}
        </li>
    }
    .into_any()
}

fn part_of(part: &Part, at: &At) -> AnyView {
    match part {
        Part::Text(said) => words(said, at),
        Part::Reasoning(said) => view! {
            <details class="dlg__thought">
                <summary>{format!("Reasoning, {}", bytes(said.bytes as u64))}</summary>
                {words(said, at)}
            </details>
        }
        .into_any(),
        Part::ToolCall { id, name, arguments } => {
            view! { <ToolBox title=name.clone() id=id.clone() what="call" content=arguments.clone() at=at.clone()/> }
                .into_any()
        }
        Part::ToolResult { id, name, result } => {
            let title = name.clone().unwrap_or_else(|| "result".to_owned());
            view! { <ToolBox title id=id.clone() what="result" content=result.clone() at=at.clone()/> }.into_any()
        }
        Part::Media(media) => file(media),
        Part::Other(content) => view! { <Folded excerpt=content.clone() whole=Some(at.json())/> }.into_any(),
        Part::Skipped(count) => {
            view! { <p class="muted">{format!("{} more are not shown here.", counted(*count as i64, "part"))}</p> }
                .into_any()
        }
    }
}

/// Words as people read them; JSON and what is long in the type of code, folded.
fn words(said: &Excerpt, at: &At) -> AnyView {
    if is_masked(&said.text) && !said.is_cut() {
        return view! { <p><span class="badge" title="Hidden before it was sent">"masked"</span></p> }.into_any();
    }
    if said.json || said.is_cut() || said.bytes > WORDS_BYTES_MAX {
        return view! { <Folded excerpt=said.clone() whole=Some(at.json())/> }.into_any();
    }
    view! { <p class="dlg__said">{said.text.clone()}</p> }.into_any()
}

/// A call of a tool, or what it gave back.
#[component]
fn ToolBox(title: String, id: Option<String>, what: &'static str, content: Excerpt, at: At) -> impl IntoView {
    view! {
        <div class="dlg__tool">
            <p>
                <Icon glyph=Glyph::Tool size=Size::Small/>
                <b class="mono">{title}</b>
                <span class="muted">{what}</span>
                {id.map(|id| view! { <span class="mono muted trunc">{id}</span> })}
            </p>
            {(!content.is_empty()).then(|| words(&content, &at))}
        </div>
    }
}

/// A file is told about, and never fetched or shown.
fn file(media: &Media) -> AnyView {
    let about = [media.media_type.clone(), media.bytes.map(|size| bytes(size as u64))];
    let about: Vec<String> = about.into_iter().flatten().collect();
    view! {
        <p class="dlg__file">
            <Icon glyph=Glyph::Storage size=Size::Small/>
            <span>{media.kind.clone()}</span>
            <span class="muted">{about.join(" · ")}</span>
            {media.reference.clone().map(|reference| view! { <span class="mono trunc" title=reference.clone()>{reference.clone()}</span> })}
        </p>
    }
    .into_any()
}
