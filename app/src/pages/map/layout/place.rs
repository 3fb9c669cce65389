//! From order to coordinates: every vertex as near to its neighbours as its own neighbours above and below allow.

use super::{LAYER_STEP, Layered, Point};

/// Space of a node with its two lines of text.
const NODE_STEP: f64 = 100.0;

/// Space of a bend.
const BEND_STEP: f64 = 30.0;

/// Free border on every side: half a label and a ring.
const MARGIN: f64 = 62.0;

/// Rounds of pulling; the picture is still after about ten.
const ROUNDS: usize = 24;

/// The centre of every vertex, and the size of the picture.
pub(super) fn place(layered: &Layered) -> (Vec<Point>, f64, f64) {
    let mut heights = stacked(layered);
    for round in 0..ROUNDS {
        let forward = round % 2 == 0;
        let count = layered.layers.len();
        for step in 0..count {
            let layer = if forward { step } else { count - 1 - step };
            pull(layered, layer, &mut heights);
        }
    }
    let top = heights.iter().copied().fold(f64::INFINITY, f64::min);
    let bottom = heights.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let width = MARGIN * 2.0 + LAYER_STEP * layered.layers.len().saturating_sub(1) as f64;
    let height = if heights.is_empty() { 0.0 } else { bottom - top + MARGIN * 2.0 };
    let at = |(vertex, layer): (usize, &usize)| Point {
        x: MARGIN + LAYER_STEP * *layer as f64,
        y: heights[vertex] - top + MARGIN,
    };
    (layered.layer_of.iter().enumerate().map(at).collect(), width, height)
}

/// Every layer stacked without gaps, its middle at zero.
fn stacked(layered: &Layered) -> Vec<f64> {
    let mut heights = vec![0.0; layered.layer_of.len()];
    for layer in &layered.layers {
        let mut y = 0.0;
        for (nth, &vertex) in layer.iter().enumerate() {
            if nth > 0 {
                y += gap(layered, layer[nth - 1], vertex);
            }
            heights[vertex] = y;
        }
        for &vertex in layer {
            heights[vertex] -= y / 2.0;
        }
    }
    heights
}

/// Least distance of two neighbours in a layer.
fn gap(layered: &Layered, above: usize, below: usize) -> f64 {
    let room = |vertex: usize| if vertex < layered.nodes { NODE_STEP } else { BEND_STEP };
    (room(above) + room(below)) / 2.0
}

/// Moves a layer towards the mean of its neighbours: what it wants, pushed apart once from above and once from below,
/// and the middle of both. Both keep the order and the gaps, so their middle does too.
fn pull(layered: &Layered, layer: usize, heights: &mut [f64]) {
    let vertices = &layered.layers[layer];
    let wanted: Vec<f64> = vertices
        .iter()
        .map(|&vertex| {
            let neighbours = || layered.left[vertex].iter().chain(&layered.right[vertex]);
            match neighbours().count() {
                0 => heights[vertex],
                count => neighbours().map(|&neighbour| heights[neighbour]).sum::<f64>() / count as f64,
            }
        })
        .collect();
    let mut down = wanted.clone();
    let mut up = wanted;
    for nth in 1..vertices.len() {
        down[nth] = down[nth].max(down[nth - 1] + gap(layered, vertices[nth - 1], vertices[nth]));
    }
    for nth in (1..vertices.len()).rev() {
        up[nth - 1] = up[nth - 1].min(up[nth] - gap(layered, vertices[nth - 1], vertices[nth]));
    }
    for (nth, &vertex) in vertices.iter().enumerate() {
        heights[vertex] = (down[nth] + up[nth]) / 2.0;
    }
}
