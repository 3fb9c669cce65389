-- An answer of a model that two spans tell side by side counts once.
comment on column span.verdict is
    'Whether its cost and tokens count: 0 own, 1 rolled up, 2 repeated, 3 pending, 4 set aside by an override, 5 told twice: another span tells the same answer (model::cost::Verdict).';
