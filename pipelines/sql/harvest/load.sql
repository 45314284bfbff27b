-- One batch of visits, already copied into the temporary table `visit`; all statements run in one transaction.

-- create_visit --
create temporary table if not exists visit (
    page_id bigint not null,
    kind text not null,
    status int,
    etag text,
    last_modified text,
    visited_at timestamptz not null,
    detail text,
    reason text,
    announced_at timestamptz,
    look_after interval,
    look_after_change interval,
    publisher text,
    url text,
    canonical_url text,
    declared_url text,
    headline text,
    breadcrumb text[],
    section text,
    dateline text,
    dateline_place text,
    dateline_brand text,
    byline text,
    authors text[],
    published_at timestamptz,
    modified_at timestamptz,
    language text,
    tags text[],
    image_url text,
    paywalled boolean,
    reads bigint,
    repaired int,
    quality real,
    extractor text,
    paragraphs text[],
    text_hash uuid
) on commit delete rows

-- drop_lost_leases --
-- A lease that ran out belongs to somebody else, who fetches the page again.
with held as (
    select page_id from lumbung.page where leased_by = %(crawl_id)s and page_id in (select page_id from visit) for update
)
delete from visit where page_id not in (select page_id from held)

-- refuse_taken_down --
-- What was taken down comes back under no other address.
update visit
set kind = 'rejection', reason = 'taken_down', detail = '', look_after = null
where kind = 'article' and (select exists (select from lumbung.takedown))
    and lumbung.is_taken_down(array[canonical_url, declared_url, url])

-- add_revisions --
insert into lumbung.revision (
    article_id, number, headline_before, paragraphs_before, extractor_before, modified_at, revised_at, crawl_id)
select
    a.article_id,
    1 + coalesce((select max(r.number) from lumbung.revision r where r.article_id = a.article_id), 0),
    a.headline, a.paragraphs, a.extractor, v.modified_at, v.visited_at, %(crawl_id)s
from visit v
join lumbung.article a using (page_id)
where v.kind = 'article' and a.text_hash <> v.text_hash

-- add_reads --
-- Before the articles change; reads of new articles follow in merge_articles.
insert into lumbung.reads (article_id, observed_at, reads)
select a.article_id, v.visited_at, v.reads
from visit v
join lumbung.article a using (page_id)
where v.kind = 'article' and v.reads is not null and v.reads is distinct from a.reads

-- merge_articles --
with merged as (
    insert into lumbung.article as a (
        page_id, publisher, url, canonical_url, declared_url, headline, breadcrumb, section, dateline, dateline_place,
        dateline_brand, byline, authors, published_at, modified_at, language, tags, image_url, paywalled, reads, repaired,
        quality, extractor, paragraphs, text_hash, fetched_at, first_fetched_at, crawl_id)
    select
        page_id, publisher, url, canonical_url, declared_url, headline, breadcrumb, section, dateline, dateline_place,
        dateline_brand, byline, authors, published_at, modified_at, language, tags, image_url, paywalled, reads, repaired,
        quality, extractor, paragraphs, text_hash, visited_at, visited_at, %(crawl_id)s
    from visit
    where kind = 'article'
    on conflict (page_id) do update
    set url = excluded.url, declared_url = excluded.declared_url, headline = excluded.headline,
        breadcrumb = excluded.breadcrumb, section = excluded.section, dateline = excluded.dateline,
        dateline_place = excluded.dateline_place, dateline_brand = excluded.dateline_brand,
        byline = excluded.byline, authors = excluded.authors,
        published_at = excluded.published_at, modified_at = excluded.modified_at, language = excluded.language,
        tags = excluded.tags, image_url = excluded.image_url, paywalled = excluded.paywalled, reads = excluded.reads,
        repaired = excluded.repaired, quality = excluded.quality, extractor = excluded.extractor,
        -- The stored value, and not one like it, is not written again.
        paragraphs = case when a.text_hash = excluded.text_hash then a.paragraphs else excluded.paragraphs end,
        text_hash = excluded.text_hash, fetched_at = excluded.fetched_at, crawl_id = excluded.crawl_id
    where (a.declared_url, a.headline, a.breadcrumb, a.section, a.dateline, a.dateline_place, a.dateline_brand, a.byline,
           a.authors, a.published_at, a.modified_at, a.language, a.tags, a.image_url, a.paywalled, a.reads, a.text_hash)
        is distinct from
          (excluded.declared_url, excluded.headline, excluded.breadcrumb, excluded.section, excluded.dateline,
           excluded.dateline_place, excluded.dateline_brand, excluded.byline, excluded.authors, excluded.published_at,
           excluded.modified_at, excluded.language, excluded.tags, excluded.image_url, excluded.paywalled, excluded.reads,
           excluded.text_hash)
    returning article_id, fetched_at, reads, xmax = 0 as is_new
), first_reads as (
    insert into lumbung.reads (article_id, observed_at, reads)
    select article_id, fetched_at, reads from merged where is_new and reads is not null
)
select count(*) filter (where is_new), count(*) filter (where not is_new) from merged

-- merge_rejections --
insert into lumbung.rejection (page_id, publisher, url, reason, detail, status, rejected_at, crawl_id)
select page_id, publisher, url, reason, detail, status, visited_at, %(crawl_id)s
from visit
where kind = 'rejection'
on conflict (page_id) do update
set url = excluded.url, reason = excluded.reason, detail = excluded.detail, status = excluded.status,
    rejected_at = excluded.rejected_at, crawl_id = excluded.crawl_id

-- drop_old_rejections --
delete from lumbung.rejection where page_id in (select page_id from visit where kind = 'article')

-- keep_page --
-- For whoever mends the reader; of each publisher the newest fifty.
with kept as (
    insert into lumbung.kept_page (page_id, publisher, page)
    select page_id, p.publisher, %(page)s from visit join lumbung.page p using (page_id) where page_id = %(page_id)s
    on conflict (page_id) do update set page = excluded.page, kept_at = now()
    returning page_id, publisher
)
delete from lumbung.kept_page old
using kept
where old.publisher = kept.publisher and old.page_id <> kept.page_id and old.page_id not in (
    select page_id from lumbung.kept_page newer
    where newer.publisher = kept.publisher and newer.page_id <> kept.page_id
    order by kept_at desc, page_id desc limit 49)

-- hold_article --
insert into lumbung.held (page_id, article)
select page_id, %(article)s
from visit
where page_id = %(page_id)s and not lumbung.is_taken_down(%(urls)s)
on conflict (page_id) do update set article = excluded.article, held_at = now()

-- drop_held --
delete from lumbung.held h using visit v where h.page_id = v.page_id and v.kind <> 'released'

-- learn_visits --
-- How often another text, or none, is found when the publisher's stored articles are visited; the figures fade.
with visited as (
    select v.page_id, v.kind = 'rejection' or exists (
        select from lumbung.revision r
        where r.article_id = a.article_id and r.revised_at = v.visited_at) as changed,
        a.publisher
    from visit v
    join lumbung.article a using (page_id)
    where v.kind in ('article', 'rejection', 'unchanged') and a.first_fetched_at < v.visited_at
), counted as (
    select publisher, count(*) as visits, count(*) filter (where changed) as changed from visited group by publisher
)
update lumbung.publisher p
set visits = (p.visits + c.visits) / case when p.visits + c.visits >= 400 then 2 else 1 end,
    visits_changed = (p.visits_changed + c.changed) / case when p.visits + c.visits >= 400 then 2 else 1 end
from counted c
where p.publisher = c.publisher

-- return_pages --
-- A failed page waits 5 minutes, then twice as long each time, a day at most, unless its visit says when to look again.
with found as (
    select v.*, a.page_id is not null as stored,
        a.first_fetched_at = v.visited_at or exists (
            select from lumbung.revision r
            where r.article_id = a.article_id and r.revised_at = v.visited_at) as news
    from visit v
    left join lumbung.article a using (page_id)
), returned as (
    update lumbung.page p
    set state = case
            when v.kind in ('failure', 'released') then 'due'
            when v.kind = 'rejection' then 'rejected'
            -- 304 for a page that was rejected last time: it still is
            when exists (select from lumbung.rejection r where r.page_id = p.page_id) then 'rejected'
            else 'done' end,
        leased_by = null, lease_until = null,
        failures = case v.kind when 'failure' then p.failures + 1 when 'released' then p.failures else 0 end,
        due_at = case v.kind
            when 'failure' then now() + coalesce(
                v.look_after, least(interval '5 minutes' * 2 ^ least(p.failures, 12), interval '1 day'))
            else p.due_at end,
        looks = case
            when v.kind in ('failure', 'released') then p.looks
            when v.kind = 'article' and v.news then 0
            else p.looks + 1 end,
        look_at = case
            when v.kind in ('failure', 'released') then null
            when v.news then now() + v.look_after_change
            else now() + v.look_after end,
        looked_at = case when v.kind = 'released' then p.looked_at else now() end,
        looked_by = case when v.look_after is not null or v.look_after_change is not null then %(crawl_id)s end,
        -- Announced changes after which the article was as it is stored.
        doubts = case
            when v.kind not in ('article', 'unchanged', 'rejection') or not v.stored then p.doubts
            when v.news then 0
            when p.due_by_change then p.doubts + 1
            else p.doubts end,
        due_by_change = p.due_by_change and v.kind in ('failure', 'released'),
        absences = case
            when v.kind in ('article', 'unchanged') then 0
            when v.kind = 'rejection' and v.stored and v.reason in ('gone', 'soft_404') then p.absences + 1
            else p.absences end,
        last_error = case v.kind when 'failure' then v.detail when 'released' then p.last_error end,
        status = coalesce(v.status, p.status),
        -- A 304 beside an announced change: one of the two is wrong, and the next visit reads the page to see which.
        etag = case
            when v.kind = 'article' then v.etag
            when v.kind = 'rejection' or v.kind = 'unchanged' and p.due_by_change then null
            else p.etag end,
        last_modified = case
            when v.kind = 'article' then v.last_modified
            when v.kind = 'rejection' or v.kind = 'unchanged' and p.due_by_change then null
            else p.last_modified end,
        announced_at = coalesce(v.announced_at, p.announced_at),
        announced_until = case when v.announced_at is null then p.announced_until end,
        fetched_at = case when v.kind in ('failure', 'released') then p.fetched_at else v.visited_at end
    from found v
    where p.page_id = v.page_id
    returning v.kind, v.detail
), counted as (
    select
        count(*) filter (where kind = 'unchanged') as unchanged,
        count(*) filter (where kind = 'article') as articles,
        count(*) filter (where kind = 'rejection') as rejected,
        count(*) filter (where kind = 'failure') as failed,
        count(*) filter (where kind = 'released') as released
    from returned
)
update lumbung.crawl c
set stored = c.stored + %(stored)s, updated = c.updated + %(updated)s,
    unchanged = c.unchanged + counted.unchanged + counted.articles - %(stored)s - %(updated)s,
    rejected = c.rejected + counted.rejected, failed = c.failed + counted.failed, released = c.released + counted.released,
    repaired = c.repaired + characters.repaired,
    problems = (c.problems || array(
        select kind || ': ' || detail from returned where kind = 'failure' limit 20))[:20]
from counted, (select coalesce(sum(repaired), 0) as repaired from visit) characters
where c.crawl_id = %(crawl_id)s
returning characters.repaired
