//! How spans are shared among writers.

use std::collections::HashMap;

use model::SpanId;

use super::*;

fn span(trace: u64, number: u64) -> Span {
    let trace_id: TraceId = format!("{:032x}", trace + 1).parse().unwrap();
    let span_id: SpanId = format!("{:016x}", number + 1).parse().unwrap();
    wire::normalise::span(wire::RawSpan::new(trace_id, span_id))
}

#[test]
fn spans_of_one_trace_go_to_one_writer_and_none_is_lost() {
    let spans: Vec<Span> = (0..1_000).map(|number| span(number % 50, number)).collect();
    let declared = vec![(spans[7].trace_id, Usd::ZERO)];
    let shares = split(spans.clone(), declared, 4);
    let mut writers: HashMap<TraceId, usize> = HashMap::new();
    for (writer, part, declared) in &shares {
        for span in part {
            assert_eq!(*writers.entry(span.trace_id).or_insert(*writer), *writer);
        }
        for (trace_id, _) in declared {
            assert_eq!(writers.get(trace_id), Some(writer), "a declared total goes where its trace goes");
        }
    }
    assert_eq!(shares.iter().map(|(_, part, _)| part.len()).sum::<usize>(), 1_000);
    assert_eq!(shares.iter().map(|(_, _, declared)| declared.len()).sum::<usize>(), 1);
    assert!(shares.len() > 1, "fifty traces are spread over the writers");
}

#[test]
fn a_trace_larger_than_a_transaction_is_written_in_several() {
    let spans: Vec<Span> = (0..BATCH_SPANS_MAX as u64 * 2 + 1).map(|number| span(0, number)).collect();
    let sizes: Vec<usize> = split(spans, Vec::new(), 3).iter().map(|(_, part, _)| part.len()).collect();
    assert_eq!(sizes, [BATCH_SPANS_MAX, BATCH_SPANS_MAX, 1]);
}
