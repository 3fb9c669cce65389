-- Stored calls can be priced again: looked at first (what would change, and nothing is written), then applied exactly as it was
-- shown. The plan is kept call by call until it is applied or replaced, so that applying needs no price book, goes on where it was
-- interrupted, and can change nothing twice.

create table repricing (
    id int8 generated always as identity primary key,
    state int2 not null,
    from_time timestamptz not null,
    to_time timestamptz not null,
    tenant text,
    model text,
    revision text not null,
    started_at timestamptz not null,
    looked_at timestamptz,
    calls int8,
    looked int8 not null default 0,
    at_time timestamptz not null,
    at_trace uuid not null,
    at_span int8 not null,
    window_seconds int4 not null,
    changes int8 not null default 0,
    problem text,
    applied_by text,
    note text,
    applying_at timestamptz,
    applied_at timestamptz,
    applied int8 not null default 0,
    skipped int8 not null default 0
);
comment on table repricing is 'Every time stored calls were priced again: what was asked, what it would change, who applied it.';
comment on column repricing.id is 'Ascending.';
comment on column repricing.state is '0 looking, 1 ready, 2 applying, 3 applied, 4 replaced, 5 failed (model::repricing::State).';
comment on column repricing.from_time is 'Calls that began then or later.';
comment on column repricing.to_time is 'Calls that began before.';
comment on column repricing.tenant is 'Only calls of this tenant; null is all.';
comment on column repricing.model is 'Only calls of this model; null is all.';
comment on column repricing.revision is 'Which prices, all that were in force.';
comment on column repricing.started_at is 'When it was asked for. Spans that came later are no part of it.';
comment on column repricing.looked_at is 'When all calls had been looked at.';
comment on column repricing.calls is 'Calls there are to look at; null until they are counted.';
comment on column repricing.looked is 'Calls looked at so far.';
comment on column repricing.at_time is 'How far it has looked: the start of the last call, or of the next stretch of time.';
comment on column repricing.at_trace is 'Trace of the last call looked at.';
comment on column repricing.at_span is 'The last call looked at.';
comment on column repricing.window_seconds is 'How long a stretch of time is read next: it follows how many calls there are.';
comment on column repricing.changes is 'Calls that were to be changed, those whose cost is counted elsewhere included.';
comment on column repricing.problem is 'Why it failed.';
comment on column repricing.applied_by is 'Who applied it.';
comment on column repricing.note is 'Why, in their words.';
comment on column repricing.applying_at is 'When they did.';
comment on column repricing.applied_at is 'When the last call was changed.';
comment on column repricing.applied is 'Calls changed so far.';
comment on column repricing.skipped is 'Calls that were to be changed and had changed since they were looked at, or are gone.';
create unique index repricing_one_at_a_time on repricing ((true)) where state in (0, 2);

create table repricing_line (
    repricing_id int8 not null references repricing (id),
    tenant_id int4 not null,
    model_id int4 not null,
    calls int8 not null default 0,
    changed int8 not null default 0,
    unpriced_before int8 not null default 0,
    unpriced_after int8 not null default 0,
    before_pico numeric not null default 0,
    after_pico numeric not null default 0,
    applied int8 not null default 0,
    moved_pico numeric not null default 0,
    primary key (repricing_id, tenant_id, model_id)
);
comment on table repricing_line is 'What pricing again changes, by tenant and model.';
comment on column repricing_line.repricing_id is 'Which.';
comment on column repricing_line.tenant_id is 'dim_tenant; 1 is unattributed.';
comment on column repricing_line.model_id is 'dim_model.';
comment on column repricing_line.calls is 'Calls looked at.';
comment on column repricing_line.changed is 'Those whose counted cost would be another one.';
comment on column repricing_line.unpriced_before is 'Calls whose cost nobody knew.';
comment on column repricing_line.unpriced_after is 'Calls whose cost nobody would know.';
comment on column repricing_line.before_pico is 'What the calls looked at cost then, as far as it counts, in pico-dollars.';
comment on column repricing_line.after_pico is 'What they would cost.';
comment on column repricing_line.applied is 'Calls changed so far.';
comment on column repricing_line.moved_pico is 'What that added to the books, in pico-dollars.';

create table repricing_change (
    repricing_id int8 not null,
    trace_id uuid not null,
    span_id int8 not null,
    home timestamptz not null,
    before_pico int8,
    after_pico int8,
    source int2 not null,
    cost bytea not null,
    primary key (repricing_id, trace_id, span_id)
);
comment on table repricing_change is 'The plan: calls that are to be changed. A row goes away in the transaction that changes its call.';
comment on column repricing_change.repricing_id is 'Which.';
comment on column repricing_change.trace_id is 'Its trace.';
comment on column repricing_change.span_id is 'The call.';
comment on column repricing_change.home is 'traces.home of its trace.';
comment on column repricing_change.before_pico is 'What the call said it cost when it was looked at, in pico-dollars; null is unknown.';
comment on column repricing_change.after_pico is 'What it is to say.';
comment on column repricing_change.source is 'span.cost_source it is to have.';
comment on column repricing_change.cost is 'How that comes about: a protobuf message (store::payload), note and lines with their price revision.';

comment on column traces.version is 'Raised by every transaction that adds spans or prices them again.';

create table fetched_prices (
    id int2 primary key check (id = 1),
    url text not null,
    revision text,
    body bytea,
    etag text,
    fetched_at timestamptz,
    checked_at timestamptz not null,
    problem text,
    problem_since timestamptz
);
comment on table fetched_prices is 'The last good prices from TRACETAB_PRICES_URL, so that a start without a network has them. One row.';
comment on column fetched_prices.id is 'Always 1.';
comment on column fetched_prices.url is 'Where they are from.';
comment on column fetched_prices.revision is 'What every cost made of them keeps; null until some were good.';
comment on column fetched_prices.body is 'The file.';
comment on column fetched_prices.etag is 'What its server called this version.';
comment on column fetched_prices.fetched_at is 'When these came.';
comment on column fetched_prices.checked_at is 'When it was last asked for them.';
comment on column fetched_prices.problem is 'Why what is there now was not taken over; null when it was.';
comment on column fetched_prices.problem_since is 'When that began.';
