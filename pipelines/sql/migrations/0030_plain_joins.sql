-- Questions to news.articles and news.search cost what they would on the tables.
--
-- news.articles asked for `coalesce(canonical, true)` behind an outer join: the planner took half of all articles for
-- copies, and could not see that the article found by news.search and the one shown are one row. Each article has its row
-- in lumbung.shown from the commit that stores it, so an inner join shows the same to everybody but the transaction that
-- has not come to its end. The page is asked for where found_in is: behind an outer join it kept articles from being counted by
-- indexes alone, nine times as slow.

create or replace view news.articles as
select
    a.article_id, a.publisher, a.headline, a.published_at, a.section, a.authors, a.dateline, a.byline, a.url,
    a.canonical_url, a.breadcrumb, a.modified_at, a.language, a.tags, a.image_url, a.paywalled, a.reads, a.paragraphs,
    array_to_string(a.paragraphs, E'\n\n') as text, a.fetched_at, a.first_fetched_at, s.cluster_id, a.declared_url,
    a.dateline_place, a.dateline_brand, a.repaired, a.gone_at, s.change_id as changed_id, s.copies, a.crawl_id,
    (select p.found_in from lumbung.page p where p.page_id = a.page_id) as found_in,
    replace(a.text_hash::text, '-', '') as content_hash,
    cardinality(string_to_array(array_to_string(a.paragraphs, ' '), ' ')) as word_count, a.quality, a.search, a.extractor
from lumbung.article a
join lumbung.shown s using (article_id)
where s.canonical;

-- lumbung.join_paragraphs is for indexes: it calls array_to_string by way of a function, a microsecond a text.
create or replace view news.all_articles as
select
    a.article_id, a.publisher, a.headline, a.published_at, a.section, a.authors, a.dateline, a.byline, a.url,
    a.canonical_url, a.breadcrumb, a.modified_at, a.language, a.tags, a.image_url, a.paywalled, a.reads, a.paragraphs,
    array_to_string(a.paragraphs, E'\n\n') as text, a.fetched_at, a.first_fetched_at, s.cluster_id,
    coalesce(s.canonical, true) as canonical, a.declared_url, a.dateline_place, a.dateline_brand, a.repaired, a.gone_at,
    s.change_id as changed_id, coalesce(s.canonical_article_id, a.article_id) as canonical_article_id,
    coalesce(s.copies, 0) as copies, a.crawl_id,
    (select p.found_in from lumbung.page p where p.page_id = a.page_id) as found_in,
    replace(a.text_hash::text, '-', '') as content_hash,
    cardinality(string_to_array(array_to_string(a.paragraphs, ' '), ' ')) as word_count, a.quality, a.search, a.extractor
from lumbung.article a
left join lumbung.shown s using (article_id);

create or replace view lumbung.searched as
select article_id, search, paragraphs from lumbung.article;

create or replace function news.search(words text) returns table (article_id bigint, rank real, snippet text)
    language sql stable parallel safe
begin atomic
    select
        s.article_id,
        ts_rank(s.search, q.query, 1),
        ts_headline(
            'indonesian', array_to_string(s.paragraphs, E'\n\n'),
            q.query || websearch_to_tsquery('indonesian', lumbung.visible(words)),
            'StartSel=«, StopSel=», MaxFragments=2, MinWords=8, MaxWords=20, FragmentDelimiter=" … "')
    from (select lumbung.folded_query(words) as query) q
    cross join lumbung.searched s
    where s.search @@ q.query;
end;

-- One sum over the days of a publisher, not one a day and then one over these.
create or replace view news.freshness as
with recursive crawled as (
    -- One step of the index for each publisher, not one for each crawl.
    (select publisher from lumbung.crawl order by publisher limit 1)
    union all
    select (select c.publisher from lumbung.crawl c where c.publisher > k.publisher order by c.publisher limit 1)
    from crawled k
    where k.publisher is not null
)
select
    k.publisher,
    (select max(c.started_at) from lumbung.crawl c where c.publisher = k.publisher) as last_crawl_at,
    (select max(a.published_at) from lumbung.article a where a.publisher = k.publisher) as newest_published_at,
    (select max(a.first_fetched_at) from lumbung.article a where a.publisher = k.publisher) as newest_stored_at,
    coalesce(stored.articles, 0) as articles,
    (select count(*) from lumbung.article a where a.publisher = k.publisher and a.first_fetched_at > now() - interval '1 day')
        as articles_last_day,
    (select count(*) from lumbung.page p where p.publisher = k.publisher and p.state = 'due') as pages_due,
    (select count(*) from lumbung.article a
        where a.publisher = k.publisher and a.published_at > now() - interval '1 day' and a.published_at <= now())
        as published_last_day,
    (select count(*) from lumbung.article a where a.publisher = k.publisher and a.published_at is null) as undated
from crawled k
left join (
    select publisher, sum(stored)::bigint as articles
    from (
        select publisher, stored from lumbung.day_count
        union all
        select publisher, stored from lumbung.count_change) kept
    group by publisher
) stored using (publisher)
where k.publisher is not null;
