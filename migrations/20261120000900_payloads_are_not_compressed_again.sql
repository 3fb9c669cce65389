-- Payloads are zstd frames already: PostgreSQL's own attempt at compressing the long ones costs time and gains nothing.
-- Leaves take this over when they are made.

alter table span alter column payload set storage external;
