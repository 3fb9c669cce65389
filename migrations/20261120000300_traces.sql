-- One row per trace. Its home (the leaf of `span` that holds its spans) is decided once, by the first writer; its totals
-- are exact at every commit.

create table traces (
    trace_id uuid primary key,
    home timestamptz not null,
    start_time timestamptz not null,
    end_time timestamptz not null,
    last_seen timestamptz not null,
    span_count int8 not null,
    error_count int8 not null,
    nocost_count int8 not null,
    cost_pico int8 not null,
    tokens_in int8 not null default 0,
    tokens_out int8 not null default 0,
    tenant_id int4 not null,
    root_service_id int4,
    root_operation_id int4,
    session text,
    declared_cost_pico int8,
    max_tag int2 not null default 0,
    keep int2 not null default 0,
    version int4 not null default 1,
    finalised int4 not null default 0,
    max_depth int2,
    orphan_count int4
) with (fillfactor = 70);
comment on table traces is 'One row per trace: where its spans are, exact totals, what the finaliser found.';
comment on column traces.trace_id is 'W3C trace id.';
comment on column traces.home is 'Start of the span leaf that holds all its spans; never changes.';
comment on column traces.start_time is 'Start of the first span.';
comment on column traces.end_time is 'End of the last span.';
comment on column traces.last_seen is 'When the last new span arrived, by the server''s clock.';
comment on column traces.span_count is 'Spans kept.';
comment on column traces.error_count is 'Failed spans.';
comment on column traces.nocost_count is 'Spans whose cost is unknown; equal to span_count when no cost is known.';
comment on column traces.cost_pico is 'Sum of the known costs in pico-dollars.';
comment on column traces.tokens_in is 'Input tokens.';
comment on column traces.tokens_out is 'Output tokens.';
comment on column traces.tenant_id is 'Tenant of the root, else of the earliest span that has one; 1 is unattributed. For lists only: money goes by span.';
comment on column traces.root_service_id is 'Service of the root span; null until a root has come.';
comment on column traces.root_operation_id is 'Operation of the root span; null until a root has come.';
comment on column traces.session is 'Conversation or session, of the first span that names one.';
comment on column traces.declared_cost_pico is 'Total the sender declared: a check value, never summed.';
comment on column traces.max_tag is 'Highest data class of its spans (0 EXPORT_OK, 1 SENSITIVE, 2 PII); only ever raised.';
comment on column traces.keep is 'Why retention must keep it, as bits; 0 is no reason.';
comment on column traces.version is 'Raised by every transaction that adds spans.';
comment on column traces.finalised is 'The version the finaliser has worked on; 0 is none.';
comment on column traces.max_depth is 'Spans on the longest chain from a root; null until finalised, at most 32767.';
comment on column traces.orphan_count is 'Spans whose parent never came; null until finalised.';

create index traces_tenant_start on traces (tenant_id, start_time desc);
create index traces_start on traces (start_time desc);
create index traces_costly on traces (start_time) where cost_pico > 100000000000;
create index traces_last_seen on traces (last_seen);
create index traces_unfinalised on traces (last_seen) where finalised is distinct from version;
create index traces_session on traces (session, start_time) where session is not null;
create index traces_declared on traces (trace_id) where declared_cost_pico is not null;
