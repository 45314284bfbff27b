-- When each feed, sitemap and index page is due, whose day a day is, and what became of what was announced for it.

alter table lumbung.poll
    add column polled_at timestamptz,
    add column every interval,
    add column reach interval,
    add column next_at timestamptz,
    add column failures int not null default 0,
    add column failed_at timestamptz,
    add column failed_in bigint,
    add column problem text;
update lumbung.poll set polled_at = changed_at;
comment on table lumbung.poll is
    'Feeds, sitemaps and index pages (the first page of a day stands for all): validators for conditional GET, written with the entries they brought, and when each is due.';
comment on column lumbung.poll.polled_at is 'When it was last read to its end or answered 304; NULL while its pages are being walked.';
comment on column lumbung.poll.reach is 'From the oldest to the newest article it held.';
comment on column lumbung.poll.failed_in is 'The crawl it failed in last: a document fails once a crawl.';

alter table lumbung.crawl
    add column polls_skipped bigint not null default 0,
    add column ranged boolean not null default false;
comment on column lumbung.crawl.ranged is 'Someone asked for exactly this range of dates.';
create index crawl_range on lumbung.crawl (publisher, window_start, crawl_id) where ranged;

create table lumbung.publisher (
    publisher text primary key,
    timezone text not null
);
comment on table lumbung.publisher is 'Publishers as their last crawl knew them; what else there is to say of one is in its file.';
insert into lumbung.publisher select distinct publisher, 'Asia/Jakarta' from lumbung.crawl;

create or replace view news.crawls as
select
    crawl_id, publisher, run_id, started_at, finished_at, finished_at - started_at as duration, finish_reason,
    window_start, window_end, polls, polls_unchanged, polls_failed, entries, known, enqueued, leased, stored, updated,
    unchanged, rejected, failed, released, repaired, problems,
    entries = known + enqueued and leased = stored + updated + unchanged + rejected + failed + released as balanced,
    polls_skipped
from lumbung.crawl;
comment on column news.crawls.polls_skipped is
    'Feeds, sitemaps and index pages not asked for: not due yet, or read before the crawl of these dates was stopped.';

create view news.polls as
select publisher, url, polled_at, changed_at, every, next_at, failures, failed_at, problem
from lumbung.poll;
comment on view news.polls is 'Feeds, sitemaps and index pages (the first page of a day): when each was read and is due again.';
comment on column news.polls.publisher is 'Key of the publisher.';
comment on column news.polls.url is 'Address asked for.';
comment on column news.polls.polled_at is 'When it was last read to its end or found unchanged.';
comment on column news.polls.changed_at is 'When it last announced something new.';
comment on column news.polls.every is 'Interval that its changes have led to, between the bounds in the publisher''s file.';
comment on column news.polls.next_at is 'Scheduled crawls leave it out until then.';
comment on column news.polls.failures is 'Crawls in a row in which it failed.';
comment on column news.polls.failed_at is 'When it last failed.';
comment on column news.polls.problem is 'Why it fails, one line; NULL when it does not.';

create view news.coverage as
select
    p.publisher,
    (coalesce(
        a.published_at,
        case when p.announced_until is null or p.announced_until < p.announced_at + interval '1 day' then p.announced_at end
    ) at time zone coalesce(z.timezone, 'UTC'))::date as day,
    count(*) as announced,
    count(*) filter (where a.page_id is not null) as stored,
    count(*) filter (where a.page_id is null and p.state = 'rejected') as rejected,
    count(*) filter (where a.page_id is null and p.state <> 'rejected' and p.failures > 0) as failed,
    count(*) filter (where a.page_id is null and p.state <> 'rejected' and p.failures = 0) as due
from lumbung.page p
left join lumbung.article a using (page_id)
left join lumbung.publisher z on z.publisher = p.publisher
group by 1, 2;
comment on view news.coverage is 'One row a publisher and day: what was announced and what became of it.';
comment on column news.coverage.publisher is 'Key of the publisher.';
comment on column news.coverage.day is
    'Day of publication in the publisher''s time zone, the day its index pages mean; NULL where neither announcement nor article says when.';
comment on column news.coverage.announced is 'Pages announced; equals the four columns after it.';
comment on column news.coverage.stored is 'Of these, stored as articles.';
comment on column news.coverage.rejected is 'Of these, no articles: news.rejections says why.';
comment on column news.coverage.failed is 'Of these, not fetched although it was tried; tried again later.';
comment on column news.coverage.due is 'Of these, not fetched yet.';
