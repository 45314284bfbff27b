-- Crawls that brought nothing new, most of the ledger and 1.3 million rows a year, go after a year, or as long as
-- QUIET_CRAWL_DAYS in spiders/settings.py says.
--
-- Each row that goes is looked for in every table that refers to it, and most of these have no index by crawl: one by
-- article.crawl_id would be written with every update of an article. A quiet crawl says itself that no article, revision,
-- rejection or page can name it, so these constraints go. Leases keep theirs, by an index that answers it.

alter table lumbung.article drop constraint article_crawl_id_fkey;
alter table lumbung.revision drop constraint revision_crawl_id_fkey;
alter table lumbung.rejection drop constraint rejection_crawl_id_fkey;
alter table lumbung.page drop constraint page_found_by_fkey;
drop index lumbung.page_leased;
create index page_leased on lumbung.page (leased_by) where leased_by is not null;

create table lumbung.tidied (
    what text primary key,
    at timestamptz not null
);
comment on table lumbung.tidied is 'When something was last tidied that any crawl may tidy, once a day.';

create function lumbung.forget_quiet_crawls(days int, most int default 20000) returns int
    language plpgsql security definer set search_path = pg_catalog
    as $$
declare
    forgotten int;
begin
    if days <= 0 then
        return 0;
    end if;
    insert into lumbung.tidied as t (what, at) values ('crawls', now())
    on conflict (what) do update set at = now() where t.at < now() - interval '1 day';
    if not found then
        return 0;
    end if;
    -- A month at least, and fifty of each publisher: of these, later crawls still learn what is usual and what was missed.
    with old as (
        select c.crawl_id
        from lumbung.crawl c
        where c.started_at < now() - greatest(days, 31) * interval '1 day' and c.finished_at is not null and not c.ranged
            and (c.enqueued, c.stored, c.updated, c.rejected, c.failed, c.released, c.repaired) = (0, 0, 0, 0, 0, 0, 0)
            and c.problems = '{}'
            and c.crawl_id < (
                select n.crawl_id from lumbung.crawl n
                where n.publisher = c.publisher order by n.crawl_id desc offset 49 limit 1)
        order by c.started_at
        limit most
    )
    delete from lumbung.crawl where crawl_id in (select crawl_id from old);
    get diagnostics forgotten = row_count;
    return forgotten;
end
$$;
comment on function lumbung.forget_quiet_crawls(int, int) is
    'Deletes crawls that ended so many days ago and brought nothing: no entry, article, rejection, failure or problem. How many; 0 where it was done within a day, and for 0 days. Each crawl that begins calls it.';
