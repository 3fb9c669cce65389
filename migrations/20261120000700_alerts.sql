-- Alerts with their history. A rule has at most one open alert.

create table alert (
    id int8 generated always as identity primary key,
    version int4 not null default 1,
    rule text not null,
    query_text text not null,
    threshold int8 not null,
    window_seconds int8 not null,
    severity int2 not null,
    state int2 not null,
    observed_count int8 not null,
    observed_peak float8,
    evidence uuid[] not null,
    labels jsonb not null,
    peak_count int8 not null,
    fired_at timestamptz not null,
    last_true_at timestamptz not null,
    resolved_at timestamptz,
    hold_by text,
    hold_note text,
    hold_at timestamptz,
    hold_until timestamptz,
    hold_count int8,
    hold_peak float8,
    check ((hold_by is null) = (hold_at is null) and (hold_by is null) = (hold_note is null) and (hold_by is null) = (hold_count is null))
);
comment on table alert is 'One row per alert, from firing until resolved.';
comment on column alert.id is 'Ascending with time.';
comment on column alert.version is 'Raised by every change: a change based on an older version is a conflict.';
comment on column alert.rule is 'Name of the rule.';
comment on column alert.query_text is 'Its query as written when it fired.';
comment on column alert.threshold is 'Its threshold when it fired.';
comment on column alert.window_seconds is 'Its window when it fired.';
comment on column alert.severity is '0 info, 1 warning, 2 critical.';
comment on column alert.state is '0 firing, 1 acknowledged, 2 snoozed, 3 resolved.';
comment on column alert.observed_count is 'Latest count.';
comment on column alert.observed_peak is 'Latest worst single figure, in the unit of the query.';
comment on column alert.evidence is 'Traces that matched while it was open, worst first.';
comment on column alert.labels is 'Who is behind most of it: list of [name, value].';
comment on column alert.peak_count is 'Highest count while it was open.';
comment on column alert.fired_at is 'When it fired (again).';
comment on column alert.last_true_at is 'When its condition was last seen true.';
comment on column alert.resolved_at is 'When it was over.';
comment on column alert.hold_by is 'Who acknowledged or snoozed it; null when nobody does now.';
comment on column alert.hold_note is 'Why, in their words; empty when they said nothing.';
comment on column alert.hold_at is 'When they did.';
comment on column alert.hold_until is 'When the hold ends; null is at the resolution.';
comment on column alert.hold_count is 'The count at that moment.';
comment on column alert.hold_peak is 'The peak figure at that moment.';
create unique index alert_one_open_per_rule on alert (rule) where state <> 3;
create index alert_state on alert (state, fired_at desc);

create table alert_event (
    id int8 generated always as identity primary key,
    alert_id int8 not null references alert (id),
    at timestamptz not null,
    state int2 not null,
    by_whom text,
    text text not null
);
comment on table alert_event is 'What happened to alerts, append only.';
comment on column alert_event.id is 'Ascending with time.';
comment on column alert_event.alert_id is 'The alert.';
comment on column alert_event.at is 'When.';
comment on column alert_event.state is 'The state it led to.';
comment on column alert_event.by_whom is 'Who did it; null is the rule itself.';
comment on column alert_event.text is 'What happened, in words.';
create index alert_event_of_alert on alert_event (alert_id, id desc);

create table change_counter (
    subject text primary key,
    changes int8 not null
);
comment on table change_counter is 'How often a subject changed: raised inside the changing transaction, cheap to poll. A sequence would show changes before they are committed.';
comment on column change_counter.subject is 'What changes.';
comment on column change_counter.changes is 'How often it did.';
insert into change_counter (subject, changes) values ('alerts', 0);
