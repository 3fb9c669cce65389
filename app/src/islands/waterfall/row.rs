//! One row of the waterfall.

use leptos::attr::custom::custom_attribute;
use leptos::ev;
use leptos::prelude::*;
use model::span::{Category, SpanKind, Status};
use model::trace::waterfall::{Row, RowKind, SpanRow};
use model::usd::UsdSum;

use super::bars::{LabelSide, bar_style, ends, heat, moment_style, part_style};
use super::limit;
use super::sheet::EventMark;
use super::viewer::Viewer;
use crate::components::figures::{Money, known};
use crate::components::icon::{Glyph, Icon, Size};
use crate::format::{duration, money, number};

/// Decimals of the cost columns, so that rows visibly add up.
const COST_DECIMALS: u32 = 5;

/// A row with its bar.
#[component]
pub fn WaterfallRow(
    /// The row.
    row: Row,
    /// Who looks at it.
    viewer: Viewer,
) -> impl IntoView {
    let index = row.index;
    let id = row.id();
    let folds = row.descendants > 0;
    let folded = Memo::new(move |_| viewer.folds.with(|folds| folds.is_folded(index)));
    let selected = Memo::new(move |_| viewer.url.with(|url| url.span == Some(id)));
    let place = move || viewer.folds.with(|folds| folds.place_of(index)) + 2;
    let look = Look::of(&row, viewer);
    let level = format!("--lv:{}", row.level - 1);
    let is_span = matches!(row.kind, RowKind::Span(_));
    let open = move |event: ev::MouseEvent| {
        // A modified click is the browser's own: open the link elsewhere.
        if is_span && !event.ctrl_key() && !event.meta_key() && !event.shift_key() {
            event.prevent_default();
            viewer.active.set(index);
            viewer.open(Some(id));
        }
    };
    view! {
        <div
            id=format!("row-{index}")
            class="wf-row"
            class:sel=selected
            class:err=look.failed
            class:stub=!is_span
            role="row"
            {..custom_attribute("aria-level", row.level.to_string())}
            aria-posinset=row.place.to_string()
            aria-setsize=row.siblings.to_string()
            aria-rowindex=move || place().to_string()
            aria-expanded=move || folds.then(|| if folded.get() { "false" } else { "true" })
            aria-selected=move || if selected.get() { "true" } else { "false" }
            aria-label=look.label
            tabindex=move || if viewer.active.get() == index { "0" } else { "-1" }
            data-slot=look.slot.to_string()
            data-heat=look.heat.to_string()
            style=level
            on:click=open
            on:focus=move |_| viewer.active.set(index)
        >
            <NameCell row=row.clone() viewer folded/>
            <CostCells row=row.clone() viewer/>
            <div class="wf-t" role="gridcell">
                {match row.kind {
                    RowKind::Span(span) => view! { <Bar span=*span viewer/> }.into_any(),
                    RowKind::MissingParent(_) => ().into_any(),
                }}
            </div>
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
        let total = viewer.sheet.with_value(|sheet| sheet.own_cost);
        match &row.kind {
            RowKind::MissingParent(id) => Self {
                failed: false,
                slot: crate::colour::OTHER,
                heat: 0,
                label: format!("Parent {id} was not received, {} spans name it", row.descendants),
            },
            RowKind::Span(span) => {
                let cost = known(span.cost);
                let share = number::share(cost.unwrap_or_default().pico(), total.pico());
                let cost_words = match cost {
                    Some(cost) => format!("{}, {} of trace", money::amount(cost), number::percent(share)),
                    None => "cost unknown".to_owned(),
                };
                let failed = span.status == Status::Error;
                let failed_words = if failed { ", failed" } else { "" };
                let limit_words = limit::spoken(viewer, span.span_id);
                Self {
                    failed,
                    slot: viewer.slot(&span.service),
                    heat: heat(share),
                    label: format!(
                        "{}, {}, {}, starts at {}, {cost_words}{failed_words}{limit_words}",
                        named(&span.name),
                        span.service,
                        duration::nanos(span.duration_ns),
                        duration::nanos(span.offset_ns),
                    ),
                }
            }
        }
    }
}

/// A span's name, also when its client gave it none.
pub fn named(name: &str) -> &str {
    if name.is_empty() { "unnamed" } else { name }
}

/// Caret, icon, operation and service.
#[component]
fn NameCell(row: Row, viewer: Viewer, folded: Memo<bool>) -> impl IntoView {
    let id = row.id();
    let body = match &row.kind {
        RowKind::Span(span) => {
            let failed = span.status == Status::Error;
            let href = viewer.url.get_untracked().with_span(Some(id)).href(viewer.trace_id);
            let cut = span.cut_circle.then(
                || view! { <span class="badge warn" title="Its parents lead back to itself">"circle cut"</span> },
            );
            view! {
                <span class="kind"><Icon glyph=kind_glyph(span) size=Size::Medium/></span>
                <a class="op" class:crit=failed href=href tabindex="-1">{named(&span.name).to_owned()}</a>
                {cut}
                {limit::mark(viewer, id)}
                <span class="sv">{span.service.clone()}</span>
            }
            .into_any()
        }
        RowKind::MissingParent(missing) => {
            let text = missing.to_string();
            let short = text.get(..4).unwrap_or_default().to_owned();
            view! {
                <span class="kind"><Icon glyph=Glyph::Warn size=Size::Medium/></span>
                <span class="op" title=text>"parent " <code>{short} "…"</code> " not received"</span>
            }
            .into_any()
        }
    };
    view! {
        <div class="wf-name" role="rowheader">
            <span class="guides"></span>
            <Caret row viewer folded/>
            {body}
        </div>
    }
}

/// Folds and unfolds: a link without JavaScript, at once with it.
#[component]
fn Caret(row: Row, viewer: Viewer, folded: Memo<bool>) -> impl IntoView {
    if row.descendants == 0 {
        return view! { <span class="caret"></span> }.into_any();
    }
    let href =
        viewer.url.get_untracked().with_toggled(&untrack(|| viewer.folded_ids()), row.id()).href(viewer.trace_id);
    let hides = row.descendants;
    let toggle = move |event: ev::MouseEvent| {
        event.prevent_default();
        event.stop_propagation();
        viewer.toggle(&row);
    };
    view! {
        <a
            class="caret"
            class:open=move || !folded.get()
            href=href
            tabindex="-1"
            aria-label=move || if folded.get() { "Unfold" } else { "Fold" }
            title=format!("{} below", number::count(hides as i64))
            on:click=toggle
        >
            <Icon glyph=Glyph::Caret size=Size::Small/>
        </a>
    }
    .into_any()
}

/// Own cost and the cost of the subtree, with its share of the trace underlined.
#[component]
fn CostCells(row: Row, viewer: Viewer) -> impl IntoView {
    let total = viewer.sheet.with_value(|sheet| sheet.own_cost);
    let own = match &row.kind {
        RowKind::Span(span) => cost_cell(known(span.cost)),
        RowKind::MissingParent(_) => cost_cell(None),
    };
    let share = number::share(row.subtree_cost.unwrap_or_default().pico(), total.pico()) * 100.0;
    let bound = (row.subtree_unpriced > 0 && row.subtree_cost.is_some())
        .then(|| format!("{} spans below have no known cost", number::count(row.subtree_unpriced as i64)));
    view! {
        <div class="wf-c num" role="gridcell">
            {own}
        </div>
        <div class="wf-c sub num" role="gridcell" style=format!("--w:{share:.2}%") title=bound>
            {cost_cell(row.subtree_cost)}
        </div>
    }
}

/// Unknown is a dash; priced and free is a dot, so that what costs something stands out.
fn cost_cell(cost: Option<UsdSum>) -> AnyView {
    match cost {
        Some(UsdSum::ZERO) => view! { <span class="zero" title="$0">"·"</span> }.into_any(),
        cost => view! { <Money amount=cost decimals=COST_DECIMALS/> }.into_any(),
    }
}

/// Tint for the whole, solid where no child was running, marks for events and failure, the duration beside it.
#[component]
fn Bar(span: SpanRow, viewer: Viewer) -> impl IntoView {
    let extent = viewer.sheet.with_value(|sheet| sheet.extent);
    let (left, right) = ends(extent, span.offset_ns, span.duration_ns);
    let side = LabelSide::of(left, right);
    let label_style = match side {
        LabelSide::Right => format!("left:{:.3}%", right * 100.0),
        LabelSide::Left => format!("right:{:.3}%", (1.0 - left) * 100.0),
        LabelSide::Inside => format!("right:{:.3}%", (1.0 - right) * 100.0),
    };
    let data_side = match side {
        LabelSide::Right => "r",
        LabelSide::Left => "l",
        LabelSide::Inside => "in",
    };
    let failed = span.status == Status::Error;
    let solid =
        span.self_parts.iter().map(|part| view! { <i class="b s" style=part_style(extent, *part)></i> }).collect_view();
    let events = viewer.events_of(span.span_id).into_iter().map(|event| {
        let EventMark { offset_ns, name, is_exception } = event;
        view! { <i class="ev" class:x=is_exception style=moment_style(extent, offset_ns) title=name></i> }
    });
    view! {
        <i class="b t" style=bar_style(extent, span.offset_ns, span.duration_ns)></i>
        {solid}
        {events.collect_view()}
        {failed.then(|| view! { <i class="er" style=format!("left:{:.3}%", right * 100.0)></i> })}
        <em class="bl" style=label_style data-side=data_side data-err=failed.then_some("")>
            {duration::nanos(span.duration_ns)}
        </em>
    }
}

/// What sort of work a span is, as an icon; the role in the call where the work says nothing.
fn kind_glyph(span: &SpanRow) -> Glyph {
    glyph(span.category, span.kind)
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
