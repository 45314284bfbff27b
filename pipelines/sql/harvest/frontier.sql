-- The frontier: which pages are due, leased, done. Times are the server's, so that workers' clocks do not matter.

-- before_crawl --
-- What a new crawl finds: whether processes of others have gone and left theirs open (then nobody holds its lock), from
-- where on those without dates have looked, and in vain, since the last of them that got all it asked for (rounds of the
-- watch tell nothing of that: they ask in no order for a part), the migrations,
-- and how many readers were in the way for too long. Then it adds up what has been counted since the last one, and
-- forgets, once a day, old crawls that brought nothing.
select exists (
        select from (
            select crawl_id from lumbung.crawl where finished_at is null
            union
            select crawl_id from lumbung.turn
        ) at_work
        where pg_try_advisory_xact_lock(%(lock)s, crawl_id::int)),
    (select min(window_start)
    from lumbung.crawl
    where publisher = %(publisher)s and not ranged and started_at > now() - interval '31 days'
        and not starts_with(coalesce(run_id, ''), 'watch/')
        and crawl_id > coalesce((
            select max(crawl_id) from lumbung.crawl
            where publisher = %(publisher)s and not ranged and finish_reason = 'finished' and polls_failed = 0
                and not starts_with(coalesce(run_id, ''), 'watch/')), 0)),
    (select array_agg(name) from public.lumbung_migration),
    lumbung.end_long_readers(),
    lumbung.add_up_counts(),
    lumbung.forget_quiet_crawls(%(quiet_days)s)

-- open_crawl --
-- The row and its advisory lock appear together: who sees the row can tell by the lock whether its process lives.
with zone as (
    insert into lumbung.publisher as p (publisher, timezone, name, home, domains, language, schedule)
    values (%(publisher)s, %(timezone)s, %(title)s, %(home)s, %(domains)s, %(language)s, %(schedule)s)
    on conflict (publisher) do update
    set timezone = excluded.timezone, name = excluded.name, home = excluded.home, domains = excluded.domains,
        language = excluded.language, schedule = excluded.schedule
    where (p.timezone, p.name, p.home, p.domains, p.language, p.schedule) is distinct from
        (excluded.timezone, excluded.name, excluded.home, excluded.domains, excluded.language, excluded.schedule)
)
insert into lumbung.crawl (publisher, run_id, window_start, window_end, ranged)
values (%(publisher)s, %(run_id)s, %(window_start)s, %(window_end)s, %(ranged)s)
returning crawl_id, pg_advisory_lock(%(lock)s, crawl_id::int)

-- abandoned_crawls --
-- Crawls that are open in the ledger although no process holds their lock, and rounds of the watch, which have turns only;
-- ours until the transaction ends.
select crawl_id
from (
    select crawl_id from lumbung.crawl where finished_at is null
    union
    select crawl_id from lumbung.turn
) at_work
where crawl_id is distinct from %(spare)s and pg_try_advisory_xact_lock(%(lock)s, crawl_id::int)

-- finish_crawls --
-- Crawls that end, also those that died, give back their leases and turns. Nobody knows how long ago their last requests
-- were, so the delays of their domains begin now. A crawl that another has closed keeps the reason it was given; done
-- again it changes nothing.
with held as (
    select page_id, leased_by from lumbung.page where state = 'leased' and leased_by = any(%(crawls)s) for update
), freed as (
    update lumbung.page p
    set state = 'due', leased_by = null, lease_until = null
    from held where p.page_id = held.page_id
), gone as (
    delete from lumbung.turn where crawl_id = any(%(crawls)s) returning domain, delay
), locked as (
    select domain from lumbung.domain where domain in (select domain from gone) order by domain for update
), longest as (
    select domain, max(delay) as delay from gone join locked using (domain) group by domain
), rested as (
    update lumbung.domain d
    set free_at = greatest(d.free_at, clock_timestamp() + make_interval(secs => longest.delay))
    from longest where d.domain = longest.domain
), forgotten as (
    delete from lumbung.held where held_at < now() - interval '7 days'
)
update lumbung.crawl c
set released = c.released + (select count(*) from held where leased_by = c.crawl_id),
    finished_at = coalesce(c.finished_at, now()), finish_reason = coalesce(c.finish_reason, %(reason)s)
where c.crawl_id = any(%(crawls)s)
returning c.*

-- is_anything_due --
-- Before a lot is leased: whether that can give any page, or free one whose lease ran out. Many crawls have nothing to do.
select exists (select from lumbung.page where publisher = %(publisher)s and state = 'due' and due_at <= now())
    or exists (select from lumbung.page where state = 'leased' and publisher = %(publisher)s and lease_until < now())
    or exists (select from lumbung.page
        where publisher = %(publisher)s and state in ('done', 'rejected') and look_at <= now() and not %(ranged)s)

-- expire_leases --
-- A spider that hangs keeps its connection: after this long its pages are free for others.
with expired as (
    select page_id, leased_by from lumbung.page
    where state = 'leased' and publisher = %(publisher)s and lease_until < now()
    for update skip locked
), freed as (
    update lumbung.page p
    set state = 'due', leased_by = null, lease_until = null
    from expired where p.page_id = expired.page_id
)
update lumbung.crawl c
set released = c.released + counted.pages
from (select leased_by, count(*) as pages from expired group by leased_by) counted
where c.crawl_id = counted.leased_by

-- lease --
-- First what is due, newest first; then, where no dates were asked for, pages whose time for another look has come.
-- A stored article's own date says more than the announced one.
with due as (
    select p.page_id from lumbung.page p
    left join lumbung.article a using (page_id)
    where p.publisher = %(publisher)s and p.state = 'due' and p.due_at <= now()
        and p.looked_by is distinct from %(crawl_id)s
        -- Without a date it may lie anywhere before its last change.
        and case
            when a.published_at is not null then (%(window_end)s::timestamptz is null or a.published_at < %(window_end)s)
                and (not %(ranged)s or a.published_at >= %(window_start)s)
            when announced_at is null
                then not %(ranged)s or announced_modified_at is null or announced_modified_at >= %(window_start)s
            else (%(window_end)s::timestamptz is null or announced_at < %(window_end)s)
                and (%(window_start)s::timestamptz is null or coalesce(announced_until, announced_at) >= %(window_start)s
                    -- What was recent when it was found stays wanted while it cannot be had; a month, then it is old.
                    or not %(ranged)s and announced_at > %(window_start)s - interval '31 days' and exists (
                        select from lumbung.crawl c
                        where c.crawl_id = found_by and not c.ranged
                            and coalesce(announced_until, announced_at) >= c.window_start)) end
    order by announced_at desc nulls last, page_id desc
    limit %(limit)s
    for update of p skip locked
), look as (
    select page_id from lumbung.page
    where publisher = %(publisher)s and state in ('done', 'rejected') and look_at <= now() and not %(ranged)s
        and looked_by is distinct from %(crawl_id)s
    order by look_at
    limit greatest(0, %(limit)s - (select count(*) from due))
    for update skip locked
), picked as (
    select page_id, false as again from due
    union all
    select page_id, true from look
), leased as (
    update lumbung.page p
    set state = 'leased', leased_by = %(crawl_id)s, lease_until = now() + interval '1 hour'
    from picked where p.page_id = picked.page_id
    returning p.page_id, picked.again
), counted as (
    update lumbung.crawl
    set leased = leased + (select count(*) from leased), looks = looks + (select count(*) from leased where again)
    where crawl_id = %(crawl_id)s
)
select page_id from leased

-- read_leased --
-- What this crawl was given, but for what ran out since.
select p.page_id, p.url, p.canonical_url,
    -- Of a rejected page nothing is stored that a conditional GET could compare with.
    case when a.page_id is not null then p.etag end, case when a.page_id is not null then p.last_modified end,
    p.announced_at, p.announced_until, a.published_at, now() - p.found_at, p.looks, p.absences, a.page_id is not null,
    s.visits, s.visits_changed, h.article
from lumbung.page p
left join lumbung.article a using (page_id)
left join lumbung.held h on h.page_id = p.page_id and h.held_at > now() - interval '7 days'
left join lumbung.publisher s on s.publisher = p.publisher
where p.page_id = any(%(pages)s::bigint[]) and p.leased_by = %(crawl_id)s
order by p.announced_at desc nulls last, p.page_id desc

-- refetch --
-- By what is known best: the article's own date, the announced one, the range that its page was found for, else when it
-- was found. So of ranges that do not overlap one takes it, and no other.
update lumbung.page p
set state = 'due', due_at = now(), looked_by = null
from lumbung.page known
left join lumbung.article a using (page_id)
left join lumbung.crawl c on c.crawl_id = known.found_by and c.ranged
where p.page_id = known.page_id and p.publisher = %(publisher)s and p.state in ('done', 'rejected')
    and (%(window_end)s::timestamptz is null
        or coalesce(a.published_at, known.announced_at, c.window_start, known.found_at) < %(window_end)s)
    and (%(window_start)s::timestamptz is null
        or coalesce(a.published_at, known.announced_until, known.announced_at, c.window_start, known.found_at)
            >= %(window_start)s)

-- announce --
-- New URLs become pages; a page whose announced change is later than the one fetched becomes due again. One that another
-- kind of list shows for the first time notes that.
--
-- What is known outweighs what is claimed. A change in the future is none. A date long past is none where it comes with
-- an article that a document shows anew. After changes that were none the next ones are believed later and later.
with announced as (
    select distinct on (canonical_url) canonical_url, url, published_at, published_until,
        case when modified_at < now() + interval '1 day' then modified_at end as modified_at
    from unnest(%(canonical)s::text[], %(urls)s::text[], %(published)s::timestamptz[], %(until)s::timestamptz[],
                %(modified)s::timestamptz[]) as t (canonical_url, url, published_at, published_until, modified_at)
    order by canonical_url, modified_at desc nulls last, published_at desc nulls last
), known as (
    select p.page_id, p.state, p.found_at, p.fetched_at, p.looked_at, p.doubts, p.announced_at, p.announced_until,
        p.announced_modified_at, p.ways, a.canonical_url, a.published_at, a.published_until, a.modified_at
    from announced a
    join lumbung.page p on p.url_key = lumbung.url_key(a.canonical_url)
), learnt as (
    select *,
        claimed and believed as due_again, claimed and not believed as doubted,
        published_at is not null and (announced_at is null
            or coalesce(published_until, published_at) - published_at
                < coalesce(announced_until, announced_at) - announced_at) as better_date
    from known, lateral (select
        coalesce(state in ('done', 'rejected') and modified_at > coalesce(announced_modified_at, fetched_at), false) as claimed,
        doubts = 0 or looked_at is null
            or now() - looked_at > least(interval '1 hour' * 4 ^ least(doubts, 6), interval '30 days') as believed) claim
), changed as (
    update lumbung.page p
    set state = case when l.due_again then 'due' else p.state end,
        due_at = case when l.due_again then now() else p.due_at end,
        looked_by = case when l.due_again then null else p.looked_by end,
        due_by_change = p.due_by_change or l.due_again,
        announced_at = case when l.better_date then l.published_at else p.announced_at end,
        announced_until = case when l.better_date then l.published_until else p.announced_until end,
        ways = p.ways | %(way)s::smallint,
        announced_modified_at = case
            when l.doubted then p.announced_modified_at else greatest(p.announced_modified_at, l.modified_at) end
    from learnt l
    where p.page_id = l.page_id
        and (l.due_again or l.better_date or l.ways | %(way)s::smallint <> l.ways or not l.doubted and (
            l.modified_at > p.announced_modified_at or (p.announced_modified_at is null and l.modified_at is not null)))
), unknown as (
    select a.*, coalesce(published_until, published_at) < %(window_start)s as too_old,
        not %(ranged)s and exists (
            select from lumbung.poll where url_key = lumbung.url_key(%(found_in)s) and polled_at is not null) as shown_anew
    from announced a
    where canonical_url not in (select canonical_url from known)
), undated as (
    -- An archive that is taken into a sitemap is old indeed, and large.
    select count(*) <= %(most_undated)s as allowed from unknown where too_old and shown_anew
), fresh as (
    insert into lumbung.page (publisher, canonical_url, url, found_in, announced_at, announced_until, announced_modified_at, found_by, ways)
    select %(publisher)s, canonical_url, url, %(found_in)s,
        case when not (coalesce(too_old, false) and shown_anew and allowed) then published_at end,
        case when not (coalesce(too_old, false) and shown_anew and allowed) then published_until end,
        modified_at, %(crawl_id)s, %(way)s
    from unknown, undated
    on conflict (url_key) do nothing
    returning page_id, coalesce(
        coalesce(announced_until, announced_at) < %(window_start)s or announced_at >= %(window_end)s, false) as outside
), new as (
    select (select count(*) from fresh) + (select count(*) from learnt where due_again) as pages,
        (select count(*) from announced) as entries,
        (select count(*) from fresh where outside) as outside, (select count(*) from learnt where doubted) as doubted,
        (select count(*) from fresh) + (select count(*) from known where found_at > now() - interval '1 day') as width,
        (select count(*) from known where ways & %(way)s::smallint <> 0) as shown_before
)
update lumbung.crawl c
set entries = c.entries + new.entries, enqueued = c.enqueued + new.pages, known = c.known + new.entries - new.pages,
    repaired = c.repaired + %(repaired)s, left_out = c.left_out + new.outside, doubted = c.doubted + new.doubted
from new
where c.crawl_id = %(crawl_id)s
returning new.pages, new.outside, new.width, new.shown_before

-- count_known --
-- What this crawl's feeds have just brought does not show how far an earlier walk of the index came. The pages walked so
-- far join on where they show four of five pages that the crawl before this one brought which last brought any, and where
-- at least half of what they show is known: a box of what is read most may hold the former, and no list of news beside it.
with before as (
    select crawl_id, enqueued from lumbung.crawl
    where publisher = %(publisher)s and crawl_id < %(crawl_id)s and enqueued > 0 order by crawl_id desc limit 1
)
select count(*) filter (where url = any(%(canonical)s::text[]) and found_by is distinct from %(crawl_id)s),
    count(*) filter (where found_by = (select crawl_id from before))
        >= greatest(2, 0.8 * (select enqueued from before))
    and 2 * count(*) filter (where found_by is distinct from %(crawl_id)s) >= cardinality(%(walked)s::text[])
from (
    select a.canonical_url as url, p.found_by
    from unnest(%(walked)s::text[]) as a (canonical_url) join lumbung.page p on p.url_key = lumbung.url_key(a.canonical_url)
) walked
