-- A span's payload is a zstd frame. A frame that names dictionary 0 (that is, none) was made without one; any other
-- number is a row of this table. Rows are never changed or removed, or old payloads could not be read any more.

create table zstd_dict (
    id int4 primary key check (id > 0),
    bytes bytea not null,
    created_at timestamptz not null default now()
);
comment on table zstd_dict is 'Trained compression dictionaries, append only.';
comment on column zstd_dict.id is 'The number the frames name.';
comment on column zstd_dict.bytes is 'The dictionary as zstd made it.';
comment on column zstd_dict.created_at is 'When it was trained.';
