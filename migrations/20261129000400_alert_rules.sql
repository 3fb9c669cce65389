-- Rules of alerts that people make in the dashboard or by the API, beside those of `trace_alerts.yaml`, and who did what to them.
-- Alerts say which rule they are of, and what to do about them.

alter table alert add column of_rule text;
alter table alert add column runbook text;
comment on column alert.of_rule is 'The rule it is one group of, or that it is itself; null of what is always looked for.';
comment on column alert.runbook is 'What to do about it: an address of its rule when it fired.';
comment on column alert.state is '0 firing, 1 acknowledged, 2 snoozed, 3 resolved, 4 pending.';
create index alert_open_of_rule on alert (of_rule) where state <> 3;

create table alert_rule (
    id int8 generated always as identity primary key,
    name text not null unique,
    said jsonb not null,
    version int8 not null default 1,
    changed_by text not null,
    changed_at timestamptz not null
);
comment on table alert_rule is 'Rules that were made here. One whose name trace_alerts.yaml has too does not count meanwhile.';
comment on column alert_rule.id is 'Ascending; what it is addressed by.';
comment on column alert_rule.name is 'Its name.';
comment on column alert_rule.said is 'What was typed, field by field (model::alert::rule::draft).';
comment on column alert_rule.version is 'Raised by every change, so that of two people who change it at once the second looks again.';
comment on column alert_rule.changed_by is 'Who made it or changed it last.';
comment on column alert_rule.changed_at is 'When.';

create table alert_rule_change (
    id int8 generated always as identity primary key,
    at timestamptz not null,
    by_whom text not null,
    note text not null,
    action int2 not null,
    rule_id int8 not null,
    name text not null,
    before_words text not null,
    after_words text not null
);
comment on table alert_rule_change is 'Who made, changed and deleted rules, append only. Its last id tells servers that there is something new.';
comment on column alert_rule_change.id is 'Ascending; written under a lock, so that a later one is never seen before an earlier one.';
comment on column alert_rule_change.at is 'When.';
comment on column alert_rule_change.by_whom is 'Who.';
comment on column alert_rule_change.note is 'Why, in their words; may be empty.';
comment on column alert_rule_change.action is '0 made, 1 changed, 2 deleted (model::budget::rulebook::Action).';
comment on column alert_rule_change.rule_id is 'alert_rule.id, also of one that is gone.';
comment on column alert_rule_change.name is 'The name it has since, or had.';
comment on column alert_rule_change.before_words is 'What it said before; empty when it was made.';
comment on column alert_rule_change.after_words is 'What it says since; empty when it was deleted.';
