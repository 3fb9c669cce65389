//! Where the nodes of a map stand: in layers from callers to called, ordered so that few edges cross.
//!
//! The classic steps, all deterministic: `layers` turns edges that lead back and gives every node the layer after its
//! last caller; edges over several layers get a bend in each; `order` sorts the layers by the mean of their neighbours;
//! `place` turns order into coordinates. Same nodes and edges, same picture.

mod layers;
mod order;
mod place;

/// Distance of two layers.
pub const LAYER_STEP: f64 = 134.0;

/// Radius of a node with its ring: edges begin and end there.
pub const NODE_RADIUS: f64 = 25.0;

/// Places of nodes and ways of edges.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Layout {
    /// Width of the picture.
    pub width: f64,
    /// Height of the picture.
    pub height: f64,
    /// Centre of every node.
    pub nodes: Vec<Point>,
    /// The points every edge runs through, from the caller's rim to the called's; empty for a node that calls itself.
    pub edges: Vec<Vec<Point>>,
}

/// Pixels a unit of a picture is drawn with at least: below it, names of 12 units could not be read. A picture that does not
/// fit then scrolls.
const SCALE_MIN: f64 = 0.85;

/// How large the picture is drawn at most.
const SCALE_MAX: f64 = 1.1;

impl Layout {
    /// The `viewBox` of the picture, and the style that keeps it readable and does not blow a few nodes up to the size of the screen.
    pub fn view_box(&self) -> (String, String) {
        let Self { width, height, .. } = self;
        let size =
            |at: &str, scale: f64| format!("{at}-width:{:.0}px;{at}-height:{:.0}px", width * scale, height * scale);
        (format!("0 0 {width:.0} {height:.0}"), format!("{};{}", size("min", SCALE_MIN), size("max", SCALE_MAX)))
    }
}

/// A point of the picture; y grows downward.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Point {
    /// From the left.
    pub x: f64,
    /// From the top.
    pub y: f64,
}

/// Nodes and bends in their layers.
#[derive(Debug, Clone, Default)]
struct Layered {
    /// Layer of every vertex; vertices from the number of nodes on are bends.
    layer_of: Vec<usize>,
    /// Vertices per layer, top first.
    layers: Vec<Vec<usize>>,
    /// Neighbours one layer to the left.
    left: Vec<Vec<usize>>,
    /// Neighbours one layer to the right.
    right: Vec<Vec<usize>>,
    /// Vertices every edge runs through, caller first.
    ways: Vec<Vec<usize>>,
    /// How many vertices are nodes.
    nodes: usize,
}

/// Lays out `nodes` nodes with these edges (caller, called), each below `nodes`.
pub fn layout(nodes: usize, edges: &[(usize, usize)]) -> Layout {
    let mut layered = layers::layered(nodes, edges);
    order::untangle(&mut layered);
    let (points, width, height) = place::place(&layered);
    let ways = layered.ways.iter().map(|way| rim_to_rim(way, &points)).collect();
    Layout { width, height, nodes: points[..nodes].to_vec(), edges: ways }
}

/// The points of a way, with both ends moved from the centre of their node to its rim.
fn rim_to_rim(way: &[usize], points: &[Point]) -> Vec<Point> {
    let mut line: Vec<Point> = way.iter().map(|&vertex| points[vertex]).collect();
    let [first, .., last] = line.as_mut_slice() else { return Vec::new() };
    let forward = if last.x >= first.x { 1.0 } else { -1.0 };
    first.x += forward * NODE_RADIUS;
    last.x -= forward * NODE_RADIUS;
    line
}

/// An SVG path through these points, level at each of them.
pub fn path(line: &[Point]) -> String {
    let Some(first) = line.first() else { return String::new() };
    let mut path = format!("M{:.1} {:.1}", first.x, first.y);
    for pair in line.windows(2) {
        let (from, to) = (pair[0], pair[1]);
        let middle = (from.x + to.x) / 2.0;
        path.push_str(&format!("C{middle:.1} {:.1} {middle:.1} {:.1} {:.1} {:.1}", from.y, to.y, to.x, to.y));
    }
    path
}

#[cfg(test)]
mod tests;
