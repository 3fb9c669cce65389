-- Budgets that people make in the dashboard or by the API, beside those of `budgets.yaml`, and who did what to them.

create table budget (
    id int8 generated always as identity primary key,
    slug text not null unique,
    name text not null,
    scope text not null,
    period text not null,
    limit_pico int8 not null check (limit_pico > 0),
    thresholds int2[] not null,
    burn_fast int8 not null,
    burn_slow int8 not null,
    version int8 not null default 1,
    changed_by text not null,
    changed_at timestamptz not null
);
comment on table budget is 'Budgets that were made here. One whose slug budgets.yaml has too does not count meanwhile.';
comment on column budget.id is 'Ascending.';
comment on column budget.slug is 'What it is addressed by: its name in small letters, digits and dashes.';
comment on column budget.name is 'Its name.';
comment on column budget.scope is 'Whose spend counts, as it is written in budgets.yaml: all, tenant acme, each tenant.';
comment on column budget.period is 'What time counts, likewise: day, week, month, rolling 30d.';
comment on column budget.limit_pico is 'What may be spent within a period, in pico-dollars.';
comment on column budget.thresholds is 'Percentages of the limit that raise an alarm, ascending.';
comment on column budget.burn_fast is 'Burn rate over an hour past which an alarm is raised, in thousandths.';
comment on column budget.burn_slow is 'The same over a day.';
comment on column budget.version is 'Raised by every change, so that of two people who change it at once the second looks again.';
comment on column budget.changed_by is 'Who made it or changed it last.';
comment on column budget.changed_at is 'When.';

create table budget_change (
    id int8 generated always as identity primary key,
    at timestamptz not null,
    by_whom text not null,
    note text not null,
    action int2 not null,
    slug text not null,
    name text not null,
    before_words text not null,
    after_words text not null
);
comment on table budget_change is 'Who made, changed and deleted budgets, append only. Its last id tells servers that there is something new.';
comment on column budget_change.id is 'Ascending; written under a lock, so that a later one is never seen before an earlier one.';
comment on column budget_change.at is 'When.';
comment on column budget_change.by_whom is 'Who.';
comment on column budget_change.note is 'Why, in their words; may be empty.';
comment on column budget_change.action is '0 made, 1 changed, 2 deleted (model::budget::rulebook::Action).';
comment on column budget_change.slug is 'What it was addressed by, before a change of its name.';
comment on column budget_change.name is 'The name it has since, or had.';
comment on column budget_change.before_words is 'What it said before, in words; empty when it was made.';
comment on column budget_change.after_words is 'What it says since; empty when it was deleted.';
