-- The documented SQL runs against these two views. They are public API: a column never goes away or changes its type.

create view spans as
select s.trace_id
     , lpad(to_hex(s.span_id), 16, '0') as span_id
     , lpad(to_hex(s.parent_span_id), 16, '0') as parent_span_id
     , nullif(tenant.name, '') as tenant
     , service.name as service
     , service.name as service_name
     , operation.name as operation_name
     , capability.name as capability
     , model.name as model
     , owner.name as user_id
     , s.cost_pico * 0.000000000001 as cost_usd
     , s.start_time
     , s.start_time + s.duration_ns / 1000 * interval '1 microsecond' as end_time
     , s.start_time as "timestamp"
     , s.duration_ns * 0.000001 as duration_ms
     , case s.status when 1 then 'ok' when 2 then 'error' else 'unset' end as status
     , case s.data_tag when 1 then 'SENSITIVE' when 2 then 'PII' else 'EXPORT_OK' end as data_tag
  from span s
  left join dim_tenant tenant on tenant.id = s.tenant_id
  left join dim_service service on service.id = s.service_id
  left join dim_operation operation on operation.id = s.operation_id
  left join dim_capability capability on capability.id = s.capability_id
  left join dim_model model on model.id = s.model_id
  left join dim_user owner on owner.id = s.user_id;
comment on view spans is 'Every span, with names and dollars. An unknown cost is null.';

create view trace_metadata as
select trace_id
     , declared_cost_pico * 0.000000000001 as recorded_cost
  from traces
 where declared_cost_pico is not null;
comment on view trace_metadata is 'Totals that senders declared for their traces.';
