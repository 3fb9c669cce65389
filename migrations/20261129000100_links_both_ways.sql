-- A span's links are in its payload. Whoever opens the span that is referred to asks the other way round.

create table span_link (
    to_trace_id uuid not null,
    to_span_id int8 not null,
    trace_id uuid not null,
    span_id int8 not null,
    home timestamptz not null,
    primary key (to_trace_id, to_span_id, trace_id, span_id)
);
comment on table span_link is 'Which spans refer to which by a link, to be found from the other side.';
comment on column span_link.to_trace_id is 'Trace that is referred to, by the id its sender knows it by; it may never come.';
comment on column span_link.to_span_id is 'Span that is referred to.';
comment on column span_link.trace_id is 'Trace of the span that refers to it: traces.trace_id.';
comment on column span_link.span_id is 'The span that refers to it.';
comment on column span_link.home is 'traces.home of its trace: it goes when that does.';

create index rejected_spans_trace on rejected_spans (trace_id) where trace_id is not null;
