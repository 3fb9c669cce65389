//! What is shown of how much: the rows in sight, what is folded away, and what could not be laid out.

use std::ops::Range;

use leptos::prelude::*;
use model::trace::waterfall::{FoldBase, Gathered, Least};

use super::look::Look;
use super::url_folds::UrlFolds;
use super::viewer::Viewer;
use crate::format::number;

/// Rows in sight, folds, and the ways out of both.
#[component]
pub fn Shown(
    /// Who looks at it.
    viewer: Viewer,
) -> impl IntoView {
    let (rows_total, spans, laid_out) =
        viewer.sheet.with_value(|sheet| (sheet.rows_total, sheet.spans, sheet.laid_out));
    let rows = move || in_sight(viewer.sight.get(), viewer.visible_rows());
    let folded = move || {
        let (visible, gathered) = (viewer.visible_rows(), viewer.folds.with(|folds| folds.gathered()));
        folded_away(gathered, rows_total - visible.min(rows_total))
    };
    let light = move || {
        let url = viewer.url.get();
        let count = viewer.folds.with(|folds| folds.gathered().left_out);
        (!url.look.least.is_none()).then(|| {
            let href = url.with_look(Look { least: Least::default(), ..url.look.clone() }).href(viewer.trace_id);
            view! {
                <span class="tnum">{too_light(url.look.least, count)}</span>
                <a class="link" href=href>"Show all"</a>
            }
        })
    };
    let unfold = move || {
        let href = viewer.url.get().with_folds(UrlFolds::only(FoldBase::Nothing)).href(viewer.trace_id);
        let left_out = viewer.folds.with(|folds| folds.gathered().left_out);
        (viewer.visible_rows() + left_out < rows_total).then(|| view! { <a class="link" href=href>"Unfold all"</a> })
    };
    let left_out = spans.saturating_sub(laid_out as i64);
    let left_out = (left_out > 0).then(|| {
        let text = format!("{} of {} spans have no row", number::count(left_out), number::count(spans));
        view! { <span class="warn-t tnum">{text}</span> }
    });
    // A document of its own: this one holds the trace as it was.
    let outdated = move || {
        let href = viewer.url.get().href(viewer.trace_id);
        viewer.outdated.get().then(|| {
            view! {
                <a class="link warn-t" href=href rel="external" role="status">
                    "The trace has changed: show it as it is now"
                </a>
            }
        })
    };
    view! {
        <span class="tnum wf-shown">{rows}</span>
        <span class="tnum only-wide">{format!("{} spans", number::count(spans))}</span>
        <span class="tnum">{folded}</span>
        {unfold}
        {light}
        {left_out}
        {outdated}
    }
}

/// `Rows 2,087 to 2,108 of 4,247`.
fn in_sight(sight: Range<usize>, visible: usize) -> String {
    let count = |rows: usize| number::count(rows as i64);
    let (first, last) = (sight.start.min(visible.saturating_sub(1)) + 1, sight.end.min(visible));
    if visible == 0 {
        "No rows".to_owned()
    } else {
        format!("Rows {} to {} of {}", count(first), count(last), count(visible))
    }
}

/// `12,366 rows under 5% of the time and under 1% of the money are hidden`.
fn too_light(least: Least, count: usize) -> String {
    let time = least.time.map(|share| format!("under {share}% of the time"));
    let cost = least.cost.map(|share| format!("under {share}% of the money"));
    let what: Vec<String> = time.into_iter().chain(cost).collect();
    let are = if count == 1 { "is" } else { "are" };
    format!("{} {} {are} hidden", number::counted(count as i64, "row"), what.join(" and "))
}

/// `8,214 spans folded into 61 groups, 12 rows folded away`; nothing when nothing is.
fn folded_away(gathered: Gathered, hidden_rows: usize) -> String {
    let counted = |count: usize, what| number::counted(count as i64, what);
    let groups = (gathered.groups > 0)
        .then(|| format!("{} folded into {}", counted(gathered.spans, "span"), counted(gathered.groups, "group")));
    let others = hidden_rows.saturating_sub(gathered.rows + gathered.left_out);
    let others = (others > 0).then(|| format!("{} folded away", counted(others, "row")));
    groups.into_iter().chain(others).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_told_from_one_and_never_past_the_last() {
        assert_eq!(in_sight(2_086..2_108, 12_400), "Rows 2,087 to 2,108 of 12,400");
        assert_eq!(in_sight(0..60, 3), "Rows 1 to 3 of 3");
        assert_eq!(in_sight(0..60, 0), "No rows");
    }

    #[test]
    fn what_is_folded_is_told_and_nothing_else() {
        let gathered = Gathered { groups: 61, spans: 8_214, rows: 8_214, left_out: 0 };
        assert_eq!(folded_away(gathered, 8_214), "8,214 spans folded into 61 groups");
        assert_eq!(folded_away(gathered, 8_215), "8,214 spans folded into 61 groups, 1 row folded away");
        assert_eq!(folded_away(Gathered::default(), 12), "12 rows folded away");
        assert_eq!(folded_away(Gathered::default(), 0), "");
        assert_eq!(folded_away(Gathered { left_out: 5, ..Gathered::default() }, 5), "");
    }

    #[test]
    fn what_is_too_light_is_told() {
        let share = |text: &str| text.parse().ok();
        let least = Least { time: share("5"), cost: share("0.5") };
        assert_eq!(too_light(least, 1_234), "1,234 rows under 5% of the time and under 0.5% of the money are hidden");
        assert_eq!(too_light(Least { time: None, ..least }, 1), "1 row under 0.5% of the money is hidden");
    }
}
