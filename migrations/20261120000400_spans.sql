-- Spans, partitioned by the home of their trace. Leaves and their indexes are made by the server (store::partitions);
-- there is no default leaf, so a span can only be where its trace is. Columns are ordered 8, 4, 2 bytes: no padding.

create table span (
    start_time timestamptz not null,
    home timestamptz not null,
    received_at timestamptz not null,
    trace_id uuid not null,
    span_id int8 not null,
    parent_span_id int8,
    duration_ns int8 not null check (duration_ns >= 0),
    cost_pico int8,
    tenant_id int4 not null,
    service_id int4 not null,
    operation_id int4 not null,
    capability_id int4,
    model_id int4,
    user_id int4,
    environment_id int4,
    peer_id int4,
    tokens_in int4,
    tokens_out int4,
    start_sub_us int2 not null default 0,
    kind int2 not null,
    status int2 not null,
    category int2 not null,
    data_tag int2 not null,
    cost_source int2 not null,
    payload bytea not null,
    tokens int4[]
) partition by range (home);
comment on table span is 'Every span once. Unknown is null, never 0.';
comment on column span.start_time is 'When it began, to the microsecond.';
comment on column span.home is 'traces.home of its trace: the partition key.';
comment on column span.received_at is 'When it was written, by the server''s clock: what alert windows go by.';
comment on column span.trace_id is 'W3C trace id.';
comment on column span.span_id is 'W3C span id, its 64 bits as a signed integer.';
comment on column span.parent_span_id is 'The span that caused it; null for a root.';
comment on column span.duration_ns is 'Nanoseconds it took.';
comment on column span.cost_pico is 'Own cost in pico-dollars; null is unknown, 0 is priced and free.';
comment on column span.tenant_id is 'dim_tenant; 1 is unattributed.';
comment on column span.service_id is 'dim_service.';
comment on column span.operation_id is 'dim_operation.';
comment on column span.capability_id is 'dim_capability; null is none.';
comment on column span.model_id is 'dim_model; null when no model was called.';
comment on column span.user_id is 'dim_user; null is nobody in particular.';
comment on column span.environment_id is 'dim_environment; null when not sent.';
comment on column span.peer_id is 'dim_service: the other side of a call; null when unknown.';
comment on column span.tokens_in is 'Input tokens, cached ones included.';
comment on column span.tokens_out is 'Output tokens, reasoning included.';
comment on column span.start_sub_us is 'Nanoseconds of the start below its microsecond, 0 to 999.';
comment on column span.kind is 'OTLP kind: 1 internal, 2 server, 3 client, 4 producer, 5 consumer.';
comment on column span.status is 'OTLP status: 0 unset, 1 ok, 2 error.';
comment on column span.category is 'Sort of work: model::span::Category.';
comment on column span.data_tag is '0 EXPORT_OK, 1 SENSITIVE, 2 PII.';
comment on column span.cost_source is '0 none, 1 reported, 2 derived, 3 calculated.';
comment on column span.payload is 'Everything else: a protobuf message (store::payload) in a zstd frame.';
comment on column span.tokens is 'Hashes of searchable key=value pairs; null when none is configured.';

create table span_leaf (
    name text primary key,
    from_home timestamptz not null,
    to_home timestamptz not null,
    state text not null check (state in ('open', 'hot', 'warm', 'archived')),
    min_start timestamptz,
    max_start timestamptz
);
comment on table span_leaf is 'The leaves of span. Only open and hot ones take spans: in the others nothing is left to tell a resent span by.';
comment on column span_leaf.name is 'Table name of the leaf.';
comment on column span_leaf.from_home is 'First home in it.';
comment on column span_leaf.to_home is 'First home after it.';
comment on column span_leaf.state is 'open and hot hold everything, warm a sample, archived nothing.';
comment on column span_leaf.min_start is 'Earliest start of a span in it; null while it is open.';
comment on column span_leaf.max_start is 'Latest start of a span in it; null while it is open.';
