-- Block ranges are summarised by the server (store::partitions), which knows when there are new ones. PostgreSQL's own way asks
-- for it at every range, forgets what it was asked while more than 256 requests wait, and writes a line about each to its log.
alter index traces_seen set (autosummarize = off);

-- No plan depends on what is in these columns, and working out what is common among messages and documents is most of what
-- ANALYZE does.
alter table trace_finding
    alter column edges set statistics 0, alter column shape set statistics 0, alter column split set statistics 0;

do $$
declare
    leaf text;
    attribute text;
begin
    for leaf in select name from span_leaf loop
        execute format('alter index if exists %I set (autosummarize = off)', leaf || '_start');
        execute format('alter index if exists %I set (autosummarize = off)', leaf || '_received');
        for attribute in
            select attname from pg_attribute where attrelid = to_regclass(leaf) and attnum > 0 and not attisdropped
        loop
            execute format('alter table %I alter column %I set statistics %s', leaf, attribute,
                           case when attribute in ('payload', 'tokens') then 0 else 10 end);
        end loop;
    end loop;
end
$$;
