-- Feeds, sitemaps and index pages: when each was read, how often it changes, when it is due. Times are the server's.

-- range_since --
-- Since when a list that was final when it was read need not be read again by this crawl with dates: since the first of
-- those of the same dates that were stopped before it; where none was crawled to its end, also for a day, whatever dates
-- it was read for. A backfill in slices asks for each list once.
with same as (
    select crawl_id, started_at, finish_reason from lumbung.crawl
    where publisher = %(publisher)s and ranged and started_at > now() - interval '7 days'
        and window_start = %(window_start)s and window_end is not distinct from %(window_end)s
), finished as (
    select max(crawl_id) as last from same where finish_reason = 'finished'
)
select least(min(started_at), case when min(last) is null then now() - interval '1 day' end)
from same, finished
where crawl_id > coalesce(last, 0)

-- recall_poll --
-- Without its validators where they have lied, and now and then, to see whether they tell the truth.
--
-- One that may wait for longer than usual, since others show what it shows, does so only while they do.
select
    case when trusted then etag end, case when trusted then last_modified end, polled_at,
    coalesce(next_at > now() and (
        polled_at > now() - %(usual)s * 0.9
        or exists (
            select from (
                select started_at, enqueued from lumbung.crawl
                where publisher = p.publisher order by crawl_id desc limit 500) lately
            where started_at > now() - 2 * %(usual)s and enqueued > 0)
        and not exists (
            select from lumbung.poll o
            where o.publisher = p.publisher and o.failures > 0 and o.failed_at > p.polled_at)), false) as fresh,
    coalesce(polled_at >= %(since)s, false) and children is not null as in_this_range, newest_at,
    coalesce(polled_at < now() - interval '20 hours', false) as stale,
    coalesce(polled_at >= (
        select started_at from lumbung.crawl
        where publisher = p.publisher and crawl_id < %(crawl_id)s and enqueued > 0 order by crawl_id desc limit 1
        ), false) as continues,
    children
from lumbung.poll p, lateral (select
    unchanged < trust and coalesce(whole_at > now() - interval '1 day', false)
        and coalesce(lied_at < now() - interval '30 days', true) as trusted) judged
where url_key = lumbung.url_key(%(url)s)

-- widths --
-- How much of the publisher's news each document showed when it was last read. Where its pages do not all tell the
-- minute, documents that do come first.
with pages as (
    select coalesce(bool_and(a.published_at is not null
        and (a.published_at at time zone s.timezone)::time <> time '00:00'), false) as exact
    from lumbung.publisher s, lateral (
        select published_at from lumbung.article
        where publisher = s.publisher order by published_at desc nulls first limit 50) a
    where s.publisher = %(publisher)s
)
select url, case when exact or reach is not null then width else 0 end
from lumbung.poll, pages
where publisher = %(publisher)s and polled_at > now() - interval '3 days'

-- forget_poll --
-- How often the document changes and how often it failed is kept.
update lumbung.poll
set etag = null, last_modified = null, polled_at = null, next_at = null, newest_at = null, children = null
where url_key = lumbung.url_key(%(url)s)

-- lock_poll --
-- Others may cover a document that brought nothing while at least six new pages came by them. One that is being walked, page
-- by page, counts as never read meanwhile, and was last whole when it was walked before.
select every, reach, now() - coalesce(polled_at, whole_at), (
    select coalesce(sum(enqueued), 0) >= 6 from (
        select started_at, enqueued from lumbung.crawl where publisher = p.publisher order by crawl_id desc limit 500) lately
    where started_at > coalesce(p.changed_at, '-infinity')) as beside,
    newest_at, shown_since, shown_until
from lumbung.poll p where url_key = lumbung.url_key(%(url)s) for update

-- remember_poll --
-- New articles under the validators of before: these would have hidden them. One that brings nothing when it is first read
-- has brought nothing for a day: else each day's new list would count as one that brings news.
insert into lumbung.poll as p (
    url_key, publisher, url, etag, last_modified, polled_at, whole_at, changed_at, every, reach, newest_at, next_at, width,
    children, way, shown_since, shown_until, shown_ends)
values (lumbung.url_key(%(url)s), %(publisher)s, %(url)s, %(etag)s, %(last_modified)s, now(), now(),
    now() - case when %(changed)s then interval '0' else interval '1 day' end, %(every)s,
    %(reach)s, %(newest)s, now() + %(wait)s, %(width)s, %(children)s, %(way)s, %(shown_since)s, %(shown_until)s,
    %(shown_ends)s)
on conflict (url_key) do update
set etag = excluded.etag, last_modified = excluded.last_modified, polled_at = now(), whole_at = now(),
    changed_at = case when %(changed)s then now() else p.changed_at end,
    lied_at = case
        when %(changed)s and p.polled_at is not null and coalesce(p.etag, p.last_modified) is not null
            and (p.etag, p.last_modified) is not distinct from (excluded.etag, excluded.last_modified) then now()
        else p.lied_at end,
    trust = case when p.unchanged >= p.trust then least(p.trust * 2, 64) else p.trust end, unchanged = 0,
    every = excluded.every, reach = excluded.reach, newest_at = excluded.newest_at, next_at = excluded.next_at,
    width = excluded.width, children = excluded.children, failures = 0, problem = null, way = greatest(p.way, excluded.way),
    shown_since = excluded.shown_since, shown_until = excluded.shown_until,
    shown_ends = coalesce(excluded.shown_ends, p.shown_ends)

-- remember_gap --
insert into lumbung.gap (publisher, url_key, way, since, until)
values (%(publisher)s, lumbung.url_key(%(url)s), %(way)s, %(since)s, %(until)s)

-- remember_unchanged --
-- In the ledger as well. A list of certain days is still all of them; another one that has not moved proves nothing.
with counted as (
    update lumbung.crawl set polls = polls + 1, polls_unchanged = polls_unchanged + 1 where crawl_id = %(crawl_id)s
)
update lumbung.poll
set polled_at = now(), every = %(every)s, next_at = now() + %(wait)s, unchanged = unchanged + 1, failures = 0, problem = null,
    shown_until = case when shown_ends is null then shown_until else greatest(shown_until, least(%(at)s, shown_ends)) end
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
    polls_skipped = polls_skipped + %(skipped)s, polls_left_out = polls_left_out + %(documents_left_out)s,
    left_out = left_out + %(left_out)s, off_domain = off_domain + %(off_domain)s, doubted = doubted + %(doubted)s
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
