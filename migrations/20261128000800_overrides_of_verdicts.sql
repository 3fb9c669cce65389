-- Whether a cost counts follows from the spans around it. Where that is wrong for a service or an instrumentation scope, an operator
-- says so once. What is taken away stays, so that a verdict that came from it can still say from whom.

create table verdict_override (
    id int8 generated always as identity primary key,
    service text,
    scope text,
    operation text,
    ruling int2 not null,
    note text not null default '',
    added_by text not null,
    added_at timestamptz not null,
    deleted_by text,
    deleted_at timestamptz,
    check (service is not null or scope is not null),
    check ((deleted_by is null) = (deleted_at is null))
);
comment on table verdict_override is 'What operators say about the costs of some spans, in place of what the spans around them tell.';
comment on column verdict_override.id is 'Ascending.';
comment on column verdict_override.service is 'Spans of this service; null is any.';
comment on column verdict_override.scope is 'Spans of this instrumentation scope, by name; null is any.';
comment on column verdict_override.operation is 'Only spans of this operation; null is all.';
comment on column verdict_override.ruling is '0 default, 1 own: always counts, 2 rolled up: never counts (model::ruling::Ruling).';
comment on column verdict_override.note is 'Why, in the words of who added it.';
comment on column verdict_override.added_by is 'Who added it.';
comment on column verdict_override.added_at is 'When.';
comment on column verdict_override.deleted_by is 'Who took it away; null while it is in force.';
comment on column verdict_override.deleted_at is 'When.';
create unique index verdict_override_in_force on verdict_override (coalesce(service, ''), coalesce(scope, ''), coalesce(operation, ''))
    where deleted_at is null;

create table verdict_again (
    id int8 generated always as identity primary key,
    override_id int8 not null references verdict_override (id),
    from_time timestamptz not null,
    to_time timestamptz not null,
    asked_by text not null,
    asked_at timestamptz not null,
    at_time timestamptz not null,
    at_trace uuid not null,
    traces int8,
    looked int8 not null default 0,
    put int8 not null default 0,
    finished_at timestamptz
);
comment on table verdict_again is 'Every time traces were put on the finaliser''s list again because of an override.';
comment on column verdict_again.id is 'Ascending.';
comment on column verdict_again.override_id is 'Which override, in force or not.';
comment on column verdict_again.from_time is 'Traces that began then or later.';
comment on column verdict_again.to_time is 'Traces that began before.';
comment on column verdict_again.asked_by is 'Who asked for it.';
comment on column verdict_again.asked_at is 'When.';
comment on column verdict_again.at_time is 'How far it is: the start of the last trace looked at.';
comment on column verdict_again.at_trace is 'That trace.';
comment on column verdict_again.traces is 'Traces there are to look at; null until they are counted.';
comment on column verdict_again.looked is 'Traces looked at so far.';
comment on column verdict_again.put is 'Those of them that have spans the override is about, and are on the list again.';
comment on column verdict_again.finished_at is 'When the last trace had been looked at.';
create unique index verdict_again_one_at_a_time on verdict_again ((true)) where finished_at is null;

comment on column span.verdict is
    'Whether its cost and tokens count: 0 own, 1 rolled up, 2 repeated, 3 pending, 4 set aside by an override (model::cost::Verdict).';
