//! One row of the waterfall.

use std::sync::Arc;

use leptos::attr::custom::custom_attribute;
use leptos::prelude::*;
use model::span::{Category, SpanKind, Status};
use model::trace::waterfall::{Row, RowKind, SpanRow};
use model::usd::UsdSum;

use self::bar::statistics;
use super::bars::{heat, placing, side};
use super::touch::ROW_ID;
use super::viewer::Viewer;
use super::{limit, waste};
use crate::components::figures::{known, money};
use crate::components::icon::Glyph;
use crate::components::markup::Markup;
use crate::format::{self, duration, number};

mod bar;
mod name;

/// Decimals of the cost columns, so that rows visibly add up.
const COST_DECIMALS: u32 = 5;

/// Steps after which rows are no longer indented but say their level: the column of names is about so wide.
pub(super) const INDENT_STEPS_MAX: u32 = 16;

/// A row with its bar.
#[component]
pub fn WaterfallRow(
    /// The row.
    row: Arc<Row>,
    /// What is looked for is in it.
    is_hit: bool,
    /// Words to mark in its names.
    words: Arc<[String]>,
    /// Who looks at it.
    viewer: Viewer,
) -> impl IntoView {
    let index = row.index;
    let span_id = row.span_id();
    let folded = (row.descendants > 0).then(|| Memo::new(move |_| viewer.folds.with(|folds| folds.is_folded(index))));
    let selected = Memo::new(move |_| span_id.is_some() && viewer.url.with(|url| url.span == span_id));
    let place = move || viewer.folds.with(|folds| folds.place_of(index)) + 2;
    let look = Look::of(&row, viewer);
    let label = if is_hit { format!("{}, found", look.label) } else { look.label };
    let level = format!("--lv:{}", indent(row.level));
    let ends = bar::ends(&row.kind);
    view! {
        <div
            id=format!("{ROW_ID}{index}")
            class="wf-row"
            class:sel=selected
            class:err=look.failed
            class:hit=is_hit
            class:stub=matches!(row.kind, RowKind::MissingParent(_))
            class:grp=matches!(row.kind, RowKind::Similar(_))
            role="row"
            {..custom_attribute("aria-level", row.level.to_string())}
            aria-posinset=row.place.to_string()
            aria-setsize=row.siblings.to_string()
            aria-rowindex=move || place().to_string()
            aria-expanded=folded.map(|folded| move || if folded.get() { "false" } else { "true" })
            aria-selected=move || if selected.get() { "true" } else { "false" }
            aria-label=label
            tabindex=move || if viewer.active.get() == index { "0" } else { "-1" }
            data-slot=look.slot.to_string()
            data-heat=look.heat.to_string()
            style=level
        >
            <div class="wf-name" role="rowheader" inner_html=name::name(&row, &words, viewer)></div>
            <CostCells row=row.clone() viewer/>
            // Here and not once around all rows: names and costs need not be styled anew while it changes.
            <div
                class="wf-t"
                role="gridcell"
                style=move || placing(viewer, ends)
                data-side=move || side(viewer, ends)
                inner_html=bar::bar(&row.kind, viewer)
            ></div>
        </div>
    }
}

/// What a row looks like at first sight, and the same in words.
struct Look {
    failed: bool,
    slot: u8,
    heat: u8,
    label: String,
}

impl Look {
    fn of(row: &Row, viewer: Viewer) -> Self {
        match &row.kind {
            RowKind::MissingParent(id) => Self {
                failed: false,
                slot: crate::colour::OTHER,
                heat: 0,
                label: format!("Parent {id} was not received, {} spans name it", row.descendants),
            },
            RowKind::Span(span) => Self::of_span(span, viewer),
            RowKind::Similar(similar) => {
                let cost = row.subtree_cost.map_or_else(|| "cost unknown".to_owned(), format::money::amount);
                Self {
                    failed: false,
                    slot: viewer.slot(&similar.service),
                    heat: 0,
                    label: format!(
                        "{} similar spans, {}, {}, {}, {cost}",
                        number::count(similar.count as i64),
                        named(&similar.name),
                        similar.service,
                        statistics(similar)
                    ),
                }
            }
        }
    }

    fn of_span(span: &SpanRow, viewer: Viewer) -> Self {
        let total = viewer.sheet.with_value(|sheet| sheet.own_cost);
        let cost = known(span.cost);
        let share = number::share(cost.unwrap_or_default().pico(), total.pico());
        let cost_words = match cost {
            Some(cost) => format!("{}, {} of trace", format::money::amount(cost), number::percent(share)),
            None => "cost unknown".to_owned(),
        };
        let failed = span.status == Status::Error;
        let failed_words = if failed { ", failed" } else { "" };
        let (limit_words, waste_words) = (limit::spoken(viewer, span.span_id), waste::spoken(viewer, span.span_id));
        let clock_words = span.clock_behind_ns.map(|ns| format!(", clock {} behind, shifted", duration::nanos(ns)));
        let clock_words = clock_words.unwrap_or_default();
        let late_words = span.late_ns.map(|ns| format!(", came {} after it had ended", duration::nanos(ns)));
        let late_words = late_words.unwrap_or_default();
        let critical_words = if span.critical_parts.is_empty() { "" } else { ", on critical path" };
        Self {
            failed,
            slot: viewer.slot(&span.service),
            heat: heat(share),
            label: format!(
                "{}, {}, {}, starts at {}, {cost_words}{critical_words}{failed_words}{clock_words}{late_words}{waste_words}{limit_words}",
                named(&span.name),
                span.service,
                duration::nanos(span.duration_ns),
                duration::nanos(span.offset_ns),
            ),
        }
    }
}

/// Steps a row is indented by.
fn indent(level: u32) -> u32 {
    (level - 1).min(INDENT_STEPS_MAX)
}

/// A span's name, also when its client gave it none.
pub fn named(name: &str) -> &str {
    if name.is_empty() { "unnamed" } else { name }
}

/// Own cost and the cost of the subtree, with its share of the trace underlined.
#[component]
fn CostCells(row: Arc<Row>, viewer: Viewer) -> impl IntoView {
    let total = viewer.sheet.with_value(|sheet| sheet.own_cost);
    let own = match &row.kind {
        RowKind::Span(span) => cost(known(span.cost)),
        RowKind::MissingParent(_) => cost(None),
        RowKind::Similar(_) => String::new(),
    };
    let share = number::share(row.subtree_cost.unwrap_or_default().pico(), total.pico()) * 100.0;
    let bound = (row.subtree_unpriced > 0 && row.subtree_cost.is_some())
        .then(|| format!("{} spans below have no known cost", number::count(row.subtree_unpriced as i64)));
    let subtree = cost(row.subtree_cost);
    view! {
        <div class="wf-c num" role="gridcell" inner_html=own></div>
        <div class="wf-c sub num" role="gridcell" style=format!("--w:{share:.2}%") title=bound inner_html=subtree></div>
    }
}

/// Unknown is a dash; priced and free is a dot, so that what costs something stands out.
fn cost(amount: Option<UsdSum>) -> String {
    let mut html = Markup::default();
    match amount {
        Some(UsdSum::ZERO) => drop(html.tag("<span class=\"zero\" title=\"$0\">·</span>")),
        amount => money(&mut html, amount, Some(COST_DECIMALS)),
    }
    html.into_html()
}

/// The icon of a sort of work, else of a role.
pub const fn glyph(category: Category, kind: SpanKind) -> Glyph {
    match category {
        Category::Llm | Category::Embedding => Glyph::Model,
        Category::Agent => Glyph::Agent,
        Category::Tool => Glyph::Tool,
        Category::Decision => Glyph::Decision,
        Category::Database => Glyph::Database,
        Category::Retrieval => Glyph::Storage,
        Category::Workflow | Category::Http | Category::Queue | Category::Other => match kind {
            SpanKind::Internal => Glyph::Internal,
            SpanKind::Server => Glyph::Server,
            SpanKind::Client => Glyph::Client,
            SpanKind::Producer => Glyph::Producer,
            SpanKind::Consumer => Glyph::Consumer,
        },
    }
}
