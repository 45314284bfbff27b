-- Freshness and coverage from figures that are kept: counted from all pages and articles they took 5 and 17 seconds at 500,000.
--
-- A page is counted for one publisher and day, as one kind, and what it is counted as is kept beside it. Triggers find pages
-- of which that may have changed and count them again: the difference is a row of its own, so that writers never wait for
-- each other at a counter. Counted again is right whatever a statement has changed, page and article together or by hand.
-- Readers add these rows to what has been added up; each crawl that begins adds up what lies there.

lock table lumbung.page, lumbung.article, lumbung.publisher in share row exclusive mode;

create table lumbung.counted (
    page_id bigint primary key,
    publisher text not null,
    day date,
    kind text not null
) with (fillfactor = 80);
comment on table lumbung.counted is 'What each page is counted as in news.coverage.';

create table lumbung.count_change (
    publisher text not null,
    day date,
    stored bigint not null,
    rejected bigint not null,
    failed bigint not null,
    due bigint not null
);
comment on table lumbung.count_change is 'By how much the figures of a day have changed since they were added up.';

create table lumbung.day_count (
    like lumbung.count_change,
    unique nulls not distinct (publisher, day)
) with (fillfactor = 80);
comment on table lumbung.day_count is 'What has been added up of lumbung.count_change.';

create table lumbung.zone_turn ();
comment on table lumbung.zone_turn is 'Has no rows: whoever counts pages shares its lock, whoever changes a publisher''s zone holds it alone.';

create view lumbung.page_kind as
select
    p.page_id, p.publisher,
    (coalesce(
        a.published_at,
        case when p.announced_until is null or p.announced_until < p.announced_at + interval '1 day' then p.announced_at end
    ) at time zone coalesce(z.timezone, 'UTC'))::date as day,
    case
        when a.page_id is not null then 'stored'
        when p.state in ('rejected', 'taken_down') then 'rejected'
        when p.failures > 0 then 'failed'
        else 'due'
    end as kind
from lumbung.page p
left join lumbung.article a using (page_id)
left join lumbung.publisher z on z.publisher = p.publisher;
comment on view lumbung.page_kind is 'What each page is to be counted as.';

create function lumbung.count_pages(pages bigint[]) returns void
    language plpgsql
    as $$
begin
    -- A zone that changes meanwhile would not be seen, and its change would not see the pages that are new here.
    lock table lumbung.zone_turn in row share mode;
    -- Whoever has counted one of them before and has not committed yet did not see what we see, nor we what it did.
    perform from lumbung.counted where page_id = any (pages) order by page_id for update;
    with before as (
        select * from lumbung.counted where page_id = any (pages)
    ), moved as materialized (
        select page_id, b.publisher as publisher_before, b.day as day_before, b.kind as kind_before, n.publisher, n.day, n.kind
        from before b
        full join (select * from lumbung.page_kind where page_id = any (pages)) n using (page_id)
        where (b.publisher, b.day, b.kind) is distinct from (n.publisher, n.day, n.kind)
    ), gone as (
        delete from lumbung.counted where page_id in (select page_id from moved where kind is null)
    ), kept as (
        insert into lumbung.counted as c (page_id, publisher, day, kind)
        select page_id, publisher, day, kind from moved where kind is not null
        on conflict (page_id) do update set publisher = excluded.publisher, day = excluded.day, kind = excluded.kind
    )
    insert into lumbung.count_change (publisher, day, stored, rejected, failed, due)
    select
        publisher, day, coalesce(sum(n) filter (where kind = 'stored'), 0), coalesce(sum(n) filter (where kind = 'rejected'), 0),
        coalesce(sum(n) filter (where kind = 'failed'), 0), coalesce(sum(n) filter (where kind = 'due'), 0)
    from (
        select publisher_before as publisher, day_before as day, kind_before as kind, -1 as n from moved where kind_before is not null
        union all
        select publisher, day, kind, 1 from moved where kind is not null
    ) difference
    group by publisher, day;
end
$$;
comment on function lumbung.count_pages(bigint[]) is 'Counts pages again, and writes down by how much the figures change.';

create function lumbung.count_changed_pages() returns trigger
    language plpgsql
    as $$
begin
    if tg_op = 'INSERT' then
        perform lumbung.count_pages(array(select page_id from new_rows));
    elsif tg_op = 'DELETE' then
        perform lumbung.count_pages(array(select page_id from old_rows));
    else
        perform lumbung.count_pages(found.pages)
        from (
            select array_agg(page_id) as pages
            from new_rows n
            join old_rows o using (page_id)
            where (n.publisher, n.announced_at, n.announced_until, n.state in ('rejected', 'taken_down'), n.failures > 0)
                is distinct from
                (o.publisher, o.announced_at, o.announced_until, o.state in ('rejected', 'taken_down'), o.failures > 0)
        ) found
        where found.pages is not null;
    end if;
    return null;
end
$$;
create trigger count_new after insert on lumbung.page
    referencing new table as new_rows for each statement execute function lumbung.count_changed_pages();
create trigger count_changed after update on lumbung.page
    referencing old table as old_rows new table as new_rows for each statement execute function lumbung.count_changed_pages();
create trigger count_deleted after delete on lumbung.page
    referencing old table as old_rows for each statement execute function lumbung.count_changed_pages();

create function lumbung.count_changed_articles() returns trigger
    language plpgsql
    as $$
begin
    if tg_op = 'INSERT' then
        perform lumbung.count_pages(array(select page_id from new_rows));
    elsif tg_op = 'DELETE' then
        perform lumbung.count_pages(array(select page_id from old_rows));
    else
        perform lumbung.count_pages(found.pages)
        from (
            select array_agg(page_id) as pages
            from (
                select page_id, article_id, published_at from new_rows
                except
                select page_id, article_id, published_at from old_rows
                union all
                (select page_id, article_id, published_at from old_rows
                except
                select page_id, article_id, published_at from new_rows)
            ) differing
        ) found
        where found.pages is not null;
    end if;
    return null;
end
$$;
create trigger count_new after insert on lumbung.article
    referencing new table as new_rows for each statement execute function lumbung.count_changed_articles();
create trigger count_changed after update on lumbung.article
    referencing old table as old_rows new table as new_rows for each statement execute function lumbung.count_changed_articles();
create trigger count_deleted after delete on lumbung.article
    referencing old table as old_rows for each statement execute function lumbung.count_changed_articles();

create function lumbung.count_everything() returns trigger
    language plpgsql
    as $$
begin
    perform lumbung.count_pages(array(select page_id from lumbung.counted union select page_id from lumbung.page));
    return null;
end
$$;
create trigger count_emptied after truncate on lumbung.page for each statement execute function lumbung.count_everything();
create trigger count_emptied after truncate on lumbung.article for each statement execute function lumbung.count_everything();

create function lumbung.count_in_zone() returns trigger
    language plpgsql
    as $$
begin
    lock table lumbung.zone_turn in exclusive mode;
    -- A new publisher has no pages, as a rule, and pages have no index by publisher.
    if exists (select from lumbung.day_count where publisher = new.publisher)
        or exists (select from lumbung.count_change where publisher = new.publisher) then
        perform lumbung.count_pages(array(select page_id from lumbung.page where publisher = new.publisher));
    end if;
    return null;
end
$$;
create trigger count_new after insert on lumbung.publisher for each row execute function lumbung.count_in_zone();
create trigger count_moved after update of timezone on lumbung.publisher
    for each row when (new.timezone <> old.timezone) execute function lumbung.count_in_zone();

create function lumbung.add_up_counts() returns int
    language sql
begin atomic
    -- Of two at a time each takes what the other has not.
    with taken as (
        delete from lumbung.count_change
        where ctid = any (array(select ctid from lumbung.count_change for update skip locked))
        returning *
    ), added as (
        insert into lumbung.day_count as d (publisher, day, stored, rejected, failed, due)
        select publisher, day, sum(stored), sum(rejected), sum(failed), sum(due)
        from taken
        group by publisher, day
        order by publisher, day
        on conflict (publisher, day) do update
        set stored = d.stored + excluded.stored, rejected = d.rejected + excluded.rejected,
            failed = d.failed + excluded.failed, due = d.due + excluded.due
        returning 1
    )
    select count(*)::int from added;
end;
comment on function lumbung.add_up_counts() is 'Adds up lumbung.count_change: how many days it touched. Each crawl that begins calls it.';

insert into lumbung.counted (page_id, publisher, day, kind) select page_id, publisher, day, kind from lumbung.page_kind;
insert into lumbung.day_count (publisher, day, stored, rejected, failed, due)
select
    publisher, day, count(*) filter (where kind = 'stored'), count(*) filter (where kind = 'rejected'),
    count(*) filter (where kind = 'failed'), count(*) filter (where kind = 'due')
from lumbung.counted
group by publisher, day;

create index article_publisher_stored on lumbung.article (publisher, first_fetched_at desc);
create index crawl_publisher_started on lumbung.crawl (publisher, started_at desc);

create or replace view news.coverage as
select
    publisher, day, sum(stored + rejected + failed + due)::bigint as announced, sum(stored)::bigint as stored,
    sum(rejected)::bigint as rejected, sum(failed)::bigint as failed, sum(due)::bigint as due
from (
    select publisher, day, stored, rejected, failed, due from lumbung.day_count
    union all
    select publisher, day, stored, rejected, failed, due from lumbung.count_change) kept
group by publisher, day
having sum(stored + rejected + failed + due) > 0;

create or replace view news.freshness as
with recursive crawled as (
    -- One step of the index for each publisher, not one for each crawl.
    (select publisher from lumbung.crawl order by publisher limit 1)
    union all
    select (select c.publisher from lumbung.crawl c where c.publisher > k.publisher order by c.publisher limit 1)
    from crawled k
    where k.publisher is not null
)
select
    k.publisher,
    (select max(c.started_at) from lumbung.crawl c where c.publisher = k.publisher) as last_crawl_at,
    (select max(a.published_at) from lumbung.article a where a.publisher = k.publisher) as newest_published_at,
    (select max(a.first_fetched_at) from lumbung.article a where a.publisher = k.publisher) as newest_stored_at,
    coalesce(stored.articles, 0) as articles,
    (select count(*) from lumbung.article a where a.publisher = k.publisher and a.first_fetched_at > now() - interval '1 day')
        as articles_last_day,
    (select count(*) from lumbung.page p where p.publisher = k.publisher and p.state = 'due') as pages_due,
    (select count(*) from lumbung.article a
        where a.publisher = k.publisher and a.published_at > now() - interval '1 day' and a.published_at <= now())
        as published_last_day,
    (select count(*) from lumbung.article a where a.publisher = k.publisher and a.published_at is null) as undated
from crawled k
left join (
    select publisher, sum(stored)::bigint as articles from news.coverage group by publisher
) stored using (publisher)
where k.publisher is not null;
