-- The search vector is back, at the end: queries of contract 1 say `where search @@ websearch_to_tsquery('indonesian', ...)`.
-- Clients that know no tsvector (ADBC, polars) name their columns, or read it as text.

create or replace view news.all_articles as
select
    a.article_id, a.publisher, a.headline, a.published_at, a.section, a.authors, a.dateline, a.byline, a.url,
    a.canonical_url, a.breadcrumb, a.modified_at, a.language, a.tags, a.image_url, a.paywalled, a.reads, a.paragraphs,
    lumbung.join_paragraphs(a.paragraphs) as text, a.fetched_at, a.first_fetched_at, s.cluster_id,
    coalesce(s.canonical, true) as canonical, a.declared_url, a.dateline_place, a.dateline_brand, a.repaired, a.gone_at,
    s.change_id as changed_id, coalesce(s.canonical_article_id, a.article_id) as canonical_article_id,
    coalesce(s.copies, 0) as copies, a.crawl_id, p.found_in, replace(a.text_hash::text, '-', '') as content_hash,
    cardinality(string_to_array(array_to_string(a.paragraphs, ' '), ' ')) as word_count, a.quality, a.search
from lumbung.article a
left join lumbung.shown s using (article_id)
left join lumbung.page p using (page_id);

create or replace view news.articles as
select
    article_id, publisher, headline, published_at, section, authors, dateline, byline, url, canonical_url, breadcrumb,
    modified_at, language, tags, image_url, paywalled, reads, paragraphs, text, fetched_at, first_fetched_at, cluster_id,
    declared_url, dateline_place, dateline_brand, repaired, gone_at, changed_id, copies, crawl_id, found_in, content_hash,
    word_count, quality, search
from news.all_articles
where canonical;

comment on column news.all_articles.search is
    'What full-text search looks into: where search @@ websearch_to_tsquery(''indonesian'', ''banjir jakarta''); news.search says more. E.g. ''banjir'':3. Since 1.';
comment on column news.articles.search is
    'What full-text search looks into: where search @@ websearch_to_tsquery(''indonesian'', ''banjir jakarta''); news.search says more. E.g. ''banjir'':3. Since 1.';
