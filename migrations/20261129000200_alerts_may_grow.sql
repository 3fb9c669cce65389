-- An acknowledgement may name the dollars an alert may grow by while it is quiet.

alter table alert add column hold_grows_by_pico int8 check (hold_grows_by_pico is null or hold_grows_by_pico > 0 and hold_by is not null);
comment on column alert.hold_grows_by_pico is 'Trillionths of a dollar its worst figure may grow by until it fires again; null is until it doubles.';
