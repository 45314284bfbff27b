-- How every publisher does, from figures that are kept or that an index gives without reading all articles.

-- last_crawls --
-- The last crawl of each publisher that came to an end.
select last.*
from unnest(%(publishers)s::text[]) as k (publisher), lateral (
    select * from lumbung.crawl c
    where c.publisher = k.publisher and c.finished_at is not null order by c.crawl_id desc limit 1) last

-- health_figures --
-- Rhythm and delay are those of the last two hundred dated articles, without what lay there before the publisher was
-- crawled for the first time, which nobody could know in time. A field is compared between the last forty of all and those before them.
with recursive crawled as (
    -- One step of the index for each publisher, not one for each crawl.
    (select publisher from lumbung.crawl order by publisher limit 1)
    union all
    select (select c.publisher from lumbung.crawl c where c.publisher > k.publisher order by c.publisher limit 1)
    from crawled k
    where k.publisher is not null
)
select
    k.publisher, c.last_started_at, c.last_good_at, dated.articles as dated, c.newest_at, dated.longest_pause,
    dated.delay_p50, dated.delay_p95, coalesce(days.stored, '{}') as stored_by_day,
    coalesce(rejected.by_reason, '{}') as rejected_by_reason, latest.articles as latest, latest.doubtful, fields.now as fields_now,
    fields.before as fields_before, coalesce(latest.repeats, 0) as repeats,
    missed.day as complete_day, missed.completeness, missed.stored as complete_stored, missed.known as complete_known, missed.unseen,
    missed.basis as complete_basis
from crawled k
cross join lateral (
    select
        (select max(started_at) from lumbung.crawl where publisher = k.publisher) as last_started_at,
        (select min(started_at) from lumbung.crawl where publisher = k.publisher) as first_started_at,
        (select finished_at from lumbung.crawl
            where publisher = k.publisher and finish_reason = 'finished' and (polls = 0 or polls > polls_failed)
            order by crawl_id desc limit 1) as last_good_at,
        (select max(published_at) from lumbung.article where publisher = k.publisher and published_at <= now()) as newest_at
) c
cross join lateral (
    select
        count(*) as articles, max(pause) as longest_pause,
        percentile_disc(0.5) within group (order by delay) as delay_p50,
        percentile_disc(0.95) within group (order by delay) as delay_p95
    from (
        select
            published_at, published_at - lag(published_at) over (order by published_at) as pause,
            first_fetched_at - published_at as delay
        from (
            select published_at, first_fetched_at from lumbung.article
            where publisher = k.publisher and published_at <= now() order by published_at desc limit 200) timed
        where published_at > c.first_started_at) paused
) dated
left join (
    -- The newest day of the last week that has an estimate; where none has, the newest, for its reason.
    select distinct on (publisher) publisher, day, completeness, stored, known, unseen, basis
    from news.completeness
    where day > current_date - 8
    order by publisher, completeness is null, day desc
) missed on missed.publisher = k.publisher
left join lateral (
    select json_object_agg(day, stored) as stored
    from news.coverage where publisher = k.publisher and day between current_date - 13 and current_date + 1
) days on true
left join lateral (
    select json_object_agg(reason, pages) as by_reason
    from (
        select reason, count(*) as pages from lumbung.rejection
        where publisher = k.publisher
            and crawl_id >= (select min(crawl_id) from lumbung.crawl where started_at > now() - interval '7 days')
        group by reason) reasons
) rejected on true
cross join lateral (
    select
        count(*) as articles, count(*) filter (where quality < %(doubtful)s) as doubtful,
        count(*) filter (where not coalesce(m.canonical, true)) as repeats
    from (
        select article_id, quality from lumbung.article
        where publisher = k.publisher and first_fetched_at > now() - interval '7 days'
        order by first_fetched_at desc limit 200) a
    left join lumbung.cluster_member m using (article_id)
) latest
left join lateral (
    select
        json_build_object(
            'published_at', avg((published_at is not null)::int) filter (where place <= 40),
            'authors', avg((authors <> '{}')::int) filter (where place <= 40),
            'section', avg((section is not null)::int) filter (where place <= 40)) as now,
        json_build_object(
            'published_at', avg((published_at is not null)::int) filter (where place > 40),
            'authors', avg((authors <> '{}')::int) filter (where place > 40),
            'section', avg((section is not null)::int) filter (where place > 40)) as before
    from (
        select published_at, authors, section, row_number() over (order by first_fetched_at desc) as place
        from lumbung.article where publisher = k.publisher order by first_fetched_at desc limit 200) placed
    having count(*) >= 80
) fields on true
where k.publisher is not null

-- health_crawls --
select crawl_id, run_id, started_at, finish_reason, stored, updated, rejected, failed, problems
from lumbung.crawl where publisher = %(publisher)s order by crawl_id desc limit 12

-- health_rejected --
select url, reason, detail, rejected_at
from lumbung.rejection where publisher = %(publisher)s
order by crawl_id desc, rejected_at desc limit 40

-- health_doubtful --
-- Of the last two hundred articles, those that the reader trusts least.
select url, headline, quality, first_fetched_at
from (
    select url, headline, quality, first_fetched_at from lumbung.article
    where publisher = %(publisher)s order by first_fetched_at desc limit 200) lately
where quality < %(doubtful)s
order by quality limit 20

-- health_newest --
select url, headline, published_at, first_fetched_at
from lumbung.article where publisher = %(publisher)s
order by first_fetched_at desc limit 20
