//! Layers: every node right of all that call it.

use std::collections::HashMap;

use super::Layered;

/// Gives every node its layer and every long edge its bends.
pub(super) fn layered(nodes: usize, edges: &[(usize, usize)]) -> Layered {
    let forward = without_circles(nodes, edges);
    let layer_of = longest_paths(nodes, &forward);
    let mut layered = Layered {
        left: vec![Vec::new(); nodes],
        right: vec![Vec::new(); nodes],
        layers: vec![Vec::new(); layer_of.iter().max().map_or(0, |last| last + 1)],
        layer_of,
        ways: Vec::with_capacity(edges.len()),
        nodes,
    };
    for node in 0..nodes {
        layered.layers[layered.layer_of[node]].push(node);
    }
    // Edges to one node share their bends, so that ten callers of a provider are one bundle and not ten lines.
    let mut bundles = HashMap::new();
    for (&(parent, child), &(from, to)) in edges.iter().zip(&forward) {
        if parent == child {
            layered.ways.push(Vec::new());
            continue;
        }
        let mut way = layered.bend(from, to, &mut bundles);
        if from != parent {
            way.reverse();
        }
        layered.ways.push(way);
    }
    layered
}

impl Layered {
    /// Vertices from `from` to `to`, with a bend in each layer between; links neighbours on the way.
    /// `bundles` knows the bends there already are on the way to a node, by node and layer.
    fn bend(&mut self, from: usize, to: usize, bundles: &mut HashMap<(usize, usize), usize>) -> Vec<usize> {
        let mut way = vec![from];
        for layer in self.layer_of[from] + 1..self.layer_of[to] {
            way.push(*bundles.entry((to, layer)).or_insert_with(|| self.new_bend(layer)));
        }
        way.push(to);
        for pair in way.windows(2) {
            if !self.right[pair[0]].contains(&pair[1]) {
                self.right[pair[0]].push(pair[1]);
                self.left[pair[1]].push(pair[0]);
            }
        }
        way
    }

    fn new_bend(&mut self, layer: usize) -> usize {
        let bend = self.layer_of.len();
        self.layer_of.push(layer);
        self.layers[layer].push(bend);
        self.left.push(Vec::new());
        self.right.push(Vec::new());
        bend
    }
}

/// The edges with those turned round that lead back to a node still being walked: depth first, callers first.
fn without_circles(nodes: usize, edges: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let mut outgoing: Vec<Vec<usize>> = vec![Vec::new(); nodes];
    let mut is_called = vec![false; nodes];
    for (edge, &(parent, child)) in edges.iter().enumerate() {
        if parent != child {
            outgoing[parent].push(edge);
            is_called[child] = true;
        }
    }
    let mut turned = edges.to_vec();
    let mut state = vec![State::New; nodes];
    // Nodes nobody calls first, so that circles are cut where they are entered.
    let starts = (0..nodes).filter(|&node| !is_called[node]).chain((0..nodes).filter(|&node| is_called[node]));
    for start in starts {
        if state[start] != State::New {
            continue;
        }
        state[start] = State::Open;
        let mut walk = vec![(start, 0)];
        while let Some((node, next)) = walk.last_mut() {
            let Some(&edge) = outgoing[*node].get(*next) else {
                state[*node] = State::Done;
                walk.pop();
                continue;
            };
            *next += 1;
            let (parent, child) = edges[edge];
            match state[child] {
                State::Open => turned[edge] = (child, parent),
                State::New => {
                    state[child] = State::Open;
                    walk.push((child, 0));
                }
                State::Done => {}
            }
        }
    }
    turned
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    Open,
    Done,
}

/// The layer of every node: one after its last caller. Needs edges without circles.
fn longest_paths(nodes: usize, edges: &[(usize, usize)]) -> Vec<usize> {
    let mut waiting_for = vec![0usize; nodes];
    let mut outgoing: Vec<Vec<usize>> = vec![Vec::new(); nodes];
    for &(from, to) in edges.iter().filter(|(from, to)| from != to) {
        waiting_for[to] += 1;
        outgoing[from].push(to);
    }
    let mut layer_of = vec![0; nodes];
    let mut ready: Vec<usize> = (0..nodes).filter(|&node| waiting_for[node] == 0).collect();
    while let Some(node) = ready.pop() {
        for &to in &outgoing[node] {
            layer_of[to] = layer_of[to].max(layer_of[node] + 1);
            waiting_for[to] -= 1;
            if waiting_for[to] == 0 {
                ready.push(to);
            }
        }
    }
    layer_of
}
