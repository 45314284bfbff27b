-- How long after its publication, and after its announcement was seen, each article was stored; and of each publisher what
-- is usual in the last day. At the end, what a crawl of some dates knows of documents that one of others has read.
--
-- A view of its own: columns of news.articles would change with the zone in a publisher's file, of which no copy is told.
-- Midnight, in the publisher's zone or in UTC, is how a day without a time is stored. A publisher that moves the time of
-- publication with each edit states one after the article was stored: that says nothing of how fast it came. Outer joins,
-- though each article has its page: a table whose columns nobody asks for is not read.

create view news.delays as
select
    a.article_id, a.publisher, a.first_fetched_at,
    extract(epoch from a.first_fetched_at - case
        when a.published_at <= a.first_fetched_at
            and (a.published_at at time zone coalesce(z.timezone, 'UTC'))::time <> time '00:00'
            and (a.published_at at time zone 'UTC')::time <> time '00:00'
        then a.published_at end)::double precision as published_to_stored_seconds,
    extract(epoch from greatest(a.first_fetched_at - p.found_at, interval '0'))::double precision as announced_to_stored_seconds,
    coalesce(c.ranged, false) as backfilled
from lumbung.article a
left join lumbung.page p using (page_id)
left join lumbung.publisher z on z.publisher = a.publisher
left join lumbung.crawl c on c.crawl_id = p.found_by;

comment on view news.delays is 'Of each stored article how long it took: from its publication, and from when its announcement was seen.';
comment on column news.delays.article_id is 'Number of the article, as in news.all_articles. E.g. 4711. Since 2.3.';
comment on column news.delays.publisher is 'Key of its publisher. E.g. antara. Since 2.3.';
comment on column news.delays.first_fetched_at is 'When the article was first stored. E.g. 2026-11-20 09:41+07. Since 2.3.';
comment on column news.delays.published_to_stored_seconds is
    'Seconds from its publication, by the publisher''s word, until it was first stored. E.g. 412.5. NULL where the page states no time, a day only (00:00 in the publisher''s zone or in UTC), or a time after that. Since 2.3.';
comment on column news.delays.announced_to_stored_seconds is
    'Seconds from when a feed, sitemap or list was first seen to announce it until it was first stored. E.g. 3.2. Since 2.3.';
comment on column news.delays.backfilled is
    'Whether it was found by a crawl that was asked for dates: how late it came says nothing then. E.g. false. Since 2.3.';

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
    (select count(*) from lumbung.article a where a.publisher = k.publisher and a.published_at is null) as undated,
    usual.timed_last_day, usual.published[1] as published_to_stored_p50_seconds,
    usual.published[2] as published_to_stored_p95_seconds, usual.announced[1] as announced_to_stored_p50_seconds,
    usual.announced[2] as announced_to_stored_p95_seconds
from crawled k
left join (
    select publisher, sum(stored)::bigint as articles
    from (
        select publisher, stored from lumbung.day_count
        union all
        select publisher, stored from lumbung.count_change) kept
    group by publisher
) stored using (publisher)
cross join lateral (
    select
        count(watched) as timed_last_day,
        percentile_disc(array[0.5, 0.95]) within group (order by watched) as published,
        percentile_disc(array[0.5, 0.95]) within group (order by announced_to_stored_seconds) as announced
    from (
        -- What was published before the first crawl could not come sooner.
        select announced_to_stored_seconds, case
            when first_fetched_at - published_to_stored_seconds * interval '1 second'
                >= (select min(c.started_at) from lumbung.crawl c where c.publisher = k.publisher)
            then published_to_stored_seconds end as watched
        from news.delays d
        where d.publisher = k.publisher and d.first_fetched_at > now() - interval '1 day' and not d.backfilled) recent
) usual
where k.publisher is not null;

comment on column news.freshness.timed_last_day is
    'Articles that published_to_stored_p50_seconds and _p95_seconds are of: stored in the last 24 hours, not found by a crawl with dates, published since the publisher''s first crawl, with a time. E.g. 290. Since 2.3.';
comment on column news.freshness.published_to_stored_p50_seconds is
    'Half of these were stored within so many seconds of their publication. E.g. 240. NULL without any. Since 2.3.';
comment on column news.freshness.published_to_stored_p95_seconds is
    '95 % of these were stored within so many seconds of their publication. E.g. 610. NULL without any. Since 2.3.';
comment on column news.freshness.announced_to_stored_p50_seconds is
    'Half of the articles of the last 24 hours, those of crawls with dates left out, were stored within so many seconds of when their announcement was first seen. E.g. 4. NULL without any. Since 2.3.';
comment on column news.freshness.announced_to_stored_p95_seconds is
    '95 % of these were stored within so many seconds of when their announcement was first seen. E.g. 31. NULL without any. Since 2.3.';

alter table lumbung.poll add column children jsonb;
comment on column lumbung.poll.children is
    'What a crawl with dates needs not ask for again: the sitemaps that a sitemap index lists, [address, stated change] each; [] where the entries are all there is; NULL: entries were left out, or it was read before the column was.';

create or replace view news.version as
select '2.3'::text as version, date '2026-11-29' as since;
