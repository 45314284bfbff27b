-- Feeds, sitemaps and index pages: when each was read, how often it changes, when it is due. Times are the server's.

-- range_since --
-- Since when this crawl with dates has been at it, together with those of the same dates that were stopped before it.
select min(started_at)
from lumbung.crawl
where publisher = %(publisher)s and ranged and started_at > now() - interval '7 days'
    and window_start = %(window_start)s and window_end is not distinct from %(window_end)s
    and crawl_id > coalesce((
        select max(crawl_id) from lumbung.crawl
        where publisher = %(publisher)s and ranged and finish_reason = 'finished'
            and window_start = %(window_start)s and window_end is not distinct from %(window_end)s), 0)

-- recall_poll --
select etag, last_modified, polled_at, coalesce(next_at > now(), false) as fresh,
    coalesce(polled_at >= %(since)s, false) as in_this_range
from lumbung.poll
where url_key = lumbung.url_key(%(url)s)

-- forget_poll --
-- How often the document changes and how often it failed is kept.
update lumbung.poll
set etag = null, last_modified = null, polled_at = null, next_at = null
where url_key = lumbung.url_key(%(url)s)

-- lock_poll --
select every, reach from lumbung.poll where url_key = lumbung.url_key(%(url)s) for update

-- remember_poll --
insert into lumbung.poll (url_key, publisher, url, etag, last_modified, polled_at, changed_at, every, reach, next_at)
values (lumbung.url_key(%(url)s), %(publisher)s, %(url)s, %(etag)s, %(last_modified)s, now(), now(), %(every)s, %(reach)s,
    now() + %(wait)s)
on conflict (url_key) do update
set etag = excluded.etag, last_modified = excluded.last_modified, polled_at = now(),
    changed_at = case when %(changed)s then now() else lumbung.poll.changed_at end,
    every = excluded.every, reach = excluded.reach, next_at = excluded.next_at, failures = 0, problem = null

-- remember_unchanged --
update lumbung.poll
set polled_at = now(), every = %(every)s, next_at = now() + %(wait)s, failures = 0, problem = null
where url_key = lumbung.url_key(%(url)s)

-- remember_failure --
-- Once a crawl, however many pages of the document failed. It stays due.
insert into lumbung.poll as p (url_key, publisher, url, failures, failed_at, failed_in, problem)
values (lumbung.url_key(%(url)s), %(publisher)s, %(url)s, 1, now(), %(crawl_id)s, %(problem)s)
on conflict (url_key) do update
set failures = p.failures + (p.failed_in is distinct from %(crawl_id)s)::int,
    failed_at = now(), failed_in = %(crawl_id)s, problem = %(problem)s

-- count_poll --
update lumbung.crawl
set polls = polls + %(asked)s, polls_unchanged = polls_unchanged + %(unchanged)s, polls_failed = polls_failed + %(failed)s,
    polls_skipped = polls_skipped + %(skipped)s
where crawl_id = %(crawl_id)s

-- note_problem --
update lumbung.crawl
set problems = problems || %(problem)s::text
where crawl_id = %(crawl_id)s and cardinality(problems) < 20

-- failing_polls --
-- Documents that failed in this crawl, and in so many in a row.
select url, failures, problem from lumbung.poll
where failed_in = %(crawl_id)s and failures >= %(crawls)s
order by failures desc, url
limit 1
