//! Order within the layers: every vertex near the mean of its neighbours, back and forth, then neighbours swapped.

use super::Layered;

/// Sweeps over all layers. The first few do the work; maps are small, so the rest cost nothing.
const SWEEPS: usize = 12;

/// Rounds of swapping; each costs a count of all crossings per pair of neighbours.
const SWAP_ROUNDS: usize = 4;

/// Sorts every layer, keeping the best order seen.
pub(super) fn untangle(layered: &mut Layered) {
    let mut best = layered.layers.clone();
    let mut fewest = crossings(layered);
    for sweep in 0..SWEEPS {
        let forward = sweep % 2 == 0;
        let count = layered.layers.len();
        for step in 1..count {
            let layer = if forward { step } else { count - 1 - step };
            sort_layer(layered, layer, forward);
        }
        let now = crossings(layered);
        if now < fewest {
            fewest = now;
            best.clone_from(&layered.layers);
        }
    }
    layered.layers = best;
    swap_neighbours(layered, fewest);
}

/// Swaps neighbours wherever that leaves fewer crossings: what means alone do not see.
fn swap_neighbours(layered: &mut Layered, mut fewest: usize) {
    for _ in 0..SWAP_ROUNDS {
        let before = fewest;
        for layer in 0..layered.layers.len() {
            for place in 1..layered.layers[layer].len() {
                layered.layers[layer].swap(place - 1, place);
                let now = crossings(layered);
                if now < fewest {
                    fewest = now;
                } else {
                    layered.layers[layer].swap(place - 1, place);
                }
            }
        }
        if fewest == before {
            return;
        }
    }
}

/// Sorts one layer by the mean place of its neighbours on the side just sorted; vertices without any keep their place.
fn sort_layer(layered: &mut Layered, layer: usize, by_left: bool) {
    let places = places(layered);
    let mean = |&vertex: &usize| {
        let neighbours = if by_left { &layered.left[vertex] } else { &layered.right[vertex] };
        match neighbours.len() {
            0 => places[vertex] as f64,
            count => neighbours.iter().map(|&neighbour| places[neighbour] as f64).sum::<f64>() / count as f64,
        }
    };
    let mut keyed: Vec<(f64, usize)> = layered.layers[layer].iter().map(|vertex| (mean(vertex), *vertex)).collect();
    // Stable, so equal means keep their order.
    keyed.sort_by(|a, b| a.0.total_cmp(&b.0));
    layered.layers[layer] = keyed.into_iter().map(|(_, vertex)| vertex).collect();
}

/// The place of every vertex within its layer.
fn places(layered: &Layered) -> Vec<usize> {
    let mut places = vec![0; layered.layer_of.len()];
    for layer in &layered.layers {
        for (place, &vertex) in layer.iter().enumerate() {
            places[vertex] = place;
        }
    }
    places
}

/// Pairs of edges between neighbouring layers that cross.
pub(super) fn crossings(layered: &Layered) -> usize {
    let places = places(layered);
    let crossed = |layer: &Vec<usize>| {
        let edges: Vec<(usize, usize)> =
            layer.iter().flat_map(|&from| layered.right[from].iter().map(move |&to| (from, to))).collect();
        let pairs =
            edges.iter().enumerate().flat_map(|(nth, edge)| edges[nth + 1..].iter().map(move |other| (edge, other)));
        pairs
            .filter(|((a, b), (c, d))| {
                let (left, right) = (places[*a].cmp(&places[*c]), places[*b].cmp(&places[*d]));
                left.is_ne() && right.is_ne() && left != right
            })
            .count()
    };
    layered.layers.iter().map(crossed).sum()
}
