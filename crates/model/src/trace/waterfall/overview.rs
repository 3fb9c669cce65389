//! What a page says of a trace as a whole: worked out once, however many look at it.

use std::cmp::Reverse;

use super::{Gutter, MiniBar, RunningTab, Skew, Waterfall};
use crate::span::Category;
use crate::trace::finalise::sum_by_service;
use crate::usd::{Usd, UsdSum};

/// Rows of one sort that the keys step through: failed ones, those on the critical path.
pub const ROWS_STEPPED_MAX: usize = 1_000;

/// Services told by name: there are twelve colours, and a header has room for fewer. All of them are counted.
pub const SERVICES_MAX: usize = 100;

/// Moments of the running tab: one per five pixels of a wide screen.
const TAB_STEPS: usize = 200;

/// The whole of a trace.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Overview {
    /// Service and operation of the root; the earliest span stands in for a root that never came.
    pub root: Option<(String, String)>,
    /// Own cost by service, dearest first, as many as are told by name.
    pub split: Vec<(String, Usd)>,
    /// Services with a cost above zero.
    pub priced_services: usize,
    /// Services, dearest first, then those without a cost by name; as many as are told by name.
    pub services: Vec<String>,
    /// All of them.
    pub services_total: usize,
    /// Bars of the strip.
    pub minimap: Vec<MiniBar>,
    /// What the trace has cost at each moment.
    pub tab: RunningTab,
    /// Spans whose parent never came.
    pub orphans: usize,
    /// Circles of parents that had to be cut.
    pub cut_circles: usize,
    /// Calls of models.
    pub model_calls: usize,
    /// Indices of the rows of failed spans, the first of them.
    pub failed_rows: Vec<usize>,
    /// Indices of the rows on the critical path, the first of them.
    pub critical_rows: Vec<usize>,
    /// All rows beside each other.
    pub gutter: Gutter,
    /// Spans that seem to begin before what caused them, if there are any.
    pub skew: Option<Skew>,
    /// The row of the span with the highest own cost above zero; of equals the first.
    pub dearest_row: Option<usize>,
    /// Sum of every span's own cost.
    pub own_cost: UsdSum,
    /// By how much the subtree costs of the tops differ from it: anything but zero means the rows lost money.
    pub drift: UsdSum,
}

impl Waterfall {
    /// Everything a page says of the whole.
    pub fn overview(&self) -> Overview {
        let mut split = self.split();
        let services = self.services(&split);
        let services_total = services.len();
        let priced_services = split.iter().filter(|(_, cost)| cost.pico() > 0).count();
        split.truncate(SERVICES_MAX);
        let (own_cost, tops) = self.sums();
        let rows = || (0..self.len()).filter_map(|row| Some((row, self.lines.span(row)?)));
        let failed = rows().filter(|(_, span)| self.spans.has_failed(*span)).map(|(row, _)| row);
        let dear = rows().filter_map(|(row, span)| Some((row, self.spans.cost(span).filter(|cost| cost.pico() > 0)?)));
        let critical = rows().filter(|(_, span)| self.critical.passes(*span)).map(|(row, _)| row);
        let root = self.root.map(|root| (self.spans.service(root).to_owned(), self.spans.operation(root).to_owned()));
        Overview {
            root,
            split,
            priced_services,
            services: services.into_iter().take(SERVICES_MAX).collect(),
            services_total,
            minimap: self.minimap(),
            tab: self.running_tab(TAB_STEPS),
            orphans: self.orphans,
            cut_circles: self.cut_circles.len(),
            model_calls: (0..self.spans.len() as u32).filter(|span| self.is_model_call(*span)).count(),
            failed_rows: failed.take(ROWS_STEPPED_MAX).collect(),
            critical_rows: critical.take(ROWS_STEPPED_MAX).collect(),
            gutter: self.gutter(),
            skew: self.skew,
            dearest_row: dear.min_by_key(|&(row, cost)| (Reverse(cost), row)).map(|(row, _)| row),
            own_cost,
            drift: own_cost - tops,
        }
    }

    /// Whether a span is the call of a model: of one that two instrumentations tell inside each other it is the inner one.
    pub(in crate::trace) fn is_model_call(&self, span: u32) -> bool {
        let is_model = |span: u32| self.spans.category(span) == Category::Llm;
        is_model(span) && !self.children_of(span).iter().any(|&child| is_model(child))
    }

    /// The own cost of every span, and the subtree costs of the tops: equal, or the rows lost money.
    pub(super) fn sums(&self) -> (UsdSum, UsdSum) {
        let own = (0..self.spans.len() as u32).filter_map(|span| self.spans.cost(span)).sum();
        let tops = self.lines.tops().filter_map(|top| self.lines.sums(top).cost).sum();
        (own, tops)
    }

    /// Own cost by service, dearest first; services without a known cost are left out.
    fn split(&self) -> Vec<(String, Usd)> {
        sum_by_service(
            (0..self.spans.len() as u32).filter_map(|span| Some((self.spans.service(span), self.spans.cost(span)?))),
        )
    }

    /// Services by cost, then those without a known cost by name.
    fn services(&self, split: &[(String, Usd)]) -> Vec<String> {
        let mut unpriced: Vec<String> = self.spans.service_names().to_vec();
        unpriced.sort_unstable();
        unpriced.dedup();
        let mut priced: Vec<&String> = split.iter().map(|(service, _)| service).collect();
        priced.sort_unstable();
        unpriced.retain(|service| priced.binary_search(&service).is_err());
        split.iter().map(|(service, _)| service.clone()).chain(unpriced).collect()
    }
}
