-- Questions to the ledger.

-- find_crawl --
select * from lumbung.crawl where run_id = %(run_id)s or crawl_id = %(crawl_id)s order by crawl_id desc limit 1

-- usual_entries --
select coalesce(percentile_disc(0.5) within group (order by entries), 0)
from (
    select entries from lumbung.crawl
    where publisher = %(publisher)s and crawl_id < %(crawl_id)s and finish_reason = 'finished' and entries > 0
    order by crawl_id desc limit 10) recent

-- coverage_of_crawl --
-- Newest day first: the days of the publisher's zone that the crawl was asked for, and those alone.
select day, announced, stored, rejected, failed, due
from news.coverage
where publisher = %(publisher)s
    and day between (%(window_start)s::timestamptz at time zone %(timezone)s)::date
        and ((coalesce(%(window_end)s::timestamptz, now()) - interval '1 microsecond') at time zone %(timezone)s)::date
order by day desc

-- tally_of_crawl --
-- Impossible: later than the day after the fetch (clocks and zones differ), or before newspapers were on the web.
select
    count(*) filter (where published_at is null),
    count(*) filter (where impossible),
    min(url) filter (where impossible),
    (select coalesce(json_object_agg(reason, pages order by pages desc, reason), '{}') from (
        select reason, count(*) as pages from lumbung.rejection where crawl_id = %(crawl_id)s group by reason) rejected),
    (select min(url) from lumbung.rejection where crawl_id = %(crawl_id)s)
from (
    select url, published_at,
        published_at > first_fetched_at + interval '1 day' or published_at < '1990-01-01' as impossible
    from lumbung.article where crawl_id = %(crawl_id)s) stored

-- announced_in_window --
-- Pages that any way has announced for the days of a crawl, or whose articles say so.
select count(*)
from lumbung.crawl c
join lumbung.page p using (publisher)
left join lumbung.article a using (page_id)
where c.crawl_id = %(crawl_id)s
    and coalesce(a.published_at, p.announced_at) >= c.window_start
    and coalesce(a.published_at, p.announced_at) < coalesce(c.window_end, now())
