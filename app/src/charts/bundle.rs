//! Things pinned to buckets, bundled so that none hides another, and which of their labels there is room for.

/// Pins closer than this, as a share of the width, are one: on a laptop two dots of eleven pixels would touch, on a phone
/// a finger could not tell them apart.
const APART_MIN: f64 = 0.04;

/// Room a dot takes on either side of its place.
const DOT: f64 = 0.008;

/// Room a label takes beside its dot: so much around it, so much for each character on a laptop, and at most this, where the
/// style sheet cuts it off.
const LABEL: (f64, f64, f64) = (0.026, 0.006, 0.16);

/// What is pinned at one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bundle<T> {
    /// The bucket of the first of them.
    pub bucket: usize,
    /// What is pinned there, in order of buckets.
    pub pins: Vec<T>,
    /// Where its label stands.
    pub label: Label,
}

/// Where there is room for a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Label {
    /// Left of the dot.
    Left,
    /// Right of the dot.
    Right,
    /// Nowhere, until somebody points at the dot.
    Hidden,
}

/// Bundles what is pinned to buckets; `places` says where each bucket is drawn, 0.0–1.0, `label` what a bundle is called.
/// The newest get their labels first.
pub fn bundle<T>(mut pins: Vec<(usize, T)>, places: &[f64], label: impl Fn(&[T]) -> String) -> Vec<Bundle<T>> {
    pins.sort_by_key(|(bucket, _)| *bucket);
    let place = |bucket: usize| places.get(bucket).copied().unwrap_or_default();
    let mut bundles: Vec<Bundle<T>> = Vec::new();
    for (bucket, pin) in pins {
        match bundles.last_mut() {
            Some(last) if bucket == last.bucket || place(bucket) - place(last.bucket) < APART_MIN => {
                last.pins.push(pin)
            }
            _ => bundles.push(Bundle { bucket, pins: vec![pin], label: Label::Hidden }),
        }
    }
    let dots: Vec<f64> = bundles.iter().map(|bundle| place(bundle.bucket)).collect();
    let mut taken: Vec<(f64, f64)> = dots.iter().map(|at| (at - DOT, at + DOT)).collect();
    for (bundle, at) in bundles.iter_mut().zip(&dots).rev() {
        let room = (LABEL.0 + LABEL.1 * label(&bundle.pins).chars().count() as f64).min(LABEL.2);
        let sides = [(Label::Left, (at - room, at - DOT)), (Label::Right, (at + DOT, at + room))];
        let is_free = |(from, to): (f64, f64)| {
            from >= 0.0
                && to <= 1.0
                && taken.iter().all(|(other_from, other_to)| to <= *other_from || from >= *other_to)
        };
        if let Some((label, room)) = sides.into_iter().find(|(_, room)| is_free(*room)) {
            bundle.label = label;
            taken.push(room);
        }
    }
    bundles
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A hundred buckets, each a hundredth wide.
    fn bundled(buckets: &[usize]) -> Vec<(usize, usize, Label)> {
        let places: Vec<f64> = (0..100).map(|index| f64::from(index) / 100.0).collect();
        let pins = buckets.iter().map(|bucket| (*bucket, ())).collect();
        let label =
            |pins: &[()]| if pins.len() > 1 { "2 alerts".to_owned() } else { "a name of some length 2.5×".to_owned() };
        bundle(pins, &places, label)
            .into_iter()
            .map(|bundle| (bundle.bucket, bundle.pins.len(), bundle.label))
            .collect()
    }

    #[test]
    fn pins_of_one_bucket_and_of_its_neighbours_are_one() {
        assert_eq!(bundled(&[50, 50, 50]), [(50, 3, Label::Left)]);
        assert_eq!(
            bundled(&[52, 50, 60]).iter().map(|(at, count, _)| (*at, *count)).collect::<Vec<_>>(),
            [(50, 2), (60, 1)]
        );
        assert_eq!(bundled(&[]), []);
    }

    #[test]
    fn a_row_of_neighbours_does_not_grow_into_one_without_end() {
        let found = bundled(&[10, 13, 16, 19]);
        assert_eq!(found.iter().map(|(at, count, _)| (*at, *count)).collect::<Vec<_>>(), [(10, 2), (16, 2)]);
    }

    #[test]
    fn a_label_stands_where_it_hides_nothing_and_the_newest_comes_first() {
        assert_eq!(bundled(&[5]), [(5, 1, Label::Right)], "there is no room on the left");
        assert_eq!(bundled(&[99]), [(99, 1, Label::Left)]);
        assert_eq!(bundled(&[50, 60]), [(50, 1, Label::Left), (60, 1, Label::Right)]);
        assert_eq!(bundled(&[40, 50, 60]), [(40, 1, Label::Left), (50, 1, Label::Hidden), (60, 1, Label::Right)]);
    }

    #[test]
    fn a_short_label_needs_less_room() {
        assert_eq!(bundled(&[40, 50, 51])[1], (50, 2, Label::Left), "seven hundredths are enough");
    }

    #[test]
    fn a_pin_to_a_bucket_that_is_not_there_is_still_a_pin() {
        assert_eq!(bundled(&[500]), [(500, 1, Label::Right)]);
    }
}
