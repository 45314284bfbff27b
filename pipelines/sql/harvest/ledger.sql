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
