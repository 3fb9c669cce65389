//! One turn: what is new in what went to the model, its answer, what that cost.

use leptos::prelude::*;
use model::TraceId;

use super::piece::{piece, prompt};
use super::read::{Said, Turn};
use crate::components::figures::{Duration, Money, known};
use crate::components::icon::{Glyph, Icon, Size};
use crate::format::{duration, number};
use crate::islands::waterfall::links::TraceUrl;
use crate::islands::waterfall::row::named;

/// Decimals of the running tab, so that its points line up.
const DECIMALS: u32 = 5;

/// The turn: a row for each message that is new in it, the last of them with the answer and the figures.
pub fn turn(turn: &Turn, trace_id: TraceId, url: &TraceUrl) -> AnyView {
    let is_open = url.span == Some(turn.span_id);
    let asked = turn.said.iter().filter(|said| !said.is_answer && !turn.is_tool);
    let asked = asked.map(|said| message(said, turn.offset_ns)).collect_view();
    let answered: Vec<&Said> = turn.said.iter().filter(|said| said.is_answer || turn.is_tool).collect();
    let silent = (answered.is_empty()).then(|| {
        let words =
            if turn.is_tool { "What went in and came out was not recorded." } else { "No answer was recorded." };
        view! { <p class="muted">{words}</p> }
    });
    let pieces = answered.iter().flat_map(|said| &said.pieces).map(piece).collect_view();
    let failure = turn.failure.clone().map(failed);
    let class = if turn.failure.is_some() { "msg bad" } else { "msg" };
    view! {
        {left_out(turn)}
        {asked}
        <article class=class class:sel=is_open aria-label=label(turn)>
            <div class="msg-t">
                <span class="tnum">{duration::offset(turn.offset_ns)}</span>
                <b class="time-t"><Duration nanos=turn.duration_ns/></b>
            </div>
            <div class="msg-b">
                <Head turn=turn.clone() href=url.with_span(Some(turn.span_id)).href(trace_id)/>
                {failure}
                {pieces}
                {silent}
            </div>
            <div class="msg-c">
                <b><Money amount=known(turn.cost) decimals=DECIMALS/></b>
                <span class="tnum" title="What all turns up to this one cost">
                    <Money amount=Some(turn.running) decimals=DECIMALS/>
                </span>
            </div>
        </article>
    }
    .into_any()
}

fn label(turn: &Turn) -> String {
    format!("{} at {}", named(&turn.who), duration::offset(turn.offset_ns))
}

#[component]
fn Head(turn: Turn, href: String) -> impl IntoView {
    let [input, cached, output] = turn.tokens.map(|tokens| tokens.map(|count| number::count(count as i64)));
    let cached = cached.filter(|cached| cached != "0").map(|cached| format!(" ({cached} cached)"));
    let words = [
        input.map(|input| format!("{input} in{}", cached.unwrap_or_default())),
        output.map(|output| format!("{output} out")),
    ];
    let words: Vec<String> = words.into_iter().flatten().collect();
    let glyph = if turn.is_tool { Glyph::Tool } else { Glyph::Model };
    let opens = format!("Open the span of {}", label(&turn));
    view! {
        <header>
            <Icon glyph size=Size::Medium/>
            <b>{named(&turn.who).to_owned()}</b>
            <span class="muted tnum">{words.join(" · ")}</span>
            <a class="link" href=href aria-label=opens data-noscroll>"span"</a>
        </header>
    }
    .into_any()
}

fn failed(words: String) -> AnyView {
    view! {
        <p class="conv-failed">
            <span class="badge crit">
                <Icon glyph=Glyph::Error size=Size::Small/>
                "failed"
            </span>
            " "
            {words}
        </p>
    }
    .into_any()
}

/// A message on its way to the model.
fn message(said: &Said, offset_ns: i64) -> AnyView {
    let glyph = match said.role.as_str() {
        "System" => Glyph::Server,
        "Tool" => Glyph::Tool,
        "Assistant" => Glyph::Model,
        _ => Glyph::Client,
    };
    let content =
        if said.is_system { prompt(&said.pieces) } else { said.pieces.iter().map(piece).collect_view().into_any() };
    let class = if said.is_system { "msg sys" } else { "msg" };
    view! {
        <article class=class aria-label=format!("{} at {}", said.role, duration::offset(offset_ns))>
            <div class="msg-t">
                <span class="tnum">{duration::offset(offset_ns)}</span>
            </div>
            <div class="msg-b">
                <header>
                    <Icon glyph size=Size::Medium/>
                    <b>{said.role.clone()}</b>
                </header>
                {content}
            </div>
            <div class="msg-c"></div>
        </article>
    }
    .into_any()
}

/// What of the call is not shown here.
fn left_out(turn: &Turn) -> Option<AnyView> {
    let repeated = (turn.repeated > 0).then(|| {
        let messages = number::counted(turn.repeated as i64, "message");
        format!("{messages} of before, sent again")
    });
    let more = (turn.left_out > 0).then(|| {
        let messages = number::counted(turn.left_out as i64, "further message");
        format!("{messages}, which only the span shows")
    });
    let words: Vec<String> = [repeated, more].into_iter().flatten().collect();
    (!words.is_empty()).then(|| view! { <p class="conv-carried muted tnum">{words.join(" · ")}</p> }.into_any())
}
