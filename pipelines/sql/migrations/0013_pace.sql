-- The pace that a domain's last 429 or 503 asked for, for all later crawls of it.

alter table lumbung.domain
    add column pace double precision check (pace >= 0),
    add column paced_at timestamptz,
    add constraint pace_has_its_time check ((pace is null) = (paced_at is null));

create or replace view news.domains as
select domain, free_at, reason, strikes, reason is not null and free_at > now() as left_alone, pace, paced_at
from lumbung.domain;
comment on column news.domains.pace is
    'Least seconds between two requests after its last 429 or 503, halved for every six hours since, such as 2; NULL before the first one.';
comment on column news.domains.paced_at is 'When its last 429 or 503 that changed the pace came; NULL before the first one.';
