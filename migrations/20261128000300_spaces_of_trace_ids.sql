-- A tenant that sends with keys of its own has its own space of trace ids: two tenants that send the same id have two traces.
-- Such a trace is kept under the id it was sent with, exclusive-or the mask of the space, so neither `span` nor its unique
-- index needs another column.

create table trace_space (
    tenant_id int4 primary key references dim_tenant (id),
    mask uuid not null unique
);
comment on table trace_space is 'Tenants that have a space of trace ids to themselves. Rows are only ever added.';
comment on column trace_space.tenant_id is 'dim_tenant; also the number of the space, in traces.space.';
comment on column trace_space.mask is 'Random and secret: what is between an id as it was sent and as it is kept.';

alter table traces add column space int4 not null default 0;
comment on column traces.space is 'The space its id is in: trace_space.tenant_id, or 0 for the one that all others share.';

-- For people with psql; the server does the same by itself.
create function exclusive_or(a uuid, b uuid) returns uuid
    language sql immutable strict parallel safe
    return (select (string_agg(lpad(to_hex((('x' || substr(replace(a::text, '-', ''), at, 8))::bit(32)
                                          # ('x' || substr(replace(b::text, '-', ''), at, 8))::bit(32))::int8), 8, '0'), ''
                               order by at))::uuid
              from generate_series(1, 25, 8) as at);
comment on function exclusive_or is 'Of two ids, bit by bit; undoes itself.';

create function kept_trace_id(sent uuid, tenant text) returns uuid
    language sql stable strict parallel safe
    return (select coalesce((select exclusive_or(sent, s.mask)
                               from trace_space s
                               join dim_tenant d on d.id = s.tenant_id
                              where d.name = tenant), sent));
comment on function kept_trace_id is 'The id under which a trace is kept that a tenant has sent with a key of its own: what the views call trace_id.';

create view trace_ids as
select t.trace_id
     , coalesce(exclusive_or(t.trace_id, s.mask), t.trace_id) as sent_as
     , nullif(d.name, '') as tenant
  from traces t
  join dim_tenant d on d.id = t.tenant_id
  left join trace_space s on s.tenant_id = t.space;
comment on view trace_ids is 'What each trace is called outside: differs from trace_id in the spaces of tenants with keys of their own.';

-- Who signs in to the dashboard has a cookie that is signed with this.
create table session_secret (
    id int2 primary key check (id = 1),
    secret bytea not null
);
comment on table session_secret is 'One row: what sessions are signed with. Without it everybody has to sign in again.';
comment on column session_secret.id is 'Always 1.';
comment on column session_secret.secret is 'Random bytes.';
