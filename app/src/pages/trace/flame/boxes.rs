//! The boxes of a picture as links: a box with something below it becomes the top, and its span opens.

use leptos::prelude::*;
use model::trace::waterfall::RowKey;
use model::trace::waterfall::flame::{BoxKind, BoxSpans, FlameBox, Measure};

use super::read::{nanos, usd};
use super::words;
use crate::colour::Palette;
use crate::format::{duration, money, number};
use crate::islands::waterfall::bars::heat;
use crate::islands::waterfall::links::TraceUrl;
use crate::islands::waterfall::row::named;
use crate::pages::trace::read::TraceView;

/// Share of the width from which a box has room for letters.
const LABELLED_SHARE: f64 = 0.025;

/// What every box needs to know of its picture.
pub struct Paint<'a> {
    /// What widths stand for.
    pub measure: Measure,
    /// The trace.
    pub view: &'a TraceView,
    /// The address, for links.
    pub url: &'a TraceUrl,
    /// Colours of services.
    pub palette: &'a Palette,
    /// What the whole width stands for.
    pub total: i128,
}

/// The row that a box is, if it can be the top of a picture.
pub fn key(kind: &BoxKind) -> Option<RowKey> {
    match kind {
        BoxKind::Spans(spans) => spans.zoom,
        BoxKind::MissingParent(id) => Some(RowKey::Span(*id)),
        BoxKind::Narrow(_) => None,
    }
}

impl Paint<'_> {
    /// A box above the top, as wide as the picture.
    pub fn above(&self, each: &FlameBox, line: u32) -> AnyView {
        self.drawn(each, line, true)
    }

    /// A box, below as many rows as are above the top.
    pub fn of(&self, each: &FlameBox, lifted: u32) -> AnyView {
        self.drawn(each, each.level + lifted, false)
    }

    fn drawn(&self, each: &FlameBox, line: u32, is_above: bool) -> AnyView {
        let share = number::share(each.width, self.total);
        let left = number::share(each.from, self.total);
        let style = format!("left:{:.3}%;width:{:.3}%;--line:{line}", left * 100.0, share * 100.0);
        let label = (share >= LABELLED_SHARE).then(|| self.label(each, is_above));
        match &each.kind {
            BoxKind::Spans(spans) => {
                let words = words::of(spans, each, self.measure);
                let slot = self.palette.slot(&spans.service).to_string();
                let cost = spans.cost.unwrap_or_default();
                let heat = heat(number::share(cost.pico(), self.view.sheet.own_cost.pico())).to_string();
                view! {
                    <a
                        class="fl"
                        class:on=spans.is_selected
                        class:err={spans.failed > 0}
                        class:above=is_above
                        style=style
                        href=self.href(spans, each.level == 0 && !is_above)
                        title=words.clone()
                        aria-label=words
                        aria-current=spans.is_selected.then_some("true")
                        data-opened=spans.is_selected.then_some("")
                        data-slot=slot
                        data-heat=heat
                        data-pair=spans.pair.to_string()
                        data-noscroll
                    >
                        {label}
                    </a>
                }
                .into_any()
            }
            BoxKind::MissingParent(id) => {
                let href = self.url.with_option("root", Some(id.to_string())).href(self.view.sheet.trace_id);
                let words = format!("parent {id} was not received");
                view! {
                    <a class="fl stub" class:above=is_above style=style href=href title=words.clone() aria-label=words data-noscroll>
                        {label}
                    </a>
                }
                .into_any()
            }
            BoxKind::Narrow(spans) => {
                let words = format!("{} too narrow for a box each", number::counted(*spans as i64, "span"));
                view! { <span class="fl narrow" style=style title=words></span> }.into_any()
            }
        }
    }

    fn label(&self, each: &FlameBox, is_above: bool) -> AnyView {
        let (name, count) = match &each.kind {
            BoxKind::Spans(spans) => (named(&spans.name).to_owned(), spans.count),
            BoxKind::MissingParent(_) => ("parent not received".to_owned(), 1),
            BoxKind::Narrow(_) => (String::new(), 1),
        };
        let count = (count > 1).then(|| format!("{}× ", number::count(count as i64)));
        let spent = (!is_above).then(|| match self.measure {
            Measure::Time => duration::nanos(nanos(each.width)),
            Measure::Cost => money::amount(usd(each.width)),
        });
        view! {
            <span class="trunc">
                {count} <b>{name}</b> " " <i class="tnum">{spent}</i>
            </span>
        }
        .into_any()
    }

    /// What a click does: a box with something below it is the top from then on, and a span by itself opens.
    fn href(&self, spans: &BoxSpans, is_top: bool) -> String {
        let opened = (spans.count == 1 || spans.zoom.is_none()).then_some(spans.span_id);
        let url = match opened {
            Some(span) => self.url.with_span(Some(span)),
            // Similar spans as one are none that could be opened.
            None => self.url.with_span(None),
        };
        let url = match spans.zoom {
            Some(key) if !is_top => url.with_option("root", Some(key.to_string())),
            _ => url,
        };
        url.href(self.view.sheet.trace_id)
    }
}
