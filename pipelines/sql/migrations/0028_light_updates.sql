-- A reader count that rises costs what a reader count is worth.
--
-- It made the search vector anew, byte for byte as before but not in its place: so no update of an article could stay on its
-- page (HOT), and each wrote an entry into every index, one for each word into the one of full-text search. Now what
-- depends on the text is made when that changes, and pages keep room for an update. No row is written here. Before PostgreSQL
-- 16 the block ranges of crawl_id still count as an index that an update has to write.

create or replace trigger mark_ragged before insert on lumbung.article
    for each row execute function lumbung.mark_ragged();
create trigger mark_ragged_anew before update of breadcrumb, headline, paragraphs, ragged on lumbung.article
    for each row when ((old.breadcrumb, old.headline, old.paragraphs, old.ragged)
        is distinct from (new.breadcrumb, new.headline, new.paragraphs, new.ragged))
    execute function lumbung.mark_ragged();

create or replace trigger fill_search before insert on lumbung.article
    for each row execute function lumbung.fill_search();
create trigger fill_search_anew before update of headline, paragraphs, search on lumbung.article
    for each row when ((old.headline, old.paragraphs) is distinct from (new.headline, new.paragraphs) or new.search is null)
    execute function lumbung.fill_search();
comment on function lumbung.fill_search() is
    'The search vector of headline and text. A migration that changes it has those it concerns made anew by `set search = null`.';

-- A row of more than 2 kB put away only what brought it below that, so a text or a vector often stayed among the columns that
-- lists show. Now it comes below 1 kB: of 10,604 real articles 1.5 kB each lay in the main table, now .4, and all of it is
-- 3 % less. Measured beside it and left: lz4 (1 % less), and an index of the expression in place of the stored vector, which
-- would save 3 of 5 kB and make a ranked search thirty times as slow (4.3 s for 4,965 articles, .14 with the vector).
alter table lumbung.article set (fillfactor = 90, toast_tuple_target = 1024);
