-- The frontier, the ledger and the articles. Tables of schema lumbung may change; readers use the views of schema news.

create schema lumbung;
comment on schema lumbung is 'Working tables of the harvest. They may change: read the views of schema news.';

create function lumbung.url_key(url text) returns uuid
    language sql immutable strict parallel safe
    return md5(url)::uuid;
comment on function lumbung.url_key(text) is
    'Fixed-size identity of a canonical URL: URLs may be longer than a btree entry (2,704 bytes).';

create function lumbung.join_paragraphs(paragraphs text[]) returns text
    language sql immutable strict parallel safe
    return array_to_string(paragraphs, E'\n\n');
comment on function lumbung.join_paragraphs(text[]) is
    'array_to_string is only STABLE because of other element types; for text it is immutable, which the search index needs.';

create function lumbung.seed_block(block text) returns text
    language sql immutable strict parallel safe
    return btrim(regexp_replace(block, '[ \t\n\r\f\v]+', ' ', 'g'), ' ');
comment on function lumbung.seed_block(text) is
    'One block of the seed format: runs of ASCII white space are one space, none at the ends; the rest stays.';

create function lumbung.seed_text(breadcrumb text[], headline text, paragraphs text[], reads bigint) returns text
    language sql immutable parallel safe
begin atomic
    with block as (
        select
            array_to_string(array(
                select lumbung.seed_block(l.label) from unnest(breadcrumb || headline) with ordinality as l (label, place)
                where lumbung.seed_block(l.label) <> '' order by l.place
            ), ' ') as title_line,
            array_to_string(array(
                select lumbung.seed_block(p.paragraph) from unnest(paragraphs) with ordinality as p (paragraph, place)
                order by p.place
            ), E'\n\n') as body
    )
    select title_line || E'\n\n' || lumbung.seed_block(headline) || E'\n\n' || body || case
        when reads is not null then E'\n\n' || reads::text
        -- A bare number at the end would read as the reader count: see spiders/seed_format.py.
        when body ~ E'(^|\n\n)(0|[1-9][0-9]{0,17})\u00a0*$' then E'\u00a0'
        else ''
    end
    from block;
end;
comment on function lumbung.seed_text(text[], text, text[], bigint) is
    'The seed format (seeds/article.txt), the same text as spiders.seed_format.dumps.';

create table lumbung.crawl (
    crawl_id bigint generated always as identity primary key,
    publisher text not null,
    run_id text,
    started_at timestamptz not null default now(),
    finished_at timestamptz,
    finish_reason text,
    window_start timestamptz,
    window_end timestamptz,
    polls bigint not null default 0,
    polls_unchanged bigint not null default 0,
    polls_failed bigint not null default 0,
    entries bigint not null default 0,
    known bigint not null default 0,
    enqueued bigint not null default 0,
    leased bigint not null default 0,
    stored bigint not null default 0,
    updated bigint not null default 0,
    unchanged bigint not null default 0,
    rejected bigint not null default 0,
    failed bigint not null default 0,
    released bigint not null default 0,
    repaired bigint not null default 0,
    problems text[] not null default '{}'
);
create index crawl_publisher on lumbung.crawl (publisher, crawl_id desc);
create index crawl_run on lumbung.crawl (run_id) where run_id is not null;
create index crawl_open on lumbung.crawl (crawl_id) where finished_at is null;

create table lumbung.page (
    page_id bigint generated always as identity primary key,
    publisher text not null,
    canonical_url text not null,
    url text not null,
    url_key uuid not null generated always as (lumbung.url_key(canonical_url)) stored,
    found_in text not null default '',
    announced_at timestamptz,
    announced_until timestamptz,
    announced_modified_at timestamptz,
    state text not null default 'due' check (state in ('due', 'leased', 'done', 'rejected')),
    due_at timestamptz not null default now(),
    leased_by bigint references lumbung.crawl,
    lease_until timestamptz,
    failures int not null default 0,
    last_error text,
    status int,
    etag text,
    last_modified text,
    fetched_at timestamptz,
    found_by bigint references lumbung.crawl,
    found_at timestamptz not null default now(),
    constraint page_lease check ((state = 'leased') = (leased_by is not null and lease_until is not null))
);
create unique index page_url_key on lumbung.page (url_key);
create index page_due on lumbung.page (publisher, announced_at desc nulls last, page_id desc) where state = 'due';
create index page_leased on lumbung.page (leased_by) where state = 'leased';
comment on column lumbung.page.announced_until is 'Index pages and some sitemaps state a day only: the article appeared from announced_at to announced_until.';

create table lumbung.poll (
    url_key uuid primary key,
    publisher text not null,
    url text not null,
    etag text,
    last_modified text,
    changed_at timestamptz not null default now()
);
comment on table lumbung.poll is 'Validators of feeds, sitemaps and index pages for conditional GET; written with the entries they brought.';

create table lumbung.article (
    article_id bigint generated always as identity primary key,
    page_id bigint not null unique references lumbung.page,
    publisher text not null,
    url text not null,
    canonical_url text not null,
    headline text not null,
    breadcrumb text[] not null default '{}',
    section text,
    dateline text,
    byline text,
    authors text[] not null default '{}',
    published_at timestamptz,
    modified_at timestamptz,
    language text,
    tags text[] not null default '{}',
    image_url text,
    paywalled boolean,
    reads bigint,
    paragraphs text[] not null check (cardinality(paragraphs) > 0),
    text_hash uuid not null,
    fetched_at timestamptz not null,
    first_fetched_at timestamptz not null,
    crawl_id bigint not null references lumbung.crawl,
    search tsvector not null generated always as (
        setweight(to_tsvector('indonesian', headline), 'A')
        || setweight(to_tsvector('indonesian', lumbung.join_paragraphs(paragraphs)), 'B')) stored
);
create index article_published on lumbung.article (published_at desc);
create index article_publisher on lumbung.article (publisher, published_at desc);
create index article_text_hash on lumbung.article (article_id) include (text_hash);
create index article_search on lumbung.article using gin (search);

create table lumbung.revision (
    article_id bigint not null references lumbung.article on delete cascade,
    number int not null check (number > 0),
    headline_before text not null,
    paragraphs_before text[] not null,
    modified_at timestamptz,
    revised_at timestamptz not null,
    crawl_id bigint not null references lumbung.crawl,
    primary key (article_id, number)
);
comment on table lumbung.revision is 'One row each time the text of a URL changed; the text after it is the next row''s before, or the article''s.';

create table lumbung.reads (
    article_id bigint not null references lumbung.article on delete cascade,
    observed_at timestamptz not null,
    reads bigint not null,
    primary key (article_id, observed_at)
);

create table lumbung.rejection (
    page_id bigint primary key references lumbung.page,
    publisher text not null,
    url text not null,
    reason text not null,
    detail text not null default '',
    status int,
    rejected_at timestamptz not null,
    crawl_id bigint not null references lumbung.crawl
);
create index rejection_reason on lumbung.rejection (publisher, reason);
