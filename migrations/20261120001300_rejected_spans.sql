-- Spans that were refused, each with its reason, written before their sender is answered.

create table rejected_spans (
    id int8 generated always as identity primary key,
    at timestamptz not null,
    sender text not null,
    encoding text,
    trace_id text,
    span_id text,
    class int2 not null,
    reason text not null,
    n int8
);
comment on table rejected_spans is 'Spans that were refused. A request that is sent again has its refusals listed again. Kept for 30 days, and no more than the newest million rows.';
comment on column rejected_spans.id is 'Ascending.';
comment on column rejected_spans.at is 'When, by the server''s clock.';
comment on column rejected_spans.sender is 'Who sent it: the program''s own description and its address.';
comment on column rejected_spans.encoding is 'How it came, such as OTLP protobuf; null when that could not be told.';
comment on column rejected_spans.trace_id is 'Id of its trace as sent; null when it is not known.';
comment on column rejected_spans.span_id is 'Its id as sent; null when there was none to read, or the row stands for several.';
comment on column rejected_spans.class is 'What kind of reason: 0 other, 1 bad id, 2 bad time, 3 too large, 4 too many, 5 broken, 6 wrong format, 7 closed day, 8 value.';
comment on column rejected_spans.reason is 'Why, in the words its sender was answered with.';
comment on column rejected_spans.n is 'How many spans the row stands for: past a thousand per request they are grouped by reason. Null is a whole request, whose spans nobody could count.';
create index rejected_spans_at on rejected_spans (at);
