-- What auditing the books needs to keep: sums of leaves, what people said about differences, bills of providers.

create table span_leaf_sum (
    name text primary key,
    spans int8 not null,
    unknown int8 not null,
    pending int8 not null,
    cost_pico numeric not null,
    summed_at timestamptz not null
);
comment on table span_leaf_sum is 'What the spans of a leaf added up to when they were last summed. Used for days that are over, as long as traces still say the same.';
comment on column span_leaf_sum.name is 'The leaf, as in span_leaf.';
comment on column span_leaf_sum.spans is 'Spans in it.';
comment on column span_leaf_sum.unknown is 'Those of them whose cost is not known, pending ones included.';
comment on column span_leaf_sum.pending is 'Those of them whose verdict waits for their trace to be quiet.';
comment on column span_leaf_sum.cost_pico is 'Their known cost in pico-dollars.';
comment on column span_leaf_sum.summed_at is 'When they were summed, by the server''s clock.';

create table review (
    id int8 generated always as identity primary key,
    subject text not null,
    action int2 not null,
    difference_pico numeric not null,
    by_whom text not null,
    note text not null,
    at timestamptz not null
);
comment on table review is 'What people said about differences in the books, append only. The last word that is no note decides.';
comment on column review.id is 'Ascending.';
comment on column review.subject is 'What differs: trace/<id>, or bill/<day>/<provider>/<model>.';
comment on column review.action is '0 noted, 1 acknowledged, 2 taken back (model::review::Action).';
comment on column review.difference_pico is 'The difference it was said about. An acknowledgement ends when the difference is another one.';
comment on column review.by_whom is 'Who said it.';
comment on column review.note is 'In their words; empty when they said nothing.';
comment on column review.at is 'When.';
create index review_of_subject on review (subject, id desc);

create table bill_import (
    id int8 generated always as identity primary key,
    sha256 bytea not null,
    name text not null,
    by_whom text not null,
    at timestamptz not null,
    lines_read int8 not null,
    lines_kept int8 not null,
    amount_pico numeric not null,
    notes jsonb not null,
    refusals jsonb not null,
    deleted_by text,
    deleted_at timestamptz
);
comment on table bill_import is 'Bills of providers as they were imported, also those of which nothing could be kept.';
comment on column bill_import.id is 'Ascending with time: of two bills of the same provider and day the later one counts.';
comment on column bill_import.sha256 is 'Of the file, byte by byte.';
comment on column bill_import.name is 'Name of the file.';
comment on column bill_import.by_whom is 'Who imported it; empty when they did not say.';
comment on column bill_import.at is 'When.';
comment on column bill_import.lines_read is 'Lines of the file below its header.';
comment on column bill_import.lines_kept is 'Those of them that count.';
comment on column bill_import.amount_pico is 'Their sum in pico-dollars.';
comment on column bill_import.notes is 'What was read into the file, in words: list of text.';
comment on column bill_import.refusals is 'What was not kept and why: list of model::bill::Refusal.';
comment on column bill_import.deleted_by is 'Who took it out again; null as long as it counts.';
comment on column bill_import.deleted_at is 'When they did.';
create index bill_import_sha256 on bill_import (sha256);

create table bill_line (
    import_id int8 not null references bill_import (id),
    day date not null,
    provider text not null,
    model text not null,
    amount_pico numeric not null,
    lines int8 not null,
    primary key (import_id, day, provider, model)
);
comment on table bill_line is 'What a bill says, by day, provider and model.';
comment on column bill_line.import_id is 'The bill.';
comment on column bill_line.day is 'The day, UTC.';
comment on column bill_line.provider is 'The provider under the name prices know it by.';
comment on column bill_line.model is 'The model as the bill names it; empty is what the bill has no model for.';
comment on column bill_line.amount_pico is 'What it charges in pico-dollars; below zero is a credit.';
comment on column bill_line.lines is 'Lines of the file that were added up.';
create index bill_line_day on bill_line (day, provider);
