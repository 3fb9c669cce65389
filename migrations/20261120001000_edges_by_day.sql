-- A map over weeks reads days instead of thousands of ten-minute buckets. Sketches cannot be added up here, so the
-- finaliser counts every trace's edges again.

delete from edge_rollup;
delete from trace_finding;
update traces set finalised = 0 where finalised <> 0;

alter table edge_rollup add column grain int4 not null;
comment on column edge_rollup.grain is 'Width of the bucket in seconds: 600 or 86400.';
comment on column edge_rollup.bucket is 'Start of the bucket the trace began in.';
comment on table edge_rollup is 'Calls between nodes of the dependency map, by ten minutes and by day.';
alter table edge_rollup drop constraint edge_rollup_pkey;
alter table edge_rollup add primary key
    (tenant_id, grain, bucket, parent_service_id, parent_kind, child_service_id, child_kind, transport);
drop index edge_rollup_bucket;
