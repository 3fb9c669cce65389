//! One row of the waterfall, as text: rows come and go with every turn of the wheel, and text is what the browser takes fastest.
//!
//! In brief, a row is its name and its bar: a third of the elements, for who goes through rows faster than they can be read.

use model::span::{Category, SpanKind};
use model::trace::waterfall::{Row, RowKind};

use self::look::Look;
use super::drawn::Drawn;
use super::rows::Standing;
use super::touch::ROW_ID;
use super::viewer::Viewer;
use crate::components::icon::Glyph;
use crate::components::markup::Markup;

pub(super) mod bar;
mod costs;
mod look;
mod name;

/// Steps after which rows are no longer indented but say their level: the column of names is about so wide.
pub(super) const INDENT_STEPS_MAX: u32 = 16;

/// The row, as it stands now; one that is still on its way is a bar that waits.
pub(super) fn write(html: &mut Markup, drawn: &Drawn, standing: &Standing, viewer: Viewer) {
    let Some(row) = &drawn.row else {
        html.tag("<div class=\"wf-row waiting\" role=\"row\" aria-busy=\"true\"></div>");
        return;
    };
    let look = Look::of(row, viewer);
    html.tag("<div role=\"row\" class=\"wf-row");
    html.tag(if look.failed { " err" } else { "" }).tag(if drawn.is_hit { " hit" } else { "" });
    html.tag(if drawn.is_brief { " brief" } else { "" });
    html.tag(match row.kind {
        RowKind::Span(_) => "\"",
        RowKind::MissingParent(_) => " stub\"",
        RowKind::Similar(_) => " grp\"",
    });
    html.attribute("id", &format!("{ROW_ID}{}", row.index));
    let numbers = [
        ("aria-level", row.level as usize),
        ("aria-posinset", row.place),
        ("aria-setsize", row.siblings),
        ("data-slot", look.slot.into()),
        ("data-heat", look.heat.into()),
    ];
    for (name, number) in numbers {
        html.attribute(name, &number.to_string());
    }
    for (name, value) in standing.attributes() {
        if let Some(value) = value {
            html.attribute(name, &value);
        }
    }
    if drawn.is_brief {
        name::in_brief(html.tag(">"), row);
    } else {
        let found = if drawn.is_hit { ", found" } else { "" };
        html.attribute("aria-label", &(look::words(row, viewer) + found)).tag(">");
        name::cell(html, row, &drawn.words, viewer);
        costs::cells(html, row, viewer);
    }
    html.tag("<div role=\"gridcell\" class=\"wf-t\">");
    axis(html, row, drawn.is_brief, viewer);
    html.tag("</div></div>");
}

/// What its last cell shows: where its time lies.
pub(super) fn axis(html: &mut Markup, row: &Row, is_brief: bool, viewer: Viewer) {
    if is_brief { bar::in_brief(html, &row.kind, viewer) } else { bar::bar(html, &row.kind, viewer) }
}

/// Steps a row is indented by.
pub(super) fn indent(level: u32) -> u32 {
    (level - 1).min(INDENT_STEPS_MAX)
}

/// A span's name, also when its client gave it none.
pub fn named(name: &str) -> &str {
    if name.is_empty() { "unnamed" } else { name }
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
