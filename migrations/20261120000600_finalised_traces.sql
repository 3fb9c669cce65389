-- What only the whole trace can tell. The edges a trace has been counted with are kept beside it, so that a late span
-- replaces them by difference.

create table edge_rollup (
    tenant_id int4 not null,
    bucket timestamptz not null,
    parent_service_id int4 not null,
    parent_kind int2 not null,
    child_service_id int4 not null,
    child_kind int2 not null,
    transport int2 not null,
    n int8 not null,
    err int8 not null,
    lost int8 not null,
    dur_ns numeric not null,
    cost_pico numeric not null,
    sketch bytea,
    primary key (tenant_id, bucket, parent_service_id, parent_kind, child_service_id, child_kind, transport)
);
comment on table edge_rollup is 'Calls between nodes of the dependency map, in buckets of ten minutes.';
comment on column edge_rollup.tenant_id is 'Tenant of the trace; 1 is unattributed, 0 is all tenants together.';
comment on column edge_rollup.bucket is 'Ten minutes the trace began in.';
comment on column edge_rollup.parent_service_id is 'dim_service: the caller.';
comment on column edge_rollup.parent_kind is 'What the caller is: model::dependency::NodeKind.';
comment on column edge_rollup.child_service_id is 'dim_service: the called.';
comment on column edge_rollup.child_kind is 'What the called is: model::dependency::NodeKind.';
comment on column edge_rollup.transport is 'How the call travels: model::dependency::Transport.';
comment on column edge_rollup.n is 'Calls.';
comment on column edge_rollup.err is 'Failed calls.';
comment on column edge_rollup.lost is 'Messages sent and never seen taken.';
comment on column edge_rollup.dur_ns is 'Sum of the called side''s durations.';
comment on column edge_rollup.cost_pico is 'Cost of the called spans themselves, in pico-dollars.';
comment on column edge_rollup.sketch is 'Distribution of the called side''s durations (store::sketch).';
create index edge_rollup_bucket on edge_rollup (bucket);

create table trace_finding (
    trace_id uuid primary key references traces (trace_id),
    tenant_id int4 not null,
    bucket timestamptz not null,
    edges bytea not null,
    shape jsonb not null,
    split jsonb not null
);
comment on table trace_finding is 'What the finaliser found in a trace and has no column in traces.';
comment on column trace_finding.trace_id is 'The trace.';
comment on column trace_finding.tenant_id is 'Tenant its edges are counted under.';
comment on column trace_finding.bucket is 'Ten minutes its edges are counted under.';
comment on column trace_finding.edges is 'Its edges as counted in edge_rollup (store::finalise::edges, protobuf).';
comment on column trace_finding.shape is 'Miniature of the waterfall: list of [service, row, left, width].';
comment on column trace_finding.split is 'Own cost by service, dearest first: list of [service, pico-dollars].';
