-- Which version of the reader an article was read by, so that a change of the text can be told from one of the reader.

alter table lumbung.article add column extractor text;
comment on column lumbung.article.extractor is
    'spiders.reading.version.EXTRACTOR of the reading that is stored; NULL: read before the column was.';
alter table lumbung.revision add column extractor_before text;

create or replace view news.all_articles as
select
    a.article_id, a.publisher, a.headline, a.published_at, a.section, a.authors, a.dateline, a.byline, a.url,
    a.canonical_url, a.breadcrumb, a.modified_at, a.language, a.tags, a.image_url, a.paywalled, a.reads, a.paragraphs,
    lumbung.join_paragraphs(a.paragraphs) as text, a.fetched_at, a.first_fetched_at, s.cluster_id,
    coalesce(s.canonical, true) as canonical, a.declared_url, a.dateline_place, a.dateline_brand, a.repaired, a.gone_at,
    s.change_id as changed_id, coalesce(s.canonical_article_id, a.article_id) as canonical_article_id,
    coalesce(s.copies, 0) as copies, a.crawl_id, p.found_in, replace(a.text_hash::text, '-', '') as content_hash,
    cardinality(string_to_array(array_to_string(a.paragraphs, ' '), ' ')) as word_count, a.quality, a.search, a.extractor
from lumbung.article a
left join lumbung.shown s using (article_id)
left join lumbung.page p using (page_id);

create or replace view news.articles as
select
    article_id, publisher, headline, published_at, section, authors, dateline, byline, url, canonical_url, breadcrumb,
    modified_at, language, tags, image_url, paywalled, reads, paragraphs, text, fetched_at, first_fetched_at, cluster_id,
    declared_url, dateline_place, dateline_brand, repaired, gone_at, changed_id, copies, crawl_id, found_in, content_hash,
    word_count, quality, search, extractor
from news.all_articles
where canonical;

create or replace view news.revisions as
select
    r.article_id, r.number, a.publisher, a.canonical_url, r.revised_at, r.modified_at, r.headline_before,
    coalesce(n.headline_before, a.headline) as headline_after,
    lumbung.join_paragraphs(r.paragraphs_before) as text_before,
    lumbung.join_paragraphs(coalesce(n.paragraphs_before, a.paragraphs)) as text_after,
    r.extractor_before, case when n.article_id is null then a.extractor else n.extractor_before end as extractor_after
from lumbung.revision r
join lumbung.article a using (article_id)
left join lumbung.revision n on n.article_id = r.article_id and n.number = r.number + 1;

comment on column news.all_articles.extractor is
    'Version of the reader that read what is stored; a visit that finds it as stored does not move it. E.g. 1. NULL where it was last read before the column was. Since 2.2.';
comment on column news.articles.extractor is
    'Version of the reader that read what is stored; a visit that finds it as stored does not move it. E.g. 1. NULL where it was last read before the column was. Since 2.2.';
comment on column news.revisions.extractor_before is
    'Version of the reader that read the text before: where it is another than extractor_after, the change may be the reader''s. E.g. 1. NULL where it was read before the column was. Since 2.2.';
comment on column news.revisions.extractor_after is
    'Version of the reader that read the text after. E.g. 2. NULL where it was read before the column was. Since 2.2.';

create or replace view news.version as
select '2.2'::text as version, date '2026-11-29' as since;
