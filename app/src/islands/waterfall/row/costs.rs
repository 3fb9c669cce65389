//! The two cells of money: a row's own cost and that of all below it.

use leptos::prelude::WithValue;
use model::trace::waterfall::{Row, RowKind};
use model::usd::UsdSum;

use crate::components::figures::{self, known};
use crate::components::markup::Markup;
use crate::format::number;
use crate::islands::waterfall::viewer::Viewer;

/// Decimals of both columns, so that rows visibly add up.
const DECIMALS: u32 = 5;

/// The part of the column that is underlined for all of a trace's cost.
const WHOLE_SHARE: f64 = 0.68;

/// Own cost and the cost of the subtree, with its share of the trace underlined.
pub(super) fn cells(html: &mut Markup, row: &Row, viewer: Viewer) {
    match &row.kind {
        RowKind::Span(span) => cell(html, "wf-c num", known(span.cost), "", 0.0),
        RowKind::MissingParent(_) => cell(html, "wf-c num", None, "", 0.0),
        RowKind::Similar(_) => drop(html.tag("<div role=\"gridcell\" class=\"wf-c num\"></div>")),
    }
    let total = viewer.sheet.with_value(|sheet| sheet.own_cost);
    let share = number::share(row.subtree_cost.unwrap_or_default().pico(), total.pico());
    let unpriced = row.subtree_cost.map_or(0, |_| row.subtree_unpriced);
    let bound = (unpriced > 0).then(|| format!(", {} spans below have no known cost", number::count(unpriced as i64)));
    cell(html, "wf-c sub num", row.subtree_cost, &bound.unwrap_or_default(), share);
}

/// Unknown is a dash; priced and free is a dot, so that what costs something stands out. One element and not two: rows come and go
/// with every turn of the wheel.
fn cell(html: &mut Markup, class: &'static str, amount: Option<UsdSum>, remark: &str, share: f64) {
    let (look, exact, written) = match amount {
        Some(UsdSum::ZERO) => ("zero", "$0".to_owned(), Markup::of("·")),
        amount => figures::written(amount, Some(DECIMALS)),
    };
    html.tag("<div role=\"gridcell\" class=\"").tag(class).tag(" ").tag(look).tag("\"");
    if share > 0.0 {
        html.attribute("style", &format!("background-size:{:.2}% 2px", share * WHOLE_SHARE * 100.0));
    }
    html.attribute("title", &format!("{exact}{remark}")).tag(">").append(&written).tag("</div>");
}
