-- Which kinds of list have shown each page, and from when to when each list was watched: what completeness is judged by.
--
-- A page keeps a bit for each kind, set once when a kind shows it for the first time, so that lists which show what is
-- known cost as many statements and rows as before. The figures by day are kept by kinds as well: a handful of rows a day.

alter table lumbung.page add column ways smallint not null default 0;
comment on column lumbung.page.ways is
    'Kinds of list that have shown it, added up: 1 feed, 2 sitemap, 4 index by day, 8 list of the newest. 0: found before this was kept.';
alter table lumbung.counted add column ways smallint not null default 0;
alter table lumbung.count_change add column ways smallint not null default 0;
alter table lumbung.day_count
    add column ways smallint not null default 0,
    drop constraint day_count_publisher_day_key,
    add constraint day_count_publisher_day_key unique nulls not distinct (publisher, day, ways);

alter table lumbung.poll
    add column way smallint not null default 0,
    add column shown_since timestamptz,
    add column shown_until timestamptz,
    add column shown_ends timestamptz;
comment on column lumbung.poll.way is 'Which kind of list it is, as in lumbung.page.ways; 0: not known.';
comment on column lumbung.poll.shown_since is 'From then on it was seen to show everything it ever showed, but for lumbung.gap.';
comment on column lumbung.poll.shown_until is
    'Until then: the newest entry that it showed, the last time it showed something new, or the end of the days that its address names.';
comment on column lumbung.poll.shown_ends is 'The end of the days that its address names.';
create index poll_shown on lumbung.poll (publisher) where way > 0;

create table lumbung.gap (
    publisher text not null,
    url_key uuid not null,
    way smallint not null,
    since timestamptz not null,
    until timestamptz not null,
    noticed_at timestamptz not null default now()
);
create index gap_publisher on lumbung.gap (publisher);
comment on table lumbung.gap is 'Times of which a list had shown nothing yet when it was read, and nothing any more when it was read again.';

create or replace view lumbung.page_kind as
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
    end as kind,
    p.ways
from lumbung.page p
left join lumbung.article a using (page_id)
left join lumbung.publisher z on z.publisher = p.publisher;

create or replace function lumbung.count_pages(pages bigint[]) returns void
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
        select
            page_id, b.publisher as publisher_before, b.day as day_before, b.kind as kind_before, b.ways as ways_before,
            n.publisher, n.day, n.kind, n.ways
        from before b
        full join (select * from lumbung.page_kind where page_id = any (pages)) n using (page_id)
        where (b.publisher, b.day, b.kind, b.ways) is distinct from (n.publisher, n.day, n.kind, n.ways)
    ), gone as (
        delete from lumbung.counted where page_id in (select page_id from moved where kind is null)
    ), kept as (
        insert into lumbung.counted as c (page_id, publisher, day, kind, ways)
        select page_id, publisher, day, kind, ways from moved where kind is not null
        on conflict (page_id) do update
        set publisher = excluded.publisher, day = excluded.day, kind = excluded.kind, ways = excluded.ways
    )
    insert into lumbung.count_change (publisher, day, stored, rejected, failed, due, ways)
    select
        publisher, day, coalesce(sum(n) filter (where kind = 'stored'), 0), coalesce(sum(n) filter (where kind = 'rejected'), 0),
        coalesce(sum(n) filter (where kind = 'failed'), 0), coalesce(sum(n) filter (where kind = 'due'), 0), ways
    from (
        select publisher_before as publisher, day_before as day, kind_before as kind, ways_before as ways, -1 as n
        from moved
        where kind_before is not null
        union all
        select publisher, day, kind, ways, 1 from moved where kind is not null
    ) difference
    group by publisher, day, ways;
end
$$;

create or replace function lumbung.count_changed_pages() returns trigger
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
            where (n.publisher, n.announced_at, n.announced_until, n.state in ('rejected', 'taken_down'), n.failures > 0, n.ways)
                is distinct from
                (o.publisher, o.announced_at, o.announced_until, o.state in ('rejected', 'taken_down'), o.failures > 0, o.ways)
        ) found
        where found.pages is not null;
    end if;
    return null;
end
$$;

create or replace function lumbung.add_up_counts() returns int
    language sql
begin atomic
    -- Of two at a time each takes what the other has not.
    with taken as (
        delete from lumbung.count_change
        where ctid = any (array(select ctid from lumbung.count_change for update skip locked))
        returning *
    ), added as (
        insert into lumbung.day_count as d (publisher, day, stored, rejected, failed, due, ways)
        select publisher, day, sum(stored), sum(rejected), sum(failed), sum(due), ways
        from taken
        group by publisher, day, ways
        order by publisher, day, ways
        on conflict (publisher, day, ways) do update
        set stored = d.stored + excluded.stored, rejected = d.rejected + excluded.rejected,
            failed = d.failed + excluded.failed, due = d.due + excluded.due
        returning 1
    )
    select count(*)::int from added;
end;
