-- Every trace is updated at least once after it was inserted, by the finaliser, and its row takes as much room again. With
-- 30 % of each page left free only four updates in ten found it on their page; the others moved the row and wrote an entry
-- into each of its indexes. Pages written from now on leave half.
alter table traces set (fillfactor = 50);
