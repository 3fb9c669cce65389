//! Boxes lie within their parents, beside each other, and every span is counted once, whatever the tree.

use std::collections::HashSet;

use proptest::prelude::*;

use super::growth::{ABOVE_MAX, BOXES_MAX, LEVELS_MAX};
use super::*;
use crate::trace::Skeleton;
use crate::trace::tree::tests::{a_span, id};
use crate::trace::waterfall::tests::{MANY, any_trace, done_in_seconds, many, waterfall_of};
use crate::usd::Usd;

fn end(each: &FlameBox) -> i128 {
    each.from + each.width
}

/// The box that a box stands below.
fn parent<'a>(flame: &'a Flame, child: &FlameBox) -> Option<&'a FlameBox> {
    flame.boxes.iter().find(|each| each.level + 1 == child.level && each.from <= child.from && end(child) <= end(each))
}

proptest! {
    #[test]
    fn the_whole_is_as_wide_as_what_all_spans_have_spent(spans in any_trace()) {
        let waterfall = waterfall_of(&spans);
        let cost: UsdSum = spans.iter().filter_map(|span| span.cost).sum();
        prop_assert_eq!(waterfall.flame(Measure::Cost, None, None).total, cost.pico());
        let own: i128 = waterfall.self_ns.iter().copied().map(i128::from).sum();
        prop_assert_eq!(waterfall.flame(Measure::Time, None, None).total, own);
    }

    #[test]
    fn boxes_lie_within_their_parent_and_beside_each_other(spans in any_trace()) {
        let waterfall = waterfall_of(&spans);
        for measure in [Measure::Time, Measure::Cost] {
            let flame = waterfall.flame(measure, None, None);
            for each in &flame.boxes {
                prop_assert!(each.width > 0 && each.own <= each.width);
                prop_assert!(each.level == 0 || parent(&flame, each).is_some());
                let below: i128 = flame.boxes.iter()
                    .filter(|other| other.level == each.level + 1 && each.from <= other.from && end(other) <= end(each))
                    .map(|other| other.width).sum();
                prop_assert!(each.own + below <= each.width || matches!(each.kind, BoxKind::Narrow(_)));
            }
            for level in 0..flame.levels {
                let mut at: Vec<&FlameBox> = flame.boxes.iter().filter(|each| each.level == level).collect();
                at.sort_by_key(|each| each.from);
                prop_assert!(at.windows(2).all(|pair| end(pair[0]) <= pair[1].from));
            }
        }
    }

    #[test]
    fn every_span_is_counted_once(spans in any_trace()) {
        let waterfall = waterfall_of(&spans);
        for measure in [Measure::Time, Measure::Cost] {
            let Drawn { alone, merged, narrow, deep, empty } = waterfall.flame(measure, None, None).spans;
            prop_assert_eq!(alone + merged + narrow + deep + empty, spans.len());
        }
    }

    #[test]
    fn a_part_is_as_wide_as_its_box_in_the_whole(mut spans in any_trace()) {
        // Two spans of one id have one address.
        let mut known = HashSet::new();
        spans.retain(|span| known.insert(span.span_id));
        let waterfall = waterfall_of(&spans);
        for measure in [Measure::Time, Measure::Cost] {
            for each in &waterfall.flame(measure, None, None).boxes {
                let BoxKind::Spans(shown) = &each.kind else { continue };
                if shown.zoom.is_some() {
                    prop_assert_eq!(waterfall.flame(measure, shown.zoom, None).total, each.width);
                }
            }
        }
    }
}

#[test]
fn children_stand_in_the_order_they_began_and_what_is_left_is_the_parents_own() {
    let spans = [
        a_span(0, None, 0, 100),
        Skeleton { cost: Some(Usd::from_pico(3)), ..a_span(2, Some(0), 50, 30) },
        a_span(1, Some(0), 10, 20),
    ];
    let waterfall = waterfall_of(&spans);
    let boxes = |measure| -> Vec<(u32, i128, i128, i128)> {
        let flame = waterfall.flame(measure, None, Some(id(2)));
        flame.boxes.iter().map(|each| (each.level, each.from, each.width, each.own)).collect()
    };
    assert_eq!(boxes(Measure::Time), [(0, 0, 100, 50), (1, 0, 20, 20), (1, 20, 30, 30)]);
    assert_eq!(boxes(Measure::Cost), [(0, 0, 3, 0), (1, 0, 3, 3)]);
    let flame = waterfall.flame(Measure::Cost, None, Some(id(2)));
    assert_eq!(flame.spans, Drawn { alone: 2, empty: 1, ..Drawn::default() });
    let selected = |each: &&FlameBox| matches!(&each.kind, BoxKind::Spans(spans) if spans.is_selected);
    assert_eq!(flame.boxes.iter().filter(selected).count(), 1);
}

#[test]
fn similar_siblings_are_one_box_and_so_is_what_they_call() {
    let mut spans = vec![a_span(0, None, 0, 1_000)];
    for number in 0..20 {
        spans.push(Skeleton { name: "embed".into(), ..a_span(1 + number, Some(0), 10, 400) });
        spans.push(Skeleton { name: "http".into(), ..a_span(100 + number, Some(1 + number), 20, 300) });
    }
    let waterfall = waterfall_of(&spans);
    let flame = waterfall.flame(Measure::Time, None, None);
    let most = |name: &str| {
        let counts = flame.boxes.iter().filter_map(|each| match &each.kind {
            BoxKind::Spans(spans) if spans.name == name => Some((spans.count, spans.zoom)),
            _ => None,
        });
        counts.max_by_key(|(count, _)| *count).unwrap()
    };
    let (embeds, zoom) = most("embed");
    assert_eq!(most("http").0, embeds);
    assert!(embeds > 16, "{embeds}");
    assert_eq!(flame.spans.merged, 2 * embeds);
    let part = waterfall.flame(Measure::Time, zoom, None);
    assert_eq!((part.above.len(), part.boxes.len()), (1, 2));
}

#[test]
fn a_picture_of_any_trace_is_a_few_boxes() {
    let wide = waterfall_of(&[]);
    assert_eq!(wide.flame(Measure::Time, None, None), Flame::default());
    done_in_seconds(120, || {
        let bushy = Waterfall::of(many(MANY, 5_000, |number| number.checked_sub(1).map(|before| before / 30)));
        let flame = bushy.flame(Measure::Cost, None, None);
        assert!(flame.boxes.len() <= 2 * BOXES_MAX, "{}", flame.boxes.len());
        let Drawn { alone, merged, narrow, deep, empty } = flame.spans;
        assert_eq!((alone + merged + narrow + deep + empty) as u64, MANY);
        let deep = Waterfall::of(many(100_000, 1, |number| number.checked_sub(1)));
        let flame = deep.flame(Measure::Cost, None, None);
        assert_eq!((flame.levels, flame.spans.alone), (LEVELS_MAX, LEVELS_MAX as usize));
        let (key, bottom) = (deep.key(99_999), deep.key(50_000));
        assert_eq!(deep.flame(Measure::Cost, Some(key), None).above.len(), ABOVE_MAX);
        assert_eq!(deep.flame(Measure::Cost, Some(bottom), None).total, 50_000);
    });
}
