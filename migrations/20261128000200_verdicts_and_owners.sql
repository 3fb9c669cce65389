-- Whether what a span says it costs is counted, and how its owners are known, are settled by the spans around it: by the batch
-- as far as it can see, by the finaliser once the trace is quiet. What the span said itself stays beside that.

alter table span
    add column claimed_pico int8,
    add column verdict int2 not null default 0,
    add column owner_from int2 not null default 0;
comment on column span.claimed_pico is 'What it says it costs, in pico-dollars, when that is not what counts.';
comment on column span.verdict is 'Whether its cost and tokens count: 0 own, 1 rolled up, 2 repeated, 3 pending (model::cost::Verdict).';
comment on column span.owner_from is 'How tenant, user and capability are known, three bits each (model::owner::Provenances).';
comment on column span.cost_pico is 'What counts of its cost, in pico-dollars; null is unknown, 0 is free or counted with another span.';
