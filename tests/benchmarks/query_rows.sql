-- A made harvest; query_rows.py says of what kind, and fills in how many articles and crawls, until when, and the ends of
-- a batch.

-- pool --
-- Paragraphs and headlines that texts are put together from, and what puts them together: `lumbung_chance` lies between 0
-- and 1, always the same for the same article and use.
create unlogged table public.pool (kind text, place int, block text, vector tsvector);
create function public.lumbung_chance(n bigint, salt int) returns double precision
    language sql immutable parallel safe
    return (hashint8extended(n, salt) & 1048575) / 1048576.0;
create aggregate public.lumbung_joined(tsvector) (sfunc = tsvector_concat, stype = tsvector, initcond = '');

-- pool_vectors --
-- Their search vectors, once.
update public.pool
set vector = setweight(to_tsvector('indonesian', block), (case kind when 'p' then 'B' else 'A' end)::"char");
create unique index on public.pool (kind, place) include (block, vector);

-- crawls --
-- Crawls and publishers.
insert into lumbung.crawl (crawl_id, publisher, started_at, finished_at, finish_reason, entries, known, polls)
overriding system value
select n, 'p' || floor(60 * power(lumbung_chance(n, 1), 2)), at, at + interval '40 seconds', 'finished', 30, 30, 4
from generate_series(1::bigint, %(crawls)s) n,
    lateral (select timestamptz %(now)s - (%(crawls)s - n) * (interval '730 days' / %(crawls)s) as at) t;
insert into lumbung.publisher (publisher, timezone, name, home, domains, language, schedule)
select 'p' || n, 'Asia/Jakarta', 'Koran ' || n, 'https://www.p' || n || '.example/', array['p' || n || '.example'], 'id',
    '*/30 * * * *'
from generate_series(0, 59) n;

-- pages --
-- A batch of pages.
insert into lumbung.page (
    page_id, publisher, canonical_url, url, found_in, announced_at, state, status, etag, fetched_at, found_by, found_at,
    look_at, looked_at)
overriding system value
select n, 'p' || p, address, address, 'https://www.p' || p || '.example/rss', case when n %% 33 > 0 then at end,
    case when n <= %(articles)s then 'done' when n %% 100 = 0 then 'due' else 'rejected' end, 200,
    '"' || md5(n::text) || '"', at + interval '9 minutes',
    greatest(1, n %% %(articles)s / 10 * 10 * %(crawls)s / %(articles)s), at + interval '5 minutes',
    case when n > %(articles)s * 0.99 then at + interval '7 days' end, at + interval '9 minutes'
from generate_series(%(first)s::bigint, %(last)s) n,
    lateral (select floor(60 * power(lumbung_chance(n, 2), 2)) as p,
        timestamptz %(now)s - interval '10 minutes'
            - (%(articles)s - 1 - n %% %(articles)s) * (interval '730 days' / %(articles)s) as at) t,
    lateral (select 'https://p' || p || '.example/berita/' || n || '/kabar-dari-daerah' as address) a;

-- articles --
-- The articles of a batch of pages.
insert into lumbung.article (
    article_id, page_id, publisher, url, canonical_url, declared_url, headline, breadcrumb, section, dateline,
    dateline_place, dateline_brand, byline, authors, published_at, modified_at, language, tags, image_url, reads,
    paragraphs, text_hash, quality, fetched_at, first_fetched_at, crawl_id, search)
overriding system value
select
    n, n, p.publisher, p.url, p.canonical_url,
    case when n %% 7 = 0 then replace(p.canonical_url, '/berita/', '/read/') end,
    h.block, array['Home', s.section], s.section, 'Jakarta, Koran', 'Jakarta', 'Koran', 'Oleh ' || author,
    case when author is null then '{}' else array[author] end,
    case when n %% 33 > 0 then p.announced_at end, case when n %% 5 = 0 then p.announced_at + interval '1 hour' end,
    'id', s.tags,
    'https://img.' || p.publisher || '.example/' || n || '.jpg', case when n %% 10 = 0 then n %% 5000 end,
    b.paragraphs,
    md5(h.block || E'\n\n' || array_to_string(b.paragraphs, E'\n\n'))::uuid, lumbung_chance(n, 9), p.fetched_at,
    p.fetched_at, p.found_by, h.vector || b.vector
from lumbung.page p
cross join lateral (select p.page_id as n) number
cross join lateral (select
    'Bagian ' || floor(40 * power(lumbung_chance(n, 3), 2)) as section,
    array['tag ' || floor(8000 * power(lumbung_chance(n, 4), 4)), 'tag ' || floor(8000 * power(lumbung_chance(n, 5), 4)),
        'tag ' || floor(8000 * power(lumbung_chance(n, 6), 4))] as tags,
    case when lumbung_chance(n, 7) < 0.7 then 'Wartawan ' || floor(3000 * power(lumbung_chance(n, 8), 2)) end as author) s
join public.pool h on h.kind = 'h' and h.place = hashint8extended(n, 20) & 32767
cross join lateral (
    select array_agg(block order by k) as paragraphs, lumbung_joined(vector order by k) as vector
    from generate_series(0, 2 + (hashint8extended(n, 21) & 15)::int) k
    join public.pool q on q.kind = 'p' and q.place = ((hashint8extended(n, 22) & 32767) + k * 7919) & 32767) b
where p.page_id between %(first)s and %(last)s;

-- around --
-- What stands beside articles, and what triggers would have kept.
insert into lumbung.cluster_member (article_id, cluster_id, canonical, why, score, rule)
select n, c, n = c, case when n > c then 'same text' end, case when n > c then 1 end, 'same text'
from generate_series(1::bigint, %(articles)s) n, lateral (select n - n %% 15 as c) first
where n %% 15 < case n / 15 %% 3 when 0 then 2 when 1 then 3 else 4 end and c > 0;
insert into lumbung.revision (article_id, number, headline_before, paragraphs_before, revised_at, crawl_id)
select article_id, 1, headline, paragraphs, fetched_at, crawl_id from lumbung.article where article_id %% 20 = 0;
insert into lumbung.reads (article_id, observed_at, reads)
select article_id, fetched_at, reads from lumbung.article where reads is not null;
insert into lumbung.rejection (page_id, publisher, url, reason, status, rejected_at, crawl_id)
select page_id, publisher, url, case when page_id %% 4 = 0 then 'photo' else 'video' end, 200, fetched_at, found_by
from lumbung.page where state = 'rejected';
insert into lumbung.change (article_id, what, changed_at)
select article_id, 'new', first_fetched_at from lumbung.article order by article_id;
insert into lumbung.shown (article_id, change_id, cluster_id, canonical, canonical_article_id, copies)
select c.article_id, c.change_id, m.cluster_id, coalesce(m.canonical, true), m.cluster_id,
    case when m.canonical then g.copies else 0 end
from lumbung.change c
left join lumbung.cluster_member m using (article_id)
left join (select cluster_id, count(*) - 1 as copies from lumbung.cluster_member group by 1) g using (cluster_id);
insert into lumbung.counted (page_id, publisher, day, kind) select page_id, publisher, day, kind from lumbung.page_kind;
insert into lumbung.day_count (publisher, day, stored, rejected, failed, due)
select publisher, day, count(*) filter (where kind = 'stored'), count(*) filter (where kind = 'rejected'),
    count(*) filter (where kind = 'failed'), count(*) filter (where kind = 'due')
from lumbung.counted group by publisher, day;
update lumbung.crawl c
set enqueued = k.articles, known = 30 - k.articles, leased = k.articles, stored = k.articles
from (select crawl_id, count(*) as articles from lumbung.article group by 1) k where k.crawl_id = c.crawl_id;
select setval('lumbung.crawl_crawl_id_seq', %(crawls)s), setval('lumbung.page_page_id_seq', 2 * %(articles)s),
    setval('lumbung.article_article_id_seq', %(articles)s);
drop table public.pool;

-- indexes --
-- Indexes but those of constraints.
select c.relname, pg_get_indexdef(i.indexrelid)
from pg_index i
join pg_class c on c.oid = i.indexrelid
where c.relnamespace = 'lumbung'::regnamespace and not exists (select from pg_constraint where conindid = i.indexrelid)
order by 1

-- other_search --
-- Articles of a sample whose search vector is not what the trigger makes.
with sample as (
    select search, lumbung.join_paragraphs(paragraphs) as text, headline from lumbung.article where article_id % 997 = 1)
select count(*) filter (where search <> setweight(to_tsvector('indonesian', headline), 'A')
    || setweight(to_tsvector('indonesian', text), 'B')) from sample

-- facts --
-- What questions name: an address in another form, the keys of its usual forms, and a mark that 1,500 changes came after.
select
    'HTTP://www.' || substr(p.canonical_url, 9) || '/?utm_source=x#atas' as variant,
    (select array_agg(distinct lumbung.url_key(scheme || prefix || substr(p.canonical_url, 9) || tail))::text
    from unnest(array['https://', 'http://']) scheme, unnest(array['', 'www.', 'm.', 'amp.']) prefix,
        unnest(array['', '/', '/amp', '/amp/']) tail) as keys,
    (select max(change_id) - 1500 from lumbung.change) as mark
from lumbung.page p
where page_id = %(article)s

-- bytes --
-- Of an article, by table with its indexes.
select
    relname, pg_relation_size(c.oid) / %(articles)s as main, pg_table_size(c.oid) / %(articles)s as and_beside,
    pg_indexes_size(c.oid) / %(articles)s as indexes, pg_total_relation_size(c.oid) / %(articles)s as total
from pg_class c
where relnamespace = 'lumbung'::regnamespace and relkind = 'r' and pg_total_relation_size(c.oid) > 10 * %(articles)s
order by total desc
