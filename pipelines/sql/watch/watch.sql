-- A round of the watch over many publishers: a statement for all of them, not one for each. Times are the server's.

-- begin_round --
-- One round at a time. Its number and the lock that says that it lives are of the kind that crawls have.
select number, pg_advisory_lock(%(crawl_lock)s, number::int)
from (
    select nextval(pg_get_serial_sequence('lumbung.crawl', 'crawl_id')) as number
    where pg_try_advisory_lock(%(lock)s, 0)) drawn

-- left_to_crawls --
-- Publishers whose last round went wrong as a whole, by their own fault: for half an hour only their crawls ask them.
select k.publisher
from unnest(%(publishers)s::text[]) as k (publisher), lateral (
    select run_id, finish_reason, finished_at from lumbung.crawl c
    where c.publisher = k.publisher order by crawl_id desc limit 1) last
where starts_with(run_id, 'watch/') and finished_at > now() - interval '30 minutes'
    and finish_reason not in ('finished', 'shutdown', 'killed', 'database_lost')

-- known_documents --
-- What `recall_poll` and `widths` say of each document, for all documents of many publishers. One that failed is asked
-- again after ten minutes, then after twice as long each time, two hours at most, until a crawl has read it.
with asked as (
    select * from unnest(%(publishers)s::text[], %(usual)s::interval[]) as t (publisher, usual)
), failing as (
    select publisher, max(failed_at) as at from lumbung.poll where failures > 0 group by publisher
), known as (
    select a.publisher, a.usual, f.at as failed_at, (
        select started_at from (
            select crawl_id, started_at, enqueued from lumbung.crawl
            where publisher = a.publisher order by crawl_id desc limit 500) lately
        where enqueued > 0 order by crawl_id desc limit 1) as news_at, (
        select coalesce(bool_and(published_at is not null
            and (published_at at time zone s.timezone)::time <> time '00:00'), false)
        from (
            select published_at from lumbung.article
            where publisher = a.publisher order by published_at desc nulls first limit 50) newest) as exact
    from asked a
    join lumbung.publisher s using (publisher)
    left join failing f using (publisher)
)
select
    p.publisher, p.url,
    case when trusted then p.etag end, case when trusted then p.last_modified end, p.polled_at,
    coalesce(p.next_at > now() and (
        p.polled_at > now() - k.usual * 0.9
        or k.news_at > now() - 2 * k.usual and not coalesce(k.failed_at > p.polled_at, false)), false)
        or p.failures > 0
            and p.failed_at > now() - least(interval '5 minutes' * 2 ^ least(p.failures, 5), interval '2 hours'),
    false, p.newest_at, coalesce(p.polled_at < now() - interval '20 hours', false),
    coalesce(p.polled_at >= k.news_at, false),
    case when p.polled_at > now() - interval '3 days'
        then case when k.exact or p.reach is not null then p.width else 0 end end
from known k
join lumbung.poll p using (publisher),
lateral (select p.unchanged < p.trust and coalesce(p.whole_at > now() - interval '1 day', false)
    and coalesce(p.lied_at < now() - interval '30 days', true) as trusted) judged
where greatest(p.polled_at, p.failed_at, p.next_at) > now() - interval '40 days'

-- rhythms --
-- What `lock_poll` says, for many documents.
select p.url, p.every, p.reach, now() - coalesce(p.polled_at, p.whole_at), (
    select coalesce(sum(enqueued), 0) >= 6 from (
        select started_at, enqueued from lumbung.crawl where publisher = p.publisher order by crawl_id desc limit 500) lately
    where started_at > coalesce(p.changed_at, '-infinity')),
    p.newest_at
from lumbung.poll p where p.url_key in (select lumbung.url_key(url) from unnest(%(urls)s::text[]) as t (url))

-- remember_all_unchanged --
-- What `remember_unchanged` does, without the ledger.
update lumbung.poll p
set polled_at = now(), every = t.every, next_at = now() + t.wait, unchanged = p.unchanged + 1, failures = 0, problem = null
from (
    select * from unnest(%(urls)s::text[], %(every)s::interval[], %(wait)s::interval[]) as t (url, every, wait) order by url
) t
where p.url_key = lumbung.url_key(t.url)

-- brings_something --
-- Whether `announce` would change anything with these entries; and how many of them were found within a day.
select coalesce(bool_or(p.page_id is null or p.state in ('done', 'rejected')
        and a.modified_at > coalesce(p.announced_modified_at, p.fetched_at) and a.modified_at < now() + interval '1 day'
        or a.published_at is not null and (p.announced_at is null
            or coalesce(a.published_until, a.published_at) - a.published_at
                < coalesce(p.announced_until, p.announced_at) - p.announced_at)
        or a.modified_at > coalesce(p.announced_modified_at, '-infinity') and a.modified_at < now() + interval '1 day'), false),
    count(distinct p.page_id) filter (where p.found_at > now() - interval '1 day')
from unnest(%(canonical)s::text[], %(published)s::timestamptz[], %(until)s::timestamptz[], %(modified)s::timestamptz[])
    as a (canonical_url, published_at, published_until, modified_at)
left join lumbung.page p on p.url_key = lumbung.url_key(a.canonical_url)

-- queue_for_turns --
-- What `queue_for_turn` does, for many domains.
with asked as (
    select * from unnest(%(domains)s::text[], %(delays)s::float8[]) as t (domain, delay)
), locked as (
    insert into lumbung.domain as d (domain) select domain from asked order by domain
    on conflict (domain) do update set domain = d.domain
    returning domain
)
insert into lumbung.turn (domain, crawl_id, delay, until)
select domain, %(crawl_id)s, delay, clock_timestamp() + interval '10 minutes' from locked join asked using (domain)
on conflict (domain, crawl_id) do update set delay = greatest(turn.delay, excluded.delay)

-- turns_now --
-- What `turn_now` says, for many domains.
with renewed as (
    update lumbung.turn
    set until = clock_timestamp() + interval '10 minutes'
    where domain = any(%(domains)s) and crawl_id = %(crawl_id)s and until < clock_timestamp() + interval '5 minutes'
)
select
    t.domain,
    not exists (select from lumbung.turn o where o.domain = t.domain and o.ticket < t.ticket),
    extract(epoch from d.free_at - clock_timestamp())::float8,
    d.reason,
    d.strikes,
    coalesce(d.pace, 0),
    coalesce(extract(epoch from clock_timestamp() - d.paced_at), 0)::float8
from lumbung.turn t
join lumbung.domain d using (domain)
where t.domain = any(%(domains)s) and t.crawl_id = %(crawl_id)s

-- leave_turns --
-- What `leave_turn` does, for many domains.
with asked as (
    select * from unnest(%(domains)s::text[], %(delays)s::float8[]) as t (domain, delay)
), gone as (
    delete from lumbung.turn t using asked a
    where t.domain = a.domain and t.crawl_id = %(crawl_id)s returning a.domain, a.delay
), locked as (
    select d.domain, gone.delay from lumbung.domain d join gone using (domain) order by d.domain for update of d
)
update lumbung.domain d
set free_at = greatest(d.free_at, clock_timestamp() + make_interval(secs => locked.delay))
from locked where d.domain = locked.domain

-- recall_all_robots --
select root, body, extract(epoch from now() - read_at)::float8 from lumbung.robots where root = any(%(roots)s)

-- wake_publishers --
-- Those that a crawl of what is recent would lease pages of now, as `lease` has it, where their domain does not rest, no
-- such crawl is at work, and none has been asked for lately that has not begun yet. Pages whose time for another look has
-- come wait for the publisher's own schedule.
with due as (
    select k.publisher, due.pages
    from unnest(%(publishers)s::text[], %(homes)s::text[], %(starts)s::timestamptz[]) as k (publisher, home, start), lateral (
        select count(*) as pages
        from lumbung.page p
        left join lumbung.article a using (page_id)
        left join lumbung.crawl f on f.crawl_id = p.found_by and not f.ranged
        where p.publisher = k.publisher and p.state = 'due' and p.due_at <= now()
            and (a.published_at is not null or p.announced_at is null
                or coalesce(p.announced_until, p.announced_at) >= k.start
                or p.announced_at > k.start - interval '31 days'
                    and coalesce(p.announced_until, p.announced_at) >= f.window_start)
    ) due
    where due.pages > 0
        and not exists (
            select from lumbung.domain where domain = k.home and reason is not null and free_at > now() + interval '2 minutes')
        and not exists (
            select from lumbung.crawl
            where publisher = k.publisher and finished_at is null and not ranged
                and not starts_with(coalesce(run_id, ''), 'watch/'))
), woken as (
    update lumbung.publisher s set woken_at = now()
    from due
    where s.publisher = due.publisher and (s.woken_at is null or s.woken_at < now() - interval '15 minutes' or exists (
        select from lumbung.crawl
        where publisher = s.publisher and started_at > s.woken_at and not ranged
            and not starts_with(coalesce(run_id, ''), 'watch/')))
    returning s.publisher, due.pages
)
select publisher, pages from woken order by publisher
