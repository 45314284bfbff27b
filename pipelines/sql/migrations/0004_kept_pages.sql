-- Pages that could not be read, as received: they cost too much, or the reader raised.
create table lumbung.kept_page (
    page_id bigint primary key references lumbung.page on delete cascade,
    publisher text not null,
    kept_at timestamptz not null default now(),
    page bytea not null
);
create index kept_page_age on lumbung.kept_page (publisher, kept_at);
comment on table lumbung.kept_page is 'Pages that reading stopped at, for whoever mends the reader; the newest fifty of each publisher.';
comment on column lumbung.kept_page.page is 'The body as received, in gzip: psql -Atc "select encode(page, ''base64'') ..." | base64 -d | gunzip';
