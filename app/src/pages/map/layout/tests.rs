//! Layers, order within them, and edges that lead back.

use super::*;

fn crossings_of(nodes: usize, edges: &[(usize, usize)]) -> usize {
    let mut layered = layers::layered(nodes, edges);
    order::untangle(&mut layered);
    order::crossings(&layered)
}

#[test]
fn callers_stand_left_of_what_they_call() {
    let edges = [(0, 1), (1, 2), (0, 2), (2, 3)];
    let layout = layout(4, &edges);
    assert!(edges.iter().all(|&(parent, child)| layout.nodes[parent].x < layout.nodes[child].x));
    assert_eq!(layout.edges[2].len(), 3, "an edge over a layer bends in it");
}

#[test]
fn a_circle_of_calls_is_drawn_with_one_edge_leading_back() {
    let edges = [(0, 1), (1, 2), (2, 0), (1, 1)];
    let layout = layout(3, &edges);
    let back = edges.iter().filter(|(parent, child)| layout.nodes[*parent].x > layout.nodes[*child].x).count();
    assert_eq!(back, 1);
    assert!(layout.edges[3].is_empty(), "a call to itself has no way");
    let (start, end) = (layout.edges[2][0], layout.edges[2][layout.edges[2].len() - 1]);
    assert!(start.x > end.x, "the edge that leads back runs from right to left");
}

#[test]
fn crossed_callers_are_untangled() {
    assert_eq!(crossings_of(4, &[(0, 3), (1, 2)]), 0);
    assert_eq!(crossings_of(8, &[(0, 7), (1, 6), (2, 5), (3, 4)]), 0);
    // A star over a chain, both over the same four layers.
    assert_eq!(crossings_of(7, &[(0, 1), (1, 2), (2, 3), (0, 4), (0, 5), (0, 6), (4, 3)]), 0);
}

#[test]
fn no_two_nodes_stand_on_each_other() {
    // A wide and deep map: every node calls a few others, some of them back.
    let nodes = 40;
    let edges: Vec<_> =
        (0..nodes).flat_map(|n| [(n, (n * 7 + 3) % nodes), (n, (n * 3 + 1) % nodes), (n, n / 2)]).collect();
    let layout = layout(nodes, &edges);
    for (nth, one) in layout.nodes.iter().enumerate() {
        for other in &layout.nodes[nth + 1..] {
            assert!((one.x - other.x).abs() > 1.0 || (one.y - other.y).abs() > 2.0 * NODE_RADIUS, "{one:?} {other:?}");
        }
        assert!((0.0..=layout.width).contains(&one.x) && (0.0..=layout.height).contains(&one.y));
    }
}

#[test]
fn the_same_map_is_drawn_the_same() {
    let edges = [(0, 1), (0, 2), (3, 2), (2, 4), (1, 4)];
    assert_eq!(layout(5, &edges), layout(5, &edges));
    assert_eq!(layout(0, &[]), Layout { width: 124.0, ..Layout::default() });
}

#[test]
fn a_path_is_level_at_every_point() {
    let line = [Point { x: 0.0, y: 0.0 }, Point { x: 10.0, y: 20.0 }];
    assert_eq!(path(&line), "M0.0 0.0C5.0 0.0 5.0 20.0 10.0 20.0");
    assert_eq!(path(&[]), "");
}
