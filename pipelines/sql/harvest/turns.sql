-- Turns of registered domains, and what is remembered of a domain. Times are the server's.

-- turn_now --
-- Nothing without a ticket. A ticket is renewed long before it runs out, and only then: whoever waits looks twice a second.
with renewed as (
    update lumbung.turn
    set until = clock_timestamp() + interval '10 minutes'
    where domain = %(domain)s and crawl_id = %(crawl_id)s and until < clock_timestamp() + interval '5 minutes'
)
select
    not exists (select from lumbung.turn o where o.domain = t.domain and o.ticket < t.ticket),
    extract(epoch from d.free_at - clock_timestamp())::float8,
    d.reason,
    d.strikes,
    coalesce(d.pace, 0),
    coalesce(extract(epoch from clock_timestamp() - d.paced_at), 0)::float8
from lumbung.turn t
join lumbung.domain d using (domain)
where t.domain = %(domain)s and t.crawl_id = %(crawl_id)s

-- queue_for_turn --
-- Tickets of a domain are drawn one after the other: a lower one never appears after a higher one. Hence the lock.
with locked as (
    insert into lumbung.domain as d (domain) values (%(domain)s)
    on conflict (domain) do update set domain = d.domain
    returning domain
)
insert into lumbung.turn (domain, crawl_id, delay, until)
select domain, %(crawl_id)s, %(delay)s, clock_timestamp() + interval '10 minutes' from locked
on conflict (domain, crawl_id) do nothing

-- keep_turn --
-- False where others wait and have the turn now, or where it was lost meanwhile.
with others as (
    select exists (
        select from lumbung.turn where domain = %(domain)s and crawl_id <> %(crawl_id)s and until > clock_timestamp()
    ) as wait
), passed as (
    delete from lumbung.turn t using others
    where t.domain = %(domain)s and t.crawl_id = %(crawl_id)s and others.wait
    returning t.domain
), freed as (
    update lumbung.domain d
    set free_at = greatest(d.free_at, clock_timestamp() + make_interval(secs => %(delay)s))
    from passed where d.domain = passed.domain
), kept as (
    update lumbung.turn t
    set delay = %(delay)s, until = clock_timestamp() + interval '10 minutes'
    from others
    where t.domain = %(domain)s and t.crawl_id = %(crawl_id)s and not others.wait
    returning t.ticket
)
select exists (select from kept)

-- leave_turn --
with gone as (
    delete from lumbung.turn where domain = %(domain)s and crawl_id = %(crawl_id)s returning domain
)
update lumbung.domain d
set free_at = greatest(d.free_at, clock_timestamp() + make_interval(secs => %(delay)s))
from gone where d.domain = gone.domain

-- drop_hanging_turns --
-- A crawl looks at its turn more often than that as long as it lives; it looks again before it asks for anything more.
with gone as (
    delete from lumbung.turn where domain = %(domain)s and until < clock_timestamp() returning domain, delay
)
update lumbung.domain d
set free_at = greatest(d.free_at, clock_timestamp() + make_interval(secs => gone.delay))
from gone where d.domain = gone.domain

-- rest_domain --
update lumbung.domain
set free_at = greatest(free_at, clock_timestamp() + make_interval(secs => %(seconds)s)), reason = %(reason)s,
    strikes = %(strikes)s
where domain = %(domain)s

-- forget_rest --
update lumbung.domain set reason = null, strikes = 0 where domain = %(domain)s

-- store_pace --
update lumbung.domain set pace = %(seconds)s, paced_at = clock_timestamp() where domain = %(domain)s
