//! Which calls between services a trace shows, seen and inferred.
//!
//! 1. A span whose parent belongs to another service is a call (a message, when a queue is between them).
//! 2. A producer or consumer that names its queue puts the queue on the map, between the two services.
//! 3. A span that calls out and names the other side, with no span from there, makes that side a node:
//!    a provider, a database, a queue, or a service that sends no spans.
//! 4. A top span that serves a call and names its caller makes the caller a node; without a name, nobody is invented.

use std::collections::{BTreeMap, HashSet};

use crate::dependency::{NodeKind, Transport};
use crate::span::{Category, SpanKind, Status};
use crate::trace::tree::{Node, Tree};
use crate::trace::{EdgeContribution, Skeleton};
use crate::usd::UsdSum;

/// A node of the map, by borrowed name.
type End<'a> = (&'a str, NodeKind);

/// Calls by (parent, child, transport), in that order.
type Edges<'a> = BTreeMap<(End<'a>, End<'a>, Transport), EdgeContribution>;

/// The edges of a trace, ordered by their ends.
pub(super) fn edges(spans: &[Skeleton], tree: &Tree) -> Vec<EdgeContribution> {
    let services = spans.iter().map(|span| span.service.as_str()).collect();
    let trace = Trace { spans, tree, services, reached: reached_elsewhere(spans, tree) };
    let mut edges = Edges::new();
    for position in 0..tree.nodes().len() {
        let span = trace.span(position);
        match trace.parent(position) {
            Some(parent) if parent.service != span.service => incoming(&mut edges, parent, span),
            Some(_) => {}
            None => named_caller(&mut edges, span),
        }
        trace.outgoing(&mut edges, position);
    }
    edges.into_values().collect()
}

/// A trace and what is asked of it again and again.
struct Trace<'a> {
    spans: &'a [Skeleton],
    tree: &'a Tree,
    /// Services that sent spans.
    services: HashSet<&'a str>,
    /// Per node, whether it has a child of another service: then the other side speaks for itself.
    reached: Vec<bool>,
}

fn reached_elsewhere(spans: &[Skeleton], tree: &Tree) -> Vec<bool> {
    let nodes = tree.nodes();
    let mut reached = vec![false; nodes.len()];
    for node in nodes {
        if let Some(parent) = node.parent {
            reached[parent] |= spans[nodes[parent].span].service != spans[node.span].service;
        }
    }
    reached
}

impl<'a> Trace<'a> {
    fn node(&self, position: usize) -> &'a Node {
        &self.tree.nodes()[position]
    }

    fn span(&self, position: usize) -> &'a Skeleton {
        &self.spans[self.node(position).span]
    }

    fn parent(&self, position: usize) -> Option<&'a Skeleton> {
        self.node(position).parent.map(|parent| self.span(parent))
    }

    /// Rules 2 and 3, seen from the caller.
    fn outgoing(&self, edges: &mut Edges<'a>, position: usize) {
        let span = self.span(position);
        let Some(peer) = peer_of(span).filter(|_| calls_out(span)) else { return };
        let queue = span.kind == SpanKind::Producer;
        if self.reached[position] && !queue {
            return;
        }
        match self.parent(position).filter(|parent| same_call(parent, span)) {
            // The transport under a model or database call is that call: its money counts, its call does not.
            Some(outer) => {
                let outer_peer = peer_of(outer).unwrap_or(peer);
                add_cost(edges, service(&span.service), self.callee(outer_peer, outer), span);
            }
            None => add_call(edges, service(&span.service), self.callee(peer, span), span),
        }
    }

    /// What `peer` is: a queue when a message is put on it, a service when it sends spans itself, else by the sort of call.
    fn callee(&self, peer: &'a str, span: &Skeleton) -> End<'a> {
        let kind = match span.kind {
            SpanKind::Producer => NodeKind::Queue,
            _ if self.services.contains(peer) => NodeKind::Service,
            _ => span.category.peer_kind(),
        };
        (peer, kind)
    }
}

/// Whether the span asks something of another process: by its kind, or because model, database and queue calls always do.
const fn calls_out(span: &Skeleton) -> bool {
    match span.kind {
        SpanKind::Client | SpanKind::Producer => true,
        SpanKind::Server | SpanKind::Consumer => false,
        SpanKind::Internal => matches!(span.category, Category::Llm | Category::Embedding | Category::Database),
    }
}

/// Whether `inner` is only the transport, or a second report, of the call that `outer` already is.
fn same_call(outer: &Skeleton, inner: &Skeleton) -> bool {
    let is_call = matches!(outer.category, Category::Llm | Category::Embedding | Category::Database);
    is_call
        && calls_out(outer)
        && outer.service == inner.service
        && peer_of(outer).is_some_and(|peer| inner.category == Category::Http || peer_of(inner) == Some(peer))
}

/// The named other side, unless the span names its own service.
fn peer_of(span: &Skeleton) -> Option<&str> {
    span.peer.as_deref().filter(|peer| !peer.is_empty() && *peer != span.service)
}

fn service(name: &str) -> End<'_> {
    (name, NodeKind::Service)
}

/// Rules 1 and 2: `span` was caused by `parent`, which belongs to another service.
fn incoming<'a>(edges: &mut Edges<'a>, parent: &'a Skeleton, span: &'a Skeleton) {
    let message = parent.kind == SpanKind::Producer || span.kind == SpanKind::Consumer;
    let sent_to = peer_of(parent).filter(|_| parent.kind == SpanKind::Producer);
    let taken_from = peer_of(span).filter(|_| span.kind == SpanKind::Consumer);
    match sent_to.or(taken_from).filter(|_| message) {
        Some(queue) => {
            // A producer that names its queue has added its own half.
            if sent_to.is_none() {
                add_call(edges, service(&parent.service), (queue, NodeKind::Queue), span);
            }
            add_call(edges, (queue, NodeKind::Queue), service(&span.service), span);
        }
        None => {
            let transport = if message { Transport::Message } else { Transport::Call };
            count_call(edges, (service(&parent.service), service(&span.service), transport), span);
        }
    }
}

/// Rule 4, and its like for a message whose producer sends no spans.
fn named_caller<'a>(edges: &mut Edges<'a>, span: &'a Skeleton) {
    let kind = match span.kind {
        SpanKind::Server => NodeKind::Client,
        SpanKind::Consumer => NodeKind::Queue,
        SpanKind::Internal | SpanKind::Client | SpanKind::Producer => return,
    };
    if let Some(peer) = peer_of(span) {
        add_call(edges, (peer, kind), service(&span.service), span);
    }
}

const fn transport_between(parent: NodeKind, child: NodeKind) -> Transport {
    match (parent, child) {
        (NodeKind::Queue, _) | (_, NodeKind::Queue) => Transport::Message,
        (_, NodeKind::Database) => Transport::Database,
        (_, NodeKind::Provider) => Transport::Model,
        _ => Transport::Call,
    }
}

/// One call along the edge these two kinds of node have between them.
fn add_call<'a>(edges: &mut Edges<'a>, parent: End<'a>, child: End<'a>, span: &Skeleton) {
    count_call(edges, (parent, child, transport_between(parent.1, child.1)), span);
}

/// Only the money of a span whose call is already counted.
fn add_cost<'a>(edges: &mut Edges<'a>, parent: End<'a>, child: End<'a>, span: &Skeleton) {
    let edge = edges.get_mut(&(parent, child, transport_between(parent.1, child.1)));
    if let (Some(cost), Some(edge)) = (span.cost, edge) {
        edge.cost += cost.into();
    }
}

/// One call, with its duration, outcome and cost.
fn count_call<'a>(edges: &mut Edges<'a>, key: (End<'a>, End<'a>, Transport), span: &Skeleton) {
    let (parent, child, transport) = key;
    let edge = edges.entry(key).or_insert_with(|| EdgeContribution {
        parent: parent.0.to_owned(),
        parent_kind: parent.1,
        child: child.0.to_owned(),
        child_kind: child.1,
        transport,
        calls: 0,
        errors: 0,
        durations_ns: Vec::new(),
        cost: UsdSum::ZERO,
    });
    edge.calls += 1;
    edge.errors += i64::from(span.status == Status::Error);
    edge.durations_ns.push(span.duration_ns);
    if let Some(cost) = span.cost {
        edge.cost += cost.into();
    }
}
