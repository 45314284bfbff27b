-- One queue a registered domain for all crawls, and what is remembered of a domain.

create table lumbung.domain (
    domain text primary key,
    free_at timestamptz not null default now(),
    reason text,
    strikes int not null default 0 check (strikes >= 0)
);

create table lumbung.turn (
    domain text not null references lumbung.domain,
    ticket bigint not null generated always as identity,
    crawl_id bigint not null references lumbung.crawl,
    delay double precision not null check (delay >= 0),
    until timestamptz not null,
    primary key (domain, ticket),
    unique (domain, crawl_id)
);
create index turn_crawl on lumbung.turn (crawl_id);
comment on table lumbung.turn is 'Crawls that ask a domain or wait to: the lowest ticket is whose turn it is, until it is passed on or runs out.';
comment on column lumbung.turn.delay is 'Seconds that the crawl keeps between two requests; whoever comes next keeps them too.';

create view news.domains as
select domain, free_at, reason, strikes, reason is not null and free_at > now() as left_alone
from lumbung.domain;
comment on view news.domains is 'One row a registered domain that was asked for something, and whether it is being left alone.';
comment on column news.domains.domain is 'The registered domain: all hosts of one operator.';
comment on column news.domains.free_at is 'No request goes there before this time.';
comment on column news.domains.reason is 'Why it was last to be left alone; NULL once it has answered well again.';
comment on column news.domains.strikes is 'Crawls in a row that ended because of it; each doubles the next rest, a day at most.';
comment on column news.domains.left_alone is 'Whether it is being left alone for that reason now.';
comment on column news.crawls.finish_reason is
    'finished, shutdown, killed, another of Scrapy''s reasons, or the sentence why the publisher is left alone.';
