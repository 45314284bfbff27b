-- What spares requests: robots.txt kept for a day, documents that show nothing of their own asked seldom.

create table lumbung.robots (
    root text primary key,
    read_at timestamptz not null default now(),
    body bytea
);
comment on table lumbung.robots is
    'robots.txt of each host as it was last fetched, for the crawls of a day (RFC 9309, 2.4). What could not be fetched is not here.';
comment on column lumbung.robots.root is 'Scheme, host and port, such as https://www.antaranews.com.';
comment on column lumbung.robots.body is 'Its first 500 KiB; NULL where the host has none.';

alter table lumbung.poll add column width int not null default 0;
comment on column lumbung.poll.width is
    'Of what it last listed, pages that were found within a day, whoever showed them first: wide documents are asked first.';
create index poll_failing on lumbung.poll (publisher) where failures > 0;

-- Every article is visited after a day now; nothing is drawn by lot for that.
alter table lumbung.publisher drop column visits_planned;
