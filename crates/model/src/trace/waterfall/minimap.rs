//! The whole trace in a strip: every span of a small one; of a large one what lies where, at the resolution of the strip.

use serde::{Deserialize, Serialize};

use super::Waterfall;

/// Spans up to which each has a bar of its own: with more, two of them would share a pixel.
const BARS_MAX: usize = 200;

/// Lanes of a large trace: two pixels high each.
const LANES: usize = 20;

/// Columns of a large trace: four pixels wide each on a wide screen.
const COLUMNS: usize = 200;

/// One bar of the strip.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MiniBar {
    /// Its row from the top of the strip.
    pub row: usize,
    /// Service, for the colour.
    pub service: String,
    /// Start, in nanoseconds after the start of the trace.
    pub offset_ns: i64,
    /// Duration in nanoseconds.
    pub duration_ns: i64,
    /// The span failed, or one of those that lie here.
    pub failed: bool,
}

/// What is seen where lanes and columns meet: the shortest span that touches it, since long ones are seen around it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Cell {
    /// A failed span goes before all others.
    is_ok: bool,
    duration_ns: i64,
    service: u32,
}

impl Waterfall {
    /// The bars by row, at most [`LANES`] times [`COLUMNS`].
    pub(super) fn minimap(&self) -> Vec<MiniBar> {
        if self.spans.len() > BARS_MAX {
            return self.lanes();
        }
        let spans = (0..self.len()).filter_map(|row| Some((row, self.lines.span(row)?)));
        let bar = |(row, span)| MiniBar {
            row,
            service: self.spans.service(span).to_owned(),
            offset_ns: self.offset(self.spans.start(span)),
            duration_ns: self.spans.duration(span),
            failed: self.spans.has_failed(span),
        };
        spans.map(bar).collect()
    }

    fn lanes(&self) -> Vec<MiniBar> {
        let cell_ns = self.extent.duration_ns / COLUMNS as i64 + 1;
        let column = |offset_ns: i64| ((offset_ns / cell_ns).max(0) as usize).min(COLUMNS - 1);
        let mut cells: Vec<Option<Cell>> = vec![None; LANES * COLUMNS];
        for row in 0..self.len() {
            let Some(span) = self.lines.span(row) else { continue };
            let lane = row * LANES / self.len();
            let (offset, duration_ns) = (self.offset(self.spans.start(span)), self.spans.duration(span));
            let own =
                Cell { is_ok: !self.spans.has_failed(span), duration_ns, service: self.spans.service_place(span) };
            let last = column(offset.saturating_add(duration_ns.saturating_sub(1).max(0)));
            for cell in &mut cells[lane * COLUMNS + column(offset)..=lane * COLUMNS + last] {
                *cell = Some(cell.map_or(own, |other| other.min(own)));
            }
        }
        cells.chunks(COLUMNS).enumerate().flat_map(|(lane, cells)| self.runs(lane, cells, cell_ns)).collect()
    }

    /// Neighbours in a lane that look alike, as one bar.
    fn runs(&self, lane: usize, cells: &[Option<Cell>], cell_ns: i64) -> Vec<MiniBar> {
        let look = |cell: &Option<Cell>| cell.map(|cell| (cell.is_ok, cell.service));
        let mut bars = Vec::new();
        let mut first = 0i64;
        for run in cells.chunk_by(|left, right| look(left) == look(right)) {
            if let Some(cell) = run[0] {
                bars.push(MiniBar {
                    row: lane,
                    service: self.spans.service_names().get(cell.service as usize).cloned().unwrap_or_default(),
                    offset_ns: first.saturating_mul(cell_ns),
                    duration_ns: cell_ns.saturating_mul(run.len() as i64),
                    failed: !cell.is_ok,
                });
            }
            first += run.len() as i64;
        }
        bars
    }
}
